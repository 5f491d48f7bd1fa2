/** Talks to a node's HTTP API, the only way in which commands reach a running node. */
import { ChainwrightError, messageOf } from "../kernel/errors.js";
import { apiError, NodeUnreachableError, NotANodeError } from "./errors.js";

export const DEFAULT_API_URL = "http://127.0.0.1:8645";
const TIMEOUT_MS = 10_000;
/** Larger answers than any route gives are not read. */
const ANSWER_BYTES_MAX = 64 * 1024 * 1024;

export type JsonObject = { readonly [key: string]: unknown };

export class ApiClient {
  readonly url: string;
  readonly #token: string | undefined;

  constructor(url: string, token?: string) {
    this.url = url.replace(/\/+$/, "");
    this.#token = token;
  }

  get(path: string): Promise<JsonObject> {
    return this.#request("GET", path);
  }

  post(path: string, body: JsonObject): Promise<JsonObject> {
    return this.#request("POST", path, body);
  }

  /** As `get`, but a missing thing is `undefined`. */
  async find(path: string): Promise<JsonObject | undefined> {
    try {
      return await this.get(path);
    } catch (error) {
      if (ChainwrightError.is(error) && error.kind === "missing") return undefined;
      throw error;
    }
  }

  async #request(method: string, path: string, body?: JsonObject): Promise<JsonObject> {
    let response: Response;
    let text: string;
    try {
      response = await fetch(`${this.url}${path}`, {
        method,
        headers: {
          accept: "application/json",
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...(this.#token === undefined ? {} : { authorization: `Bearer ${this.#token}` }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(TIMEOUT_MS),
        redirect: "error",
      });
      if (Number(response.headers.get("content-length") ?? 0) > ANSWER_BYTES_MAX)
        throw new NotANodeError({ url: this.url, reason: "its answer is too large" });
      text = await response.text();
    } catch (error) {
      if (ChainwrightError.is(error)) throw error;
      const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
      throw new NodeUnreachableError({ url: this.url, reason: messageOf(cause) || "no connection" });
    }
    let answer: unknown;
    try {
      answer = JSON.parse(text);
    } catch {
      throw new NotANodeError({ url: this.url, reason: `status ${response.status} without JSON` });
    }
    if (typeof answer !== "object" || answer === null) throw new NotANodeError({ url: this.url, reason: "its answer is no object" });
    if (!response.ok) throw apiError(response.status, answer);
    return answer as JsonObject;
  }
}

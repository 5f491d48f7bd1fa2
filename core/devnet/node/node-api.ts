/** A devnet node's HTTP API, as far as devnets and tests need it. */
import { readFile } from "node:fs/promises";
import { ChainwrightError, messageOf } from "../../kernel/errors.js";
import type { Scheduler } from "../../ports/runtime.js";
import { DevnetNodeApiError, DevnetNodeSilentError } from "../errors.js";

const TIMEOUT_MS = 10_000;

/** An answer; which fields it has is told by the API's documentation (`/docs`). */
export type JsonObject = { readonly [key: string]: unknown };

export interface NodeApiOptions {
  readonly node: number;
  /** Asked at every request: a node that starts again may have another. */
  readonly url: () => string;
  readonly tokenFile: string;
}

export class NodeApi {
  readonly #url: () => string;
  readonly #node: number;
  readonly #tokenFile: string;
  readonly #scheduler: Scheduler;

  constructor({ node, url, tokenFile }: NodeApiOptions, scheduler: Scheduler) {
    this.#node = node;
    this.#url = url;
    this.#tokenFile = tokenFile;
    this.#scheduler = scheduler;
  }

  /** @throws DevnetNodeApiError, DevnetNodeSilentError */
  get(path: string): Promise<JsonObject> {
    return this.#request("GET", path, undefined, {});
  }

  /** As `get`, but a missing thing is `undefined`. */
  async find(path: string): Promise<JsonObject | undefined> {
    try {
      return await this.get(path);
    } catch (error) {
      if (DevnetNodeApiError.matches(error) && error.data.status === 404) return undefined;
      throw error;
    }
  }

  /** @throws as `get` */
  post(path: string, body: JsonObject): Promise<JsonObject> {
    return this.#request("POST", path, body, {});
  }

  /** A request to `/v1/admin/…`, with the node's admin token. @throws as `get` */
  async admin(method: "GET" | "POST" | "DELETE", path: string, body?: JsonObject): Promise<JsonObject> {
    return this.#request(method, path, body, { authorization: `Bearer ${await this.token()}` });
  }

  /** The node's admin token; there from its first start on. */
  async token(): Promise<string> {
    return (await readFile(this.#tokenFile, "utf8")).trim();
  }

  async #request(
    method: string,
    path: string,
    body: JsonObject | undefined,
    headers: Readonly<Record<string, string>>,
  ): Promise<JsonObject> {
    const abort = new AbortController();
    const timeout = this.#scheduler.after(TIMEOUT_MS, () => abort.abort(new Error(`no answer within ${TIMEOUT_MS} ms`)));
    try {
      const response = await fetch(`${this.#url()}${path}`, {
        method,
        headers: { accept: "application/json", ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: abort.signal,
      });
      const answer = (await response.json()) as JsonObject;
      if (response.ok) return answer;
      const { code, detail } = answer as { readonly code?: string; readonly detail?: string };
      throw new DevnetNodeApiError({
        node: this.#node,
        status: response.status,
        code: code ?? `HTTP_${response.status}`,
        detail: detail ?? "it refused",
      });
    } catch (error) {
      if (ChainwrightError.is(error)) throw error;
      const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
      throw new DevnetNodeSilentError({ node: this.#node, reason: messageOf(cause) || "no connection" }, error);
    } finally {
      timeout.cancel();
    }
  }
}

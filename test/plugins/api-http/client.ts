/** Requests over real sockets: fetch for proper ones, raw bytes for the others. */
import { connect } from "node:net";
import { API_ADDRESS, type ApiAddress } from "../../../core/sdk.js";
import type { ApiHttpPlugin } from "../../../plugins/api-http/api-http-plugin.js";
import type { ApiHttpConfig } from "../../../plugins/api-http/config.js";
import { FakeNode } from "./fake-node.js";

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly headers: Headers;
  readonly text: string;
  // Tests look into answers of many shapes; each look is an assertion by itself.
  // biome-ignore lint/suspicious/noExplicitAny: see above
  readonly json: any;
}

export class Running {
  private constructor(
    readonly node: FakeNode,
    readonly plugin: ApiHttpPlugin,
    readonly url: string,
  ) {}

  static async start(options: Partial<ApiHttpConfig> = {}, prepare: (node: FakeNode) => void = () => undefined): Promise<Running> {
    const node = new FakeNode();
    prepare(node);
    const plugin = node.plugin(options);
    await plugin.start();
    return new Running(node, plugin, addressOf(plugin));
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  async get(path: string, init: RequestInit = {}): Promise<Answer> {
    const response = await fetch(this.url + path, { redirect: "manual", ...init });
    const text = await response.text();
    const type = response.headers.get("content-type") ?? "";
    return {
      status: response.status,
      type,
      headers: response.headers,
      text,
      json: text !== "" && type.includes("json") ? JSON.parse(text) : undefined,
    };
  }

  post(
    path: string,
    body: string | Uint8Array<ArrayBuffer>,
    headers: Record<string, string> = { "content-type": "application/json" },
  ): Promise<Answer> {
    return this.get(path, { method: "POST", body, headers });
  }

  /** Sends bytes as they are and answers everything that comes back until the server closes. */
  raw(bytes: string, options: { readonly end?: boolean } = {}): Promise<string> {
    return new Promise((resolve) => {
      const socket = connect(this.port, "127.0.0.1");
      let received = "";
      socket.on("data", (chunk) => {
        received += chunk.toString("latin1");
      });
      socket.on("error", () => undefined);
      socket.on("close", () => resolve(received));
      socket.on("connect", () => (options.end ? socket.end(bytes) : socket.write(bytes)));
    });
  }

  async stop(): Promise<void> {
    await this.plugin.stop();
    this.node.dispose();
  }
}

export function addressOf(plugin: ApiHttpPlugin): string {
  return (plugin.capabilities()[API_ADDRESS] as ApiAddress).url;
}

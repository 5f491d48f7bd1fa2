/** The supervisor's ear: takes commands for a running cluster over loopback HTTP. */
import { createHash, timingSafeEqual } from "node:crypto";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Value } from "#bundled/typebox/value";
import { ChainwrightError, messageOf, type SerializedError } from "../../kernel/errors.js";
import { writeFileAtomically } from "../../node/data-directory.js";
import type { Entropy } from "../../ports/runtime.js";
import { toHex } from "../../primitives/bytes.js";
import type { Cluster } from "../cluster.js";
import { DevnetControlDeniedError, DevnetControlError, DevnetNodeStateError } from "../errors.js";
import type { ClusterNode } from "../node/cluster-node.js";
import { LOOPBACK } from "../ports.js";
import { devnetStatus } from "../status.js";
import { CONTROL_COMMANDS, type ControlBody, type ControlCommand, type ControlFile, controlFileIn } from "./protocol.js";

const BODY_BYTES_MAX = 65_536;
const TOKEN_BYTES = 32;
const STATUS_BY_KIND: Readonly<Partial<Record<ChainwrightError["kind"], number>>> = {
  input: 400,
  denied: 401,
  missing: 404,
  conflict: 409,
  unavailable: 503,
};

type Handlers = { readonly [Command in ControlCommand]: (cluster: Cluster, body: ControlBody<Command>) => unknown };

const HANDLERS: Handlers = {
  status: () => undefined,
  partition: (cluster, { groups }) => cluster.partition(groups),
  heal: (cluster) => cluster.heal(),
  kill: (cluster, { node }) => alive(cluster.node(node), "killed").kill(),
  stop: (cluster, { node }) => alive(cluster.node(node), "stopped").stop(),
  start: (cluster, { node }) => cluster.node(node).start(),
  add: (cluster) => cluster.addNode(),
  "wait-sync": (cluster, { timeoutMs }) => cluster.waitSync({ timeoutMs }),
};

function alive(node: ClusterNode, wanted: string): ClusterNode {
  if (node.pid === undefined) throw new DevnetNodeStateError({ node: node.number, state: node.state, wanted });
  return node;
}

export class ControlServer {
  readonly #cluster: Cluster;
  readonly #digest: Buffer;
  readonly #server: Server;
  readonly #token: string;

  constructor(cluster: Cluster, entropy: Entropy) {
    this.#cluster = cluster;
    this.#token = toHex(entropy.bytes(TOKEN_BYTES));
    this.#digest = digestOf(this.#token);
    this.#server = createServer((request, response) => void this.#take(request, response));
  }

  /** Listens on any free port of the loopback interface and says where in `control.json`. */
  async start(): Promise<void> {
    this.#server.listen({ port: 0, host: LOOPBACK });
    await once(this.#server, "listening");
    const { port } = this.#server.address() as AddressInfo;
    const content: ControlFile = { url: `http://${LOOPBACK}:${port}`, token: this.#token, pid: process.pid };
    await writeFileAtomically(controlFileIn(this.#cluster.directory), `${JSON.stringify(content, undefined, 2)}\n`);
  }

  async stop(): Promise<void> {
    await rm(controlFileIn(this.#cluster.directory), { force: true });
    if (!this.#server.listening) return;
    const closed = once(this.#server, "close");
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      this.#authorize(request);
      const command = request.url?.slice(1) ?? "";
      if (request.method !== "POST" || !isCommand(command))
        throw new DevnetControlError({ status: 404, reason: `there is no command ${request.method} /${command}` });
      await this.#run(command, await bodyOf(request));
      answer(response, 200, devnetStatus(this.#cluster));
    } catch (error) {
      const known = ChainwrightError.is(error);
      const serialized: SerializedError = known
        ? error.toJSON()
        : { code: "INTERNAL", kind: "internal", message: messageOf(error), data: {} };
      answer(response, STATUS_BY_KIND[serialized.kind] ?? 500, { error: serialized });
    }
  }

  /** In a time that does not depend on the token. @throws DevnetControlDeniedError */
  #authorize({ headers }: IncomingMessage): void {
    const presented = /^Bearer ([^ ]+)$/.exec(headers.authorization ?? "")?.[1] ?? "";
    if (!timingSafeEqual(digestOf(presented), this.#digest)) throw new DevnetControlDeniedError({});
  }

  async #run<Command extends ControlCommand>(command: Command, body: unknown): Promise<void> {
    if (!Value.Check(CONTROL_COMMANDS[command], body)) {
      const [error] = Value.Errors(CONTROL_COMMANDS[command], body);
      throw new DevnetControlError({
        status: 400,
        reason: `${command}: ${error?.instancePath.slice(1) || "its body"} ${error?.message ?? "is wrong"}`,
      });
    }
    await HANDLERS[command](this.#cluster, body as ControlBody<Command>);
  }
}

function isCommand(text: string): text is ControlCommand {
  return Object.hasOwn(CONTROL_COMMANDS, text);
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX) throw new DevnetControlError({ status: 413, reason: `its body has more than ${BODY_BYTES_MAX} bytes` });
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString("utf8"));
  } catch {
    throw new DevnetControlError({ status: 400, reason: "its body is no JSON" });
  }
}

function answer(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json", "cache-control": "no-store" });
  response.end(JSON.stringify(body));
}

function digestOf(token: string): Buffer {
  return createHash("sha256").update(token, "utf8").digest();
}

/**
 * One link of a devnet: a TCP proxy between two nodes, in the supervisor's process.
 *
 * One node dials the proxy, the proxy dials the other. It hands bytes on and looks into none, so the connection's TLS is
 * between the nodes and a cut is what a cut cable is to them: the connection breaks, and new ones are refused.
 */
import { connect, createServer, type Server, type Socket } from "node:net";
import type { Scheduler } from "../../ports/runtime.js";
import { DevnetPortError } from "../errors.js";
import { LOOPBACK } from "../ports.js";
import { DelayLine } from "./delay-line.js";

/** A node holds one connection; more are there only while it notices that one broke. */
const PAIRS_MAX = 64;

export interface LinkOptions {
  /** Where the proxy listens. */
  readonly port: number;
  /** Where the node behind it listens, asked at every connection. */
  readonly targetPort: () => number;
  /** Each way, 0 … 10,000. */
  readonly latencyMs: number;
  /** Both ends, for messages: `link 2-1`. */
  readonly name: string;
}

interface Pair {
  readonly near: Socket;
  readonly far: Socket;
}

export class LinkProxy {
  readonly #options: LinkOptions;
  readonly #scheduler: Scheduler;
  readonly #pairs = new Set<Pair>();
  readonly #server: Server;
  #isUp = true;

  constructor(options: LinkOptions, scheduler: Scheduler) {
    this.#options = options;
    this.#scheduler = scheduler;
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => this.#accept(socket));
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  /** Connections through it. */
  get connections(): number {
    return this.#pairs.size;
  }

  /** @throws DevnetPortError */
  async listen(): Promise<void> {
    const { port, name } = this.#options;
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", (error: NodeJS.ErrnoException) => {
        reject(error.code === "EADDRINUSE" || error.code === "EACCES" ? new DevnetPortError({ port, use: name }, error) : error);
      });
      this.#server.listen({ port, host: LOOPBACK, exclusive: true }, resolve);
    });
  }

  /** Breaks what goes through and refuses more, until `mend`. */
  cut(): void {
    this.#isUp = false;
    for (const pair of [...this.#pairs]) this.#drop(pair);
  }

  mend(): void {
    this.#isUp = true;
  }

  async close(): Promise<void> {
    this.cut();
    if (!this.#server.listening) return;
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
  }

  #accept(near: Socket): void {
    if (!this.#isUp || this.#pairs.size >= PAIRS_MAX) {
      near.on("error", () => undefined);
      near.resetAndDestroy();
      return;
    }
    const far = connect({ port: this.#options.targetPort(), host: LOOPBACK, allowHalfOpen: true, noDelay: true });
    const pair = { near, far };
    this.#pairs.add(pair);
    for (const socket of [near, far]) {
      socket.on("error", () => this.#drop(pair));
      socket.on("close", () => this.#closed(pair));
    }
    this.#carry(near, far);
    this.#carry(far, near);
  }

  #carry(from: Socket, to: Socket): void {
    const { latencyMs } = this.#options;
    if (latencyMs === 0) from.pipe(to);
    else from.pipe(new DelayLine(latencyMs, this.#scheduler)).pipe(to);
  }

  /** One end is gone for good: the other goes, too, after what was still under way, unless it broke. */
  #closed(pair: Pair): void {
    if (pair.near.destroyed && pair.far.destroyed) this.#pairs.delete(pair);
    else if (pair.near.readableEnded === false && pair.near.destroyed) this.#drop(pair);
    else if (pair.far.readableEnded === false && pair.far.destroyed) this.#drop(pair);
  }

  #drop(pair: Pair): void {
    this.#pairs.delete(pair);
    for (const socket of [pair.near, pair.far]) if (!socket.destroyed) socket.resetAndDestroy();
  }
}

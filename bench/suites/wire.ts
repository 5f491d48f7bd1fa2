/**
 * transport-tcp over loopback, the other end in a process of its own, against node:tls used directly with the same certificate and
 * cipher in the same run: what frames, limits and priorities cost. And what connections cost in memory, on each side.
 */
import { type ChildProcess, fork } from "node:child_process";
import { connect, type TLSSocket } from "node:tls";
import { assert } from "../../core/kernel/assert.js";
import type { Connection } from "../../core/ports/transport.js";
import { RAW_ACKNOWLEDGED_BYTES, rawOptions, startWire, WireChannel } from "../generator/wire.js";
import type { WireAnswer, WireRequest } from "../generator/wire-peer.process.js";
import type { BenchContext, BenchSuite } from "../suite.js";

const EXTENSION = import.meta.url.endsWith(".ts") ? "ts" : "js";
const KIB = 1_024;
const SMALL_BYTES = 200;
const FRAME_BYTES = 64 * KIB;
const LARGE_BYTES = 1_024 * KIB;
const MEGABYTE = 1_000_000;
const RAW_CASE = "raw: node:tls, writes of 64 KiB";

/** The other end. */
class Peer {
  readonly #child: ChildProcess;
  #waiting: ((answer: WireAnswer) => void) | undefined;
  #failed: ((error: Error) => void) | undefined;

  private constructor(folder: string) {
    const file = new URL(`../generator/wire-peer.process.${EXTENSION}`, import.meta.url);
    this.#child = fork(file, [folder], { execArgv: [...process.execArgv, "--expose-gc"] });
    this.#child.on("message", (answer: WireAnswer) => this.#waiting?.(answer));
    this.#child.once("exit", (code) => this.#failed?.(new Error(`the other end of the wire ended with code ${code}`)));
  }

  static async start(folder: string): Promise<{ peer: Peer; address: string; rawPort: number }> {
    const peer = new Peer(folder);
    const listening = await peer.#next();
    assert(listening.type === "listening", "the first thing that it says is where it listens");
    return { peer, address: listening.address, rawPort: listening.rawPort };
  }

  async ask(request: WireRequest): Promise<WireAnswer> {
    const answer = this.#next();
    this.#child.send(request);
    return answer;
  }

  /** Resident memory after a collection, KiB. */
  async residentKib(connections: number): Promise<number> {
    const answer = await this.ask({ type: "memory" });
    assert(answer.type === "memory" && answer.connections === connections, `both sides have ${connections} connections`);
    return answer.residentBytes / KIB;
  }

  end(): void {
    this.#failed = undefined;
    this.#child.kill("SIGKILL");
  }

  #next(): Promise<WireAnswer> {
    return new Promise((resolve, reject) => {
      this.#waiting = resolve;
      this.#failed = reject;
    });
  }
}

/** Sends messages as `send` allows, and waits until the other end has them all. */
class Sender {
  #drained: (() => void) | undefined;
  #acknowledged: (() => void) | undefined;

  constructor(private readonly connection: Connection) {
    connection.onDrain(() => this.#drained?.());
    connection.onMessage(() => this.#acknowledged?.());
    connection.onClose(({ code, local }) => {
      if (!local) throw new Error(`the connection closed: ${code}`);
    });
  }

  async send(channel: number, message: Uint8Array, count: number): Promise<void> {
    const announcement = new Uint8Array(4);
    new DataView(announcement.buffer).setUint32(0, count);
    this.connection.send(WireChannel.announce, announcement);
    const acknowledged = new Promise<void>((resolve) => {
      this.#acknowledged = resolve;
    });
    for (let sent = 0; sent < count; sent++) {
      if (this.connection.send(channel, message) === "sent") continue;
      await new Promise<void>((resolve) => {
        this.#drained = resolve;
      });
    }
    await acknowledged;
  }

  async echo(message: Uint8Array): Promise<void> {
    const answered = new Promise<void>((resolve) => {
      this.#acknowledged = resolve;
    });
    this.connection.send(WireChannel.echo, message);
    await answered;
  }
}

/** Writes as much as is acknowledged once, by node:tls alone. */
async function sendRaw(socket: TLSSocket, piece: Uint8Array): Promise<void> {
  const acknowledged = new Promise((resolve) => socket.once("data", resolve));
  for (let sent = 0; sent < RAW_ACKNOWLEDGED_BYTES; sent += piece.length) {
    if (!socket.write(piece)) await new Promise((resolve) => socket.once("drain", resolve));
  }
  await acknowledged;
}

async function throughput(context: BenchContext, folder: string, address: string, rawPort: number): Promise<void> {
  const transport = await startWire(folder);
  const raw = connect({ ...(await rawOptions(folder)), host: "127.0.0.1", port: rawPort });
  raw.setNoDelay(true);
  await new Promise((resolve) => raw.once("secureConnect", resolve));
  const sender = new Sender(await transport.dial(address, new AbortController().signal));
  const piece = new Uint8Array(FRAME_BYTES).fill(0xa5);
  const frames = RAW_ACKNOWLEDGED_BYTES / FRAME_BYTES;
  const rawRun = () => sendRaw(raw, piece);
  const framesRun = () => sender.send(WireChannel.small, piece, frames);
  const rate = { unit: "MB/s", operations: RAW_ACKNOWLEDGED_BYTES / MEGABYTE };
  await context.measure(RAW_CASE, rawRun, rate);
  await context.measure("frames of 64 KiB", framesRun, { ...rate, reference: RAW_CASE });
  context.record("time of 64 KiB frames over that of node:tls", await inTurns(rawRun, framesRun, context.quick ? 1 : 41), "x");
  const large = new Uint8Array(LARGE_BYTES).fill(0x5a);
  const largeRun = () => sender.send(WireChannel.large, large, RAW_ACKNOWLEDGED_BYTES / LARGE_BYTES);
  await context.measure("messages of 1 MiB", largeRun, { ...rate, reference: RAW_CASE });
  const small = new Uint8Array(SMALL_BYTES).fill(0x11);
  const count = context.quick ? 1_000 : 50_000;
  const smallRun = () => sender.send(WireChannel.small, small, count);
  await context.measure("messages of 200 bytes, batched", smallRun, { unit: "messages/s", operations: count });
  await context.measure("question and answer of 200 bytes", () => sender.echo(small), { unit: "us" });
  raw.destroy();
  await transport.stop();
}

/** Times of `run` over those of `reference`, taken by turns: what else the machine does then touches both. */
async function inTurns(reference: () => Promise<void>, run: () => Promise<void>, times: number): Promise<number[]> {
  const timed = async (each: () => Promise<void>): Promise<number> => {
    const beganMs = performance.now();
    await each();
    return performance.now() - beganMs;
  };
  const ratios: number[] = [];
  for (let i = 0; i < times; i++) {
    const referenceMs = await timed(reference);
    ratios.push((await timed(run)) / referenceMs);
  }
  return ratios;
}

/** What connections cost: memory of idle ones on each side, and whether a thousand hold. */
async function connections(context: BenchContext, folder: string): Promise<void> {
  const listener = await Peer.start(folder);
  const dialer = await Peer.start(folder);
  const sides = [listener.peer, dialer.peer] as const;
  try {
    await idleMemory(context, sides, listener.address);
    await dialer.peer.ask({ type: "close" });
    const count = context.quick ? 4 : 1_000;
    const beganMs = performance.now();
    await dialer.peer.ask({ type: "dial", address: listener.address, count });
    const openedMs = performance.now() - beganMs;
    // All of them at the same time, on both sides, or this throws.
    for (const side of sides) await side.residentKib(count);
    context.record("1,000 connections at once, a message each way", [openedMs], "ms");
  } finally {
    for (const side of sides) side.end();
  }
}

/** What grows on each side with a hundred connections; the second hundred finds the code warm. */
async function idleMemory(context: BenchContext, sides: readonly [listener: Peer, dialer: Peer], address: string): Promise<void> {
  const count = context.quick ? 2 : 100;
  const grown: [number[], number[]] = [[], []];
  for (let round = 0; round < (context.quick ? 1 : 3); round++) {
    const before = await Promise.all(sides.map((side) => side.residentKib(round * count)));
    await sides[1].ask({ type: "dial", address, count });
    const after = await Promise.all(sides.map((side) => side.residentKib((round + 1) * count)));
    // A collection meanwhile may give back more than a few connections take.
    for (const [index, values] of grown.entries()) values.push(Math.max(0, ((after[index] ?? 0) - (before[index] ?? 0)) / count));
  }
  context.record("idle connection, who listens", grown[0], "KiB");
  context.record("idle connection, who dials", grown[1], "KiB");
}

const suite: BenchSuite = {
  name: "wire",
  description: "transport-tcp over loopback against node:tls: frames, small and large messages, connections",
  async run(context) {
    const folder = await context.directory();
    const { peer, address, rawPort } = await Peer.start(folder);
    try {
      await throughput(context, folder, address, rawPort);
    } finally {
      peer.end();
    }
    await connections(context, folder);
  },
};

export default suite;

/**
 * The other end of the wire suite, in a process of its own: so both ends have a core each, and their memory is told apart.
 *
 *   node --expose-gc wire-peer.process.js FOLDER
 *
 * Answers requests of its parent over IPC (WireRequest, WireAnswer), and what comes over its connections by channel (WireChannel).
 */
import { readFileSync } from "node:fs";
import { createServer, type TLSSocket } from "node:tls";
import type { Connection } from "../../core/ports/transport.js";
import { RAW_ACKNOWLEDGED_BYTES, rawOptions, startWire, WireChannel } from "./wire.js";

export type WireRequest =
  | { readonly type: "dial"; readonly address: string; readonly count: number }
  | { readonly type: "memory" }
  | { readonly type: "close" };
export type WireAnswer =
  | { readonly type: "listening"; readonly address: string; readonly rawPort: number }
  | { readonly type: "dialed"; readonly count: number }
  | { readonly type: "memory"; readonly residentBytes: number; readonly connections: number }
  | { readonly type: "closed" };

/** Dials that are under way at a time. */
const DIALS = 16;

const folder = process.argv[2];
if (folder === undefined || process.send === undefined) throw new Error("usage: a parent with IPC starts wire-peer.process.js FOLDER");
const transport = await startWire(folder);
const open = new Set<Connection>();

function answer(message: WireAnswer): void {
  process.send?.(message);
}

/** Counts what comes after an announcement of how much will, and says when all is there. */
function serve(connection: Connection): void {
  let left = 0;
  open.add(connection);
  connection.onClose(() => open.delete(connection));
  connection.onMessage((channel, message) => {
    if (channel === WireChannel.echo) connection.send(channel, message);
    else if (channel === WireChannel.announce) left = new DataView(message.buffer, message.byteOffset, 4).getUint32(0);
    else if (--left === 0) connection.send(WireChannel.announce, new Uint8Array(4));
  });
}

function serveRaw(socket: TLSSocket): void {
  let bytes = 0;
  socket.setNoDelay(true);
  socket.on("error", () => socket.destroy());
  socket.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    while (bytes >= RAW_ACKNOWLEDGED_BYTES) {
      bytes -= RAW_ACKNOWLEDGED_BYTES;
      socket.write("+");
    }
  });
}

/** Opens connections and exchanges a message on each. */
async function dial(address: string, count: number): Promise<number> {
  let begun = 0;
  let answered = 0;
  const lane = async (): Promise<void> => {
    while (begun < count) {
      begun++;
      const connection = await transport.dial(address, new AbortController().signal);
      open.add(connection);
      await new Promise<void>((resolve, reject) => {
        connection.onClose(({ code, message }) => {
          open.delete(connection);
          reject(new Error(`${code}: ${message}`));
        });
        connection.onMessage(() => resolve());
        connection.send(WireChannel.echo, Uint8Array.of(1));
      });
      answered++;
    }
  };
  await Promise.all(Array.from({ length: DIALS }, lane));
  return answered;
}

async function handle(request: WireRequest): Promise<void> {
  if (request.type === "dial") answer({ type: "dialed", count: await dial(request.address, request.count) });
  else if (request.type === "close") {
    await Promise.all([...open].map((connection) => connection.close("BENCH_DONE", "measured")));
    answer({ type: "closed" });
  } else {
    for (let i = 0; i < 5; i++) {
      globalThis.gc?.();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    // The resident set, not the heap: most of a TLS connection is OpenSSL's.
    answer({ type: "memory", residentBytes: residentBytes(), connections: open.size });
  }
}

function residentBytes(): number {
  const pages = Number(readFileSync("/proc/self/statm", "latin1").split(" ")[1]);
  return pages * 4_096;
}

process.on("message", (request: WireRequest) => {
  handle(request).catch((error: unknown) => {
    console.error(error);
    process.exit(1);
  });
});
process.on("disconnect", () => process.exit(0));
const [address = ""] = await transport.listen(serve);
const raw = createServer({ ...(await rawOptions(folder)), requestCert: true }, serveRaw);
raw.listen(0, "127.0.0.1", () => {
  const bound = raw.address();
  answer({ type: "listening", address, rawPort: typeof bound === "object" && bound !== null ? bound.port : 0 });
});

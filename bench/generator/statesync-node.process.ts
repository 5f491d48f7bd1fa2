/**
 * A node of the statesync suite in a process of its own, over storage-level and TCP with TLS: a source that restores a snapshot and hands it
 * out (one of them lies), or a fresh node that begins from it.
 *
 *   node statesync-node.process.js JSON
 */
import { cp, mkdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { Value } from "typebox/value";
import { ComputeService } from "../../core/compute/index.js";
import { SILENT, UNMETERED } from "../../core/kernel/quiet.js";
import type { Connection, Transport } from "../../core/ports/transport.js";
import { Hash } from "../../core/primitives/hash.js";
import { SystemClock, SystemEntropy, SystemScheduler } from "../../core/runtime/index.js";
import { restoreSnapshot } from "../../core/snapshots/index.js";
import { TransportTcpConfig } from "../../plugins/transport-tcp/config.js";
import { TransportTcpPlugin } from "../../plugins/transport-tcp/transport-tcp-plugin.js";
import { ChainNode } from "./chain-node.js";
import { storageOf } from "./fresh-nodes.js";
import { HeldWatch } from "./held-watch.js";
import { type ChainOptions, planChain } from "./plan.js";

export interface StateSyncNode {
  readonly role: "source" | "liar" | "fresh";
  readonly directory: string;
  readonly plan: ChainOptions;
  /** Sources: the snapshot that they restore. */
  readonly snapshot?: string;
  readonly peers: readonly string[];
  readonly checkpoint?: { readonly height: number; readonly id: string };
}

export type StateSyncReport =
  | { readonly type: "ready"; readonly address: string; readonly restoreMs: number }
  | {
      readonly type: "progress";
      readonly phase: string;
      readonly percent: number;
      readonly rangesDone: number;
      readonly bytesDone: number;
      readonly residentBytes: number;
    }
  | {
      readonly type: "loaded";
      readonly height: number;
      readonly root: string;
      readonly head: string;
      readonly residentBytes: number;
      /** How long the main thread was held at a time since the node began. */
      readonly held: string;
    }
  | { readonly type: "failed"; readonly reason: string };

const SNAPSHOT_CHANNEL = 7;
const LOOK_MS = 20;

const setup = JSON.parse(process.argv[2] ?? "{}") as StateSyncNode;
const tell = (report: StateSyncReport): void => void process.send?.(report);
const clock = new SystemClock();
const scheduler = new SystemScheduler(clock);
const { directory, role } = setup;
await mkdir(join(directory, "db"), { recursive: true });
const storage = storageOf("level", join(directory, "db"));
await storage.start();
const compute = new ComputeService({ clock, scheduler, logger: SILENT, metrics: UNMETERED }, { threads: 1 });

function lyingConnection(inner: Connection): Connection {
  return {
    direction: inner.direction,
    remoteAddress: inner.remoteAddress,
    security: inner.security,
    send: (channel, message) => {
      if (channel !== SNAPSHOT_CHANNEL || message.length < 10_000) return inner.send(channel, message);
      const bent = new Uint8Array(message);
      bent[message.length >> 1] = (bent[message.length >> 1] ?? 0) ^ 1;
      return inner.send(channel, bent);
    },
    close: (code, message) => inner.close(code, message),
    onMessage: (listener) => inner.onMessage(listener),
    onDrain: (listener) => inner.onDrain(listener),
    onClose: (listener) => inner.onClose(listener),
    pause: () => inner.pause(),
    resume: () => inner.resume(),
  };
}

async function transport(): Promise<Transport> {
  const config = Value.Default(TransportTcpConfig, { host: "127.0.0.1", port: 0, tls: { trust: "open" } }) as ConstructorParameters<
    typeof TransportTcpPlugin
  >[0];
  const place = { path: directory, resolve: (...segments: readonly string[]) => join(directory, ...segments) };
  const tcp = new TransportTcpPlugin(config, place, clock, scheduler, new SystemEntropy(), SILENT, UNMETERED);
  await tcp.start();
  if (role !== "liar") return tcp;
  return {
    scheme: tcp.scheme,
    configure: (channels) => tcp.configure(channels),
    dial: async (address, signal) => lyingConnection(await tcp.dial(address, signal)),
    listen: (onConnection) => tcp.listen((connection) => onConnection(lyingConnection(connection))),
    close: () => tcp.close(),
  };
}

const plan = planChain(setup.plan);
const node = new ChainNode({
  plan,
  storage,
  compute,
  transports: [await transport()],
  network: { persistent: setup.peers, exchange: false, redialMs: 100, redialMaxMs: 500 },
  ...(role === "fresh" ? { sync: { mode: "state", checkpoint: setup.checkpoint } } : {}),
  directory,
});
node.part.onFatal = (error) => tell({ type: "failed", reason: String(error) });

let restoreMs = 0;
if (setup.snapshot !== undefined) {
  const beganMs = clock.monotonicMs();
  const { spec } = plan;
  const metrics = UNMETERED;
  await restoreSnapshot(
    { storage, spec, ledger: node.ledger, consensus: node.consensus, compute, scheduler, logger: SILENT, metrics },
    setup.snapshot,
  );
  restoreMs = clock.monotonicMs() - beganMs;
  await cp(setup.snapshot, join(directory, "snapshots", basename(setup.snapshot)), { recursive: true });
}
const held = new HeldWatch();
held.begin();
await node.start();
const network = node.part.capabilities()["chainwright:network-view"] as {
  readonly listening: readonly string[];
  readonly sync: {
    readonly state: string;
    readonly snapshot?: { readonly phase: string; readonly percent: number; readonly rangesDone: number; readonly bytesDone: number };
  };
};
tell({ type: "ready", address: network.listening[0] ?? "", restoreMs });
scheduler.every(LOOK_MS, () => {
  const residentBytes = process.memoryUsage.rss();
  const { snapshot } = network.sync;
  if (role !== "fresh") return;
  if (snapshot !== undefined) {
    const { phase, percent, rangesDone, bytesDone } = snapshot;
    tell({ type: "progress", phase, percent, rangesDone, bytesDone, residentBytes });
    return;
  }
  const { head } = node.chain;
  if (head.header.height === 0) return;
  const root = node.view.state(node.chain.idAt(setup.checkpoint?.height ?? 0))?.root;
  const { height } = head.header;
  tell({
    type: "loaded",
    height,
    head: Hash.key(head.id),
    root: root === undefined ? "" : Hash.key(root),
    residentBytes,
    held: `${held}`,
  });
});
process.on("message", async (message) => {
  if (message === "produce") await node.produce();
  if (message === "end") process.exit(0);
});

/**
 * Nodes that meet over transport-memory under virtual time, with real keys and a scripted chain; and strangers that a test plays itself,
 * message by message.
 */

import type { NetworkChain, NetworkMempool } from "../../../core/network/chain.js";
import { channelSpecs } from "../../../core/network/channels.js";
import type { ChainSync, Gossip, NetworkContext } from "../../../core/network/context.js";
import { Network } from "../../../core/network/network.js";
import type { NetworkOptions } from "../../../core/network/options.js";
import type { Peer, ProtocolPart } from "../../../core/network/peer.js";
import { makeHello } from "../../../core/network/session/hello.js";
import { WireCodec } from "../../../core/network/wire/codec.js";
import type { Hello, WireMessage, WireMessageType } from "../../../core/network/wire/messages.js";
import type { ChainSpec } from "../../../core/ports/chain-spec.js";
import type { TreeHeader } from "../../../core/ports/consensus.js";
import type { Cancellable, Clock, Entropy, Logger, Metrics, Scheduler, Slicer } from "../../../core/ports/runtime.js";
import type { CloseReason, Connection, Transport } from "../../../core/ports/transport.js";
import { type Bytes, toHex } from "../../../core/primitives/bytes.js";
import { Hash, sha256 } from "../../../core/primitives/hash.js";
import { publicKeyOf, signMessage } from "../../../core/primitives/signing.js";
import { MemoryStorage } from "../../../plugins/storage-memory/memory-storage.js";
import { MemoryTransport } from "../../../plugins/transport-memory/index.js";
import { NO_METRICS, SILENT, specOf } from "../../plugins/ledger-account/fixtures.js";

interface Timer {
  readonly dueMs: number;
  readonly run: () => void;
}

/** Virtual time: timers fire in order, and between two of them everything settles. */
export class DrivenTime implements Clock, Scheduler {
  readonly originMs = 1_700_000_000_000;
  #elapsedMs = 0;
  #timers: Timer[] = [];

  nowMs(): number {
    return this.originMs + Math.floor(this.#elapsedMs);
  }
  monotonicMs(): number {
    return this.#elapsedMs;
  }
  get timers(): number {
    return this.#timers.length;
  }
  after(delayMs: number, callback: () => void): Cancellable {
    const timer = { dueMs: this.#elapsedMs + delayMs, run: callback };
    this.#timers.push(timer);
    return {
      cancel: () => {
        this.#timers = this.#timers.filter((other) => other !== timer);
      },
    };
  }
  every(periodMs: number, callback: () => void): Cancellable {
    let pending: Cancellable;
    const again = () => {
      pending = this.after(periodMs, () => {
        again();
        callback();
      });
    };
    again();
    return { cancel: () => pending.cancel() };
  }
  async yield(): Promise<void> {
    await undefined;
  }
  slicer(): Slicer {
    return { due: () => false, pause: () => this.yield() };
  }
  /** Lets everything that needs no time come to its end. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
  }
  async pass(durationMs: number): Promise<void> {
    await this.settle();
    const untilMs = this.#elapsedMs + durationMs;
    for (;;) {
      let next: Timer | undefined;
      for (const timer of this.#timers) if (timer.dueMs <= untilMs && (next === undefined || timer.dueMs < next.dueMs)) next = timer;
      if (next === undefined) break;
      this.#timers = this.#timers.filter((timer) => timer !== next);
      this.#elapsedMs = Math.max(this.#elapsedMs, next.dueMs);
      next.run();
      await this.settle();
    }
    this.#elapsedMs = untilMs;
  }
  /** As if the clock had jumped, without anything happening in between. */
  skip(durationMs: number): void {
    this.#elapsedMs += durationMs;
  }
}

/** The same bytes in every run. */
export class SeededEntropy implements Entropy {
  #counter = 0;
  readonly #seed: number;
  constructor(seed: number) {
    this.#seed = seed;
  }
  bytes(length: number): Bytes {
    const out = new Uint8Array(length);
    for (let at = 0; at < length; at += 32) {
      const input = new Uint8Array(8);
      new DataView(input.buffer).setUint32(0, this.#seed);
      new DataView(input.buffer).setUint32(4, this.#counter++);
      out.set(sha256(input).subarray(0, Math.min(32, length - at)), at);
    }
    return out;
  }
}

export class CountedMetrics implements Metrics {
  readonly counts = new Map<string, number>();
  readonly gauges = new Map<string, () => number>();
  counter({ name }: { readonly name: string }) {
    return {
      increment: (by = 1, labels: Readonly<Record<string, string>> = {}) => {
        const key = [name, ...Object.values(labels)].join(" ");
        this.counts.set(key, (this.counts.get(key) ?? 0) + by);
      },
    };
  }
  gauge({ name, collect }: { readonly name: string; readonly collect?: () => number }) {
    if (collect !== undefined) this.gauges.set(name, collect);
    return NO_METRICS.gauge({ name, help: "" });
  }
  histogram = NO_METRICS.histogram;
  of(key: string): number {
    return this.counts.get(key) ?? 0;
  }
}

export interface Identity {
  readonly nodeId: string;
  readonly bytes: Bytes;
  sign(message: Bytes): Bytes;
}

export function identityOf(number: number): Identity {
  const secret = sha256(Uint8Array.of(number & 255, number >> 8, 77));
  const bytes = publicKeyOf(secret);
  return { nodeId: toHex(bytes), bytes, sign: (message) => signMessage(secret, message) };
}

/** Identities in ascending order of their ids. */
export function identities(count: number): readonly Identity[] {
  return Array.from({ length: count }, (_, index) => identityOf(index)).sort((a, b) => (a.nodeId < b.nodeId ? -1 : 1));
}

/** A chain of which only the head is real. */
export class ScriptedChain implements NetworkChain {
  readonly traits = { headers: "ancestry", finality: "probabilistic", ancestryDepth: 1, certificates: false, clock: "free" } as const;
  readonly genesisId: Hash;
  readonly channels: NetworkChain["channels"];
  head: TreeHeader;
  readonly #listeners = new Set<(header: TreeHeader, canonical: boolean) => void>();

  constructor(genesis: string, channels: NetworkChain["channels"] = []) {
    this.genesisId = sha256(Buffer.from(genesis));
    this.channels = channels;
    this.head = headerAt(0, this.genesisId);
  }
  get finalized(): TreeHeader {
    return headerAt(0, this.genesisId);
  }
  /** Moves the head, as an import does. */
  move(height: number): void {
    this.head = headerAt(height, sha256(Uint8Array.of(height & 255, height >> 8)));
    for (const listener of this.#listeners) listener(this.head, true);
  }
  onImported(listener: (header: TreeHeader, canonical: boolean) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
  standing = () => "unknown" as const;
  header = () => undefined;
  idAt = () => undefined;
  isCanonical = () => false;
  encodedBlock = () => undefined;
  certificate = () => undefined;
  checkHeaders = async () => ({ accepted: [] });
  isWhole = async () => false;
  import = async () => ({ status: "known", id: this.genesisId }) as const;
  importCertificate = async () => ({ status: "known", id: this.genesisId }) as const;
  onEngineMessage = async () => "ignore" as const;
}

function headerAt(height: number, id: Hash): TreeHeader {
  return { header: { height } as TreeHeader["header"], id, signingRoot: id, weight: BigInt(height) };
}

const NO_MEMPOOL: NetworkMempool = {
  has: () => false,
  isKnown: () => false,
  raw: () => undefined,
  hashes: () => [],
  submit: async () => ({ id: Hash.zero, standing: "known" }),
  onAdded: () => () => undefined,
};

/** Writes down what a node's parts hear. */
export class Recorder implements ProtocolPart {
  readonly handles: readonly WireMessageType[];
  readonly events: string[] = [];
  readonly peers = new Map<string, Peer>();
  received = 0;
  onReceive: (peer: Peer, message: WireMessage) => void | Promise<void> = () => undefined;

  constructor(handles: readonly WireMessageType[]) {
    this.handles = handles;
  }

  onMessage(peer: Peer, message: WireMessage): void | Promise<void> {
    this.received++;
    return this.onReceive(peer, message);
  }
  onPeer(peer: Peer): void {
    this.events.push(`+${peer.direction}`);
    this.peers.set(peer.nodeId, peer);
  }
  onPeerGone(peer: Peer): void {
    this.events.push(`-${peer.direction}`);
    if (this.peers.get(peer.nodeId) === peer) this.peers.delete(peer.nodeId);
  }
  onPeerHead(peer: Peer): void {
    this.events.push(`head ${peer.head.height}`);
  }
  onDrain(): void {
    this.events.push("drain");
  }
}

export interface NodeSetup {
  readonly identity: Identity;
  readonly name: string;
  readonly options?: Partial<NetworkOptions>;
  readonly chain?: ScriptedChain;
  readonly spec?: Partial<ChainSpec>;
  /** A started storage of an earlier run. */
  readonly storage?: MemoryStorage;
  /** Wraps the transport, to bend what happens on it. */
  readonly transport?: (inner: Transport) => Transport;
  /** None, or others. */
  readonly transports?: readonly Transport[];
}

export class WorldNode {
  readonly network: Network;
  readonly recorder = new Recorder(["block-announcement", "block-response", "blocks-request", "engine"]);
  /** Hears of peers after the other one. */
  readonly second = new Recorder([]);
  readonly chain: ScriptedChain;
  readonly metrics = new CountedMetrics();
  readonly address: string;
  /** `level message code` of all lines above debug. */
  readonly lines: string[] = [];
  readonly syncRequests: string[] = [];

  constructor(
    world: World,
    readonly setup: NodeSetup,
    readonly storage: MemoryStorage,
  ) {
    this.address = `memory://${setup.name}`;
    this.chain = setup.chain ?? new ScriptedChain("genesis");
    const note = (level: string) => (data: object, message: string) => {
      this.lines.push(`${level} ${message}${"code" in data ? ` ${String(data.code)}` : ""}`);
    };
    const logger: Logger = { ...SILENT, info: note("info"), warn: note("warn"), error: note("error"), child: () => logger };
    const { recorder, second, syncRequests } = this;
    const idle = { state: "synced", currentHeight: 0, targetHeight: 0, headerHeight: 0, blocksPerSecond: 0, activePeers: 0 } as const;
    const parts = {
      gossip: (_context: NetworkContext): Gossip => ({ parts: [recorder, second], publishEngine: () => undefined }),
      sync: (): ChainSync => ({
        handles: [],
        onMessage: () => undefined,
        status: idle,
        onStatusChanged: () => () => undefined,
        request: (peer, blockId) => syncRequests.push(`${peer.nodeId} ${Hash.key(blockId)}`),
      }),
    };
    const inner = world.transport(setup.name);
    this.network = new Network(
      {
        identity: setup.identity,
        spec: world.spec(setup.spec),
        chain: this.chain,
        mempool: NO_MEMPOOL,
        transports: setup.transports ?? [setup.transport?.(inner) ?? inner],
        storage,
        clock: world.time,
        scheduler: world.time,
        entropy: world.entropy,
        logger,
        metrics: this.metrics,
        agent: "chainwright/test",
      },
      { exchange: false, ...setup.options },
      parts,
    );
  }
}

let worlds = 0;

export class World {
  readonly time = new DrivenTime();
  readonly entropy = new SeededEntropy(++worlds);
  readonly #hub = `world-${worlds}`;
  readonly #nodes: WorldNode[] = [];

  spec(fields: Partial<ChainSpec> = {}): ChainSpec {
    return { ...specOf(), ...fields };
  }

  transport(name: string): MemoryTransport {
    const options = { hub: this.#hub, name, queueBytes: 1_048_576, maxQueueBytes: 64 * 1_048_576, maxInbound: 1_024, closeTimeoutMs: 500 };
    return new MemoryTransport(options, this.entropy, this.time, NO_METRICS);
  }

  async node(setup: NodeSetup): Promise<WorldNode> {
    const storage = setup.storage ?? new MemoryStorage(NO_METRICS);
    if (setup.storage === undefined) await storage.start();
    const node = new WorldNode(this, setup, storage);
    this.#nodes.push(node);
    return node;
  }

  /** Made and started. */
  async started(setup: NodeSetup): Promise<WorldNode> {
    const node = await this.node(setup);
    await node.network.start();
    return node;
  }

  /** Somebody who dials a node and speaks as the test wants. */
  async stranger(
    identity: Identity,
    target: WorldNode,
    setup: { readonly name?: string; readonly silent?: boolean } = {},
  ): Promise<Stranger> {
    const transport = this.transport(setup.name ?? `stranger-${identity.nodeId.slice(0, 16)}`);
    transport.configure(channelSpecs(LIMITS, target.chain.channels));
    const connection = await transport.dial(target.address, new AbortController().signal);
    return new Stranger(identity, connection, target, this);
  }

  async end(): Promise<void> {
    for (const { network } of this.#nodes) await this.stopped(network);
  }

  async stopped(network: Network): Promise<void> {
    let isStopped = false;
    const stopping = network.stop().finally(() => {
      isStopped = true;
    });
    while (!isStopped) await this.time.pass(100);
    await stopping;
  }
}

/** A connection that does some things otherwise. */
export function bentConnection(inner: Connection, otherwise: Partial<Connection>): Connection {
  return {
    direction: inner.direction,
    remoteAddress: inner.remoteAddress,
    security: inner.security,
    send: (channel, message) => inner.send(channel, message),
    close: (code, message) => inner.close(code, message),
    onMessage: (listener) => inner.onMessage(listener),
    onDrain: (listener) => inner.onDrain(listener),
    onClose: (listener) => inner.onClose(listener),
    pause: () => inner.pause(),
    resume: () => inner.resume(),
    ...otherwise,
  };
}

/** A transport that bends its connections. */
export function bentTransport(
  inner: Transport,
  bend: (connection: Connection) => Connection,
  otherwise: Partial<Transport> = {},
): Transport {
  return {
    scheme: inner.scheme,
    configure: (channels) => inner.configure(channels),
    dial: async (address, signal) => bend(await inner.dial(address, signal)),
    close: () => inner.close(),
    listen: (onConnection) => inner.listen((connection) => onConnection(bend(connection))),
    ...otherwise,
  };
}

export const LIMITS = { blockBytes: specOf().rulesAt(0).limits.blockBytes, transactionBytes: specOf().rulesAt(0).limits.transactionBytes };

/** A connection to a node, on the other side of which the test sits. */
export class Stranger {
  readonly received: WireMessage[] = [];
  closed: CloseReason | undefined;
  readonly codec: WireCodec;

  constructor(
    readonly identity: Identity,
    readonly connection: Connection,
    readonly target: WorldNode,
    readonly world: World,
  ) {
    this.codec = new WireCodec(LIMITS, target.chain.channels);
    connection.onMessage((channel, bytes) => this.received.push(this.codec.decodeMessage(channel, bytes)));
    connection.onClose((reason) => {
      this.closed = reason;
    });
  }

  hello(fields: Partial<Hello> = {}): Hello {
    const { chain } = this.target;
    const made = makeHello(
      {
        identity: this.identity,
        spec: this.world.spec(),
        genesisId: chain.genesisId,
        head: () => ({ id: chain.genesisId, height: 0, weight: 0n, finalizedHeight: 0 }),
        services: () => 1,
        listenAddresses: () => [],
        agent: "stranger/1",
      },
      this.connection.direction === "outbound" ? "dialer" : "listener",
      this.connection.security,
    );
    return { ...made, ...fields };
  }

  send(message: WireMessage): void {
    const { channel, bytes } = this.codec.encodeMessage(message);
    this.connection.send(channel, bytes);
  }

  /** Says Hello and lets everything settle. */
  async greet(fields: Partial<Hello> = {}): Promise<void> {
    this.send(this.hello(fields));
    await this.world.time.settle();
  }

  of<Type extends WireMessageType>(type: Type): Extract<WireMessage, { readonly type: Type }>[] {
    return this.received.filter((message): message is Extract<WireMessage, { readonly type: Type }> => message.type === type);
  }
}

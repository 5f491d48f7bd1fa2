/**
 * Real chains and mempools that gossip with each other in one process: messages go through the real codec, in order, each in a turn
 * of its own; time moves only when a test moves it. And peers that a test plays itself.
 */

import type { NetworkChain, NetworkMempool } from "../../../../core/network/chain.js";
import type { Gossip, NetworkContext } from "../../../../core/network/context.js";
import { createGossip } from "../../../../core/network/gossip/index.js";
import { DEFAULT_NETWORK_OPTIONS, type NetworkOptions } from "../../../../core/network/options.js";
import type { Merit, Offence, Peer, ProtocolPart } from "../../../../core/network/peer.js";
import { WireCodec } from "../../../../core/network/wire/codec.js";
import type { HeadClaim, WireMessage, WireMessageType } from "../../../../core/network/wire/messages.js";
import type { Metrics } from "../../../../core/ports/runtime.js";
import { Hash } from "../../../../core/primitives/hash.js";
import { SystemEntropy } from "../../../../core/runtime/index.js";
import { NO_METRICS, SILENT } from "../../../plugins/ledger-account/fixtures.js";
import type { NodeSetup, TestNode } from "../../chain/harness.js";
import { scripted, TestTime } from "../../chain/harness.js";
import type { ScriptedEngine, ScriptedOptions } from "../../chain/scripted-engine.js";

const LIMITS = { blockBytes: 8 * 1024 * 1024, transactionBytes: 64 * 1024 };

export type Sent<Type extends WireMessageType> = Extract<WireMessage, { readonly type: Type }>;

/** The other end of a connection as a station sees it. */
export class TestPeer implements Peer {
  readonly nodeId: string;
  readonly direction = "outbound";
  readonly address: string;
  readonly servesChain = true;
  readonly servesCheckpoints = true;
  readonly sent: WireMessage[] = [];
  readonly offences: string[] = [];
  readonly merits: Merit[] = [];
  head: HeadClaim;
  congested = false;
  connected = true;
  /** Gets what the station sends. */
  onSend: (message: WireMessage) => void = () => undefined;
  onClose: () => void = () => undefined;

  constructor(name: string, head: HeadClaim) {
    this.nodeId = name;
    this.address = `test://${name}`;
    this.head = head;
  }

  send(message: WireMessage): "sent" | "wait" | "closed" {
    if (!this.connected) return "closed";
    this.sent.push(message);
    this.onSend(message);
    return this.congested ? "wait" : "sent";
  }

  reward(merit: Merit): void {
    this.merits.push(merit);
  }

  offend(offence: Offence, code: string): void {
    this.offences.push(`${offence} ${code}`);
    if (offence === "violation") this.close();
  }

  close(): void {
    if (!this.connected) return;
    this.connected = false;
    this.onClose();
  }

  sentOf<Type extends WireMessageType>(type: Type): Sent<Type>[] {
    return this.sent.filter((message): message is Sent<Type> => message.type === type);
  }
}

/** Counts by `name{label values}`. */
class CountedMetrics implements Metrics {
  readonly counts = new Map<string, number>();

  counter({ name }: { readonly name: string }) {
    return {
      increment: (by = 1, labels: Readonly<Record<string, string>> = {}) => {
        const key = `${name}{${Object.values(labels).join(",")}}`;
        this.counts.set(key, (this.counts.get(key) ?? 0) + by);
      },
    };
  }

  gauge = NO_METRICS.gauge;
  histogram = NO_METRICS.histogram;
}

export interface StationSetup {
  readonly chain: NetworkChain;
  readonly mempool: NetworkMempool;
  readonly spec: TestNode["spec"];
  readonly time: TestTime;
  readonly options?: Partial<NetworkOptions>;
}

/** A node's gossip, and what the network does for it. */
export class Station {
  readonly name: string;
  readonly context: NetworkContext;
  readonly gossip: Gossip;
  readonly metrics = new CountedMetrics();
  readonly codec: WireCodec;
  /** Blocks that gossip left to sync: `peer id`. */
  readonly syncRequests: string[] = [];
  readonly errors: string[] = [];
  readonly #parts = new Map<WireMessageType, ProtocolPart>();
  #peers: readonly TestPeer[] = [];

  constructor(name: string, { chain, mempool, spec, time, options }: StationSetup) {
    this.name = name;
    this.codec = new WireCodec(LIMITS, chain.channels);
    let requests = 0;
    this.context = {
      dependencies: {
        identity: { nodeId: name, sign: (message) => message },
        spec,
        chain,
        mempool,
        transports: [],
        storage: undefined as never,
        clock: time,
        scheduler: time,
        entropy: new SystemEntropy(),
        logger: { ...SILENT, error: (data) => this.errors.push(JSON.stringify(data)), child: () => SILENT },
        metrics: this.metrics,
        agent: "test/1",
      },
      options: { ...DEFAULT_NETWORK_OPTIONS, ...options },
      metrics: undefined as never,
      peers: () => this.#peers,
      peer: (nodeId) => this.#peers.find((peer) => peer.nodeId === nodeId),
      nextRequestId: () => ++requests,
      localHead: () => headOf(chain),
      syncRequested: (peer, id) => this.syncRequests.push(`${peer.nodeId} ${Hash.key(id)}`),
    };
    this.gossip = createGossip(this.context);
    for (const part of this.gossip.parts) {
      for (const type of part.handles) this.#parts.set(type, part);
      void part.start?.();
    }
  }

  get peers(): readonly TestPeer[] {
    return this.#peers;
  }

  /** Of a metric: `gossip_requested_total{block}`. */
  count(metric: string): number {
    return this.metrics.counts.get(metric) ?? 0;
  }

  welcome(peer: TestPeer): void {
    this.#peers = [...this.#peers, peer];
    for (const part of this.gossip.parts) part.onPeer?.(peer);
  }

  lose(peer: TestPeer): void {
    this.#peers = this.#peers.filter((other) => other !== peer);
    for (const part of this.gossip.parts) part.onPeerGone?.(peer);
  }

  drained(peer: TestPeer): void {
    peer.congested = false;
    for (const part of this.gossip.parts) part.onDrain?.(peer);
  }

  /** A message of a peer; resolves when it is done with. */
  async receive(peer: TestPeer, message: WireMessage): Promise<void> {
    const { channel, bytes } = this.codec.encodeMessage(message);
    if (peer.connected) await this.#parts.get(message.type)?.onMessage(peer, this.codec.decodeMessage(channel, bytes));
  }

  /** A peer that the test plays. */
  stranger(name: string, head: Partial<HeadClaim> = {}): TestPeer {
    const peer = new TestPeer(name, { ...headOf(this.context.dependencies.chain), ...head });
    peer.onClose = () => this.lose(peer);
    this.welcome(peer);
    return peer;
  }

  async stop(): Promise<void> {
    for (const part of this.gossip.parts) await part.stop?.();
  }
}

function headOf({ head, finalized }: NetworkChain): HeadClaim {
  return { id: head.id, height: head.header.height, weight: head.weight, finalizedHeight: finalized.header.height };
}

/** Two ends of a link; `cut` ends it on both sides. */
export function connect(a: Station, b: Station): { readonly toB: TestPeer; readonly toA: TestPeer; cut(): void } {
  const toB = new TestPeer(b.name, headOf(b.context.dependencies.chain));
  const toA = new TestPeer(a.name, headOf(a.context.dependencies.chain));
  const cut = () => {
    for (const [station, peer] of [
      [a, toB],
      [b, toA],
    ] as const) {
      peer.connected = false;
      station.lose(peer);
    }
  };
  const carry = (from: TestPeer, station: Station, to: TestPeer) => {
    from.onClose = cut;
    from.onSend = (message) => {
      setImmediate(() => void station.receive(to, message));
    };
  };
  carry(toB, b, toA);
  carry(toA, a, toB);
  a.welcome(toB);
  b.welcome(toA);
  return { toB, toA, cut };
}

/** Real nodes with stations, on one time. */
export class Town {
  readonly time = new TestTime();
  readonly nodes: TestNode[] = [];
  readonly stations: Station[] = [];

  /** @param count of nodes with mempools */
  static async of(count: number, engine: ScriptedOptions = {}, setup: Partial<NodeSetup<ScriptedEngine>> = {}): Promise<Town> {
    const town = new Town();
    for (let index = 0; index < count; index++) {
      const node = await scripted(engine, { mempool: true, time: town.time, ...setup });
      town.nodes.push(node);
      town.stations.push(new Station(String.fromCharCode(97 + index), { ...node, chain: node.chain, spec: node.spec }));
    }
    return town;
  }

  node(index: number): TestNode {
    const node = this.nodes[index];
    if (node === undefined) throw new Error(`there is no node ${index}`);
    return node;
  }

  station(index: number): Station {
    const station = this.stations[index];
    if (station === undefined) throw new Error(`there is no station ${index}`);
    return station;
  }

  connect(a: number, b: number): ReturnType<typeof connect> {
    return connect(this.station(a), this.station(b));
  }

  line(): void {
    for (let index = 1; index < this.nodes.length; index++) this.connect(index - 1, index);
  }

  /** Lets what is under way go on until `isDone`, moving time a little in each turn. */
  async until(isDone: () => boolean, what: string): Promise<void> {
    for (let turn = 0; turn < 2_000; turn++) {
      if (isDone()) return;
      this.time.advance(1);
      await this.time.yield();
    }
    throw new Error(`it never came that ${what}`);
  }

  /** Nothing more is coming after so many turns. */
  async rest(turns = 100): Promise<void> {
    for (let turn = 0; turn < turns; turn++) {
      this.time.advance(1);
      await this.time.yield();
    }
  }

  async stop(): Promise<void> {
    for (const station of this.stations) await station.stop();
    for (const node of this.nodes) await node.stop();
  }
}

export function heads(town: Town): string[] {
  return town.nodes.map(({ head }) => head);
}

/**
 * Real chains that sync with each other in one process: messages go through the real codec, in order, each in a turn of its own;
 * the network's time moves only when a test moves it. And peers that a test plays itself.
 */
import type { NetworkContext } from "../../../../core/network/context.js";
import { BlockServer } from "../../../../core/network/gossip/block-server.js";
import { PeerKnowledge } from "../../../../core/network/gossip/peer-knowledge.js";
import { RequestTracker } from "../../../../core/network/gossip/request-tracker.js";
import { DEFAULT_NETWORK_OPTIONS, type NetworkOptions } from "../../../../core/network/options.js";
import type { Merit, Offence, Peer, ProtocolPart } from "../../../../core/network/peer.js";
import { Sync, type SyncOptions } from "../../../../core/network/sync/index.js";
import { WireCodec } from "../../../../core/network/wire/codec.js";
import type { HeadClaim, WireMessage, WireMessageType } from "../../../../core/network/wire/messages.js";
import type { Consensus } from "../../../../core/ports/consensus.js";
import type { Cancellable, Clock, Logger, Metrics, Scheduler, Slicer } from "../../../../core/ports/runtime.js";
import type { Block } from "../../../../core/primitives/block.js";
import { encodeBlock, encodeHeader } from "../../../../core/primitives/block-codec.js";
import { Hash } from "../../../../core/primitives/hash.js";
import { SystemClock, SystemEntropy, SystemScheduler } from "../../../../core/runtime/index.js";
import { NO_METRICS, SILENT } from "../../../plugins/ledger-account/fixtures.js";
import { BlockMaker, GENESIS_TIME_MS, idOf, type MadeBlock, scripted, type TestNode } from "../../chain/harness.js";
import type { ScriptedEngine, ScriptedOptions } from "../../chain/scripted-engine.js";

const LIMITS = { blockBytes: 8 * 1024 * 1024, transactionBytes: 64 * 1024 };

/** The network's time: stands still until a test moves it. Pauses are real turns of the event loop. */
export class NetworkTime implements Clock, Scheduler {
  readonly #real = new SystemScheduler(new SystemClock());
  #timers: { dueMs: number; readonly run: () => void }[] = [];
  #elapsedMs = 0;

  nowMs(): number {
    return GENESIS_TIME_MS + 3_600_000 + this.#elapsedMs;
  }

  monotonicMs(): number {
    return this.#elapsedMs;
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
    let pending = this.after(periodMs, () => again());
    const again = () => {
      pending = this.after(periodMs, () => again());
      callback();
    };
    return { cancel: () => pending.cancel() };
  }

  get timers(): number {
    return this.#timers.length;
  }

  yield(): Promise<void> {
    return this.#real.yield();
  }

  slicer(budgetMs?: number): Slicer {
    return this.#real.slicer(budgetMs);
  }

  advance(ms: number): void {
    this.#elapsedMs += ms;
    for (;;) {
      const due = this.#timers.filter(({ dueMs }) => dueMs <= this.#elapsedMs).sort((a, b) => a.dueMs - b.dueMs)[0];
      if (due === undefined) return;
      this.#timers = this.#timers.filter((timer) => timer !== due);
      due.run();
    }
  }
}

/** The other end of a connection, as a member sees it. */
export class TestPeer implements Peer {
  readonly nodeId: string;
  readonly direction = "outbound";
  readonly address: string;
  servesChain = true;
  servesCheckpoints = true;
  readonly sent: WireMessage[] = [];
  readonly offences: string[] = [];
  readonly merits: Merit[] = [];
  closedWith: string | undefined;
  head: HeadClaim;
  congested = false;
  connected = true;
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
    return "sent";
  }

  reward(merit: Merit): void {
    this.merits.push(merit);
  }

  /** As the session: a violation ends the connection, after the handler that found it. */
  offend(offence: Offence, code: string): void {
    this.offences.push(`${offence} ${code}`);
    if (offence === "violation") this.close(code);
  }

  close(code: string): void {
    if (!this.connected) return;
    this.connected = false;
    this.closedWith = code;
    this.onClose();
  }

  sentOf<Type extends WireMessageType>(type: Type): Extract<WireMessage, { readonly type: Type }>[] {
    return this.sent.filter((message): message is Extract<WireMessage, { readonly type: Type }> => message.type === type);
  }

  /** Ids of blocks that it was asked for. */
  get asked(): string[] {
    return this.sentOf("blocks-request").flatMap(({ ids }) => ids.map((id) => Hash.key(id)));
  }
}

/** What a test's peer answers; undefined: nothing. */
export type Answerer = (message: WireMessage) => WireMessage | readonly WireMessage[] | undefined | Promise<WireMessage | undefined>;

export interface MemberSetup {
  readonly options?: Partial<NetworkOptions>;
  readonly sync?: Partial<SyncOptions>;
}

/** A node's sync, and what the network does for it. */
export class Member<Engine extends Consensus = ScriptedEngine> {
  readonly name: string;
  readonly node: TestNode<Engine>;
  readonly time: NetworkTime;
  readonly sync: Sync;
  readonly context: NetworkContext;
  readonly states: string[] = [];
  readonly counts = new Map<string, number>();
  /** The highest that each gauge was set to. */
  readonly peaks = new Map<string, number>();
  /** Messages of the log at info and above. */
  readonly lines: { readonly level: string; readonly message: string; readonly data: Record<string, unknown> }[] = [];
  readonly #codec: WireCodec;
  readonly #parts: readonly ProtocolPart[];
  readonly #handlers = new Map<WireMessageType, ProtocolPart>();
  #peers: readonly TestPeer[] = [];

  constructor(name: string, node: TestNode<Engine>, time: NetworkTime, { options, sync }: MemberSetup = {}) {
    this.name = name;
    this.node = node;
    this.time = time;
    this.#codec = new WireCodec(LIMITS, node.chain.channels);
    const metrics: Metrics = {
      ...NO_METRICS,
      counter: ({ name: counter }) => ({
        increment: (by = 1, labels = {}) => {
          const key = [counter, ...Object.values(labels)].join(" ");
          this.counts.set(key, (this.counts.get(key) ?? 0) + by);
        },
      }),
      gauge: ({ name: gauge }) => ({ set: (value) => void this.peaks.set(gauge, Math.max(value, this.peaks.get(gauge) ?? 0)) }),
    };
    const note = (level: string) => (data: object, message: string) => {
      this.lines.push({ level, message, data: data as Record<string, unknown> });
    };
    const logger: Logger = { ...SILENT, info: note("info"), warn: note("warn"), error: note("error"), child: () => logger };
    let requests = 0;
    this.context = {
      dependencies: {
        identity: { nodeId: name, sign: (message) => message },
        spec: node.spec,
        chain: node.chain,
        mempool: undefined as never,
        transports: [],
        storage: node.storage,
        clock: time,
        scheduler: time,
        entropy: new SystemEntropy(),
        logger,
        metrics,
        agent: "test/1",
      },
      options: { ...DEFAULT_NETWORK_OPTIONS, ...options },
      metrics: undefined as never,
      peers: () => this.#peers,
      peer: (nodeId) => this.#peers.find((peer) => peer.nodeId === nodeId),
      nextRequestId: () => ++requests,
      localHead: () => this.head,
      syncRequested: (peer, id) => this.sync.request(peer, id),
    };
    this.sync = new Sync(this.context, sync);
    this.#parts = [
      this.sync,
      RequestTracker.of(this.context),
      new BlockServer(this.context, new PeerKnowledge(this.context.dependencies.entropy)),
    ];
    for (const part of this.#parts) for (const type of part.handles) this.#handlers.set(type, part);
    this.sync.onStatusChanged(({ state }) => this.states.push(state));
    this.sync.start();
  }

  get head(): HeadClaim {
    const { head, finalized } = this.node.chain;
    return { id: head.id, height: head.header.height, weight: head.weight, finalizedHeight: finalized.header.height };
  }

  get peers(): readonly TestPeer[] {
    return this.#peers;
  }

  welcome(peer: TestPeer): TestPeer {
    this.#peers = [...this.#peers, peer];
    peer.onClose = () => this.lose(peer);
    for (const part of this.#parts) part.onPeer?.(peer);
    return peer;
  }

  lose(peer: TestPeer): void {
    peer.connected = false;
    this.#peers = this.#peers.filter((other) => other !== peer);
    for (const part of this.#parts) part.onPeerGone?.(peer);
  }

  /** The peer says that its head is another now. */
  hear(peer: TestPeer, head: Partial<HeadClaim>): void {
    peer.head = { ...peer.head, ...head };
    for (const part of this.#parts) part.onPeerHead?.(peer);
  }

  /** A message of a peer, through the codec. */
  async receive(peer: TestPeer, message: WireMessage): Promise<void> {
    const { channel, bytes } = this.#codec.encodeMessage(message);
    if (peer.connected) await this.#handlers.get(message.type)?.onMessage(peer, this.#codec.decodeMessage(channel, bytes));
  }

  /** A peer that the test plays. */
  stranger(name: string, head: Partial<HeadClaim>, answer: Answerer = () => undefined): TestPeer {
    const peer = new TestPeer(name, { ...this.head, ...head });
    peer.onSend = (message) => {
      setImmediate(async () => {
        const answers = [await answer(message)].flat();
        for (const each of answers) if (each !== undefined) await this.receive(peer, each);
      });
    };
    return this.welcome(peer);
  }

  /** Another member as a peer; `tap` may change or swallow what it answers. */
  connect(other: Member<Consensus>, tap: (message: WireMessage) => WireMessage | undefined = (message) => message): TestPeer {
    const there = new TestPeer(other.name, other.head);
    const here = new TestPeer(this.name, this.head);
    const carry = (from: TestPeer, member: Member<Consensus>, to: TestPeer, change: typeof tap) => {
      from.onSend = (message) => {
        const changed = change(message);
        if (changed !== undefined) setImmediate(() => void member.receive(to, changed));
      };
    };
    carry(there, other as Member<Consensus>, here, (message) => message);
    carry(here, this as unknown as Member<Consensus>, there, tap);
    other.welcome(here);
    return this.welcome(there);
  }

  count(metric: string): number {
    return this.counts.get(metric) ?? 0;
  }

  /** Lets what is under way go on until `isDone`, moving time a little in each turn. */
  async until(isDone: () => boolean, what: string, { stepMs = 1, turns = 5_000 } = {}): Promise<void> {
    for (let turn = 0; turn < turns; turn++) {
      if (isDone()) return;
      this.time.advance(stepMs);
      await this.time.yield();
    }
    throw new Error(
      `it never came that ${what}: ${JSON.stringify(this.sync.status)} ${JSON.stringify(this.peers.map(({ offences }) => offences))}`,
    );
  }

  async synced(to: { readonly id: Hash }, pace?: { readonly stepMs?: number; readonly turns?: number }): Promise<void> {
    await this.until(() => this.node.head === Hash.key(to.id) && this.sync.status.state === "synced", "it is in sync", pace);
  }

  /** Gives whatever is under way many turns. */
  async rest(turns = 60, stepMs = 1): Promise<void> {
    for (let turn = 0; turn < turns; turn++) {
      this.time.advance(stepMs);
      await this.time.yield();
    }
  }

  async stop(): Promise<void> {
    for (const part of this.#parts) await part.stop?.();
    await this.node.stop();
  }
}

/** Members over one time, with the chain of one maker. */
export class Company {
  readonly time = new NetworkTime();
  readonly members: Member[] = [];
  readonly maker: BlockMaker;

  private constructor(maker: BlockMaker) {
    this.maker = maker;
  }

  static async start(): Promise<Company> {
    return new Company(await BlockMaker.start());
  }

  /** A node with these blocks. */
  async member(blocks: readonly MadeBlock[] = [], engine: ScriptedOptions = {}, setup: MemberSetup = {}): Promise<Member> {
    const node = await scripted(engine);
    for (const { block } of blocks) await node.chain.import(block);
    const member = new Member(String.fromCharCode(97 + this.members.length), node, this.time, setup);
    this.members.push(member);
    return member;
  }

  async stop(): Promise<void> {
    for (const member of this.members) await member.stop();
    await this.maker.node.stop();
  }
}

/** A claim of a chain's last block, with its true weight if every block weighs 1. */
export function claimOf(blocks: readonly MadeBlock[], weight = blocks.length): Partial<HeadClaim> {
  const last = blocks.at(-1);
  return last === undefined ? {} : { id: last.id, height: last.block.header.height, weight: BigInt(weight) };
}

/** Answers as a node with these blocks would, whatever they are. */
export function serving(blocks: readonly MadeBlock[], change: (block: Block) => Block | undefined = (block) => block): Answerer {
  const byId = new Map(blocks.map((made) => [idOf(made), made.block]));
  return (message) => {
    if (message.type === "headers-request") {
      const known = new Set(message.locator.map((id) => Hash.key(id)));
      const after = blocks.findLastIndex((made) => known.has(idOf(made)));
      const headers = blocks.slice(after + 1, after + 1 + message.count).map(({ block }) => encodeHeader(block.header));
      return { type: "headers", requestId: message.requestId, headers };
    }
    if (message.type !== "blocks-request") return undefined;
    return message.ids.map((id) => {
      const block = byId.get(Hash.key(id));
      const changed = block === undefined ? undefined : change(block);
      const encoded = changed === undefined ? new Uint8Array(0) : encodeBlock(changed);
      return { type: "block-response", requestId: message.requestId, id, block: encoded, certificate: new Uint8Array(0) };
    });
  };
}

/**
 * Tells peers of transactions that came into the pool, a moment's worth at a time, and a new peer of what is pooled, so that
 * transactions spread again when a split network heals. Nobody is told of what it told of itself, and nobody twice.
 */
import type { Cancellable } from "../../ports/runtime.js";
import type { Hash } from "../../primitives/hash.js";
import type { NetworkContext } from "../context.js";
import type { Peer, ProtocolPart } from "../peer.js";
import { WIRE_LIMITS } from "../wire/limits.js";
import { type GossipMetrics, gossipMetrics } from "./metrics.js";
import type { PeerKnowledge } from "./peer-knowledge.js";

/** How long the first of a batch waits for others. */
const BATCH_MS = 25;
/** Waiting for the next batch; more than that, while one goes out, are not announced. */
const BATCH_MAX = 65_536;
/** Of what is pooled when a peer comes. */
const POOLED_MAX = 10_000;
/** Waiting for a peer that takes nothing; the oldest go first. */
const BACKLOG_MAX = 16_384;

export class TransactionAnnouncer implements ProtocolPart {
  readonly handles = [] as const;
  readonly #context: NetworkContext;
  readonly #knowledge: PeerKnowledge;
  readonly #metrics: GossipMetrics;
  readonly #backlogs = new Map<Peer, Hash[]>();
  /** Some of what waited for them had to go: they are told of the pool again when they have taken the rest. */
  readonly #forgotten = new Set<Peer>();
  #batch: Hash[] = [];
  #timer: Cancellable | undefined;
  #isTelling = false;
  #unsubscribe: (() => void) | undefined;

  constructor(context: NetworkContext, knowledge: PeerKnowledge) {
    this.#context = context;
    this.#knowledge = knowledge;
    this.#metrics = gossipMetrics(context.dependencies.metrics);
  }

  start(): void {
    this.#unsubscribe = this.#context.dependencies.mempool.onAdded((hashes) => this.#onAdded(hashes));
  }

  stop(): void {
    this.#unsubscribe?.();
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#batch = [];
    this.#backlogs.clear();
    this.#forgotten.clear();
  }

  onMessage(): void {}

  onPeer(peer: Peer): void {
    const { mempool } = this.#context.dependencies;
    this.#tell(peer, mempool.hashes(POOLED_MAX));
  }

  onPeerGone(peer: Peer): void {
    this.#backlogs.delete(peer);
    this.#forgotten.delete(peer);
  }

  onDrain(peer: Peer): void {
    this.#send(peer);
  }

  #onAdded(hashes: readonly Hash[]): void {
    for (const hash of hashes) {
      if (this.#batch.length < BATCH_MAX) this.#batch.push(hash);
      else this.#metrics.dropped("transaction", 1);
    }
    if (this.#batch.length >= WIRE_LIMITS.transactions) void this.#flush();
    else this.#timer ??= this.#context.dependencies.scheduler.after(BATCH_MS, () => void this.#flush());
  }

  /** One at a time: what comes meanwhile is the next batch. */
  async #flush(): Promise<void> {
    this.#timer?.cancel();
    this.#timer = undefined;
    if (this.#isTelling) return;
    this.#isTelling = true;
    const slicer = this.#context.dependencies.scheduler.slicer();
    while (this.#batch.length > 0) {
      const batch = this.#batch;
      this.#batch = [];
      for (const peer of this.#context.peers()) {
        this.#tell(peer, batch);
        if (slicer.due()) await slicer.pause();
      }
    }
    this.#isTelling = false;
  }

  #tell(peer: Peer, hashes: readonly Hash[]): void {
    if (!peer.connected) return;
    const known = this.#knowledge.transactions(peer);
    const news = hashes.filter((hash) => !known.has(hash));
    if (news.length === 0) return;
    const backlog = this.#backlogs.get(peer);
    if (backlog === undefined) this.#backlogs.set(peer, news);
    else {
      for (const hash of news) backlog.push(hash);
      const over = Math.max(0, backlog.length - BACKLOG_MAX);
      backlog.splice(0, over);
      if (over > 0) {
        this.#metrics.dropped("transaction", over);
        this.#forgotten.add(peer);
      }
    }
    this.#send(peer);
  }

  #send(peer: Peer): void {
    const backlog = this.#backlogs.get(peer);
    if (backlog === undefined) return;
    const known = this.#knowledge.transactions(peer);
    let sent = 0;
    while (sent < backlog.length && !peer.congested && peer.connected) {
      const next = backlog.slice(sent, sent + WIRE_LIMITS.transactions);
      sent += next.length;
      // It may have announced some of them itself while they waited.
      const hashes = next.filter((hash) => known.add(hash));
      if (hashes.length === 0) continue;
      peer.send({ type: "transaction-announcement", hashes });
      this.#metrics.announced("transaction", "out", hashes.length);
    }
    if (sent < backlog.length) {
      backlog.splice(0, sent);
      return;
    }
    this.#backlogs.delete(peer);
    if (this.#forgotten.delete(peer)) this.#tell(peer, this.#context.dependencies.mempool.hashes(POOLED_MAX));
  }
}

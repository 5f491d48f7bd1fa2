/**
 * Blocks that others announce and this node does not know: asked of one announcer after the other, until one gives it. Who was first
 * to announce and does not send at once may be slow, or may want to hold the block up: after a moment another is asked, too.
 */
import type { Cancellable } from "../../ports/runtime.js";
import { Hash, type HashKey } from "../../primitives/hash.js";
import type { NetworkContext } from "../context.js";
import type { Peer, ProtocolPart } from "../peer.js";
import type { BlockAnnouncement, WireMessage } from "../wire/messages.js";
import { BlockIntake } from "./block-intake.js";
import { KnownSet } from "./known-set.js";
import { isBehind, NEAR_BLOCKS } from "./lag.js";
import { type GossipMetrics, gossipMetrics } from "./metrics.js";
import { GossipOffences } from "./offences.js";
import type { PeerKnowledge } from "./peer-knowledge.js";
import { type BlockAnswer, RequestTracker } from "./request-tracker.js";

/** Blocks that one peer was the first to announce and that nobody has given yet. */
const WANTED_PER_PEER = 64;
const WANTED_MAX = 1_024;
/** Peers that are remembered for a block that is asked for. */
const ANNOUNCERS_MAX = 16;
/** Peers that are asked for a block before it is left to sync. */
const TRIES_MAX = 5;
/** A part of the time for an answer after which a second peer is asked, without giving up the first. */
const PATIENCE_PART = 5;
/** Blocks that wait in the chain with everything that they need from peers. */
const DELIVERED_MAX = 1_024;

interface Wanted {
  readonly id: Hash;
  readonly first: Peer;
  readonly announcers: Set<Peer>;
  readonly asked: Set<Peer>;
  /** The moment for the first to answer is over, and nobody else was there to be asked. */
  isOverdue: boolean;
  patience: Cancellable | undefined;
}

export class BlockGossip implements ProtocolPart {
  readonly handles = ["block-announcement"] as const;
  readonly #context: NetworkContext;
  readonly #knowledge: PeerKnowledge;
  readonly #metrics: GossipMetrics;
  readonly #tracker: RequestTracker;
  readonly #intake: BlockIntake;
  readonly #wanted = new Map<HashKey, Wanted>();
  readonly #wantedOf = new Map<Peer, number>();
  readonly #delivered: KnownSet;

  constructor(context: NetworkContext, knowledge: PeerKnowledge) {
    this.#context = context;
    this.#knowledge = knowledge;
    this.#metrics = gossipMetrics(context.dependencies.metrics);
    this.#tracker = RequestTracker.of(context);
    this.#intake = new BlockIntake(context);
    this.#delivered = new KnownSet(DELIVERED_MAX, knowledge.seed);
  }

  stop(): void {
    for (const { patience } of this.#wanted.values()) patience?.cancel();
    this.#wanted.clear();
    this.#wantedOf.clear();
  }

  onMessage(peer: Peer, message: WireMessage): void {
    if (message.type === "block-announcement") this.#onAnnouncement(peer, message);
  }

  onPeer(peer: Peer): void {
    this.onPeerHead(peer);
  }

  onPeerHead(peer: Peer): void {
    this.#knowledge.blocks(peer).add(peer.head.id);
  }

  onPeerGone(peer: Peer): void {
    for (const { announcers } of this.#wanted.values()) announcers.delete(peer);
  }

  /** Gets a block that a peer must have, as if it had announced it. */
  want(peer: Peer, id: Hash): void {
    if (!this.#wanted.has(Hash.key(id))) this.#ask(peer, this.#note(peer, [id]));
  }

  #onAnnouncement(peer: Peer, { blocks }: BlockAnnouncement): void {
    const { chain } = this.#context.dependencies;
    this.#metrics.announced("block", "in", blocks.length);
    const known = this.#knowledge.blocks(peer);
    const behind = isBehind(this.#context);
    const wanted: Hash[] = [];
    let far: Hash | undefined;
    for (const { id, height } of blocks) {
      known.add(id);
      if (chain.standing(id) === "invalid") peer.offend("invalid", GossipOffences.invalidAnnounced, `block ${Hash.key(id)} is invalid`);
      // Even while another's copy is being judged: that may turn out to be forged.
      const before = this.#wanted.get(Hash.key(id));
      if (before !== undefined) this.#alsoHas(peer, before);
      if (before !== undefined || behind || height <= chain.finalized.header.height || !this.#isMissing(id)) continue;
      if (height > chain.head.header.height + NEAR_BLOCKS) far = id;
      else wanted.push(id);
    }
    // The newest leads to the others.
    if (far !== undefined) this.#context.syncRequested(peer, far);
    this.#ask(peer, this.#note(peer, wanted));
  }

  #alsoHas(peer: Peer, wanted: Wanted): void {
    if (wanted.announcers.size < ANNOUNCERS_MAX) wanted.announcers.add(peer);
    if (wanted.isOverdue) this.#hurry(wanted);
  }

  /** A block that waits may wait for the certificate that this peer has. */
  #isMissing(id: Hash): boolean {
    const { chain } = this.#context.dependencies;
    const standing = chain.standing(id);
    return standing === "unknown" || (standing === "waiting" && chain.traits.certificates && !this.#delivered.has(id));
  }

  /** Remembers what nobody is asked for yet, as far as there is room. */
  #note(peer: Peer, ids: readonly Hash[]): Wanted[] {
    const fresh: Wanted[] = [];
    for (const id of ids) {
      const key = Hash.key(id);
      // An announcement may name a block twice.
      if (this.#wanted.has(key) || this.#tracker.isUnderWay(id)) continue;
      const count = this.#wantedOf.get(peer) ?? 0;
      if (count >= WANTED_PER_PEER || this.#wanted.size >= WANTED_MAX) {
        this.#metrics.dropped("block", 1);
        continue;
      }
      const wanted: Wanted = { id, first: peer, announcers: new Set([peer]), asked: new Set(), isOverdue: false, patience: undefined };
      const patienceMs = this.#context.options.requestTimeoutMs / PATIENCE_PART;
      wanted.patience = this.#context.dependencies.scheduler.after(patienceMs, () => this.#hurry(wanted));
      this.#wanted.set(key, wanted);
      this.#wantedOf.set(peer, count + 1);
      fresh.push(wanted);
    }
    return fresh;
  }

  /** @param isSecond others are asked already, and stay so */
  #ask(peer: Peer, wanted: readonly Wanted[], isSecond = false): void {
    for (const { asked } of wanted) asked.add(peer);
    const ids = wanted.map(({ id }) => id);
    const asked = new Set(
      this.#tracker.request(peer, ids, (from, id, answer) => this.#onAnswer(from, id, answer), isSecond).map((id) => Hash.key(id)),
    );
    for (const { id } of wanted) {
      if (asked.has(Hash.key(id)) || isSecond) continue;
      // Sync was faster; or the peer is gone, or owes too much.
      if (this.#tracker.isUnderWay(id)) this.#forget(id);
      else this.#askAnother(id);
    }
  }

  /** The moment for the first to answer is over: somebody else is asked, too, once there is somebody. */
  #hurry(wanted: Wanted): void {
    // It may have come another way.
    if (this.#wanted.get(Hash.key(wanted.id)) !== wanted || !this.#isMissing(wanted.id)) return;
    const next = this.#nextFor(wanted);
    wanted.isOverdue = next === undefined;
    if (next === undefined || wanted.asked.size >= TRIES_MAX) return;
    this.#metrics.retried("block", 1);
    this.#ask(next, [wanted], true);
  }

  /** Whom this node dialed before those who came by themselves: it is not they who decide whom it asks. */
  #nextFor({ announcers, asked }: Wanted): Peer | undefined {
    const free = [...announcers].filter((peer) => peer.connected && !asked.has(peer));
    return free.find(({ direction }) => direction === "outbound") ?? free[0];
  }

  async #onAnswer(peer: Peer, id: Hash, answer: BlockAnswer): Promise<void> {
    if (answer.status === "block") {
      this.#knowledge.blocks(peer).add(id);
      const isLate = answer.late || !this.#wanted.has(Hash.key(id));
      if (isLate && !this.#isMissing(id)) return;
      if (await this.#take(peer, id, answer)) return this.#forget(id);
      this.#metrics.failed("block", "unusable", 1);
    } else if (answer.status === "missing") peer.offend("failure", GossipOffences.blockMissing, `it announced block ${Hash.key(id)}`);
    this.#askAnother(id);
  }

  /** Answers whether there is nothing more to ask anybody for. */
  async #take(peer: Peer, id: Hash, { bytes, certificate }: BlockAnswer & { readonly status: "block" }): Promise<boolean> {
    const intake = await this.#intake.take(peer, id, bytes, certificate);
    if (intake.status === "not-yet") {
      this.#delivered.add(id);
      if (intake.code === "BLOCK_UNKNOWN_PARENT") this.#context.syncRequested(peer, id);
    }
    // A body or certificate may be forged without the id: others may have the real ones.
    return intake.status !== "unusable" && intake.status !== "invalid";
  }

  #askAnother(id: Hash): void {
    const wanted = this.#wanted.get(Hash.key(id));
    // A second one may still be asked.
    if (wanted === undefined || this.#tracker.isAsked(id)) return;
    const next = this.#nextFor(wanted);
    if (next === undefined || wanted.asked.size >= TRIES_MAX) {
      this.#forget(id);
      return;
    }
    this.#metrics.retried("block", 1);
    this.#ask(next, [wanted]);
  }

  #forget(id: Hash): void {
    const key = Hash.key(id);
    const wanted = this.#wanted.get(key);
    if (wanted === undefined) return;
    this.#wanted.delete(key);
    wanted.patience?.cancel();
    const count = (this.#wantedOf.get(wanted.first) ?? 0) - 1;
    if (count > 0) this.#wantedOf.set(wanted.first, count);
    else this.#wantedOf.delete(wanted.first);
  }
}

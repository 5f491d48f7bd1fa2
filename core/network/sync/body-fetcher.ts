/**
 * Bodies for a row of headers, from everybody who claims to have them.
 *
 * The lowest blocks that are needed go to the most trusted peer, each peer has a bounded number under way, and what is held ahead of
 * import is bounded in count and bytes. Who does not answer rests, and its blocks go to others; who holds up the lowest block
 * while others are idle loses what it owes to them.
 */
import { ChainwrightError } from "../../kernel/errors.js";
import { decodeBlock } from "../../primitives/block-codec.js";
import type { Bytes } from "../../primitives/bytes.js";
import { Hash, type HashKey } from "../../primitives/hash.js";
import type { NetworkContext } from "../context.js";
import { type BlockAnswer, RequestTracker } from "../gossip/request-tracker.js";
import type { Peer } from "../peer.js";
import { SyncCode } from "./codes.js";
import type { SyncMetrics } from "./metrics.js";
import type { SyncOptions } from "./options.js";
import type { Slot, SlotRow } from "./slots.js";

/** A peer that may deliver. */
interface Worker {
  readonly peer: Peer;
  /** Blocks that it owes. */
  owed: number;
  /** It has none of this branch above this height. */
  reach: number;
  /** It gave the headers, or has delivered: more than a claim. */
  isProven: boolean;
  /** Times that it kept others waiting. */
  strikes: number;
  restUntilMs: number;
  /** When it last delivered, or was asked after it owed nothing. */
  progressMs: number;
  deliveredMs: number | undefined;
}

export interface BodyFetcherParts {
  readonly context: NetworkContext;
  readonly options: SyncOptions;
  readonly metrics: SyncMetrics;
  readonly row: SlotRow;
  /** The peer that gave the headers: it has the blocks, whatever it claims for a head. */
  readonly source: Peer;
  /** A body came. */
  readonly onHeld: () => void;
}

/** What a block is taken to have before any came, bytes. */
const GUESSED_BLOCK_BYTES = 4_096;
/** Weight of the newest block in the estimate of the next one's size: 1 / 8. */
const ESTIMATE_SHIFT = 8;
const REST_MAX_MS = 60_000;
/** A part of the time for an answer after which the lowest block may be asked for elsewhere. */
const STEAL_PART = 5;
/** Whoever delivered within this time counts as one that blocks are fetched from, even if it owes none right now. */
const ACTIVE_MS = 2_000;

export class BodyFetcher {
  readonly #parts: BodyFetcherParts;
  readonly #tracker: RequestTracker;
  readonly #workers = new Map<Peer, Worker>();
  readonly #asked = new Map<HashKey, Slot>();
  /** No slot below it is needed. */
  #cursor = 0;
  /** Encoded bytes of bodies that are held or being imported. */
  #heldBytes = 0;
  #estimateBytes = GUESSED_BLOCK_BYTES;
  #owed = 0;
  #stopped = false;

  constructor(parts: BodyFetcherParts) {
    this.#parts = parts;
    this.#tracker = RequestTracker.of(parts.context);
  }

  /** Peers that deliver: blocks are under way from them, or came a moment ago. */
  get activePeers(): number {
    const sinceMs = this.#nowMs - ACTIVE_MS;
    let active = 0;
    for (const { owed, deliveredMs } of this.#workers.values()) if (owed > 0 || (deliveredMs ?? sinceMs) > sinceMs) active++;
    return active;
  }

  /** Whether somebody might still deliver the lowest block, now or after a rest. */
  get hasHope(): boolean {
    const { lowest } = this.#parts.row;
    if (lowest === undefined || lowest.stage !== "needed") return true;
    return this.#candidates().some((worker) => this.#mayDeliver(worker, lowest));
  }

  /** Asks for what is needed, as far as there is room. Cheap when nothing is to be done. */
  fill(): void {
    if (this.#stopped) return;
    const { blocksPerPeer } = this.#parts.context.options;
    const nowMs = this.#nowMs;
    const idle: Worker[] = [];
    for (const worker of this.#candidates()) if (worker.restUntilMs <= nowMs && worker.owed <= blocksPerPeer / 2) idle.push(worker);
    idle.sort(byTrust);
    for (const worker of idle) {
      const slots = this.#needed(worker, this.#quota(worker) - worker.owed);
      if (slots.length > 0) this.#ask(worker, slots);
    }
  }

  /** Time goes on: looks after slots that others fetch, and after who holds up the rest. */
  tick(): void {
    if (this.#stopped) return;
    const { chain } = this.#parts.context.dependencies;
    for (const slot of this.#asked.values()) {
      if (slot.asked !== undefined || this.#tracker.isUnderWay(slot.record.id)) continue;
      // Gossip was fetching it. It may have come in by now.
      this.#release(slot, chain.header(slot.record.id) === undefined ? "needed" : "done");
    }
    this.#steal();
    this.fill();
  }

  /** The body was of no use: somebody else is asked. */
  refuse(slot: Slot): void {
    const { body } = slot;
    if (body !== undefined) {
      this.#hold(-body.sizeBytes);
      slot.refused ??= new Set();
      slot.refused.add(body.from.nodeId);
    }
    slot.body = undefined;
    this.#release(slot, "needed");
  }

  /** What a peer sent so far is not to be used: it was caught with a forgery. */
  distrust(peer: Peer): void {
    const { row, options } = this.#parts;
    for (const slot of row.from(0, options.windowBlocks)) if (slot.stage === "held" && slot.body?.from === peer) this.refuse(slot);
  }

  /** It is imported. */
  done(slot: Slot): void {
    if (slot.body !== undefined) this.#hold(-slot.body.sizeBytes);
    slot.body = undefined;
    this.#release(slot, "done");
  }

  onPeerGone(peer: Peer): void {
    const worker = this.#workers.get(peer);
    if (worker === undefined) return;
    this.#workers.delete(peer);
    for (const slot of this.#asked.values()) if (slot.asked === peer) this.#release(slot, "needed");
    this.#owed -= worker.owed;
    worker.owed = 0;
  }

  /** Nothing is waited for any more. */
  stop(): void {
    this.#stopped = true;
    this.#parts.metrics.heldBytes.set(0);
    for (const worker of this.#workers.values()) if (worker.owed > 0) this.#tracker.release(worker.peer);
    this.#asked.clear();
    this.#workers.clear();
  }

  // --- asking ------------------------------------------------------------------------------------------------------

  #candidates(): Worker[] {
    const { context, source } = this.#parts;
    const out: Worker[] = [];
    for (const peer of context.peers()) if (peer.connected && (peer.servesChain || peer === source)) out.push(this.#workerOf(peer));
    return out;
  }

  #workerOf(peer: Peer): Worker {
    let worker = this.#workers.get(peer);
    if (worker === undefined) {
      const isProven = peer === this.#parts.source;
      worker = {
        peer,
        owed: 0,
        reach: Number.POSITIVE_INFINITY,
        isProven,
        strikes: 0,
        restUntilMs: 0,
        progressMs: 0,
        deliveredMs: undefined,
      };
      this.#workers.set(peer, worker);
    }
    return worker;
  }

  /** Who kept others waiting gets less at a time. */
  #quota({ strikes }: Worker): number {
    return Math.max(1, this.#parts.context.options.blocksPerPeer >> Math.min(strikes, 4));
  }

  #mayDeliver(worker: Worker, slot: Slot): boolean {
    return (
      slot.height >= (worker.peer.head.bodiesFrom ?? 0) &&
      slot.height <= this.#topOf(worker) &&
      slot.refused?.has(worker.peer.nodeId) !== true
    );
  }

  /** The highest block that it may have. */
  #topOf({ peer, reach }: Worker): number {
    return peer === this.#parts.source ? reach : Math.min(reach, peer.head.height);
  }

  /** The lowest slots that this peer may deliver, as far as there is room. */
  #needed(worker: Worker, count: number): Slot[] {
    const { row, options } = this.#parts;
    const out: Slot[] = [];
    if (count <= 0) return out;
    const top = this.#topOf(worker);
    let isFirst = true;
    for (const slot of row.from(this.#cursor, options.windowBlocks)) {
      if (slot.stage !== "needed") {
        if (isFirst) this.#cursor = slot.height + 1;
        continue;
      }
      isFirst = false;
      // The lowest always has room, or nothing would ever move.
      if (slot !== row.lowest && !this.#hasRoomFor(out.length + 1)) break;
      if (slot.height > top) break;
      if (this.#mayDeliver(worker, slot)) out.push(slot);
      if (out.length >= count) break;
    }
    return out;
  }

  #hasRoomFor(blocks: number): boolean {
    return this.#heldBytes + (this.#owed + blocks) * this.#estimateBytes <= this.#parts.options.windowBytes;
  }

  #ask(worker: Worker, slots: readonly Slot[]): void {
    const { peer } = worker;
    // All before the request: sending it may show that the peer is gone, and then all of it is answered at once.
    for (const slot of slots) {
      slot.stage = "asked";
      slot.asked = peer;
      this.#asked.set(slot.key, slot);
    }
    if (worker.owed === 0) worker.progressMs = this.#nowMs;
    this.#owe(worker, slots.length);
    const ids = slots.map((slot) => slot.record.id);
    const asked = this.#tracker.request(peer, ids, (_, id, answer) => this.#onAnswer(worker, id, answer));
    this.#parts.metrics.asked.increment(asked.length);
    if (asked.length === slots.length) return;
    // The others are asked for already, by gossip.
    const own = new Set(asked.map((id) => Hash.key(id)));
    for (const slot of slots) if (slot.asked === peer && !own.has(slot.key)) slot.asked = undefined;
    this.#owe(worker, asked.length - slots.length);
  }

  #owe(worker: Worker, blocks: number): void {
    if (this.#workers.get(worker.peer) !== worker) return;
    worker.owed += blocks;
    this.#owed += blocks;
  }

  // --- answers -----------------------------------------------------------------------------------------------------

  #onAnswer(worker: Worker, id: Hash, answer: BlockAnswer): void {
    if (answer.status !== "block" || !answer.late) this.#owe(worker, -1);
    if (this.#stopped) return;
    const slot = this.#asked.get(Hash.key(id));
    if (answer.status === "block") {
      worker.progressMs = this.#nowMs;
      worker.deliveredMs = worker.progressMs;
      if (slot !== undefined) this.#onBlock(worker, slot, answer.bytes, answer.certificate);
    } else if (slot?.asked === worker.peer) {
      this.#release(slot, "needed");
      if (answer.status === "missing") this.#onMissing(worker, slot);
    }
    // Once for all that it owed.
    if (answer.status === "timeout" && worker.restUntilMs <= this.#nowMs) this.#strike(worker);
    this.fill();
  }

  #onBlock(worker: Worker, slot: Slot, bytes: Bytes, certificate: Bytes | undefined): void {
    const { row, options, metrics, onHeld, context } = this.#parts;
    const { limits } = context.dependencies.spec.rulesAt(slot.height);
    const block = decoded(bytes, limits);
    if (block === undefined || Hash.key(block.record.id) !== slot.key) {
      if (slot.asked === worker.peer) this.#release(slot, "needed");
      worker.reach = -1;
      worker.peer.offend("violation", SyncCode.badBlock, `what it sent for block ${slot.key} is not that block`);
      return;
    }
    this.#estimateBytes += (bytes.length - this.#estimateBytes) / ESTIMATE_SHIFT;
    metrics.bodyBytes.increment(bytes.length);
    // Larger than foreseen: what has to wait longest is asked for again later. Only the lowest is always let in.
    if (slot !== row.lowest && this.#heldBytes + bytes.length > options.windowBytes) {
      this.#estimateBytes = Math.max(this.#estimateBytes, bytes.length);
      this.#release(slot, "needed");
      return;
    }
    this.#asked.delete(slot.key);
    slot.asked = undefined;
    slot.stage = "held";
    slot.body = { block: block.block, certificate, sizeBytes: bytes.length, from: worker.peer };
    this.#hold(bytes.length);
    worker.isProven = true;
    if (worker.strikes > 0) worker.strikes--;
    onHeld();
  }

  #onMissing(worker: Worker, slot: Slot): void {
    const isFirst = worker.reach === Number.POSITIVE_INFINITY;
    worker.reach = Math.min(worker.reach, slot.height - 1);
    if (worker.peer === this.#parts.source && isFirst)
      worker.peer.offend("failure", SyncCode.missingBlock, `it led to block ${slot.key} and does not have it`);
  }

  #strike(worker: Worker): void {
    worker.strikes++;
    const restMs = this.#parts.context.options.requestTimeoutMs * 2 ** Math.min(worker.strikes - 1, 8);
    worker.restUntilMs = this.#nowMs + Math.min(restMs, REST_MAX_MS);
    this.#parts.metrics.stalls.increment();
  }

  /** Takes what it owes from a peer that holds up the lowest block, if somebody idle could deliver it. */
  #steal(): void {
    const { row, context, metrics } = this.#parts;
    const slowest = row.lowest?.asked;
    const lowest = row.lowest;
    if (lowest === undefined || slowest === undefined) return;
    const nowMs = this.#nowMs;
    const slow = this.#workers.get(slowest);
    if (slow === undefined || nowMs - slow.progressMs < context.options.requestTimeoutMs / STEAL_PART) return;
    const isFree = (worker: Worker) =>
      worker !== slow && worker.owed === 0 && worker.restUntilMs <= nowMs && this.#mayDeliver(worker, lowest);
    if (!this.#candidates().some(isFree)) return;
    metrics.steals.increment();
    this.#strike(slow);
    this.#tracker.release(slow.peer);
  }

  #release(slot: Slot, stage: "needed" | "done"): void {
    this.#asked.delete(slot.key);
    slot.asked = undefined;
    slot.stage = stage;
    if (stage === "needed") this.#cursor = Math.min(this.#cursor, slot.height);
  }

  #hold(bytes: number): void {
    this.#heldBytes += bytes;
    this.#parts.metrics.heldBytes.set(this.#heldBytes);
  }

  get #nowMs(): number {
    return this.#parts.context.dependencies.clock.monotonicMs();
  }
}

/**
 * Who gets the lowest blocks, for which all others wait: whoever kept nobody waiting, has shown that it has them, and was dialed by
 * this node; of equals the least busy. Otherwise many who claim and send nothing would have their turns before one who does.
 */
function byTrust(a: Worker, b: Worker): number {
  if (a.strikes !== b.strikes) return a.strikes - b.strikes;
  if (a.isProven !== b.isProven) return a.isProven ? -1 : 1;
  if (a.peer.direction !== b.peer.direction) return a.peer.direction === "outbound" ? -1 : 1;
  return a.owed - b.owed;
}

function decoded(bytes: Bytes, limits: { readonly blockBytes: number; readonly transactionBytes: number }) {
  try {
    return decodeBlock(bytes, limits);
  } catch (error) {
    if (ChainwrightError.is(error)) return undefined;
    throw error;
  }
}

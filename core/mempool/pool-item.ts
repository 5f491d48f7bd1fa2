/** A pooled transaction, its place in the order, and that order. */
import type { ChainLimits } from "../ports/chain-spec.js";
import type { PoolFacts, TransactionBatch } from "../ports/ledger.js";
import type { PoolEntry } from "../ports/views.js";
import type { Bytes } from "../primitives/bytes.js";
import { Hash, type HashKey } from "../primitives/hash.js";

/** Fee rates are fractions of a block in 2^-32: 64-bit fees keep all their digits. */
const SCALE_BITS = 32n;

/** What the ledger says of a transaction over one head, and which state it read for that. */
export interface Examination {
  readonly facts: PoolFacts;
  /** Latin-1 strings of the state keys that the facts depend on: as long as these keep their values, the facts hold. */
  readonly readKeys: readonly string[];
}

/** A single transaction, decoded under the rules of a revision. */
export interface Decoded {
  readonly batch: TransactionBatch;
  readonly revision: number;
}

/**
 * Where an item stands in the order.
 *
 * An item is not worth more than what must go before it: `lineRate` is the least rate among itself and all pooled
 * transactions that it needs. Those which have no lesser rate than what they wait for form one *line* with it and
 * follow it directly. So the order is topological: whoever is needed stands before whoever needs it, the last one is
 * needed by nobody, and picking from the front or evicting from the back never breaks a dependency.
 */
export interface Place {
  readonly ready: boolean;
  readonly lineRate: bigint;
  /** Sequence of the item that this line began with. */
  readonly line: number;
  /** Pooled transactions on the longest chain of needs below it. */
  readonly depth: number;
}

/** Chains of needs longer than this wait in the queue; it also ends a ledger's circular tags. */
export const MAX_DEPTH = 1_024;

export class PoolItem {
  readonly id: Hash;
  readonly idKey: HashKey;
  readonly raw: Bytes;
  readonly rawKey: HashKey;
  /** Decoded, for the ledger, under the rules of … */
  batch: TransactionBatch;
  /** … this revision. */
  revision: number;
  /** Order of acceptance, and key in the journal. After all others until it is accepted. */
  sequence = Number.MAX_SAFE_INTEGER;
  examination: Examination;
  /** Fee for each 2^-32 of a block, by bytes or weight, of whichever it takes more. */
  rate = 0n;
  /** Set by the pool while it is inside. */
  place: Place | undefined;

  constructor(decoded: Decoded, id: Hash, raw: Bytes, rawKey: HashKey, examination: Examination) {
    this.batch = decoded.batch;
    this.revision = decoded.revision;
    this.id = id;
    this.idKey = Hash.key(id);
    this.raw = raw;
    this.rawKey = rawKey;
    this.examination = examination;
  }

  get facts(): PoolFacts {
    return this.examination.facts;
  }
}

/** How much of a block it takes, 2^-32 blocks, rounded up: the larger of its shares in bytes and in weight. At least 1. */
export function blockShare(bytes: number, weight: number, limits: Pick<ChainLimits, "blockBytes" | "blockWeight">): bigint {
  const ofBytes = shareOf(bytes, limits.blockBytes);
  const ofWeight = shareOf(weight, limits.blockWeight);
  return larger(larger(ofBytes, ofWeight), 1n);
}

/** The larger of two amounts: `Math.max` does not take bigints. */
export function larger(a: bigint, b: bigint): bigint {
  if (a > b) return a;
  return b;
}

function shareOf(part: number, whole: number): bigint {
  const divisor = BigInt(Math.max(1, whole));
  return ((BigInt(part) << SCALE_BITS) + divisor - 1n) / divisor;
}

export function feeRate(fee: bigint, share: bigint): bigint {
  return (fee << SCALE_BITS) / share;
}

/** Least fee whose rate over `share` exceeds `rate`. */
export function feeAbove(rate: bigint, share: bigint): bigint {
  return (((rate + 1n) * share - 1n) >> SCALE_BITS) + 1n;
}

/** Best first; negative if `a` stands before `b`. Total, as sequences differ. */
export function comparePlaces(a: Place, aSequence: number, b: Place, bSequence: number): number {
  if (a.ready !== b.ready) return a.ready ? -1 : 1;
  if (a.lineRate !== b.lineRate) return a.lineRate > b.lineRate ? -1 : 1;
  return a.line - b.line || a.depth - b.depth || aSequence - bSequence;
}

export function entryOf(item: PoolItem): PoolEntry {
  const { sender, fee, weight } = item.facts;
  return { id: item.id, raw: item.raw, sender, fee, weight, standing: item.place?.ready === true ? "ready" : "queued" };
}

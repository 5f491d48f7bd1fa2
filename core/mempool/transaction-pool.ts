/**
 * The pool as a data structure: who conflicts with whom, who needs whom, what accounts can bear, and in which order.
 * Synchronous and without I/O; the ledger's facts come from outside (examiner.ts), verification and journal are around it.
 *
 * Changes are made in two steps: add, remove and update mark what depends on them as unsettled, and `settle` computes the places
 * anew, following needs upward. So a block that takes a hundred transactions of one chain costs each successor once.
 */
import { assert, present } from "../kernel/assert.js";
import type { ChainLimits } from "../ports/chain-spec.js";
import type { HashKey } from "../primitives/hash.js";
import type { SelectionLimits } from "./chain.js";
import { MempoolFullError, ReplacementUnderpricedError, SenderFullError } from "./errors.js";
import { HeightIndex } from "./height-index.js";
import type { MempoolOptions } from "./options.js";
import { OrderedList } from "./ordered-list.js";
import {
  blockShare,
  comparePlaces,
  type Examination,
  feeAbove,
  feeRate,
  larger,
  MAX_DEPTH,
  type Place,
  type PoolItem,
} from "./pool-item.js";
import { Reserves } from "./reserves.js";
import { TagIndex } from "./tag-index.js";

/** After so many transactions in a row that no longer fit, a block counts as full. */
const MAX_MISSES = 64;

const NOBODY: ReadonlySet<PoolItem> = new Set();

/** Who has to go for a newcomer. Holds until the pool changes. */
export interface AdmissionPlan {
  readonly replaces: readonly PoolItem[];
  readonly evicts: readonly PoolItem[];
}

type PoolOptions = Pick<MempoolOptions, "maxCount" | "maxBytes" | "maxPerSender" | "replaceFeePercent">;

export class TransactionPool {
  readonly #options: PoolOptions;
  #limits: Pick<ChainLimits, "blockBytes" | "blockWeight">;
  #nextHeight: number;
  #bytes = 0;

  readonly #byId = new Map<HashKey, PoolItem>();
  readonly #byRaw = new Map<HashKey, PoolItem>();
  readonly #order = new OrderedList<PoolItem>((a, b) => comparePlaces(placeOf(a), a.sequence, placeOf(b), b.sequence));
  readonly #providers = new Map<string, PoolItem>();
  readonly #claimants = new Map<string, PoolItem>();
  readonly #waiting = new TagIndex<PoolItem>();
  readonly #senders = new TagIndex<PoolItem>();
  readonly #readers = new TagIndex<PoolItem>();
  readonly #reserves = new Reserves();
  readonly #starts = new HeightIndex<PoolItem>();
  readonly #ends = new HeightIndex<PoolItem>();
  readonly #unsettled = new Set<PoolItem>();

  constructor(options: PoolOptions, limits: Pick<ChainLimits, "blockBytes" | "blockWeight">, nextHeight: number) {
    this.#options = options;
    this.#limits = limits;
    this.#nextHeight = nextHeight;
  }

  get count(): number {
    return this.#byId.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  byId(id: HashKey): PoolItem | undefined {
    return this.#byId.get(id);
  }

  byRaw(rawHash: HashKey): PoolItem | undefined {
    return this.#byRaw.get(rawHash);
  }

  /** In order: best first. */
  items(offset = 0): IterableIterator<PoolItem> {
    return this.#order.fromFirst(offset);
  }

  /** In order of execution. */
  ofSender(sender: string): PoolItem[] {
    return sorted(this.#senders.get(sender));
  }

  /** Whose facts depend on this state key (latin-1). */
  readersOf(key: string): ReadonlySet<PoolItem> {
    return this.#readers.get(key);
  }

  /**
   * Whether a newcomer may come in, and who has to go for it.
   *
   * @param stage `early`, before its signature was checked: what it needs may still be on its way beside it, so it is
   *   taken as if it were there. `final`: as it is.
   * @throws ReplacementUnderpricedError, OvercommittedError, SenderFullError, MempoolFullError
   */
  plan(item: PoolItem, stage: "early" | "final"): AdmissionPlan {
    assert(this.#unsettled.size === 0, "a plan is made over settled places");
    const share = this.#rate(item);
    const rivals = this.#rivalsOf(item);
    this.#checkReplacement(item, rivals, share);
    this.#reserves.check(item, rivals);
    const own = this.#placeFor(item, rivals);
    const place = stage === "early" ? { ...own, ready: true, lineRate: item.rate } : own;
    const isWorse = (other: PoolItem) => comparePlaces(placeOf(other), other.sequence, place, item.sequence) > 0;
    const evicts = new Set<PoolItem>();
    this.#makeRoomInSender(item, rivals, evicts, isWorse);
    this.#makeRoom(item, rivals, evicts, isWorse, share);
    return { replaces: [...rivals], evicts: [...evicts] };
  }

  /** Carries out a final plan. `item.sequence` is set by now. */
  admit(item: PoolItem, plan: AdmissionPlan): void {
    for (const rival of plan.replaces) this.remove(rival);
    for (const evicted of plan.evicts) this.remove(evicted);
    this.#byId.set(item.idKey, item);
    this.#byRaw.set(item.rawKey, item);
    this.#bytes += item.raw.length;
    this.#rate(item);
    this.#link(item);
    this.settle();
    assert(this.count <= this.#options.maxCount && this.#bytes <= this.#options.maxBytes, "the plan made room");
  }

  /** Call `settle` afterwards. */
  remove(item: PoolItem): void {
    assert(this.#byId.get(item.idKey) === item, "what is removed is in the pool");
    this.#unlink(item);
    this.#byId.delete(item.idKey);
    this.#byRaw.delete(item.rawKey);
    this.#bytes -= item.raw.length;
    this.#unsettled.delete(item);
    if (item.place !== undefined) this.#order.delete(item);
    item.place = undefined;
  }

  /** The ledger sees it otherwise over the new head. Call `settle` afterwards. */
  update(item: PoolItem, examination: Examination): void {
    assert(this.#byId.get(item.idKey) === item, "what is updated is in the pool");
    // Most often a block changed what the sender has, and nothing else.
    const isLinkedAlike = haveLikeLinks(item.examination, examination);
    if (isLinkedAlike) this.#reserves.delete(item);
    else this.#unlink(item);
    const rateBefore = item.rate;
    item.examination = examination;
    this.#rate(item);
    if (!isLinkedAlike) this.#link(item);
    else {
      this.#reserves.add(item);
      if (item.rate !== rateBefore) this.#unsettled.add(item);
    }
  }

  /** Block limits changed with the rules; all rates are computed anew at their next update. */
  setLimits(limits: Pick<ChainLimits, "blockBytes" | "blockWeight">): void {
    this.#limits = limits;
  }

  /** The next block has another height: marks what begins or ceases to be ready, answers what has expired. Call `settle` afterwards. */
  setNextHeight(nextHeight: number): readonly PoolItem[] {
    const before = this.#nextHeight;
    this.#nextHeight = nextHeight;
    const [low, high] = before < nextHeight ? [before, nextHeight] : [nextHeight, before];
    for (const item of this.#starts.within(low + 1, high)) this.#unsettled.add(item);
    return before < nextHeight ? this.#ends.within(before, nextHeight - 1) : [];
  }

  /** Brings all places up to date. */
  settle(): void {
    // A set is iterated in order of insertion and sees what is added meanwhile: a queue without duplicates.
    for (const item of this.#unsettled) {
      this.#unsettled.delete(item);
      const place = this.#placeFor(item);
      const before = item.place;
      if (before !== undefined && comparePlaces(before, 0, place, 0) === 0) continue;
      if (before !== undefined) this.#order.delete(item);
      item.place = place;
      this.#order.insert(item);
      this.#unsettleDependents(item);
    }
  }

  /** What an account can no longer bear, worst first; settled places required. Nothing is removed. */
  excessOf(account: string): readonly PoolItem[] {
    return this.#reserves.excessOf(account, sorted);
  }

  /** The best that fit, whoever is needed before whoever needs it. */
  select(limits: SelectionLimits): PoolItem[] {
    assert(this.#unsettled.size === 0, "what is selected from has settled places");
    const picked: PoolItem[] = [];
    const left = new Set<PoolItem>();
    let bytes = 0;
    let weight = 0;
    let misses = 0;
    for (const item of this.#order.fromFirst()) {
      if (picked.length >= limits.maxCount || misses >= MAX_MISSES || !placeOf(item).ready) break;
      if (left.size > 0 && this.#needsOneOf(item, left)) {
        left.add(item);
        continue;
      }
      if (bytes + item.raw.length > limits.maxBytes || weight + item.facts.weight > limits.maxWeight) {
        left.add(item);
        misses++;
        continue;
      }
      misses = 0;
      bytes += item.raw.length;
      weight += item.facts.weight;
      picked.push(item);
    }
    return picked;
  }

  #needsOneOf(item: PoolItem, others: ReadonlySet<PoolItem>): boolean {
    for (const tag of item.facts.requires) {
      const provider = this.#providers.get(tag);
      if (provider !== undefined && others.has(provider)) return true;
    }
    return false;
  }

  /** Sets the rate; answers the item's share of a block. */
  #rate(item: PoolItem): bigint {
    const share = blockShare(item.raw.length, item.facts.weight, this.#limits);
    item.rate = feeRate(item.facts.fee, share);
    return share;
  }

  /** Who claims or provides the same tags. */
  #rivalsOf(item: PoolItem): ReadonlySet<PoolItem> {
    let rivals: Set<PoolItem> | undefined;
    const add = (rival: PoolItem | undefined) => {
      if (rival === undefined) return;
      rivals ??= new Set();
      rivals.add(rival);
    };
    add(this.#byId.get(item.idKey));
    for (const tag of item.facts.conflicts) add(this.#claimants.get(tag));
    for (const tag of item.facts.provides) add(this.#providers.get(tag));
    return rivals ?? NOBODY;
  }

  /** A replacement pays more than all that it replaces together, and at a better rate than each: or relaying it were free. */
  #checkReplacement(item: PoolItem, rivals: ReadonlySet<PoolItem>, share: bigint): void {
    if (rivals.size === 0) return;
    let sum = 0n;
    let best: PoolItem | undefined;
    for (const rival of rivals) {
      sum += rival.facts.fee;
      if (best === undefined || rival.rate > best.rate) best = rival;
    }
    const strongest = present(best, "there is a rival");
    const bySum = sum + (sum * BigInt(this.#options.replaceFeePercent) + 99n) / 100n;
    const byRate = feeAbove(strongest.rate, share);
    const needed = larger(larger(bySum, byRate), sum + 1n);
    if (item.facts.fee < needed)
      throw new ReplacementUnderpricedError({ rival: strongest.idKey, fee: item.facts.fee.toString(), needed: needed.toString() });
  }

  /** A full sender may still put a better one (the missing nonce, say) in the place of its worst. */
  #makeRoomInSender(item: PoolItem, rivals: ReadonlySet<PoolItem>, evicts: Set<PoolItem>, isWorse: (other: PoolItem) => boolean): void {
    const { sender } = item.facts;
    const own = this.#senders.get(sender);
    const limit = this.#options.maxPerSender;
    if (own.size < limit) return;
    const staying = sorted(own).filter((other) => !rivals.has(other));
    if (staying.length < limit) return;
    const worst = present(staying.at(-1), "a full sender has a worst transaction");
    if (!isWorse(worst)) throw new SenderFullError({ sender, limit });
    evicts.add(worst);
  }

  #makeRoom(
    item: PoolItem,
    rivals: ReadonlySet<PoolItem>,
    evicts: Set<PoolItem>,
    isWorse: (other: PoolItem) => boolean,
    share: bigint,
  ): void {
    const { maxCount, maxBytes } = this.#options;
    let count = this.count + 1;
    let bytes = this.#bytes + item.raw.length;
    for (const gone of [...rivals, ...evicts]) {
      count--;
      bytes -= gone.raw.length;
    }
    if (count <= maxCount && bytes <= maxBytes) return;
    for (const worst of this.#order.fromLast()) {
      if (rivals.has(worst) || evicts.has(worst)) continue;
      if (!isWorse(worst)) {
        const needed = larger(feeAbove(placeOf(worst).lineRate, share), item.facts.fee + 1n);
        throw new MempoolFullError({ count: this.count, bytes: this.#bytes, needed: needed.toString() });
      }
      evicts.add(worst);
      count--;
      bytes -= worst.raw.length;
      if (count <= maxCount && bytes <= maxBytes) return;
    }
    throw new MempoolFullError({ count: this.count, bytes: this.#bytes, needed: item.facts.fee.toString() });
  }

  /** Where it stands with what it needs as that stands now. `without`: as if these were gone. */
  #placeFor(item: PoolItem, without?: ReadonlySet<PoolItem>): Place {
    let ready = item.facts.validFrom <= this.#nextHeight;
    let depth = 0;
    let last: PoolItem | undefined;
    for (const tag of item.facts.requires) {
      const provider = this.#providers.get(tag);
      if (provider?.place === undefined || provider === item || without?.has(provider) === true) {
        ready = false;
        continue;
      }
      ready &&= provider.place.ready;
      depth = Math.max(depth, provider.place.depth + 1);
      if (last === undefined || comparePlaces(provider.place, provider.sequence, placeOf(last), last.sequence) > 0) last = provider;
    }
    if (depth >= MAX_DEPTH) {
      ready = false;
      depth = MAX_DEPTH;
    }
    const bearer = last?.place;
    if (bearer === undefined || item.rate < bearer.lineRate) return { ready, lineRate: item.rate, line: item.sequence, depth };
    return { ready, lineRate: bearer.lineRate, line: bearer.line, depth };
  }

  #link(item: PoolItem): void {
    const { facts, readKeys } = item.examination;
    for (const tag of facts.provides) this.#providers.set(tag, item);
    for (const tag of facts.conflicts) this.#claimants.set(tag, item);
    for (const tag of facts.requires) this.#waiting.add(tag, item);
    for (const key of readKeys) this.#readers.add(key, item);
    this.#senders.add(facts.sender, item);
    this.#reserves.add(item);
    if (facts.validFrom > 0) this.#starts.add(facts.validFrom, item);
    if (facts.validUntil < Number.MAX_SAFE_INTEGER) this.#ends.add(facts.validUntil, item);
    this.#unsettled.add(item);
    this.#unsettleDependents(item);
  }

  /** Tags have one provider and one claimant: rivals never are in the pool together. */
  #unlink(item: PoolItem): void {
    const { facts, readKeys } = item.examination;
    this.#unsettleDependents(item);
    for (const tag of facts.provides) this.#providers.delete(tag);
    for (const tag of facts.conflicts) this.#claimants.delete(tag);
    for (const tag of facts.requires) this.#waiting.delete(tag, item);
    for (const key of readKeys) this.#readers.delete(key, item);
    this.#senders.delete(facts.sender, item);
    this.#reserves.delete(item);
    this.#starts.delete(facts.validFrom, item);
    this.#ends.delete(facts.validUntil, item);
  }

  #unsettleDependents(item: PoolItem): void {
    for (const tag of item.facts.provides) {
      for (const dependent of this.#waiting.get(tag)) if (dependent !== item) this.#unsettled.add(dependent);
    }
  }
}

/** Whether an item's links to others, all but its reserves, are the same under both. */
function haveLikeLinks(a: Examination, b: Examination): boolean {
  const [x, y] = [a.facts, b.facts];
  return (
    x.sender === y.sender &&
    x.validFrom === y.validFrom &&
    x.validUntil === y.validUntil &&
    areAlike(x.requires, y.requires) &&
    areAlike(x.provides, y.provides) &&
    areAlike(x.conflicts, y.conflicts) &&
    areAlike(a.readKeys, b.readKeys)
  );
}

function areAlike(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((each, index) => each === b[index]);
}

function placeOf(item: PoolItem): Place {
  return present(item.place, "a pooled transaction has a place");
}

function sorted(items: ReadonlySet<PoolItem>): PoolItem[] {
  return [...items].sort((a, b) => comparePlaces(placeOf(a), a.sequence, placeOf(b), b.sequence));
}

/**
 * How one validator did, epoch by epoch: the last epochs one by one, since a reorg may still change them, everything before as sums.
 *
 * Effectiveness is what it earned by voting, in thousandths of what it could have: the flags of participation (timely source, target and
 * head) by their weights in rewards, over all epochs in which it was active.
 */
import { FLAGS, Flag } from "../epoch/participation.js";

/** One epoch of a validator. Fields that are not known yet, or that the node did not see, are undefined. */
export interface EpochOutcome {
  readonly epoch: number;
  /** Bits of `Flag`; undefined until the epoch after it has ended, and where the validator was not active. */
  flags?: number;
  /** From the vote's slot to the first block that has it. */
  distance?: number;
  /** Its slots in the epoch, and how many of them have its block. Undefined until the epoch has ended. */
  proposals?: { readonly made: number; readonly missed: number };
  /** After the epoch's last block, smallest unit. */
  balance?: number;
}

export interface Totals {
  votes: number;
  included: number;
  source: number;
  target: number;
  head: number;
  /** Of the votes whose inclusion was seen, slots. */
  distanceSum: number;
  distanceCount: number;
  /** What the flags weigh. */
  earned: number;
  made: number;
  missed: number;
}

/** Epochs that are kept one by one: more than a reorg reaches while the chain finalizes. */
export const OUTCOMES_KEPT = 8;
const FULL_WEIGHT = FLAGS.reduce((sum, { weight }) => sum + weight, 0);

export class ValidatorOutcomes {
  readonly #recent = new Map<number, EpochOutcome>();
  readonly #before = noTotals();
  #lastDistance: number | undefined;

  /** The epoch's outcome to be filled in; undefined if it was summed up already. */
  at(epoch: number): EpochOutcome | undefined {
    let outcome = this.#recent.get(epoch);
    if (outcome !== undefined) return outcome;
    let oldest = Number.POSITIVE_INFINITY;
    for (const known of this.#recent.keys()) oldest = Math.min(oldest, known);
    if (this.#recent.size >= OUTCOMES_KEPT) {
      if (epoch < oldest) return undefined;
      add(this.#before, this.#recent.get(oldest));
      this.#recent.delete(oldest);
    }
    outcome = { epoch };
    this.#recent.set(epoch, outcome);
    return outcome;
  }

  /** A block has its vote. Answers whether this is the first. */
  included(epoch: number, distance: number): boolean {
    const outcome = this.at(epoch);
    if (outcome === undefined) return false;
    const isFirst = outcome.distance === undefined;
    if (isFirst || distance < (outcome.distance ?? 0)) {
      outcome.distance = distance;
      this.#lastDistance = distance;
    }
    return isFirst;
  }

  get lastDistance(): number | undefined {
    return this.#lastDistance;
  }

  /** By epoch, ascending. */
  get recent(): readonly EpochOutcome[] {
    return [...this.#recent.values()].sort((a, b) => a.epoch - b.epoch);
  }

  get totals(): Readonly<Totals> {
    const totals = { ...this.#before };
    for (const outcome of this.#recent.values()) add(totals, outcome);
    return totals;
  }

  /** Change of the balance over an epoch, deposits and withdrawals included; undefined where it is not known. */
  balanceChange(epoch: number): number | undefined {
    const after = this.#recent.get(epoch)?.balance;
    const before = this.#recent.get(epoch - 1)?.balance;
    return after === undefined || before === undefined ? undefined : after - before;
  }
}

/** 0 … 1,000; 1,000 of nothing. */
export function effectivenessMilli({ earned, votes }: Readonly<Totals>): number {
  return votes === 0 ? 1_000 : Math.floor((1_000 * earned) / (FULL_WEIGHT * votes));
}

export function noTotals(): Totals {
  return { votes: 0, included: 0, source: 0, target: 0, head: 0, distanceSum: 0, distanceCount: 0, earned: 0, made: 0, missed: 0 };
}

/** Sums of sums. */
export function addTotals(into: Totals, totals: Readonly<Totals>): void {
  for (const name of Object.keys(into) as (keyof Totals)[]) into[name] += totals[name];
}

export function isIncluded({ flags, distance }: EpochOutcome): boolean {
  return distance !== undefined || (flags ?? 0) !== 0;
}

function add(totals: Totals, outcome: EpochOutcome | undefined): void {
  if (outcome === undefined) return;
  const { flags, distance, proposals } = outcome;
  if (distance !== undefined) {
    totals.distanceSum += distance;
    totals.distanceCount++;
  }
  if (proposals !== undefined) {
    totals.made += proposals.made;
    totals.missed += proposals.missed;
  }
  if (flags === undefined) return;
  totals.votes++;
  if (isIncluded(outcome)) totals.included++;
  if ((flags & Flag.source) !== 0) totals.source++;
  if ((flags & Flag.target) !== 0) totals.target++;
  if ((flags & Flag.head) !== 0) totals.head++;
  for (const { flag, weight } of FLAGS) if ((flags & flag) !== 0) totals.earned += weight;
}

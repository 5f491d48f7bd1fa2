/**
 * What an epoch's votes earn and their absence costs: inactivity scores, flag rewards and penalties, the inactivity leak
 * (`process_inactivity_updates` and `process_rewards_and_penalties`, specs/altair/beacon-chain.md, with Bellatrix' constants by chain spec).
 *
 * Rewards depend on nothing but a validator's effective balance and flags, so they are tables by increments, made in BigInt where they are
 * asked for; the walk over validators only adds. Penalties take at most what is there, one after the other, as in the specification.
 */
import { assert } from "../../../core/sdk.js";
import { integerSquareRoot } from "../parameters.js";
import { Activation, EPOCH_FIELDS, Exit, type GasperState, Withdrawable } from "../state/index.js";
import { FLAGS, Flag, WEIGHT_DENOMINATOR } from "./participation.js";
import type { EpochServices } from "./services.js";
import { inRanges } from "./sliced.js";

/** Scores are 32 bits: they stop there, after years of a leak. */
const SCORE_MAX = 0xffff_ffff;
/** Sums of Numbers are handed over to BigInt at this size. */
const SUM_MAX = 2 ** 52;

/** What one increment earns at most in an epoch: `get_base_reward_per_increment`, with the total of the current epoch. */
export function baseRewardPerIncrement(state: GasperState): number {
  const { increment, rewards } = state.parameters;
  const total = BigInt(state.activeIncrements) * BigInt(increment);
  // The product was checked to be safe.
  return Number(BigInt(increment * rewards.baseRewardFactor) / integerSquareRoot(total));
}

/** Whether finality is so far behind that the idle lose their stake: `is_in_inactivity_leak`. */
export function isInLeak(state: GasperState): boolean {
  return state.previousEpoch - state.finalized.epoch > state.parameters.rewards.minEpochsToInactivityPenalty;
}

/** Columns of all validators, for walks. */
interface Columns {
  readonly count: number;
  readonly epochs: Uint32Array;
  readonly effective: Uint16Array;
  readonly slashed: Uint8Array;
  readonly balances: Float64Array;
  /** Flags of the previous epoch. */
  readonly flags: Uint8Array;
  readonly scores: Uint32Array;
}

/** Scores first, then balances, for the votes of the previous epoch. Not in the epoch of genesis. */
export async function processRewards(state: GasperState, { slicer }: EpochServices): Promise<void> {
  if (state.epoch === 0) return;
  const columns = columnsOf(state);
  const leak = isInLeak(state);
  await inRanges(columns.count, slicer, (from, to) => updateScores(state, columns, leak, from, to));
  const participating = await participatingIncrements(state, columns, slicer);
  const tables = new RewardTables(state, participating, leak);
  let net = 0n;
  await inRanges(columns.count, slicer, (from, to) => {
    net += applyRewards(state, columns, tables, from, to);
  });
  state.summary.balancesTotal += net;
  state.escrow.mint(net);
}

function columnsOf(state: GasperState): Columns {
  const { columns, validatorCount: count } = state;
  return {
    count,
    epochs: columns.epochs.flat(count),
    effective: columns.effective.flat(count),
    slashed: columns.slashed.flat(count),
    balances: columns.balances.flat(count),
    flags: columns.flagsOf(state.previousEpoch).flat(count),
    scores: columns.scores.flat(count),
  };
}

/** Flags that count for the previous epoch: none of whoever is slashed or was not active. -1: not concerned at all. */
function countedFlags({ epochs, slashed, flags }: Columns, index: number, previousEpoch: number): number {
  const at = index * EPOCH_FIELDS;
  const wasActive = (epochs[at + Activation] as number) <= previousEpoch && previousEpoch < (epochs[at + Exit] as number);
  if (slashed[index] === 0) return wasActive ? (flags[index] as number) : -1;
  return wasActive || previousEpoch + 1 < (epochs[at + Withdrawable] as number) ? 0 : -1;
}

function updateScores(state: GasperState, columns: Columns, leak: boolean, from: number, to: number): void {
  const { inactivityScoreBias: bias, inactivityScoreRecovery: recovery } = state.parameters.rewards;
  const { previousEpoch } = state;
  const { scores } = columns;
  for (let index = from; index < to; index++) {
    const flags = countedFlags(columns, index, previousEpoch);
    if (flags < 0) continue;
    let score = scores[index] as number;
    if ((flags & Flag.target) !== 0) score -= Math.min(1, score);
    else score = Math.min(SCORE_MAX, score + bias);
    if (!leak) score -= Math.min(recovery, score);
    scores[index] = score;
  }
}

/** Effective balances behind each flag of the previous epoch, in increments, in the order of `FLAGS`. */
async function participatingIncrements(state: GasperState, columns: Columns, slicer: EpochServices["slicer"]): Promise<readonly number[]> {
  const { previousEpoch } = state;
  let [source, target, head] = [0, 0, 0];
  await inRanges(columns.count, slicer, (from, to) => {
    for (let index = from; index < to; index++) {
      const flags = countedFlags(columns, index, previousEpoch);
      if (flags <= 0) continue;
      const increments = columns.effective[index] as number;
      if ((flags & Flag.source) !== 0) source += increments;
      if ((flags & Flag.target) !== 0) target += increments;
      if ((flags & Flag.head) !== 0) head += increments;
    }
  });
  assert(
    target === state.summary.previousTargetIncrements,
    `target votes were summed up block by block to ${state.summary.previousTargetIncrements}, not ${target}`,
  );
  return [Math.max(1, source), Math.max(1, target), Math.max(1, head)];
}

/** Numbers of a table entry: a reward for each flag, then a penalty for each but the head, whose absence costs nothing. */
const ENTRY = FLAGS.length + 2;

/** Rewards and penalties of each flag by effective balance: one by one, since penalties stop at a balance of zero in between. */
class RewardTables {
  readonly #perIncrement: bigint;
  readonly #active: bigint;
  readonly #participating: readonly number[];
  readonly #leak: boolean;
  /** `ENTRY` numbers an effective balance in increments; NaN: not made yet. */
  readonly values: Float64Array;

  constructor(state: GasperState, participating: readonly number[], leak: boolean) {
    this.#perIncrement = BigInt(baseRewardPerIncrement(state));
    this.#active = BigInt(state.activeIncrements);
    this.#participating = participating;
    this.#leak = leak;
    this.values = new Float64Array(ENTRY * (state.parameters.maxEffectiveIncrements + 1)).fill(Number.NaN);
  }

  /** Makes the entry of an effective balance. */
  prepare(increments: number): void {
    const base = BigInt(increments) * this.#perIncrement;
    const at = ENTRY * increments;
    for (const [place, { flag, weight }] of FLAGS.entries()) {
      const numerator = base * BigInt(weight) * BigInt(this.#participating[place] as number);
      this.values[at + place] = this.#leak ? 0 : Number(numerator / (this.#active * BigInt(WEIGHT_DENOMINATOR)));
      if (flag !== Flag.head) this.values[at + FLAGS.length + place] = Number((base * BigInt(weight)) / BigInt(WEIGHT_DENOMINATOR));
    }
  }
}

/** Answers by how much the sum of balances changed. */
function applyRewards(state: GasperState, columns: Columns, tables: RewardTables, from: number, to: number): bigint {
  const { previousEpoch, parameters } = state;
  const { increment, maxEffective, rewards } = parameters;
  const { effective, balances, scores } = columns;
  const { values } = tables;
  const divisor = rewards.inactivityScoreBias * rewards.inactivityPenaltyQuotient;
  // Effective balance times score stays safe up to this score.
  const safeScore = Math.floor(Number.MAX_SAFE_INTEGER / maxEffective);
  let net = 0n;
  let part = 0;
  for (let index = from; index < to; index++) {
    const flags = countedFlags(columns, index, previousEpoch);
    if (flags < 0) continue;
    const increments = effective[index] as number;
    const at = ENTRY * increments;
    if (Number.isNaN(values[at])) tables.prepare(increments);
    const before = balances[index] as number;
    let balance = before;
    balance += (flags & Flag.source) !== 0 ? (values[at] as number) : -Math.min(balance, values[at + 3] as number);
    balance += (flags & Flag.target) !== 0 ? (values[at + 1] as number) : -Math.min(balance, values[at + 4] as number);
    if ((flags & Flag.head) !== 0) balance += values[at + 2] as number;
    if ((flags & Flag.target) === 0) {
      const score = scores[index] as number;
      if (score > 0) balance -= Math.min(balance, inactivityPenalty(increments * increment, score, divisor, safeScore));
    }
    balances[index] = balance;
    part += balance - before;
    if (Math.abs(part) >= SUM_MAX) {
      net += BigInt(part);
      part = 0;
    }
  }
  return net + BigInt(part);
}

function inactivityPenalty(effective: number, score: number, divisor: number, safeScore: number): number {
  // The quotient of two safe integers, rounded down, is exact in doubles.
  if (score <= safeScore) return Math.floor((effective * score) / divisor);
  return Number((BigInt(effective) * BigInt(score)) / BigInt(divisor));
}

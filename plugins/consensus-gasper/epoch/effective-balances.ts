/**
 * Effective balances follow balances with hysteresis (`process_effective_balance_updates`), and the sums of the next epoch are made on the
 * same walk: they hold until its end.
 */
import { Activation, EPOCH_FIELDS, Exit, type GasperState } from "../state/index.js";
import { Flag } from "./participation.js";
import type { EpochServices } from "./services.js";
import { inRanges } from "./sliced.js";

const HYSTERESIS_QUOTIENT = 4;
const DOWNWARD_MULTIPLIER = 1;
const UPWARD_MULTIPLIER = 5;

export async function processEffectiveBalances(state: GasperState, { slicer }: EpochServices): Promise<void> {
  const { summary, validatorCount } = state;
  const next = { activeCount: 0, activeIncrements: 0, targetIncrements: 0 };
  await inRanges(validatorCount, slicer, (from, to) => {
    updateEffective(state, from, to);
    addUp(state, next, from, to);
  });
  summary.activeCount = next.activeCount;
  summary.activeIncrements = next.activeIncrements;
  // What is the current epoch's becomes the previous one's.
  summary.previousTargetIncrements = next.targetIncrements;
  summary.currentTargetIncrements = 0;
}

function updateEffective(state: GasperState, from: number, to: number): void {
  const { increment, maxEffectiveIncrements } = state.parameters;
  const step = Math.floor(increment / HYSTERESIS_QUOTIENT);
  const downward = step * DOWNWARD_MULTIPLIER;
  const upward = step * UPWARD_MULTIPLIER;
  const effective = state.columns.effective.flat(state.validatorCount);
  const balances = state.columns.balances.flat(state.validatorCount);
  for (let index = from; index < to; index++) {
    const balance = balances[index] as number;
    const counted = (effective[index] as number) * increment;
    if (balance + downward < counted || counted + upward < balance)
      effective[index] = Math.min(Math.floor(balance / increment), maxEffectiveIncrements);
  }
}

interface Sums {
  activeCount: number;
  activeIncrements: number;
  targetIncrements: number;
}

function addUp(state: GasperState, sums: Sums, from: number, to: number): void {
  const { epoch, columns, validatorCount } = state;
  const epochs = columns.epochs.flat(validatorCount);
  const effective = columns.effective.flat(validatorCount);
  const slashed = columns.slashed.flat(validatorCount);
  const flags = columns.flagsOf(epoch).flat(validatorCount);
  for (let index = from; index < to; index++) {
    const at = index * EPOCH_FIELDS;
    const activation = epochs[at + Activation] as number;
    const exit = epochs[at + Exit] as number;
    const increments = effective[index] as number;
    if (activation <= epoch + 1 && epoch + 1 < exit) {
      sums.activeCount++;
      sums.activeIncrements += increments;
    }
    if (activation <= epoch && epoch < exit && slashed[index] === 0 && ((flags[index] as number) & Flag.target) !== 0)
      sums.targetIncrements += increments;
  }
}

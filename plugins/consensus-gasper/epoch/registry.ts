/** Who joins and who has to leave: `process_registry_updates` of the phase-0 specification. */

import { Activation, Eligibility, EPOCH_FIELDS, Exit, type GasperState } from "../state/index.js";
import { FAR_FUTURE_EPOCH } from "../types.js";
import type { EpochServices } from "./services.js";
import { inRanges } from "./sliced.js";

/** More than any validator's index: eligibility epoch times it, plus the index, is the order of the queue, below 2^53. */
const INDEX_BOUND = 2 ** 20;

export async function processRegistry(state: GasperState, { slicer }: EpochServices): Promise<void> {
  const queue: number[] = [];
  await inRanges(state.validatorCount, slicer, (from, to) => {
    sortOut(state, queue, from, to);
  });
  if (queue.length === 0) return;
  const ordered = Float64Array.from(queue).sort();
  const epochs = state.columns.epochs.flat(state.validatorCount);
  const activation = state.effectEpoch(state.epoch);
  for (const entry of ordered.subarray(0, state.churnLimit)) epochs[(entry % INDEX_BOUND) * EPOCH_FIELDS + Activation] = activation;
}

/** Full deposits become eligible, poor validators leave, and whoever's eligibility is final joins the queue. */
function sortOut(state: GasperState, queue: number[], from: number, to: number): void {
  const { epoch, parameters, finalized, validatorCount } = state;
  const { maxEffectiveIncrements, ejectionIncrements } = parameters;
  const epochs = state.columns.epochs.flat(validatorCount);
  const effective = state.columns.effective.flat(validatorCount);
  for (let index = from; index < to; index++) {
    const at = index * EPOCH_FIELDS;
    const eligibility = epochs[at + Eligibility] as number;
    const activation = epochs[at + Activation] as number;
    if (eligibility === FAR_FUTURE_EPOCH) {
      if (effective[index] === maxEffectiveIncrements) epochs[at + Eligibility] = epoch + 1;
    } else if (activation === FAR_FUTURE_EPOCH && eligibility <= finalized.epoch) {
      queue.push(eligibility * INDEX_BOUND + index);
    }
    const isActive = activation <= epoch && epoch < (epochs[at + Exit] as number);
    if (isActive && (effective[index] as number) <= ejectionIncrements) state.initiateExit(index);
  }
}

/**
 * Whether a chain that begins with a loaded state may: `is_within_weak_subjectivity_period` (specs/phase0/weak-subjectivity.md).
 *
 * Past the period, validators who have left and taken out their stake could finalize another history from the checkpoint on at no cost, and
 * a node that knows nothing but the checkpoint could not tell it from the chain's.
 */
import { CheckpointTooOldError } from "./errors.js";
import { weakSubjectivityPeriod } from "./light-client/index.js";
import type { GasperState } from "./state/index.js";

/** @param epoch by the node's clock @throws CheckpointTooOldError */
export function checkCheckpointAge(state: GasperState, epoch: number): void {
  const { parameters, summary, activeIncrements } = state;
  const { maxEffectiveIncrements, lifecycle } = parameters;
  const periodEpochs = weakSubjectivityPeriod(
    { maxEffectiveIncrements, ...lifecycle },
    { validators: summary.activeCount, increments: activeIncrements },
  );
  const ageEpochs = epoch - state.epoch;
  if (ageEpochs > periodEpochs) throw new CheckpointTooOldError({ ageEpochs, periodEpochs });
}

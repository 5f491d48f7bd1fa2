/** The end of an epoch, step by step in the order of the specification (`process_epoch`). */

import type { GasperState } from "../state/index.js";
import { resetSlashed } from "../state/slashings.js";
import { processDeposits } from "./deposits.js";
import { processEffectiveBalances } from "./effective-balances.js";
import { weighJustification } from "./justification.js";
import { processLookahead } from "./lookahead.js";
import { processRegistry } from "./registry.js";
import { processRewards } from "./rewards.js";
import type { EpochServices } from "./services.js";
import { commitValidatorSet } from "./set-commitment.js";
import { processSlashings } from "./slashings.js";

/** @param state at the last slot of the epoch, whose block root is filled in */
export async function processEpoch(state: GasperState, services: EpochServices): Promise<void> {
  const { summary, epoch } = state;
  const { bits, previousJustified, currentJustified, finalized } = weighJustification(state);
  summary.justificationBits = bits;
  summary.previousJustified = previousJustified;
  summary.currentJustified = currentJustified;
  summary.finalized = finalized;
  await processRewards(state, services);
  await processRegistry(state, services);
  await processSlashings(state, services);
  await processDeposits(state, services);
  await processEffectiveBalances(state, services);
  resetSlashed(state, epoch + 1);
  state.setRandaoMix(epoch + 1, state.randaoMix(epoch));
  // The next epoch's flags take the place of the previous one's.
  state.columns.flagsOf(epoch + 1).clear(state.validatorCount);
  await processLookahead(state, services);
  await commitValidatorSet(state, epoch + 1, services.slicer);
}

/**
 * The correlation penalty: halfway through its wait, a slashed validator loses by how much others were slashed with it
 * (`process_slashings`, with Bellatrix' multiplier by chain spec).
 */
import { EPOCH_FIELDS, type GasperState, Withdrawable } from "../state/index.js";
import type { EpochServices } from "./services.js";
import { inRanges } from "./sliced.js";

export async function processSlashings(state: GasperState, { slicer }: EpochServices): Promise<void> {
  const { epoch, parameters, activeIncrements, validatorCount, summary } = state;
  if (summary.slashedIncrements === 0) return;
  const { vectorEpochs, proportionalMultiplier } = parameters.slashing;
  const adjusted = Math.min(summary.slashedIncrements * proportionalMultiplier, activeIncrements);
  const withdrawable = epoch + Math.floor(vectorEpochs / 2);
  const epochs = state.columns.epochs.flat(validatorCount);
  const slashed = state.columns.slashed.flat(validatorCount);
  let taken = 0n;
  await inRanges(validatorCount, slicer, (from, to) => {
    for (let index = from; index < to; index++) {
      if (slashed[index] === 0 || epochs[index * EPOCH_FIELDS + Withdrawable] !== withdrawable) continue;
      // Below 2^16 · 2^36; the quotient is at most the effective balance.
      const increments = Math.floor((state.effectiveIncrementsOf(index) * adjusted) / activeIncrements);
      taken += BigInt(state.decreaseBalance(index, increments * parameters.increment));
    }
  });
  state.escrow.mint(-taken);
}

/** Proposers of the next two epochs in state: `process_proposer_lookahead` of Fulu (EIP-7917). */
import { present, putUint32Little } from "../../../core/sdk.js";
import { dutySeed, epochProposers, SeedDomain } from "../duties/index.js";
import { type GasperState, NO_PROPOSER } from "../state/index.js";
import type { EpochServices } from "./services.js";

/** The current epoch's proposers go, those of the epoch after the next come. */
export async function processLookahead(state: GasperState, { slicer }: EpochServices): Promise<void> {
  const { slotsPerEpoch, maxEffectiveIncrements, spec } = state.parameters;
  const bytes = 4 * slotsPerEpoch;
  const epoch = state.epoch + 2;
  const before = present(state.values.get(state.keys.lookahead), "proposers are known from genesis on");
  const after = new Uint8Array(2 * bytes);
  after.set(before.subarray(bytes));
  const active = state.activeIndices(epoch);
  const proposers =
    active.length === 0
      ? new Uint32Array(slotsPerEpoch).fill(NO_PROPOSER)
      : await epochProposers(
          {
            epoch,
            active,
            seed: dutySeed(SeedDomain.proposer, epoch, state.randaoMix(epoch - 2)),
            effectiveBalances: state.effectiveIncrements(),
          },
          { slotsPerEpoch, maxEffectiveIncrements, shuffleRounds: spec.shuffleRounds },
          slicer,
        );
  for (let slot = 0; slot < slotsPerEpoch; slot++) putUint32Little(after, bytes + 4 * slot, proposers[slot] as number);
  state.values.set(state.keys.lookahead, after);
}

/** What evidence does to a validator at once: `slash_validator`, with Bellatrix' quotient by chain spec. */
import { Flag } from "../epoch/index.js";
import { EPOCH_FIELDS, type GasperState, Withdrawable } from "../state/index.js";
import { addSlashed } from "../state/slashings.js";

/** The whole reward for the evidence is the proposer's: whoever found it is not named in a block. */
export function slashValidator(state: GasperState, index: number, proposerIndex: number): void {
  const { epoch, parameters, columns, summary } = state;
  const { vectorEpochs, minPenaltyQuotient, whistleblowerRewardQuotient } = parameters.slashing;
  const increments = state.effectiveIncrementsOf(index);
  state.initiateExit(index);
  columns.slashed.set(index, 1);
  columns.epochs.set(index * EPOCH_FIELDS + Withdrawable, Math.max(state.withdrawableEpoch(index), epoch + vectorEpochs));
  addSlashed(state, epoch, increments);
  // Its votes count no more.
  if ((columns.flagsOf(epoch).get(index) & Flag.target) !== 0) summary.currentTargetIncrements -= increments;
  if (epoch > 0 && (columns.flagsOf(epoch - 1).get(index) & Flag.target) !== 0) summary.previousTargetIncrements -= increments;
  const effective = increments * parameters.increment;
  const lost = state.decreaseBalance(index, Math.floor(effective / minPenaltyQuotient));
  const reward = Math.floor(effective / whistleblowerRewardQuotient);
  state.increaseBalance(proposerIndex, reward);
  state.escrow.mint(BigInt(reward) - BigInt(lost));
}

/** What a block does to the engine's state. Pool and gossip use the checks. */
export { attestationFlags, attestationVoters } from "./attestations.js";
export type { BlockOutcome, IncludedVotes, Withdrawal } from "./context.js";
export { checkAttesterSlashing, checkProposerSlashing, contradict } from "./evidence.js";
export { applyBlock, type BlockFacts, processBlock } from "./process.js";
export { expectedWithdrawals } from "./withdrawals.js";

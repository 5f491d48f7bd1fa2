/** Who does what and when: shuffling, committees, proposers, aggregators. Pure. */
export { isAggregator } from "./aggregators.js";
export {
  type CommitteeParameters,
  type CommitteePlace,
  CommitteeShuffling,
  type CommitteeSpec,
  committeeParametersOf,
  committeesPerSlot,
  maxCommitteeSize,
  type ShufflingInput,
} from "./committees.js";
export { epochProposers, type ProposerInput, type ProposerParameters, slotProposer } from "./proposers.js";
export { dutySeed, SeedDomain } from "./seed.js";
export { ShufflingCache } from "./shuffling-cache.js";
export { type HashMessages, SwapOrNot } from "./swap-or-not.js";

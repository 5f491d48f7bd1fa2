/** Slots and epochs: how state moves on without blocks. */
export { unrealizedCheckpoints } from "./justification.js";
export { Flag } from "./participation.js";
export { baseRewardPerIncrement, isInLeak } from "./rewards.js";
export type { BlockServices, EpochServices } from "./services.js";
export { committedSetRoot, encodedSetRoot, encodeValidatorSet } from "./set-commitment.js";
export { processSlots } from "./slots.js";

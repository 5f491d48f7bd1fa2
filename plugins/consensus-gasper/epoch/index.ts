/** Slots and epochs: how state moves on without blocks. */
export { type Justification, unrealizedCheckpoints, weighJustification } from "./justification.js";
export { Flag } from "./participation.js";
export { baseRewardPerIncrement, isInLeak } from "./rewards.js";
export type { BlockServices, EpochServices } from "./services.js";
export { processSlots } from "./slots.js";

/** The engine's state: validators, checkpoints, randomness, proposers, deposits. Read from views, changed by the transition (epoch/, block/). */
export { Activation, Eligibility, EPOCH_FIELDS, Exit, Withdrawable } from "./columns.js";
export type { PendingDeposit, RefusedDepositRecord } from "./deposits.js";
export { ESCROW } from "./escrow.js";
export { GasperState, NO_PROPOSER } from "./gasper-state.js";
export { genesis } from "./genesis.js";
export { StateKeys } from "./keys.js";
export { checkSupply, type SupplyCheck } from "./supply.js";
export { type ValidatorStatus, type ValidatorView, validatorStatus } from "./validator.js";

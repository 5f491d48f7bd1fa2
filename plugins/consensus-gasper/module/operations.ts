/**
 * Operations of the module `validators`, and their canonical bytes: core's (core/primitives/validator-operations.ts), since wallets and the
 * command line build them without running this engine.
 */
export {
  decodeValidatorOperation as decodeOperation,
  encodeValidatorOperation as encodeOperation,
  type ValidatorDeposit as DepositOperation,
  type ValidatorExit as ExitOperation,
  type ValidatorOperation,
  type ValidatorTopUp as TopUpOperation,
} from "../../../core/sdk.js";

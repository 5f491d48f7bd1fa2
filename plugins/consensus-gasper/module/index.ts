/** The ledger module `validators`: deposits, top-ups and exits as operations of transactions. */
export {
  type DepositOperation,
  decodeOperation,
  type ExitOperation,
  encodeOperation,
  type TopUpOperation,
  type ValidatorOperation,
} from "./operations.js";
export { ValidatorsModule } from "./validators-module.js";

/** One validator, as others see it. */
import type { Address, Bytes } from "../../../core/sdk.js";
import { FAR_FUTURE_EPOCH } from "../types.js";

export interface ValidatorView {
  readonly index: number;
  readonly publicKey: Bytes;
  readonly account: Address;
  /** FAR_FUTURE_EPOCH: not yet. */
  readonly eligibilityEpoch: number;
  readonly activationEpoch: number;
  readonly exitEpoch: number;
  readonly withdrawableEpoch: number;
  readonly slashed: boolean;
  /** Smallest unit. */
  readonly balance: number;
  readonly effectiveIncrements: number;
  readonly inactivityScore: number;
  /** Bits of `Flag`: timely source, target and head. */
  readonly currentFlags: number;
  readonly previousFlags: number;
}

/** As the public beacon API has them. */
export type ValidatorStatus =
  | "pending_initialized"
  | "pending_queued"
  | "active_ongoing"
  | "active_exiting"
  | "active_slashed"
  | "exited_unslashed"
  | "exited_slashed"
  | "withdrawal_possible"
  | "withdrawal_done";

export function validatorStatus(validator: ValidatorView, epoch: number): ValidatorStatus {
  const { eligibilityEpoch, activationEpoch, exitEpoch, withdrawableEpoch, slashed, balance } = validator;
  if (epoch < activationEpoch) return eligibilityEpoch === FAR_FUTURE_EPOCH ? "pending_initialized" : "pending_queued";
  if (epoch < exitEpoch) {
    if (exitEpoch === FAR_FUTURE_EPOCH) return "active_ongoing";
    return slashed ? "active_slashed" : "active_exiting";
  }
  if (epoch < withdrawableEpoch) return slashed ? "exited_slashed" : "exited_unslashed";
  return balance > 0 ? "withdrawal_possible" : "withdrawal_done";
}

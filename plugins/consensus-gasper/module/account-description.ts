/** What an account has staked, for API answers. */
import { type Address, type Json, type StateReader, toHex } from "../../../core/sdk.js";
import type { GasperParameters } from "../parameters.js";
import { GasperState, validatorStatus } from "../state/index.js";

/** Validators that are listed; there may be more of one account. */
const LISTED_MAX = 100;

export function describeStakes(address: Address, view: StateReader, parameters: GasperParameters): Json {
  if (!GasperState.exists(view, parameters)) return { validatorCount: 0, staked: "0", validators: [] };
  const state = GasperState.open(view, parameters);
  const indices = state.validatorsOf(address);
  let staked = 0n;
  for (const index of indices) staked += BigInt(state.balance(index));
  return {
    validatorCount: indices.length,
    staked: staked.toString(),
    validators: indices.slice(0, LISTED_MAX).map((index) => {
      const validator = state.validator(index);
      const { publicKey, balance } = validator;
      return { index, publicKey: toHex(publicKey), status: validatorStatus(validator, state.epoch), balance: balance.toString() };
    }),
  };
}

/**
 * Stake that is free goes to its account, some validators a block: `get_expected_withdrawals` and `process_withdrawals` of Capella, paid
 * to the ledger's account of the validator.
 */
import { present } from "../../../core/sdk.js";
import type { GasperState } from "../state/index.js";
import type { Withdrawal } from "./context.js";

/** What the sweep of the state's slot pays. Changes nothing. */
export function expectedWithdrawals(state: GasperState): readonly Withdrawal[] {
  const { summary, epoch, parameters, validatorCount } = state;
  const { maxValidatorsPerWithdrawalSweep, maxWithdrawalsPerBlock } = parameters.lifecycle;
  const withdrawals: Withdrawal[] = [];
  const looked = Math.min(validatorCount, maxValidatorsPerWithdrawalSweep);
  for (let step = 0; step < looked && withdrawals.length < maxWithdrawalsPerBlock; step++) {
    const validatorIndex = (summary.nextWithdrawalValidator + step) % validatorCount;
    const amount = withdrawable(state, validatorIndex, epoch);
    if (amount > 0) withdrawals.push({ number: summary.withdrawalCount + withdrawals.length, validatorIndex, amount });
  }
  return withdrawals;
}

/** All of whoever has left, what is above the maximum of whoever counts for it. */
function withdrawable(state: GasperState, index: number, epoch: number): number {
  const { maxEffective, maxEffectiveIncrements } = state.parameters;
  const balance = state.balance(index);
  if (balance === 0) return 0;
  if (state.withdrawableEpoch(index) <= epoch) return balance;
  return balance > maxEffective && state.effectiveIncrementsOf(index) === maxEffectiveIncrements ? balance - maxEffective : 0;
}

export function processWithdrawals(state: GasperState): readonly Withdrawal[] {
  const { summary, parameters, validatorCount } = state;
  if (validatorCount === 0) return [];
  const withdrawals = expectedWithdrawals(state);
  for (const { validatorIndex, amount } of withdrawals)
    state.escrow.pay(state.account(validatorIndex), BigInt(state.decreaseBalance(validatorIndex, amount)));
  summary.withdrawalCount += withdrawals.length;
  const { maxValidatorsPerWithdrawalSweep, maxWithdrawalsPerBlock } = parameters.lifecycle;
  // A full block goes on behind the last one that was paid, another one behind the last one that was looked at.
  const next =
    withdrawals.length === maxWithdrawalsPerBlock
      ? present(withdrawals.at(-1), "a full block pays somebody").validatorIndex + 1
      : summary.nextWithdrawalValidator + maxValidatorsPerWithdrawalSweep;
  summary.nextWithdrawalValidator = next % validatorCount;
  return withdrawals;
}

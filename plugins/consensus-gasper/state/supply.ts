/** The invariant of all money in the engine, counted anew: for tests, the simulator and `validator status`. */
import type { GasperState } from "./gasper-state.js";

export interface SupplyCheck {
  readonly ok: boolean;
  /** What the escrow account holds. */
  readonly escrow: bigint;
  /** Sum of all validators' balances. */
  readonly balances: bigint;
  /** Sum of the deposits that wait. */
  readonly pending: bigint;
  /** What somebody paid to the escrow account without a deposit; negative: money is missing. */
  readonly surplus: bigint;
}

/**
 * Whether the escrow holds the sum of balances and waiting deposits, and the running sums in state are right.
 *
 * @param escrow balance of the account `ESCROW` in the same state
 */
export function checkSupply(state: GasperState, escrow: bigint): SupplyCheck {
  let balances = 0n;
  for (let index = 0; index < state.validatorCount; index++) balances += BigInt(state.balance(index));
  let pending = 0n;
  for (const { amount } of state.deposits.first(state.deposits.length)) pending += BigInt(amount);
  // A state that was not committed yet owes the ledger something.
  const surplus = escrow + state.escrow.net - balances - pending;
  const ok = surplus === 0n && balances === state.summary.balancesTotal && pending === state.summary.pendingTotal;
  return { ok, escrow, balances, pending, surplus };
}

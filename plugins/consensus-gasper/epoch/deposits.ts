/** Deposits that waited become validators, or go back to whoever paid them. */
import { blsPossessionSet } from "../../../core/sdk.js";
import { RefusedDeposit } from "../errors.js";
import type { GasperState, PendingDeposit } from "../state/index.js";
import type { EpochServices } from "./services.js";

/** The oldest `maxPendingDepositsPerEpoch` of the queue. Only now proofs of possession are looked at: operations can't wait for that. */
export async function processDeposits(state: GasperState, { verify }: EpochServices): Promise<void> {
  const deposits = state.deposits.first(state.parameters.lifecycle.maxPendingDepositsPerEpoch);
  if (deposits.length === 0) return;
  const verdicts = await verify(deposits.map(({ publicKey, proofOfPossession }) => blsPossessionSet(publicKey, proofOfPossession)));
  for (const [index, deposit] of deposits.entries()) {
    state.deposits.removeFirst(deposit);
    if (verdicts[index] === true) state.register(deposit.publicKey, deposit.account, deposit.amount);
    else refuse(state, deposit);
  }
}

function refuse(state: GasperState, { publicKey, sender, amount }: PendingDeposit): void {
  state.setPending(publicKey, false);
  state.escrow.pay(sender, BigInt(amount));
  state.deposits.recordRefused({ publicKey, sender, amount, epoch: state.epoch, fault: RefusedDeposit.possession.number });
}

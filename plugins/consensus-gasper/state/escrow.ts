/**
 * The account that holds what validators have staked, and what has to happen to it.
 *
 * Validators' balances lie in the registry. The ledger's money for them lies in one account that nobody has a key of: it holds the sum of
 * all balances and of the deposits that wait, to the unit. Deposits and top-ups come by an ordinary transfer of the module; rewards and
 * penalties are made or destroyed there, net, once a block; withdrawals and refunds are taken from it and given to their account.
 * (Whoever pays to the account without a deposit loses that: it is a surplus that no rule touches.)
 */
import { Address, assert, domainTag, type StateWriter, sha256Of, type Treasury } from "../../../core/sdk.js";

/** Nobody's: an address by another tag than any policy's. */
export const ESCROW: Address = Address.from(sha256Of(domainTag("cw/gasper/escrow")).slice(0, 20));

/** What is owed to the ledger since the last commit. */
export class EscrowChanges {
  #minted = 0n;
  #paid = 0n;
  #payouts: { readonly account: Address; readonly amount: bigint }[] = [];

  /** Rewards less penalties. */
  mint(net: bigint): void {
    this.#minted += net;
  }

  pay(account: Address, amount: bigint): void {
    this.#paid += amount;
    this.#payouts.push({ account, amount });
  }

  get isEmpty(): boolean {
    return this.#minted === 0n && this.#payouts.length === 0;
  }

  /** By how much the escrow account changes. */
  get net(): bigint {
    return this.#minted - this.#paid;
  }

  /** Also good for the ledger's supply: what is debited is gone before anything is credited. */
  settle(writer: StateWriter, treasury: Treasury): void {
    const net = this.net;
    if (net < 0n) assert(treasury.debit(writer, ESCROW, -net) === -net, "the escrow holds what validators own");
    else treasury.credit(writer, ESCROW, net);
    for (const { account, amount } of this.#payouts) treasury.credit(writer, account, amount);
    this.#minted = 0n;
    this.#paid = 0n;
    this.#payouts = [];
  }
}

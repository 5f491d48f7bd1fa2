/** The bank: moves spendable balance. Module 1 of every account ledger. */
import {
  type Address,
  BANK_MODULE,
  type BankTransfer,
  type Bytes,
  decodeBankTransfer,
  type Json,
  type LedgerModule,
  type ModuleContext,
  type StateWriter,
} from "../../core/sdk.js";
import { accountKey } from "./accounts.js";
import type { AddressFormatter } from "./address-text.js";
import { BankFailures } from "./errors.js";

/** Execution weight of a transfer beside the transaction's own: one more account to read and write. */
export const TRANSFER_WEIGHT = 100;

export class BankModule implements LedgerModule {
  readonly name = "bank";
  readonly namespace = BANK_MODULE;
  readonly #addresses: AddressFormatter;

  constructor(addresses: AddressFormatter) {
    this.#addresses = addresses;
  }

  decode(payload: Bytes): BankTransfer {
    return decodeBankTransfer(payload);
  }

  weight(_operation: unknown): number {
    return TRANSFER_WEIGHT;
  }

  reserves(operation: unknown): bigint {
    return (operation as BankTransfer).amount;
  }

  execute(operation: unknown, _writer: StateWriter, context: ModuleContext): void {
    const { to, amount } = operation as BankTransfer;
    if (context.balance(context.sender) < amount)
      context.fail(BankFailures.insufficientBalance, "the sender has less than the amount after paying the fee");
    context.transfer(context.sender, to, amount);
    context.emit({
      type: "bank.transfer",
      attributes: [
        ["from", this.#addresses.format(context.sender)],
        ["to", this.#addresses.format(to)],
        ["amount", amount.toString()],
      ],
    });
  }

  access(operation: unknown, _sender: Address): readonly Bytes[] {
    return [accountKey((operation as BankTransfer).to)];
  }

  addresses(operation: unknown): readonly Address[] {
    return [(operation as BankTransfer).to];
  }

  describe(operation: unknown, _addressPrefix: string): Json {
    const { to, amount } = operation as BankTransfer;
    return { type: "transfer", to: this.#addresses.format(to), amount: amount.toString() };
  }
}

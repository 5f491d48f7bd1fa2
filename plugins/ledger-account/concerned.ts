/**
 * Whom a transaction concerns, for indexes of history: its sender, and whom its module names. A module that names nobody is
 * taken by its word: every address among the values of its events' attributes.
 */
import { Address, ChainwrightError, type Receipt } from "../../core/sdk.js";
import type { DecodedTransaction } from "./batch.js";

/** Each address once, the sender first. */
export function concernedBy({ body, module, operation }: DecodedTransaction, receipt: Receipt, prefix: string): readonly Address[] {
  const concerned: Address[] = [body.sender];
  const others = module?.addresses?.(operation, body.sender, receipt.events) ?? addressesIn(receipt, prefix);
  // Nearly always one or two: comparing is quicker than a set of texts then.
  if (others.length <= 8) {
    for (const other of others) if (!concerned.some((known) => Address.equal(known, other))) concerned.push(other);
    return concerned;
  }
  const known = new Map([body.sender, ...others].map((address) => [Address.key(address), address]));
  return [...known.values()];
}

function addressesIn({ events }: Receipt, prefix: string): readonly Address[] {
  const start = `${prefix}1`;
  const found: Address[] = [];
  for (const { attributes } of events)
    for (const [, value] of attributes) {
      if (!value.startsWith(start)) continue;
      const address = addressOf(value, prefix);
      if (address !== undefined) found.push(address);
    }
  return found;
}

function addressOf(text: string, prefix: string): Address | undefined {
  try {
    return Address.parse(text, prefix);
  } catch (error) {
    if (ChainwrightError.is(error)) return undefined;
    throw error;
  }
}

/** What the mempool needs to know of a transaction: nonces as tags, amount and fee as a reserve on the sender's balance. */
import type { PoolFacts, Rules, StateReader } from "../../core/sdk.js";
import { readAccount } from "./accounts.js";
import type { DecodedTransaction } from "./batch.js";
import { type CheckContext, statelessRefusal } from "./checks.js";
import type { AccountLedgerConfig } from "./config.js";
import { FarNonceError, InsufficientBalanceError, NotYetValidError, StaleNonceError } from "./errors.js";
import { checkedReserve } from "./modules.js";

/** Tag of a sender's transaction with this nonce: provided by it, required by the next one, and claimed by it alone. */
const nonceTag = (sender: string, nonce: number): string => `n:${sender}:${nonce}`;

/**
 * @param height of the next block
 * @throws LEDGER_* errors (errors.ts) that say what to do
 */
export function poolFacts(
  transaction: DecodedTransaction,
  context: CheckContext,
  policy: AccountLedgerConfig,
  view: StateReader,
  env: { readonly height: number; readonly rules: Rules },
): PoolFacts {
  const { height, rules } = env;
  const refusal = statelessRefusal(transaction, context, height, rules);
  if (refusal !== undefined) throw refusal;
  const { body, module, operation, weight } = transaction;
  const { nonce, fee, validFrom, validUntil } = body;
  const sender = context.addresses.format(body.sender);
  const furthestStart = height + policy.maxValidFromAheadBlocks;
  if (validFrom > furthestStart) throw new NotYetValidError({ validFrom, height, furthest: furthestStart });

  const account = readAccount(view, body.sender);
  const expected = account.nonce;
  if (nonce < expected) throw new StaleNonceError({ sender, nonce, expected });
  const furthest = expected + policy.maxNonceAhead;
  if (nonce > furthest) throw new FarNonceError({ sender, nonce, expected, furthest });
  const amount = fee + (module === undefined ? 0n : checkedReserve(module, module.reserves(operation)));
  if (amount > account.balance)
    throw new InsufficientBalanceError({ account: sender, needed: amount.toString(), available: account.balance.toString() });

  const tag = nonceTag(sender, nonce);
  return {
    sender,
    provides: [tag],
    requires: nonce === expected ? [] : [nonceTag(sender, nonce - 1)],
    conflicts: [tag],
    reserves: [{ account: sender, amount, available: account.balance }],
    fee,
    weight,
    validFrom,
    validUntil: validUntil === 0 ? Number.MAX_SAFE_INTEGER : validUntil,
  };
}

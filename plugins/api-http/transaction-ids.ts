/** Ids of a stored block's transactions: stored is what they are made of. */
import { type Block, type ChainView, chainHashOf, decodeTransaction, type Hash } from "../../core/sdk.js";

/** Signatures of one transaction; the most that any policy has. Only bounds what the decoder allocates. */
const MAX_AUTHORIZATIONS = 255;

/** @param block all of a block's transactions, or some of them */
export function transactionIdsOf({ spec }: Pick<ChainView, "spec">, block: Pick<Block, "header" | "transactions">): Hash[] {
  const chainHash = chainHashOf(spec.chainId);
  const { transactionBytes } = spec.rulesAt(block.header.height).limits;
  const limits = { transactionBytes, authorizations: MAX_AUTHORIZATIONS };
  return block.transactions.map((raw) => decodeTransaction(raw, chainHash, limits).id);
}

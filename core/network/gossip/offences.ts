/**
 * What gossip holds against peers. Codes are API: they stand in metrics and close reasons, and in PROTOCOL.md.
 *
 * An honest node relays only what it has validated itself. So what fails a check that any node makes alike, whatever its
 * config, clock and fullness, is a violation of whoever sent it; what may differ between honest nodes is less, or nothing.
 */
import { ChainwrightError } from "../../kernel/errors.js";
import type { ImportVerdict } from "../../ports/consensus.js";
import type { Offence } from "../peer.js";

export const GossipOffences = {
  unrequestedBlock: "GOSSIP_UNREQUESTED_BLOCK",
  blockTimeout: "GOSSIP_BLOCK_TIMEOUT",
  /** It announced a block and then said that it does not have it. */
  blockMissing: "GOSSIP_ANNOUNCED_BLOCK_MISSING",
  /** Bytes that are no block. */
  malformedBlock: "GOSSIP_MALFORMED_BLOCK",
  /** Another block than was asked for. */
  wrongBlock: "GOSSIP_WRONG_BLOCK",
  /** An engine of this chain needs a certificate, and none came. */
  uncertifiedBlock: "GOSSIP_UNCERTIFIED_BLOCK",
  invalidBlock: "GOSSIP_INVALID_BLOCK",
  /** It announced a block that was found invalid before. */
  invalidAnnounced: "GOSSIP_INVALID_BLOCK_ANNOUNCED",
  invalidCertificate: "GOSSIP_INVALID_CERTIFICATE",
  unrequestedTransactions: "GOSSIP_UNREQUESTED_TRANSACTIONS",
  transactionsTimeout: "GOSSIP_TRANSACTIONS_TIMEOUT",
  /** Most of what it announced it did not have, or it could never be in a block. */
  uselessTransactions: "GOSSIP_USELESS_TRANSACTIONS",
  /** "There is more", and nothing in it. */
  emptyAnswer: "GOSSIP_EMPTY_ANSWER",
  /** A wrong encoding or signature. */
  invalidTransaction: "GOSSIP_INVALID_TRANSACTION",
  invalidEngineMessage: "GOSSIP_INVALID_ENGINE_MESSAGE",
  /** More requests at a time than any honest node has. */
  tooManyRequests: "GOSSIP_TOO_MANY_REQUESTS",
} as const;

/** Verdicts (`Verdicts` of core/chain) that an honest sender may run into: what it serves by id it need not have executed. */
const OF_EXECUTION: ReadonlySet<string> = new Set([
  "BLOCK_OVERWEIGHT",
  "BLOCK_RECEIPTS_ROOT",
  "BLOCK_STATE_ROOT",
  "BLOCK_INVALID_ANCESTOR",
]);
/** How far finality has come differs between honest nodes. */
const OF_THIS_NODE: ReadonlySet<string> = new Set(["BLOCK_BELOW_FINALITY"]);

/** What the sender of a block that was asked for did wrong; undefined: nothing. */
export function blockOffence(verdict: ImportVerdict): Offence | undefined {
  if (verdict.status !== "invalid" || OF_THIS_NODE.has(verdict.code)) return undefined;
  // A ledger's codes come from decoding as well as from execution.
  return OF_EXECUTION.has(verdict.code) || verdict.code.startsWith("LEDGER_") ? "invalid" : "violation";
}

/** Outcome of a submission that was refused. */
export type TransactionRefusal =
  /** The sender did wrong. */
  | { readonly outcome: "invalid"; readonly offence: Offence; readonly code: string }
  /** It could not be in any of the next blocks here. */
  | { readonly outcome: "refused"; readonly isUseless: boolean; readonly code: string }
  /** There was no room to look at it. */
  | { readonly outcome: "busy" }
  /** Trouble of this node: it says nothing of the transaction. */
  | { readonly outcome: "failed"; readonly reason: unknown };

const BROKEN: ReadonlySet<string> = new Set(["MEMPOOL_BAD_SIGNATURE", "ENCODING_NOT_CANONICAL", "VALUE_INVALID"]);
/** Limits change with the rules, and two nodes need not have reached them at the same time. */
const TOO_LARGE: ReadonlySet<string> = new Set(["MEMPOOL_TRANSACTION_TOO_LARGE", "ENCODING_LIMIT"]);

export function transactionRefusal(error: unknown): TransactionRefusal {
  if (!ChainwrightError.is(error)) return { outcome: "failed", reason: error };
  const { code, kind } = error;
  if (code === "MEMPOOL_BUSY") return { outcome: "busy" };
  if (BROKEN.has(code)) return { outcome: "invalid", offence: "violation", code };
  if (TOO_LARGE.has(code)) return { outcome: "invalid", offence: "invalid", code };
  // Fees, nonces, balances and room: matters of this node's head, rules and pool.
  if (kind === "input" || kind === "conflict" || kind === "limit") return { outcome: "refused", isUseless: kind === "input", code };
  return { outcome: "failed", reason: error };
}

/**
 * Which errors speak of the transaction that was asked about, and which of the node that asked.
 *
 * A ledger answers what can't be in a block with an error of kind `input`, `conflict` or `limit`: then the transaction goes. Any
 * other kind (`damaged`, `unavailable`, `missing`, `internal` …) says nothing about it: the disk can't be read, a module is
 * broken. Whoever drops a transaction for that loses what was accepted, so it goes up, and the journal stays as it is.
 */
import { ChainwrightError, type ErrorKind } from "../kernel/errors.js";
import type { DropReason } from "../ports/views.js";
import { MempoolFullError, ReplacementUnderpricedError } from "./errors.js";

const REFUSALS: ReadonlySet<ErrorKind> = new Set(["input", "conflict", "limit"]);

export function isRefusal(error: unknown): error is ChainwrightError {
  return ChainwrightError.is(error) && REFUSALS.has(error.kind);
}

/** What becomes of an accepted transaction that was refused when it should have come back. */
export function dropReasonFor(refusal: ChainwrightError): DropReason {
  if (ReplacementUnderpricedError.matches(refusal)) return "replaced";
  return MempoolFullError.matches(refusal) ? "evicted" : "invalid";
}

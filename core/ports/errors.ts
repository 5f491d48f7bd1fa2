/** Errors that ports' laws name, so that plugins throw them and core understands them. */
import { defineError } from "../kernel/errors.js";

/** The header (or payload) can never be valid: it is marked, with its descendants, and its sender penalized. */
export const InvalidHeaderError = defineError<{ code: string; reason: string }>(
  "CONSENSUS_INVALID_HEADER",
  "input",
  ({ code, reason }) => `${code}: ${reason}`,
);

/** It may become valid later (future timestamp, certificate to come): keep it within bounds. */
export const NotYetError = defineError<{ code: string; reason: string; retryAtMs?: number }>(
  "CONSENSUS_NOT_YET",
  "unavailable",
  ({ code, reason }) => `${code}: ${reason}`,
);

/** A transaction in a block may not be there: the block is invalid. Thrown by `Ledger.execute` in mode `import`. */
export const InvalidTransactionError = defineError<{ index: number; code: string; reason: string }>(
  "LEDGER_INVALID_TRANSACTION",
  "input",
  ({ index, code, reason }) => `transaction ${index}: ${code}: ${reason}`,
);

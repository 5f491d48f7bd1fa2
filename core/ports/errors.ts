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

/** The storage was used before `start` or after `stop`, or an iterator or snapshot after it was closed. */
export const StorageClosedError = defineError<{ what: string }>(
  "STORAGE_CLOSED",
  "unavailable",
  ({ what }) => `${what} is not open; use it between start and stop of its node, and before it is closed`,
);

/** A key is outside of 1 to 255 bytes. */
export const StorageKeyError = defineError<{ keyBytes: number }>(
  "STORAGE_KEY_INVALID",
  "input",
  ({ keyBytes }) => `a storage key has 1 to 255 bytes, not ${keyBytes}; hash what is longer`,
);

/**
 * What is stored failed a check: the bytes on disk are not the ones that were written. Nothing is read from such a database, so `db verify` can't
 * tell more of it (`verified`: it is who says so).
 */
export const StorageDamagedError = defineError<{ path: string; reason: string; verified?: boolean }>(
  "STORAGE_DAMAGED",
  "damaged",
  ({ path, reason, verified }) =>
    `the database at ${path} is damaged: ${reason}; ${verified === true ? "this is all that db verify can tell, since nothing is read from a database that can't be trusted as a whole: " : ""}restore it from a backup (chainwright db restore --from DIR --force), or set it aside and start again to sync from peers`,
);

/** The operating system refused to read or write. */
export const StorageIoError = defineError<{ path: string; reason: string }>(
  "STORAGE_IO",
  "unavailable",
  ({ path, reason }) =>
    `the database at ${path} can't be read or written: ${reason}; check free space, permissions and the disk, then restart`,
);

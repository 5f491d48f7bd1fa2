/**
 * Errors of storage-level. Those that every storage has (STORAGE_CLOSED, STORAGE_KEY_INVALID, STORAGE_DAMAGED,
 * STORAGE_IO) are the port's; this file adds the lock, and turns what LevelDB says into all of them.
 */
import { ChainwrightError, defineError, messageOf, StorageClosedError, StorageDamagedError, StorageIoError } from "../../core/sdk.js";

/** Another process (or another instance in this one) has the database open. */
export const StorageLockedError = defineError<{ path: string }>(
  "STORAGE_LOCKED",
  "conflict",
  ({ path }) => `the database at ${path} is open in another process; stop that node, or give this one a data directory of its own`,
);

/** Codes of abstract-level for using what is closed. */
const CLOSED_CODES: ReadonlySet<string> = new Set([
  "LEVEL_DATABASE_NOT_OPEN",
  "LEVEL_ITERATOR_NOT_OPEN",
  "LEVEL_SNAPSHOT_NOT_OPEN",
  "LEVEL_BATCH_NOT_OPEN",
]);

/**
 * LevelDB reports its own files being missing, cut off or making no sense as input/output errors, not as corruption …
 * ("Invalid argument" is a read before the beginning of a file that is too short).
 */
const DAMAGED_FILES = /no such file|does not exist|missing files|invalid argument|not a directory|comparator|CURRENT|MANIFEST/i;
/** … but these are the operating system's refusals, whichever file they are about. */
const REFUSED_BY_SYSTEM = /permission denied|no space|read-only|too many open files|input\/output error|quota/i;

function codeOf(thrown: unknown): string | undefined {
  return thrown instanceof Error && "code" in thrown && typeof thrown.code === "string" ? thrown.code : undefined;
}

function damageOrIo(thrown: unknown, code: string | undefined, reason: string, path: string): Error {
  const damaged = code === "LEVEL_CORRUPTION" || (!REFUSED_BY_SYSTEM.test(reason) && DAMAGED_FILES.test(reason));
  return damaged ? new StorageDamagedError({ path, reason }, thrown) : new StorageIoError({ path, reason }, thrown);
}

/** The typed error for what an operation on an open database threw. */
export function storageError(thrown: unknown, path: string): Error {
  if (ChainwrightError.is(thrown)) return thrown;
  const code = codeOf(thrown);
  if (code !== undefined && CLOSED_CODES.has(code)) return new StorageClosedError({ what: "the storage" }, thrown);
  return damageOrIo(thrown, code, messageOf(thrown), path);
}

/** The typed error for what opening threw; abstract-level wraps the reason as `cause`. */
export function openError(thrown: unknown, path: string): Error {
  const inner = thrown instanceof Error && thrown.cause !== undefined ? thrown.cause : thrown;
  const code = codeOf(inner);
  const reason = messageOf(inner);
  // LevelDB puts a LOCK file that it may not open under the same code as a lock that is held.
  if (code === "LEVEL_LOCKED" && !REFUSED_BY_SYSTEM.test(reason)) return new StorageLockedError({ path }, thrown);
  return damageOrIo(thrown, code, reason, path);
}

/**
 * Errors of storage-memory: only those that every storage has (STORAGE_CLOSED, STORAGE_KEY_INVALID), which are the port's.
 */
import { ChainwrightError, StorageClosedError } from "../../core/sdk.js";

/** Codes of abstract-level for using what is closed. */
const CLOSED_CODE = /^LEVEL_(?:DATABASE|ITERATOR|SNAPSHOT)_NOT_OPEN$/;

/** The typed error for what an operation threw; whatever is not about being closed is a bug and stays what it is. */
export function storageError(thrown: unknown): unknown {
  if (ChainwrightError.is(thrown) || !(thrown instanceof Error) || !("code" in thrown)) return thrown;
  return CLOSED_CODE.test(String(thrown.code)) ? new StorageClosedError({ what: "the storage" }, thrown) : thrown;
}

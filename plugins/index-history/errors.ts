/** Errors of index-history. Whatever is wrong with the index, nothing is lost: it is made of the chain's blocks. */
import { ChainwrightError, defineError, messageOf } from "../../core/sdk.js";

const rebuild = (path: string): string =>
  `stop the node, delete the folder ${path} and start again: the index is rebuilt from the node's blocks`;

/** The folder holds something that this plugin did not write. */
export const HistoryForeignError = defineError<{ path: string; reason: string }>(
  "HISTORY_FOREIGN",
  "conflict",
  ({ path, reason }) => `${path} is not an index of this plugin (${reason}); ${rebuild(path)}`,
);

export const HistoryNewerFormatError = defineError<{ path: string; found: number; known: number }>(
  "HISTORY_NEWER_FORMAT",
  "conflict",
  ({ path, found, known }) =>
    `the history index has format ${found}, this version knows format ${known}; run the version that wrote it, or ${rebuild(path)}`,
);

export const HistoryOtherChainError = defineError<{ path: string; found: string; expected: string }>(
  "HISTORY_OTHER_CHAIN",
  "conflict",
  ({ path, found, expected }) => `the history index is of the chain with genesis ${found}, the node's is ${expected}; ${rebuild(path)}`,
);

/** The index was made over a ledger that did not tell addresses, and the one that runs now does. */
export const HistoryWithoutAddressesError = defineError<{ path: string }>(
  "HISTORY_WITHOUT_ADDRESSES",
  "conflict",
  ({ path }) => `the history index was made without addresses, which the ledger did not tell then and does now; ${rebuild(path)}`,
);

/** A record or a table fails its check, or a batch in the middle is missing. */
export const HistoryDamagedError = defineError<{ path: string; reason: string }>(
  "HISTORY_DAMAGED",
  "damaged",
  ({ path, reason }) => `the history index is damaged: ${reason}; ${rebuild(path)}`,
);

export const HistoryLockedError = defineError<{ path: string }>(
  "HISTORY_LOCKED",
  "conflict",
  ({ path }) => `the history index at ${path} is open in another process; stop that one, or give this node a data directory of its own`,
);

/** The operating system refused to read or write. Indexing tries again; the chain goes on meanwhile. */
export const HistoryIoError = defineError<{ path: string; reason: string }>(
  "HISTORY_IO",
  "unavailable",
  ({ path, reason }) => `the history index at ${path} can't be read or written (${reason}); check free space, permissions and the disk`,
);

export const HistoryClosedError = defineError(
  "HISTORY_CLOSED",
  "unavailable",
  () => "the history index is not open at the moment; try again in a few seconds, GET /v1/history/status says why",
);

/** A canonical block is not there, and none above it is: nothing can be indexed. */
export const HistoryBlockMissingError = defineError<{ height: number }>(
  "HISTORY_BLOCK_MISSING",
  "unavailable",
  ({ height }) => `the node has no block with receipts at height ${height} nor above it; indexing goes on when there is one`,
);

export const HistoryTransactionNotFoundError = defineError<{ id: string; indexedHeight: number; completeFrom: number; headHeight: number }>(
  "HISTORY_TRANSACTION_NOT_FOUND",
  "missing",
  ({ id, indexedHeight, completeFrom, headHeight }) =>
    `transaction ${id} is in no canonical block from height ${completeFrom} to ${indexedHeight}, which is what the index covers${
      indexedHeight < headHeight ? `; it is still behind the head at ${headHeight}` : ""
    }`,
);

export const HistoryCursorUndoneError = defineError<{ height: number }>(
  "HISTORY_CURSOR_UNDONE",
  "conflict",
  ({ height }) => `a reorg undid the block at height ${height} at which the page before this one ended; begin again without cursor`,
);

/** The node's ledger does not tell whom its transactions concern. */
export const HistoryNoAddressesError = defineError<{ ledger: string }>(
  "HISTORY_NO_ADDRESSES",
  "missing",
  ({ ledger }) => `the ledger ${ledger} does not tell whom its transactions concern, so there is no history by address`,
);

const CLOSED_CODES: ReadonlySet<string> = new Set(["LEVEL_DATABASE_NOT_OPEN", "LEVEL_ITERATOR_NOT_OPEN", "LEVEL_SNAPSHOT_NOT_OPEN"]);
/** LevelDB reports its own files being missing or cut off as input/output errors, not as corruption … */
const DAMAGED_FILES = /no such file|does not exist|missing files|invalid argument|comparator|CURRENT|MANIFEST/i;
/** … but these are the operating system's refusals. */
const REFUSED_BY_SYSTEM = /permission denied|no space|read-only|too many open files|input\/output error|quota/i;

/** The typed error for what LevelDB threw while opening, reading or writing. */
export function levelError(thrown: unknown, path: string): Error {
  if (ChainwrightError.is(thrown)) return thrown;
  const inner = thrown instanceof Error && thrown.cause instanceof Error ? thrown.cause : thrown;
  const code = inner instanceof Error && "code" in inner && typeof inner.code === "string" ? inner.code : "";
  const reason = messageOf(inner);
  if (CLOSED_CODES.has(code)) return new HistoryClosedError({}, thrown);
  const refused = REFUSED_BY_SYSTEM.test(reason);
  if (code === "LEVEL_LOCKED" && !refused) return new HistoryLockedError({ path }, thrown);
  if (code === "LEVEL_CORRUPTION" || (!refused && DAMAGED_FILES.test(reason))) return new HistoryDamagedError({ path, reason }, thrown);
  return new HistoryIoError({ path, reason }, thrown);
}

/** Errors of the state. Their codes are API. */
import { defineError } from "../kernel/errors.js";

/** A stored record failed its check: a flipped bit, a lost write, a file that was changed by hand. */
export const StateDamagedError = defineError<{ record: string; key: string; reason: string }>(
  "STATE_DAMAGED",
  "damaged",
  ({ record, key, reason }) =>
    `stored state is damaged: ${record} ${key}: ${reason}; stop the node and restore a backup (chainwright db restore), or set its data directory aside and start again to rebuild the state from peers; chainwright db verify tells what else is wrong`,
);

/** The database was written by a newer version. */
export const StateFormatError = defineError<{ found: number; supported: number }>(
  "STATE_FORMAT_UNKNOWN",
  "unavailable",
  ({ found, supported }) =>
    `the state in this data directory has format ${found}, this version reads format ${supported}; start the version that wrote it`,
);

/** No state is known after this block: never executed, discarded, or beyond the undo horizon. */
export const UnknownBlockError = defineError<{ blockId: string }>(
  "STATE_UNKNOWN_BLOCK",
  "missing",
  ({ blockId }) => `there is no state after block ${blockId}; execute it on its parent first, or ask for a block within the undo horizon`,
);

/** A view or writer outlived its block. */
export const ViewGoneError = defineError<{ blockId: string }>(
  "STATE_VIEW_GONE",
  "missing",
  ({ blockId }) => `the state after block ${blockId} was discarded or has left the undo horizon; take a new view of a newer block`,
);

/** The root of an overlay made with `root: "later"` was asked for before anything computed it. */
export const RootUnknownError = defineError<{ blockId: string }>(
  "STATE_ROOT_UNKNOWN",
  "unavailable",
  ({ blockId }) =>
    `the state root after block ${blockId} is not computed yet; declare it when the overlay is adopted, or make a proof or flush first`,
);

/** Re-executed state does not have the root that its block declares. */
export const RootMismatchError = defineError<{ blockId: string; declared: string; computed: string }>(
  "STATE_ROOT_MISMATCH",
  "damaged",
  ({ blockId, declared, computed }) =>
    `the state after block ${blockId} has root ${computed}, but ${declared} was declared; the block or the state below it is damaged: restore a backup (chainwright db restore), or set the data directory aside and sync again; chainwright db verify tells what is wrong`,
);

/** A ledger or engine used a key outside of the law. */
export const KeyInvalidError = defineError<{ length: number }>(
  "STATE_KEY_INVALID",
  "internal",
  ({ length }) => `a state key has 1 to 128 bytes, this one has ${length}; mend the ledger or engine that made it`,
);

/** A ledger or engine wrote a value outside of the law. */
export const ValueInvalidError = defineError<{ length: number }>(
  "STATE_VALUE_INVALID",
  "internal",
  ({ length }) => `a state value has at most 65536 bytes, this one has ${length}; split it over several keys`,
);

/** A proof was asked for that can't be made, whatever the state is. */
export const ProofLimitsError = defineError<{ limit: string; problem: string }>(
  "STATE_PROOF_LIMITS",
  "input",
  ({ limit, problem }) => `${limit}: ${problem}; ask within these limits, several times if need be`,
);

/** The values of the keys are too large for one proof. */
export const ProofTooLargeError = defineError<{ limitBytes: number }>(
  "STATE_PROOF_TOO_LARGE",
  "input",
  ({ limitBytes }) => `the proof of these keys and their values exceeds ${limitBytes} bytes; ask for fewer keys at once`,
);

/** A flush failed; what the disk holds is known again only after a restart. */
export const FlushFailedError = defineError<{ reason: string }>(
  "STATE_FLUSH_FAILED",
  "unavailable",
  ({ reason }) =>
    `the state could not be written (${reason}); free space or mend the disk and restart the node: it resumes at its last flush`,
);

/** A bulk load began and did not end: what storage holds is no state. `pages`: of a state that has all its values. */
export const LoadUnfinishedError = defineError<{ entries: number; of: "state" | "pages" }>(
  "STATE_LOAD_UNFINISHED",
  "unavailable",
  ({ entries, of }) =>
    of === "pages"
      ? `the pages of the state in this data directory are only partly made anew (of ${entries} entries): chainwright db rebuild pages was interrupted; nothing is lost: stop the node and give that command again, with --config FILE or --data-dir DIR of the node; it goes on where it was`
      : `the state in this data directory is only partly written (${entries} entries): what wrote it (state sync, restore, migration) was interrupted; run it again, it goes on where it was`,
);

/** A bulk load was begun over a state, or over another load. */
export const StateNotEmptyError = defineError<{ found: string }>(
  "STATE_NOT_EMPTY",
  "input",
  ({ found }) => `a state can only be loaded into an empty data directory, this one has ${found}; use another data directory`,
);

/** Entries of a bulk load that are not in the order of their paths, or come twice. */
export const LoadOrderError = defineError<{ path: string; before: string }>(
  "STATE_LOAD_ORDER",
  "input",
  ({ path, before }) =>
    `entries are loaded in ascending order of their paths, each once, but ${path} comes after ${before}; sort the source`,
);

/** Below the undo horizon, archive mode knows values and no tries. */
export const ProofHorizonError = defineError<{ height: number; provableFrom: number }>(
  "STATE_PROOF_HORIZON",
  "missing",
  ({ height, provableFrom }) =>
    `there are no proofs of the state at height ${height}: they reach down to height ${provableFrom} at present; read the values without proofs, or prove a newer block`,
);

export const ProofTooDeepError = defineError<{ limitBytes: number; blocks: number }>(
  "STATE_PROOF_TOO_DEEP",
  "limit",
  ({ limitBytes, blocks }) =>
    `what the last ${blocks} blocks and more changed exceeds ${limitBytes} bytes, so the trie of this block is not made again; prove a newer block`,
);

export const ProofsBusyError = defineError<{ waiting: number }>(
  "STATE_PROOFS_BUSY",
  "unavailable",
  ({ waiting }) => `${waiting} proofs are waiting to be made already; ask again later, or for many keys in one multi-proof`,
);

/** A plugin's fault: it reads an old state as if it were the head's. */
export const NotPrefetchedError = defineError<{ blockId: string; key: string }>(
  "STATE_NOT_PREFETCHED",
  "internal",
  ({ blockId, key }) =>
    `the state after old block ${blockId} answers only for keys that were prefetched, and ${key} was not; await prefetch([key]) before get(key)`,
);

export const ViewLimitError = defineError<{ limit: number }>(
  "STATE_VIEW_LIMIT",
  "limit",
  ({ limit }) => `a view of an old state holds ${limit} keys at most; take another view for more`,
);

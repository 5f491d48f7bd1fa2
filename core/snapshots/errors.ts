/** Errors of snapshots: making, reading, checking and taking them over. Codes are API. */
import { defineError } from "../kernel/errors.js";

/** The state that was being copied left the undo horizon. The next attempt takes a newer block. */
export const SnapshotViewGoneError = defineError<{ height: number; id: string }>(
  "SNAPSHOT_VIEW_GONE",
  "unavailable",
  ({ height, id }) =>
    `the state after block ${id} at height ${height} is not kept any more, so no snapshot of it can be made; the node tries the next height by itself, or ask for a newer block`,
);

/** A tool needs a chain, and there is what a load of a state left that did not end. */
export const LoadUnderWayError = defineError<{ path: string }>(
  "SNAPSHOT_LOAD_UNDER_WAY",
  "unavailable",
  ({ path }) =>
    `${path} has no chain yet: a state sync or a load of a snapshot is under way there; nothing is lost and nothing was changed: start the node again, or give chainwright snapshots load again, and it goes on where it was`,
);

/** Something of a snapshot's folder is missing, cut short or not what it says. */
export const SnapshotDamagedError = defineError<{ folder: string; part: string; reason: string; loadedEntries?: number }>(
  "SNAPSHOT_DAMAGED",
  "damaged",
  ({ folder, part, reason, loadedEntries }) => {
    const what = `snapshot ${folder}: ${part} can't be used: ${reason}`;
    const remedy = "delete the folder and copy or make the snapshot again";
    if (loadedEntries === undefined) return `${what}; nothing was changed; ${remedy}`;
    if (loadedEntries === 0) return `${what}; nothing of it is loaded; ${remedy}`;
    return `${what}; ${loadedEntries} entries before it are loaded and stay, and there is no chain until all are; ${remedy}: loading a whole copy goes on from there`;
  },
);

/** A manifest that is none, is of another chain, or contradicts itself or its header. */
export const SnapshotManifestError = defineError<{ reason: string }>(
  "SNAPSHOT_BAD_MANIFEST",
  "input",
  ({ reason }) => `this is not the manifest of a snapshot that can be used here: ${reason}; take it from somebody else`,
);

/** The disk refused something of a snapshot (no space, no rights). */
export const SnapshotIoError = defineError<{ path: string; reason: string }>(
  "SNAPSHOT_IO",
  "unavailable",
  ({ path, reason }) => `the snapshot can't be kept in ${path}: ${reason}; free space or mend the disk; the chain itself is not affected`,
);

/** Making it would leave the chain without space. */
export const SnapshotNoSpaceError = defineError<{ path: string; needBytes: number; freeBytes: number; spareBytes: number }>(
  "SNAPSHOT_NO_SPACE",
  "unavailable",
  ({ path, needBytes, freeBytes, spareBytes }) =>
    `no snapshot is made: it takes ${megabytes(needBytes)} in ${path}, ${megabytes(freeBytes)} are free there, and ${megabytes(spareBytes)} of them are left to the chain; free space, delete old snapshots or keep fewer (node.snapshots.keep); the chain goes on`,
);

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1e6)} MB`;
}

/** A snapshot of another chain than the node's. */
export const SnapshotOtherChainError = defineError<{ folder: string; found: string; expected: string }>(
  "SNAPSHOT_OTHER_CHAIN",
  "input",
  ({ folder, found, expected }) => `snapshot ${folder} is of ${found}, this node is of ${expected}; use a snapshot of this chain`,
);

/** A second one at the same time. */
export const SnapshotBusyError = defineError<{ height: number }>(
  "SNAPSHOT_BUSY",
  "conflict",
  ({ height }) => `a snapshot is being made (of height ${height}); wait until it is done`,
);

/** All ranges were verified, but storage holds something else by now. */
export const SnapshotRootMismatchError = defineError<{ expected: string; reason: string }>(
  "SNAPSHOT_ROOT_MISMATCH",
  "damaged",
  ({ expected, reason }) =>
    `every range of the snapshot was proved, but what storage holds does not have the state root ${expected} (${reason}): the disk lost or changed something; what was loaded is discarded and fetched again; if it comes back, check the disk`,
);

/** Storage refused a write while a snapshot was loaded. What was loaded stays. */
export const SnapshotWriteError = defineError<{ reason: string }>(
  "SNAPSHOT_WRITE_FAILED",
  "unavailable",
  ({ reason }) =>
    `the state that is being loaded can't be written (${reason}); free space or mend the disk and start the node again: it goes on where it was`,
);

/** The data directory has a chain already. */
export const SnapshotNotEmptyError = defineError<{ height: number }>(
  "SNAPSHOT_NOT_EMPTY",
  "conflict",
  ({ height }) =>
    `this data directory has a chain already (head at height ${height}), and a snapshot starts an empty one only; use another data directory`,
);

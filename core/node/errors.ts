/** Errors of putting a node together. */
import { defineError } from "../kernel/errors.js";

export const ChainSpecError = defineError<{ path: string; reason: string }>(
  "CHAIN_SPEC_INVALID",
  "input",
  ({ path, reason }) => `chain spec: ${path}: ${reason}`,
);

/** The node runs other plugins than its chain needs. */
export const ChainSpecMismatchError = defineError<{ section: string; expected: string; found: string }>(
  "CHAIN_SPEC_MISMATCH",
  "conflict",
  ({ section, expected, found }) =>
    `the chain spec's ${section}.plugin is ${expected}, but this node's config loads ${found}; put ${expected} under plugins in the node config`,
);

export const NodeStateError = defineError<{ state: string; wanted: string }>(
  "NODE_STATE",
  "conflict",
  ({ state, wanted }) => `the node is ${state}; it can't ${wanted} now`,
);

export const CheckpointMissingError = defineError(
  "SYNC_CHECKPOINT_MISSING",
  "input",
  () =>
    "node.sync.mode is state, but there is no node.sync.checkpoint: set the height and id of a recent block that you trust (of a node of your own: `chainwright status` there), or use mode full",
);

export const NoTransportForSyncError = defineError(
  "SYNC_NO_TRANSPORT",
  "input",
  () => "node.sync.mode is state, but this node has no transport to load a state over: put transport-tcp under plugins, or use mode full",
);

export const CannotProduceError = defineError<{ reason: string }>(
  "NODE_CANNOT_PRODUCE",
  "unavailable",
  ({ reason }) => `this node can't make blocks: ${reason}`,
);

export const BlockCountError = defineError<{ count: number }>(
  "NODE_BLOCK_COUNT",
  "input",
  ({ count }) => `${count} is not a number of blocks from 1 to 1,000`,
);

export const SnapshotHeightError = defineError<{ height: number; head: number }>("NODE_SNAPSHOT_HEIGHT", "input", ({ height, head }) =>
  height < 1
    ? "no block is final yet but genesis, and a node needs no snapshot to begin there; name a height, or wait for finality"
    : `height ${height} is above the head of this node's chain, ${head}; name a lower one, or none for the newest final block`,
);

export const SnapshotOtherBlockError = defineError<{ folder: string; found: string; expected: string }>(
  "NODE_SNAPSHOT_OTHER_BLOCK",
  "input",
  ({ folder, found, expected }) =>
    `snapshot ${folder} is of ${found}, and the checkpoint names ${expected}; nothing was changed: compare both with a source that you trust, then take a snapshot of that block, or correct the checkpoint`,
);

export const StateSyncUnfinishedError = defineError<{ path: string }>(
  "NODE_STATE_SYNC_UNFINISHED",
  "conflict",
  ({ path }) =>
    `${path} holds a state that is half loaded from peers; nothing was changed: start the node, it goes on there, or use another data directory`,
);

export const StorageForgetsError = defineError<{ storage: string }>(
  "NODE_STORAGE_FORGETS",
  "input",
  ({ storage }) => `${storage} keeps nothing when it is closed; name a config with a storage on disk`,
);

export const IdentityDamagedError = defineError<{ path: string }>(
  "NODE_IDENTITY_DAMAGED",
  "damaged",
  ({ path }) => `${path} does not hold 64 hex digits; restore it from a backup, or delete it to get a new node id`,
);

export const DevValidatorsError = defineError<{ reference: string; most: number }>(
  "NODE_DEV_VALIDATORS",
  "input",
  ({ reference, most }) =>
    `${reference} names no development validators; write dev:validators/FROM-TO with 1 ≤ FROM ≤ TO ≤ ${most}, for example dev:validators/1-22`,
);

/** Checkpoint starts: headers by their links to a trusted block, the state from snapshots; and serving both. See README.md. */
export { createSync } from "./checkpoint-sync.js";
export { CheckpointNotOnChainError } from "./errors.js";
export { clearLadder, isLadderOf } from "./ladder.js";
export type { CheckpointOptions } from "./options.js";
export type {
  Checkpoint,
  CheckpointChain,
  CheckpointStart,
  SnapshotIntake,
  SnapshotReceiver,
  SnapshotShelf,
  TrustedHeaders,
} from "./parts.js";
export { CheckpointServer } from "./server.js";

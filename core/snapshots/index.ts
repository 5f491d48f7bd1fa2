/**
 * Snapshots of the state: made by a running node, kept in files, checked by anybody, taken over by a fresh node. README.md tells how.
 *
 * @example
 * const snapshot = await verifySnapshot("data/snapshots/12000-5f…", { onProgress }); // throws SNAPSHOT_DAMAGED
 */
export * from "./errors.js";
export { openSnapshot, SNAPSHOTS_FOLDER, type StoredSnapshot } from "./folder.js";
export { type SnapshotChain, SnapshotKeeper, type SnapshotKeeperDependencies, type SnapshotKeeperOptions } from "./keeper.js";
export { hasLeftovers } from "./leftovers.js";
export { type MakeOptions, makeSnapshot, type SnapshotProgress, type SnapshotSource } from "./maker.js";
export { CHUNK_LIMITS, type ChunkRecord, chunkBytes, type Manifest } from "./manifest.js";
export { discardLoad, forgetEnded, isLoading, type ReceiverDependencies, SnapshotReceiver } from "./receiver.js";
export { type RestoreDependencies, type RestoreOptions, restoreSnapshot } from "./restore.js";
export { type VerifyOptions, verifySnapshot } from "./verify.js";

/**
 * Begins a chain from a snapshot's folder: what state sync does from peers, from a disk.
 *
 * Whether the snapshot's block is of the chain, no proof can show: the operator vouches for it, or names a checkpoint. Headers below
 * the engine's `ancestryDepth` are not in a snapshot, so such a chain has none of them.
 */

import { BlockStore, genesisOperations, headerOperations, makeGenesis, startOperations } from "../chain/index.js";
import { messageOf } from "../kernel/errors.js";
import type { ChainSpec } from "../ports/chain-spec.js";
import type { Compute } from "../ports/compute.js";
import type { Consensus } from "../ports/consensus.js";
import type { Ledger, Treasury } from "../ports/ledger.js";
import type { Logger, Metrics, Scheduler } from "../ports/runtime.js";
import type { Storage } from "../ports/storage.js";
import { compareBytes, Hash, sha256 } from "../primitives/index.js";
import { BulkLoader, discardState, RootMismatchError, type StateEntry, StateStore } from "../state/index.js";
import { unpack } from "./chunk.js";
import { SnapshotDamagedError, SnapshotNotEmptyError, SnapshotOtherChainError, SnapshotWriteError } from "./errors.js";
import { openSnapshot, type StoredSnapshot } from "./folder.js";
import type { SnapshotProgress } from "./maker.js";
import { verifySnapshot } from "./verify.js";

export interface RestoreDependencies {
  readonly storage: Storage;
  readonly spec: ChainSpec;
  readonly ledger: Ledger;
  readonly consensus: Consensus;
  readonly treasury?: Treasury | undefined;
  readonly compute: Compute;
  readonly scheduler: Scheduler;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

export interface RestoreOptions {
  /** The block that the snapshot has to be of. Without it the snapshot is believed. */
  readonly checkpoint?: { readonly height: number; readonly id: Hash };
  readonly onProgress?: (progress: SnapshotProgress) => void;
  readonly signal?: AbortSignal;
}

/** Genesis needs no caches. */
const SMALL_CACHES = { pageCacheBytes: 1 << 20, valueCacheBytes: 1 << 20, undoBlocks: 1 };

/**
 * Checks the snapshot and loads it into an empty storage. An interrupted one goes on where it was when it is called again with the same snapshot.
 *
 * @throws SNAPSHOT_NOT_EMPTY, SNAPSHOT_DAMAGED, SNAPSHOT_OTHER_CHAIN, SNAPSHOT_WRITE_FAILED, STATE_NOT_EMPTY
 */
export async function restoreSnapshot(
  dependencies: RestoreDependencies,
  folder: string,
  options: RestoreOptions = {},
): Promise<StoredSnapshot> {
  const { checkpoint, onProgress, signal } = options;
  const { storage, spec, compute, scheduler, logger, metrics } = dependencies;
  const store = new BlockStore(storage);
  const pointer = store.pointer();
  if (pointer !== undefined) throw new SnapshotNotEmptyError({ height: store.header(pointer.head)?.header.height ?? 0 });
  await checkBlock(folder, checkpoint);
  const state = new StateStore({ storage, compute, scheduler, logger, metrics }, SMALL_CACHES);
  const genesis = await makeGenesis({ ...dependencies, state });
  const loader = await BulkLoader.open({ storage, compute, scheduler }, { values: "write" });
  const resumed = loader.lastPath;
  const snapshot = await verifySnapshot(folder, {
    scheduler,
    compute,
    expected: { chainId: spec.chainId, genesisId: genesis.header.id },
    ...(onProgress === undefined ? {} : { onProgress }),
    ...(signal === undefined ? {} : { signal }),
    onChunk: async (packed) => {
      try {
        await loader.add(after(resumed, unpack(packed)));
      } catch (error) {
        throw new SnapshotWriteError({ reason: messageOf(error) }, error);
      }
    },
  }).catch((error: unknown) => {
    // What was loaded stays, for a whole copy.
    if (!SnapshotDamagedError.matches(error)) throw error;
    throw new SnapshotDamagedError({ ...error.data, loadedEntries: loader.entries }, error);
  });
  const { header, ancestors } = snapshot.manifest;
  const { height, parent, stateRoot } = header.header;
  const lowest = (ancestors.at(-1) ?? header).header.height;
  await storage.write([...genesisOperations(store, genesis), ...headerOperations(ancestors)], { durable: false });
  try {
    await loader.finish(
      { blockId: header.id, height, parent, root: stateRoot },
      startOperations(store, genesis.header.id, header, lowest <= 1 ? 0 : lowest),
    );
  } catch (error) {
    if (RootMismatchError.matches(error)) {
      await discardState(storage, scheduler);
      // What an interrupted one had loaded was of another snapshot, or was damaged on disk.
      if (resumed !== undefined) return restoreSnapshot(dependencies, folder, options);
      throw new SnapshotDamagedError({ folder, part: "the whole", reason: messageOf(error) }, error);
    }
    throw new SnapshotWriteError({ reason: messageOf(error) }, error);
  }
  return snapshot;
}

/** @throws SNAPSHOT_OTHER_CHAIN, SNAPSHOT_DAMAGED */
async function checkBlock(folder: string, checkpoint: RestoreOptions["checkpoint"]): Promise<void> {
  const { height, id } = await openSnapshot(folder);
  if (checkpoint === undefined || (checkpoint.height === height && Hash.key(checkpoint.id) === Hash.key(id))) return;
  throw new SnapshotOtherChainError({
    folder,
    found: `block ${Hash.key(id)} at height ${height}`,
    expected: `block ${Hash.key(checkpoint.id)} at height ${checkpoint.height} (the checkpoint)`,
  });
}

/** Leaves out what an interrupted load has already. */
function* after(path: Hash | undefined, entries: Iterable<StateEntry>): Generator<StateEntry> {
  for (const entry of entries) if (path === undefined || compareBytes(sha256(entry.key), path) > 0) yield entry;
}

/**
 * Snapshots without a running node: checks one as a chain sees it, and begins an empty data directory with one.
 *
 * A load is the start of a node without network whose chain is given to it between opening the storage and looking for a head. So
 * the format record, the genesis in format.json and all checks of a start come as always, and what was loaded has come up once.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BlockStore } from "../chain/index.js";
import { present } from "../kernel/assert.js";
import { createMetrics } from "../kernel/metrics.js";
import type { ChainSpec } from "../ports/chain-spec.js";
import { Hash } from "../primitives/hash.js";
import {
  isLoading,
  openSnapshot,
  restoreSnapshot,
  SnapshotNotEmptyError,
  SnapshotOtherChainError,
  type SnapshotProgress,
  type StoredSnapshot,
  verifySnapshot,
} from "../snapshots/index.js";
import { SnapshotOtherBlockError, StateSyncUnfinishedError, StorageForgetsError } from "./errors.js";
import { type NodePart, nodePart } from "./node-part.js";
import type { NodePartConfig } from "./node-part-config.js";
import { type DataSource, openOffline } from "./offline-node.js";

/** A block that the operator trusts. */
export interface TrustedBlock {
  readonly height: number;
  readonly id: Hash;
}

export interface SnapshotWork {
  /** The block that the snapshot has to be of. */
  readonly checkpoint: TrustedBlock | undefined;
  readonly onProgress: (progress: SnapshotProgress) => void;
  readonly signal: AbortSignal;
}

/**
 * Checks all of a snapshot, and with a config that it is of that chain.
 *
 * @throws SNAPSHOT_DAMAGED, SNAPSHOT_OTHER_CHAIN, NODE_SNAPSHOT_OTHER_BLOCK; the signal's reason
 */
export async function verifyOffline(folder: string, source: DataSource | undefined, work: SnapshotWork): Promise<StoredSnapshot> {
  const { checkpoint, onProgress, signal } = work;
  await openExpected(folder, source?.spec, checkpoint);
  if (source?.spec === undefined) return verifySnapshot(folder, { onProgress, signal });
  const { chainId } = source.spec;
  return atGenesis(source, ({ chain, compute, scheduler }) =>
    verifySnapshot(folder, { compute, scheduler, expected: { chainId, genesisId: chain.genesis.id }, onProgress, signal }),
  );
}

/** Only a chain that comes up knows its genesis: in a folder of its own, which is removed. */
async function atGenesis<Result>(
  source: DataSource,
  use: (node: Awaited<ReturnType<typeof openOffline>>) => Promise<Result>,
): Promise<Result> {
  const path = await mkdtemp(join(tmpdir(), "chainwright-genesis-"));
  try {
    const node = await openOffline(source, { parts: "chain", path, create: true });
    try {
      return await use(node);
    } finally {
      await node.close();
    }
  } finally {
    await rm(path, { recursive: true, force: true });
  }
}

/** Cheap checks first: what is refused by them changes nothing. */
async function openExpected(folder: string, spec: ChainSpec | undefined, checkpoint: TrustedBlock | undefined): Promise<StoredSnapshot> {
  const snapshot = await openSnapshot(folder);
  const { chainId } = snapshot.manifest;
  if (spec !== undefined && chainId !== spec.chainId)
    throw new SnapshotOtherChainError({ folder, found: `chain ${chainId}`, expected: `chain ${spec.chainId}` });
  const named = ({ height, id }: TrustedBlock) => `block ${Hash.key(id)} at height ${height}`;
  if (checkpoint !== undefined && named(checkpoint) !== named(snapshot))
    throw new SnapshotOtherBlockError({ folder, found: named(snapshot), expected: named(checkpoint) });
  return snapshot;
}

export interface LoadedSnapshot {
  readonly snapshot: StoredSnapshot;
  /** The block was compared with a checkpoint: one that was given, or the config's. */
  readonly isTrusted: boolean;
}

/**
 * Begins an empty data directory, or goes on with one that was begun from the same snapshot.
 *
 * @throws SNAPSHOT_NOT_EMPTY, SNAPSHOT_DAMAGED, SNAPSHOT_OTHER_CHAIN, NODE_SNAPSHOT_OTHER_BLOCK, SNAPSHOT_WRITE_FAILED,
 *   NODE_STATE_SYNC_UNFINISHED, NODE_STORAGE_FORGETS, DATA_DIRECTORY_*; the signal's reason
 */
export async function loadOffline(source: DataSource, folder: string, work: SnapshotWork): Promise<LoadedSnapshot> {
  const { onProgress, signal } = work;
  const { height } = await openExpected(folder, source.spec, work.checkpoint);
  const checkpoint = work.checkpoint ?? configuredCheckpoint(source, height);
  if (work.checkpoint === undefined) await openExpected(folder, source.spec, checkpoint);
  let snapshot: StoredSnapshot | undefined;
  const prepareChain: NodePart["prepareChain"] = async (prepare, parts) => {
    const { storage } = parts;
    if (storage.durability === "none") throw new StorageForgetsError({ storage: source.storage.id });
    const store = new BlockStore(storage);
    const pointer = store.pointer();
    if (pointer !== undefined) throw new SnapshotNotEmptyError({ height: store.header(pointer.head)?.header.height ?? 0 });
    if (isLoading(storage)) throw new StateSyncUnfinishedError({ path: source.path });
    // The format record comes first: what is loaded is never taken for data of an older format.
    await prepare();
    const options = { ...(checkpoint === undefined ? {} : { checkpoint }), onProgress, signal };
    snapshot = await restoreSnapshot({ ...parts, metrics: createMetrics().metricsFor("snapshots") }, folder, options);
  };
  const node = await openOffline(source, { parts: "chain", create: true, prepareChain });
  await node.close();
  return { snapshot: present(snapshot, "a chain that came up was prepared"), isTrusted: checkpoint !== undefined };
}

/** `node.sync.checkpoint`, if it speaks of this height. */
function configuredCheckpoint({ config }: DataSource, height: number): TrustedBlock | undefined {
  const { checkpoint } = (config.pluginConfigs.get(nodePart.id) as NodePartConfig).sync;
  return checkpoint?.height === height ? { height, id: Hash.parse(checkpoint.id) } : undefined;
}

/**
 * What a checkpoint start needs of the node beside its peers; core/node binds it. And what serving snapshots needs.
 *
 * The network downloads and judges peers; what a chunk proves, and how state and headers are stored, is not its business.
 */
import type { TreeHeader } from "../../ports/consensus.js";
import type { HeaderRecord } from "../../primitives/block.js";
import type { Bytes } from "../../primitives/bytes.js";
import type { Hash } from "../../primitives/hash.js";
import type { HeadersVerdict } from "../chain.js";
import type { SnapshotOffer } from "../wire/messages.js";

/** A block that the operator trusts to be on the chain. */
export interface Checkpoint {
  readonly height: number;
  readonly id: Hash;
}

/** Snapshots that this node hands out. */
export interface SnapshotShelf {
  offers(): readonly SnapshotOffer[];
  /** Undefined: it is not there (any more). */
  manifest(manifestHash: Hash): Promise<Bytes | undefined>;
  chunk(manifestHash: Hash, index: number): Promise<Bytes | undefined>;
}

/** Headers that are known to be good by their ids, for import and header checks to skip what need not be checked again. */
export interface TrustedHeaders extends Checkpoint {
  /** Id of the good block at a height up to the checkpoint's; undefined where it is not known. */
  idAt(height: number): Hash | undefined;
}

/** What of the chain a checkpoint start changes. */
export interface CheckpointChain {
  readonly genesis: TreeHeader;
  /** Headers alone are enough to judge headers. */
  readonly judgesHeaders: boolean;
  weigh(record: HeaderRecord, parentWeight: bigint): bigint;
  /** From now on blocks up to the checkpoint are taken without their seals if these name them, and refused if they name others. */
  trust(headers: TrustedHeaders): void;
  /** Checks a row that stands on `over`, a header that is trusted. */
  checkHeadersOver(over: TreeHeader, records: readonly HeaderRecord[]): Promise<HeadersVerdict>;
  /** Stores canonical headers without bodies, lowest first. Not synced. */
  storeHeaders(headers: readonly TreeHeader[]): Promise<void>;
}

/** A snapshot that is being taken over, chunk by chunk. */
export interface SnapshotIntake {
  readonly chunks: number;
  readonly chunkBytes: number;
  readonly entries: number;
  isDone(index: number): boolean;
  bytesOf(index: number): number;
  /**
   * Checks a chunk and stores what it proves.
   *
   * `forged`: it is not the chunk in the manifest, its sender's fault. `untrue`: it is, and does not prove what it should: the fault of
   * whoever made the manifest.
   *
   * @throws SNAPSHOT_WRITE_FAILED; whatever made judging impossible
   */
  take(
    index: number,
    proof: Bytes,
  ): Promise<{ readonly verdict: "stored" } | { readonly verdict: "forged" | "untrue"; readonly reason: string }>;
}

/** Takes snapshots over into an empty storage. */
export interface SnapshotReceiver {
  /** The manifest that an earlier run of this node worked on. */
  unfinished(): Promise<{ readonly manifestHash: Hash; readonly manifest: Bytes; readonly height: number; readonly id: Hash } | undefined>;
  /**
   * Begins with a manifest, or goes on with it. Chunks that were stored before, of this or another manifest of the same state, count.
   *
   * @param header that it has to be of
   * @throws SNAPSHOT_BAD_MANIFEST: it is not to be used; SNAPSHOT_WRITE_FAILED
   */
  open(manifest: Bytes, manifestHash: Hash, header: TreeHeader): Promise<SnapshotIntake>;
  /**
   * All chunks are stored: builds the state, compares its root, and makes the chain begin there.
   *
   * @param onProgress how much is done, 0 to 1
   * @throws SNAPSHOT_ROOT_MISMATCH (what was loaded is discarded then: begin again), SNAPSHOT_WRITE_FAILED
   */
  finish(header: TreeHeader, onProgress: (share: number) => void): Promise<void>;
  /** Forgets everything that was loaded. */
  discard(): Promise<void>;
}

export interface CheckpointStart {
  readonly checkpoint: Checkpoint;
  readonly mode: "full" | "state";
  readonly chain: CheckpointChain;
  /** Only in mode `state`, and only on an empty data directory. */
  readonly receiver: SnapshotReceiver | undefined;
  /** The state is there: the node begins with it. Sync goes on when this has resolved. */
  readonly onLoaded: () => Promise<void>;
  /** Nothing can be promised any more: a disk that is full, a storage that lost something. */
  readonly onFatal: (error: unknown) => void;
}

/**
 * Makes one snapshot from a view of the state, while the node goes on.
 *
 * Each chunk is one `proveRange`: sliced, in turns with roots and flushes. After each the maker rests for as long as the chunk took
 * times `restPercent`, so that a node under load keeps most of its main thread. Hashing and file names are all that happens
 * here beside; files are written by the operating system's threads.
 */
import { ChainwrightError } from "../kernel/errors.js";
import type { TreeHeader } from "../ports/consensus.js";
import type { Clock, Scheduler } from "../ports/runtime.js";
import type { RangeProof, StateView } from "../ports/state.js";
import { Hash, sha256 } from "../primitives/hash.js";
import { SnapshotViewGoneError } from "./errors.js";
import { type diskSpace, openSnapshot, SnapshotWriter, type StoredSnapshot } from "./folder.js";
import { CHUNK_LIMITS, type ChunkRecord, ChunkTable, encodeManifest } from "./manifest.js";

export interface SnapshotSource {
  readonly chainId: string;
  readonly genesisId: Hash;
  readonly header: TreeHeader;
  /** Headers below it, nearest first, as many as the engine's `ancestryDepth`, genesis not among them. */
  readonly ancestors: readonly TreeHeader[];
  /** The state after the block. */
  readonly view: Pick<StateView, "proveRange">;
}

export interface SnapshotProgress {
  readonly chunks: number;
  readonly entries: number;
  readonly bytes: number;
  /** How much of the paths is covered, 0 to 1. Paths are hashes, so this is how much of the state is. */
  readonly share: number;
}

export interface MakeOptions {
  /** Folder of all snapshots. */
  readonly root: string;
  /** Pause after each chunk, in percent of the time that it took. Default 100. */
  readonly restPercent?: number;
  /** Ends the making, with what it is aborted with. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: SnapshotProgress) => void;
  /** How large it will be, as far as that is known: so much has to be free, and more. Default 0. */
  readonly expectedBytes?: number;
  /** Default: what the file system says. */
  readonly spaceOf?: typeof diskSpace;
}

const FIRST_PATH = Hash.zero;

/**
 * @throws SNAPSHOT_VIEW_GONE if the block's state is not kept any more, SNAPSHOT_IO, SNAPSHOT_NO_SPACE, STATE_DAMAGED; the signal's reason
 */
export async function makeSnapshot(
  { clock, scheduler }: { readonly clock: Clock; readonly scheduler: Scheduler },
  source: SnapshotSource,
  { root, restPercent = 100, signal, onProgress, expectedBytes, spaceOf }: MakeOptions,
): Promise<StoredSnapshot> {
  const { header, id } = source.header;
  const writer = await SnapshotWriter.begin(root, header.height, id, expectedBytes, spaceOf);
  try {
    const chunks: ChunkRecord[] = [];
    let entries = 0;
    let bytes = 0;
    for (let first: Hash | undefined = FIRST_PATH; first !== undefined; ) {
      signal?.throwIfAborted();
      const beganMs = clock.monotonicMs();
      const range = await proveFrom(source, first);
      await writer.chunk(range.proof);
      chunks.push({ first, next: range.next, entries: range.entries, bytes: range.proof.length, hash: sha256(range.proof) });
      entries += range.entries;
      bytes += range.proof.length;
      first = range.next;
      onProgress?.({ chunks: chunks.length, entries, bytes, share: first === undefined ? 1 : shareOf(first) });
      const restMs = ((clock.monotonicMs() - beganMs) * restPercent) / 100;
      await (restMs > 0 && first !== undefined ? rest(scheduler, restMs) : scheduler.yield());
    }
    const { chainId, genesisId, ancestors } = source;
    return await openSnapshot(
      await writer.finish(encodeManifest({ chainId, genesisId, header: source.header, ancestors, entries, chunks: ChunkTable.of(chunks) })),
    );
  } catch (error) {
    await writer.discard();
    throw error;
  }
}

async function proveFrom({ view, header: { header, id } }: SnapshotSource, first: Hash): Promise<RangeProof> {
  try {
    // Whoever asks this node for proofs does not end its snapshot.
    return await view.proveRange(first, { ...CHUNK_LIMITS, mayWait: true });
  } catch (error) {
    if (ChainwrightError.is(error) && error.code === "STATE_VIEW_GONE")
      throw new SnapshotViewGoneError({ height: header.height, id: Hash.key(id) }, error);
    throw error;
  }
}

/** How much of all paths lies below one. */
export function shareOf(path: Hash): number {
  return new DataView(path.buffer, path.byteOffset).getUint32(0) / 2 ** 32;
}

function rest(scheduler: Scheduler, ms: number): Promise<void> {
  return new Promise((resolve) => scheduler.after(ms, resolve));
}

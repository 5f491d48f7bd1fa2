/** Checks a snapshot on disk from its first byte to its last, without a node: linked headers, every chunk, the whole state and nothing else. */
import type { Compute, WorkerTask } from "../ports/compute.js";
import type { Scheduler } from "../ports/runtime.js";
import type { Bytes } from "../primitives/bytes.js";
import { Hash } from "../primitives/hash.js";
import { type ChunkQuestion, type ChunkVerdict, checkChunk } from "./chunk.js";
import { SnapshotDamagedError, SnapshotOtherChainError } from "./errors.js";
import { openSnapshot, readChunk, type StoredSnapshot } from "./folder.js";
import type { SnapshotProgress } from "./maker.js";
import { shareOf } from "./maker.js";
import type { Manifest } from "./manifest.js";

const TASK: WorkerTask<ChunkQuestion, ChunkVerdict> = {
  name: "snapshot-chunk",
  module: new URL(`./chunk.task${import.meta.url.endsWith(".ts") ? ".ts" : ".js"}`, import.meta.url),
};

/** Checks chunks on compute's threads, or on this one. */
export type ChunkChecker = (question: ChunkQuestion) => Promise<ChunkVerdict>;

export function chunkChecker(compute: Pick<Compute, "run"> | undefined): ChunkChecker {
  if (compute === undefined) return async (question) => checkChunk(question);
  return (question) => compute.run(TASK, question, { priority: "background" });
}

export function chunkQuestion({ header, chunks }: Manifest, index: number, proof: Bytes): ChunkQuestion {
  const chunk = chunks.at(index);
  if (chunk === undefined) throw new RangeError(`chunk ${index} of ${chunks.length}`);
  const { first, next, entries, hash } = chunk;
  return { index, stateRoot: header.header.stateRoot, first, next, entries, hash, proof };
}

export interface VerifyOptions {
  /** For pauses between chunks; without one, others have their turns while files are read. */
  readonly scheduler?: Pick<Scheduler, "yield">;
  /** Where the work is done. Default: here. */
  readonly compute?: Pick<Compute, "run">;
  /** The chain that it has to be of. */
  readonly expected?: { readonly chainId: string; readonly genesisId: Hash };
  readonly onProgress?: (progress: SnapshotProgress) => void;
  readonly signal?: AbortSignal;
  /** Takes the entries of each chunk, in order. */
  readonly onChunk?: (packed: Bytes, index: number) => Promise<void>;
}

/**
 * What a good snapshot shows: that this is the whole state of the block in its manifest. Whether that block is of the chain, it can't: compare
 * `id` with a checkpoint that you trust.
 *
 * @throws SNAPSHOT_DAMAGED, SNAPSHOT_OTHER_CHAIN; the signal's reason
 */
export async function verifySnapshot(folder: string, options: VerifyOptions = {}): Promise<StoredSnapshot> {
  const { scheduler, compute, expected, onProgress, signal, onChunk } = options;
  const snapshot = await openSnapshot(folder);
  const { manifest } = snapshot;
  if (expected !== undefined) checkChain(folder, manifest, expected);
  const check = chunkChecker(compute);
  let entries = 0;
  let bytes = 0;
  let index = 0;
  for (const record of manifest.chunks) {
    signal?.throwIfAborted();
    const verdict = await check(chunkQuestion(manifest, index, await readChunk(snapshot, index)));
    if (!verdict.good) throw new SnapshotDamagedError({ folder, part: `chunk ${index}`, reason: verdict.reason });
    await onChunk?.(verdict.packed, index);
    entries += record.entries;
    bytes += record.bytes;
    index++;
    onProgress?.({ chunks: index, entries, bytes, share: record.next === undefined ? 1 : shareOf(record.next) });
    await scheduler?.yield();
  }
  return snapshot;
}

function checkChain(folder: string, { chainId, genesisId }: Manifest, expected: NonNullable<VerifyOptions["expected"]>): void {
  const named = (chain: typeof expected) => `chain ${chain.chainId} (genesis ${Hash.key(chain.genesisId).slice(0, 16)}…)`;
  if (chainId === expected.chainId && Hash.key(genesisId) === Hash.key(expected.genesisId)) return;
  throw new SnapshotOtherChainError({ folder, found: named({ chainId, genesisId }), expected: named(expected) });
}

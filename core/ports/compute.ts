/**
 * Heavy pure work: signature batches, Merkle hashing, plugins' own tasks. One service, several engines behind it.
 *
 * Laws: the same verdicts and bytes whichever path runs (inline, pool, native, JS), batched or single, in any order.
 * Input buffers are not changed and may be read until the promise settles. Every promise settles: a dead worker, a full
 * queue and a passed deadline reject with a typed error (COMPUTE_*). Nothing here reads time or randomness that could
 * reach a verdict.
 */
import type { Bytes } from "../primitives/bytes.js";
import type { Hash } from "../primitives/hash.js";
import type { SignatureBatch } from "../primitives/signature-batch.js";

export type { SignatureBatch };

/** Who waits: `block` work overtakes `mempool` work in the queue, `background` yields to both. */
export type ComputePriority = "block" | "mempool" | "background";

export interface ComputeOptions {
  readonly priority?: ComputePriority;
  /** Rejects with COMPUTE_DEADLINE once this much time has passed in queue and work. */
  readonly deadlineMs?: number;
  readonly signal?: AbortSignal;
  /**
   * Taken even where the queue is full, within its priority's turn: for callers with a bound of their own that can't go on without it, like
   * the one block that the chain executes. Never for what outsiders send at will. Default false: COMPUTE_QUEUE_FULL.
   */
  readonly mayExceed?: boolean;
}

/** One bit an entry, entry i at bit (i & 7) of byte (i >> 3); 1 is valid. Unused high bits of the last byte are 0. */
export type VerdictBitmap = Bytes;

/** A task that runs in a worker: `module` is an ES module URL whose default export is `(input) => output`, pure. */
export interface WorkerTask<Input, Output> {
  readonly name: string;
  readonly module: URL;
  /** Type witness only. */
  readonly types?: { readonly input: Input; readonly output: Output };
}

/**
 * How `hashPairs` tags its outputs: `plain` SHA-256, or the state trie's node kinds: the top bit of byte 0 cleared
 * (`leaf`) or set (`inner`).
 */
export type HashTag = "plain" | "leaf" | "inner";

/**
 * Updates of the state trie over pages in memory, one after another, by an engine's own code: core/state/page-walk.ts drives it,
 * native/src/trie/walk.h has the work. It keeps nothing between calls but numbers: memory that it reads and writes is handed over in
 * each call. Every call is synchronous and as long as its `count` or `frames` (a page takes about half a microsecond).
 *
 * All throw NATIVE_INPUT for what does not fit (a page outside its slab, or not the one that its parent names; a path that comes
 * twice) and NATIVE_MEMORY; the update is over then.
 */
export interface TrieWalk {
  /**
   * Begins an update, whatever was before: `count` changes, columnar, 8 words (paths, value hashes) or 1 byte (1: deleted) each.
   * Page 0 is the root page, which exists if `hasRoot`.
   */
  begin(paths: Uint32Array, valueHashes: Uint32Array, deleted: Bytes, count: number, hasRoot: boolean): void;
  /**
   * Looks at the next `count` pages and answers how many pages below them were found, in the order of their numbers.
   *
   * @param places 3 words a page: index of its slab (0xffffffff: the page is new), its first word there, masks of leaves and
   * (upper half) borders
   * @param requests room for 16 words a page; gets one word a page found: number of the page above · 32 + slot · 2 + (1 if it exists)
   */
  descend(slabs: readonly Uint32Array[], places: Uint32Array, count: number, requests: Uint32Array): number;
  /**
   * Builds up to `frames` pages, from the last to the first, into `output` from word `from` on, while there is room for one of 504
   * words. Answers how many changed or went.
   *
   * @param results 4 words: pages left, words of output taken, hashes so far, 0; then 4 words a page: number, first word in `output`
   * (0xffffffff: it is gone), masks as above, mask of nodes with a hash
   */
  build(slabs: readonly Uint32Array[], output: Uint32Array, from: number, frames: number, results: Uint32Array): number;
  /** Ends the update; the walk may be given to somebody else. */
  end(): void;
}

export interface Compute {
  verifySignatures(batch: SignatureBatch, options?: ComputeOptions): Promise<VerdictBitmap>;
  /** SHA-256 of each 64-byte pair of `input` into `output` (32 bytes each); may be the same buffer's front. */
  hashPairs(input: Bytes, output: Bytes, tag: HashTag, options?: ComputeOptions): Promise<void>;
  /** The same at once, on this thread: for small levels. */
  hashPairsSync(input: Bytes, output: Bytes, tag: HashTag): void;
  /**
   * SHA-256 of `offsets.length - 1` messages, message i at `messages[offsets[i] … offsets[i + 1])`, to 32 bytes each of `output`,
   * at once on this thread. Undefined where the engine is no quicker at it than node:crypto.
   */
  readonly hashMessagesSync?: ((messages: Bytes, offsets: Uint32Array, output: Bytes) => void) | undefined;
  /** The engine's own walk over pages of the state trie, for one user until its `end`; undefined where the engine has none. */
  trieWalk?(): TrieWalk | undefined;
  /** SSZ hash_tree_root of List[Bytes32, 2^20]; `leaves` are packed 32-byte values. */
  merkleRoot(leaves: Bytes, options?: ComputeOptions): Promise<Hash>;
  /** Runs a registered task on a copy of `input` in the pool. Errors thrown by the task reject with COMPUTE_TASK_FAILED. */
  run<Input, Output>(task: WorkerTask<Input, Output>, input: Input, options?: ComputeOptions): Promise<Output>;
  readonly engine: ComputeEngineInfo;
}

/** `native`: the C++ addon; `wasm`: its portable code as WebAssembly; `js`: node:crypto and @noble. */
export type EngineKind = "native" | "wasm" | "js";

/** Which implementation of each primitive runs: `ifma`, `avx512`, `avx2`, `adx`, `sha-ni`, `portable`, or a library's name under `js`. */
export interface ComputeTiers {
  readonly ed25519: string;
  readonly sha256: string;
  readonly sha512: string;
  /** Arithmetic modulo 2,048 bits, squarings and challenge primes (`nativeModulus`): absent where it is not to be had. */
  readonly modular?: string;
}

/** What does the work, for status, metrics and `doctor`. */
export interface ComputeEngineInfo {
  readonly kind: EngineKind;
  readonly tiers: ComputeTiers;
  readonly threads: number;
  /** Why it is not the addon (or not the tier that was hoped for); absent when nothing was lost. */
  readonly fallback?: string;
}

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

export interface Compute {
  verifySignatures(batch: SignatureBatch, options?: ComputeOptions): Promise<VerdictBitmap>;
  /** SHA-256 of each 64-byte pair of `input` into `output` (32 bytes each); may be the same buffer's front. */
  hashPairs(input: Bytes, output: Bytes, tag: HashTag, options?: ComputeOptions): Promise<void>;
  /** The same at once, on this thread: for small levels. */
  hashPairsSync(input: Bytes, output: Bytes, tag: HashTag): void;
  /** SSZ hash_tree_root of List[Bytes32, 2^20]; `leaves` are packed 32-byte values. */
  merkleRoot(leaves: Bytes, options?: ComputeOptions): Promise<Hash>;
  /** Runs a registered task on a copy of `input` in the pool. Errors thrown by the task reject with COMPUTE_TASK_FAILED. */
  run<Input, Output>(task: WorkerTask<Input, Output>, input: Input, options?: ComputeOptions): Promise<Output>;
  readonly engine: ComputeEngineInfo;
}

/** `native`: the C++ addon; `wasm`: its portable code as WebAssembly; `js`: node:crypto and @noble. */
export type EngineKind = "native" | "wasm" | "js";

/** Which implementation of each primitive runs: `ifma`, `avx512`, `avx2`, `sha-ni`, `portable`, or a library's name under `js`. */
export interface ComputeTiers {
  readonly ed25519: string;
  readonly sha256: string;
  readonly sha512: string;
}

/** What does the work, for status, metrics and `doctor`. */
export interface ComputeEngineInfo {
  readonly kind: EngineKind;
  readonly tiers: ComputeTiers;
  readonly threads: number;
  /** Why it is not the addon (or not the tier that was hoped for); absent when nothing was lost. */
  readonly fallback?: string;
}

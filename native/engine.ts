/**
 * The seam between the compute service (threads, queues, deadlines) and what computes.
 *
 * An engine is synchronous, has no state that could reach a result, and is built once in each thread. All engines give
 * the same verdicts and bytes on every input; the tests hold each against @noble.
 */
import type { ComputeTiers, EngineKind, HashTag, TrieWalk } from "../core/ports/compute.js";
import type { Bytes } from "../core/primitives/bytes.js";
import type { SignatureBatch } from "../core/primitives/signature-batch.js";

export interface ComputeEngine {
  readonly kind: EngineKind;
  /** What verifies and what hashes, for status pages: `ifma`, `avx2`, `portable`, or the library's name. */
  readonly tiers: ComputeTiers;
  /** Why a faster engine, or a better tier, is not in use; absent where it is the best, or was forced. */
  readonly fallback?: string;
  /**
   * Verifies entries `from` to `to` (exclusive) of a well-formed batch under ZIP-215 and sets the bits of the valid ones
   * in `bitmap` (one bit an entry of the whole batch). Bits of refused entries stay as they are (0).
   *
   * @returns how many were valid
   * @throws NativeInputError if lengths, offsets or ranges don't fit
   */
  verify(batch: SignatureBatch, from: number, to: number, bitmap: Bytes): number;
  /**
   * SHA-256 of the 64-byte pairs `from` to `to` (exclusive) of `input`, to the same 32-byte places of `output`, tagged.
   * Works in ascending order, so that `output` may be the front of `input`.
   */
  hashPairs(input: Bytes, output: Bytes, tag: HashTag, from: number, to: number): void;
  /**
   * SHA-256 of `offsets.length - 1` messages, message i at `messages[offsets[i] … offsets[i + 1])`, to 32 bytes each of `output`,
   * which lies apart. Absent in engines that are no quicker at it than node:crypto. @throws NativeInputError, NativeMemoryError
   */
  hashMessages?(messages: Bytes, offsets: Uint32Array, output: Bytes): void;
  /**
   * Root of packed 32-byte nodes that lie `fromDepth` levels above the leaves, padded with zero subtrees up to `toDepth`
   * (at most 40; SSZ merkleization). `nodes` is not changed.
   */
  subtreeRoot(nodes: Bytes, fromDepth: number, toDepth: number): Bytes;
  /** A walk over pages of the state trie, the caller's until its `end`. Absent in engines that have none (js). @throws NativeMemoryError */
  trieWalk?(): TrieWalk;
  /** Forgets decompressed or parsed keys: for cold measurements. */
  clearKeyCache(): void;
}

/** What to build. Every field but `keyCacheEntries` may force what would be chosen. */
export interface EngineOptions {
  /** Decompressed public keys that the engine keeps (128 bytes each natively). */
  readonly keyCacheEntries: number;
  /** `auto`: the addon, else WebAssembly, else JavaScript. Anything else is that or an error. */
  readonly engine: "auto" | EngineKind;
  /** Forced tiers of the addon; absent: the best that the processor has. */
  readonly tiers?: Partial<ComputeTiers>;
}

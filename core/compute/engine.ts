/**
 * The seam between the service (threads, queues, deadlines) and what computes.
 *
 * An engine is synchronous, has no state that could reach a result, and is built once in each thread. All engines give
 * the same verdicts and bytes on every input; the tests hold each against @noble. The JS engine is the first; native
 * code joins by a kind here and a case in create-engine.ts.
 */
import type { HashTag } from "../ports/compute.js";
import type { Bytes } from "../primitives/bytes.js";
import type { SignatureBatch } from "../primitives/signature-batch.js";

export type EngineKind = "js";

export interface ComputeEngine {
  readonly kind: EngineKind;
  /** What verifies, for status pages: library and rule. */
  readonly signatures: string;
  /** What hashes. */
  readonly hashing: string;
  /**
   * Verifies entries `from` to `to` (exclusive) of a well-formed batch under ZIP-215 and sets the bits of the valid ones
   * in the batch's `bitmap`. Bits of refused entries stay as they are (0).
   *
   * @returns how many were valid
   */
  verify(batch: SignatureBatch, from: number, to: number, bitmap: Bytes): number;
  /**
   * SHA-256 of the 64-byte pairs `from` to `to` (exclusive) of `input`, to the same 32-byte places of `output`, tagged.
   * Works in ascending order, so that `output` may be the front of `input`.
   */
  hashPairs(input: Bytes, output: Bytes, tag: HashTag, from: number, to: number): void;
}

export interface EngineOptions {
  readonly keyCacheEntries: number;
}

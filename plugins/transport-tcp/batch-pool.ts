/**
 * Buffers that frames are put together in before they are written: used again and again, because allocating (and having the kernel
 * clear) a fresh one for each write costs more than filling it.
 */
import type { Bytes } from "../../core/sdk.js";
import { FRAGMENT_BYTES, HEADER_BYTES } from "./frame.js";

/** Whole fragments of a large message in one write. */
const FRAGMENTS = 2;
const BATCH_BYTES = FRAGMENTS * (HEADER_BYTES + FRAGMENT_BYTES);
/** Less than this is cheaper to allocate, and does not keep a large buffer from a busy connection. */
const POOLED_FROM_BYTES = 4_096;
/** Kept for the next one; in between, as many are in use as connections write at a time. */
const FREE_MAX = 32;

export class BatchPool {
  readonly #free: Bytes[] = [];

  /** A buffer for what waits: of just that size where it is little, else with room for a fragment at least. */
  take(waitingBytes: number): Bytes {
    if (waitingBytes < POOLED_FROM_BYTES) return Buffer.allocUnsafe(waitingBytes);
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(BATCH_BYTES);
  }

  /** Nobody looks at it any more. */
  giveBack(buffer: Bytes): void {
    if (buffer.length === BATCH_BYTES && this.#free.length < FREE_MAX) this.#free.push(buffer);
  }
}

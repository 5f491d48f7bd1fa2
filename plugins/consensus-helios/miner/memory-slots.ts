/**
 * How many mining threads may be in phase 1 at the same time: what they fill together stays within what the operator gives, whatever the
 * number of threads and however far the chain's memory has grown. The others do phases 2 and 3 meanwhile, or wait.
 *
 * A word for each slot, 0 or the number of its holder plus one. A holder that was ended in the middle leaves its slot behind; whoever comes
 * after it under the same number frees it.
 */
const MEBIBYTE_KIB = 1_024;

/** @returns what all threads share: one slot at least, since nobody could mine otherwise, and no more than threads */
export function memorySlots(limitMiB: number, memoryKiB: number, threads: number): SharedArrayBuffer {
  const slots = Math.max(1, Math.min(threads, Math.floor((limitMiB * MEBIBYTE_KIB) / memoryKiB)));
  return new SharedArrayBuffer(slots * Int32Array.BYTES_PER_ELEMENT);
}

export class MemorySlots {
  readonly #words: Int32Array;
  readonly #holder: number;

  /** @param lane number of this thread */
  constructor(shared: SharedArrayBuffer, lane: number) {
    this.#words = new Int32Array(shared);
    this.#holder = lane + 1;
    this.release();
  }

  /** Takes a slot, waiting for one for up to `patienceMs`. @returns whether it has one */
  take(patienceMs: number): boolean {
    if (this.#tryTake()) return true;
    const first = Atomics.load(this.#words, 0);
    if (first !== 0) Atomics.wait(this.#words, 0, first, patienceMs);
    return this.#tryTake();
  }

  release(): void {
    for (let slot = 0; slot < this.#words.length; slot++) {
      if (Atomics.compareExchange(this.#words, slot, this.#holder, 0) === this.#holder) Atomics.notify(this.#words, 0, 1);
    }
  }

  #tryTake(): boolean {
    for (let slot = 0; slot < this.#words.length; slot++)
      if (Atomics.compareExchange(this.#words, slot, 0, this.#holder) === 0) return true;
    return false;
  }
}

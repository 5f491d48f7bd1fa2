/** A map that forgets its oldest entries: for what is remembered of outsiders' input. */
import { assert } from "../kernel/assert.js";

export class BoundedMap<K, V> {
  readonly #entries = new Map<K, V>();
  readonly #maxCount: number;

  constructor(maxCount: number) {
    assert(Number.isSafeInteger(maxCount) && maxCount >= 0, "a bound is a whole number");
    this.#maxCount = maxCount;
  }

  get size(): number {
    return this.#entries.size;
  }

  has(key: K): boolean {
    return this.#entries.has(key);
  }

  get(key: K): V | undefined {
    return this.#entries.get(key);
  }

  /** Makes it the newest entry. */
  set(key: K, value: V): void {
    this.#entries.delete(key);
    this.#entries.set(key, value);
    if (this.#entries.size <= this.#maxCount) return;
    const oldest = this.#entries.keys().next();
    if (!oldest.done) this.#entries.delete(oldest.value);
  }

  delete(key: K): void {
    this.#entries.delete(key);
  }
}

/**
 * A bounded cache in two generations: entries begin young; when the young ones fill half of the bound, they become the
 * old ones and the former old ones go. A hit among the old ones makes an entry young again. It keeps what is used like
 * LRU does, without a list to maintain at each hit.
 */
export class GenerationCache<Key, Value> {
  #young = new Map<Key, Value>();
  #old = new Map<Key, Value>();
  #youngBytes = 0;
  #oldBytes = 0;

  /** @param sizeOf memory of an entry, bytes; the same each time that it is asked */
  constructor(
    private readonly maxBytes: number,
    private readonly sizeOf: (key: Key, value: Value) => number,
  ) {}

  /** Memory of all entries, at most about `maxBytes`. */
  get bytes(): number {
    return this.#youngBytes + this.#oldBytes;
  }

  get(key: Key): Value | undefined {
    const young = this.#young.get(key);
    if (young !== undefined) return young;
    const old = this.#old.get(key);
    if (old !== undefined) this.set(key, old);
    return old;
  }

  set(key: Key, value: Value): void {
    const before = this.#young.get(key);
    if (before !== undefined) this.#youngBytes -= this.sizeOf(key, before);
    this.#young.set(key, value);
    this.#youngBytes += this.sizeOf(key, value);
    if (this.#youngBytes * 2 <= this.maxBytes) return;
    this.#old = this.#young;
    this.#oldBytes = this.#youngBytes;
    this.#young = new Map();
    this.#youngBytes = 0;
  }

  delete(key: Key): void {
    const young = this.#young.get(key);
    if (young !== undefined) {
      this.#young.delete(key);
      this.#youngBytes -= this.sizeOf(key, young);
    }
    const old = this.#old.get(key);
    if (old !== undefined) {
      this.#old.delete(key);
      this.#oldBytes -= this.sizeOf(key, old);
    }
  }
}

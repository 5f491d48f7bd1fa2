/**
 * A sorted list in chunks: insert, delete and iteration from both ends for up to about a hundred thousand elements.
 *
 * A balanced tree would have better bounds on paper. In practice a binary search over chunk ends and one short memory
 * move within a chunk is faster and a third of the code; it needs no randomness, as a skip list would.
 *
 * The order must be total and an element's place must not change while it is inside.
 */
import { assert } from "../kernel/assert.js";

const CHUNK_MAX = 128;

export class OrderedList<T> {
  readonly #compare: (a: T, b: T) => number;
  /** No chunk is empty. */
  readonly #chunks: T[][] = [];
  #length = 0;

  constructor(compare: (a: T, b: T) => number) {
    this.#compare = compare;
  }

  get length(): number {
    return this.#length;
  }

  insert(element: T): void {
    this.#length++;
    if (this.#chunks.length === 0) {
      this.#chunks.push([element]);
      return;
    }
    const at = Math.min(this.#chunkOf(element), this.#chunks.length - 1);
    const chunk = this.#chunks[at] as T[];
    const place = this.#placeIn(chunk, element);
    // By hand: on short arrays it takes half the time of `splice`, which makes an array to answer.
    for (let i = chunk.length; i > place; i--) chunk[i] = chunk[i - 1] as T;
    chunk[place] = element;
    if (chunk.length > CHUNK_MAX) this.#chunks.splice(at + 1, 0, chunk.splice(CHUNK_MAX >> 1));
  }

  /** The element must be inside. */
  delete(element: T): void {
    const at = this.#chunkOf(element);
    const chunk = this.#chunks[at];
    const place = chunk === undefined ? -1 : this.#placeIn(chunk, element);
    assert(chunk !== undefined && chunk[place] === element, "an element is where the order says: its place did not change inside");
    chunk.splice(place, 1);
    this.#length--;
    if (chunk.length === 0) this.#chunks.splice(at, 1);
  }

  /** From the first on, or from the `offset`-th. Not to be changed meanwhile. */
  *fromFirst(offset = 0): IterableIterator<T> {
    let skip = offset;
    for (const chunk of this.#chunks) {
      if (skip >= chunk.length) {
        skip -= chunk.length;
        continue;
      }
      for (let i = skip; i < chunk.length; i++) yield chunk[i] as T;
      skip = 0;
    }
  }

  /** From the last back. Not to be changed meanwhile. */
  *fromLast(): IterableIterator<T> {
    for (let at = this.#chunks.length - 1; at >= 0; at--) {
      const chunk = this.#chunks[at] as T[];
      for (let i = chunk.length - 1; i >= 0; i--) yield chunk[i] as T;
    }
  }

  /** Index of the first chunk whose last element is not before `element`; may be one past the end. */
  #chunkOf(element: T): number {
    let low = 0;
    let high = this.#chunks.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const chunk = this.#chunks[middle] as T[];
      if (this.#compare(chunk[chunk.length - 1] as T, element) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Index of the first element of the chunk that is not before `element`. */
  #placeIn(chunk: readonly T[], element: T): number {
    let low = 0;
    let high = chunk.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#compare(chunk[middle] as T, element) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

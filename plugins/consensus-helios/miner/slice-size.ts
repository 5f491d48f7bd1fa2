/**
 * How much of a phase goes into one slice. Engines differ by a factor of thirty, and machines by another, so that no fixed number is both worth its overhead
 * and short enough for a head that moves: sizes follow what the last slice took.
 */

/** What a slice is to take. The longest part of a search that can't be interrupted is then Argon2id. */
const SLICE_MS = 2;
/** A size changes by this factor at most from one slice to the next: one that waited for the processor says little of the work. */
const CHANGE_MAX = 4;

export interface SliceBounds {
  /** Of the first slice, before anything is known. */
  readonly first: number;
  readonly least: number;
  readonly most: number;
}

export class SliceSize {
  readonly #bounds: SliceBounds;
  #size: number;

  constructor(bounds: SliceBounds) {
    this.#bounds = bounds;
    this.#size = bounds.first;
  }

  get size(): number {
    return this.#size;
  }

  /** Of a slice that did `count`: one that was cut off for another reason says how fast it is all the same. */
  took(count: number, elapsedMs: number): void {
    const { least, most } = this.#bounds;
    const fitting = elapsedMs > 0 ? Math.floor((count * SLICE_MS) / elapsedMs) : most;
    const bounded = Math.min(Math.max(fitting, Math.floor(this.#size / CHANGE_MAX)), this.#size * CHANGE_MAX);
    this.#size = Math.min(Math.max(bounded, least), most);
  }
}

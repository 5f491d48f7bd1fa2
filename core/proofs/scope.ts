/**
 * What a proof has to show: a set of paths, or an interval of them.
 *
 * Prover and verifier walk down the trie together, the one writing and the other reading. Both know from the scope, and
 * from nothing else, which nodes have to be opened: those below which something that was asked for could be. Everything
 * else is a sibling, of which only the reference is told. A *place* is what the scope has to remember of a node on the way.
 */
import { type Bytes, bitOf, compareBytes } from "./bytes.js";

export interface Scope<Place> {
  /** The place of the trie's root. */
  readonly top: Place;
  /** The place of a child of the node at `depth`; undefined: nothing below it was asked for. */
  child(place: Place, depth: number, bit: 0 | 1): Place | undefined;
}

/** The paths with indexes `first` to `end` − 1. */
export interface Span {
  readonly first: number;
  readonly end: number;
}

/** Paths in ascending order, none twice. */
export class PathSet implements Scope<Span> {
  readonly top: Span;

  private constructor(readonly paths: readonly Bytes[]) {
    this.top = { first: 0, end: paths.length };
  }

  /** @param paths one or more, 32 bytes each, in any order */
  static of(paths: Iterable<Bytes>): PathSet {
    const sorted = [...paths].sort(compareBytes);
    return new PathSet(sorted.filter((path, i) => i === 0 || compareBytes(path, sorted[i - 1] as Bytes) !== 0));
  }

  child({ first, end }: Span, depth: number, bit: 0 | 1): Span | undefined {
    // The paths share their first `depth` bits: those with a zero next come first.
    let low = first;
    let high = end;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (bitOf(this.paths[middle] as Bytes, depth) === 0) low = middle + 1;
      else high = middle;
    }
    const span = bit === 0 ? { first, end: low } : { first: low, end };
    return span.first === span.end ? undefined : span;
  }

  /** Index of a path; −1 if it is not in the span. */
  indexOf(path: Bytes, { first, end }: Span = this.top): number {
    let low = first;
    let high = end;
    while (low < high) {
      const middle = (low + high) >> 1;
      const order = compareBytes(this.paths[middle] as Bytes, path);
      if (order === 0) return middle;
      if (order < 0) low = middle + 1;
      else high = middle;
    }
    return -1;
  }
}

/** Set while the node lies on the way to the first (the last) path of the interval. */
const ON_FIRST = 1;
const ON_LAST = 2;

/** All paths from `first` to `last`, both included. */
export class PathRange implements Scope<number> {
  readonly top = ON_FIRST | ON_LAST;

  /** @param first not above `last`; 32 bytes each */
  constructor(
    readonly first: Bytes,
    readonly last: Bytes,
  ) {}

  child(place: number, depth: number, bit: 0 | 1): number | undefined {
    let below = 0;
    if ((place & ON_FIRST) !== 0) {
      const border = bitOf(this.first, depth);
      if (bit < border) return undefined;
      if (bit === border) below |= ON_FIRST;
    }
    if ((place & ON_LAST) !== 0) {
      const border = bitOf(this.last, depth);
      if (bit > border) return undefined;
      if (bit === border) below |= ON_LAST;
    }
    return below;
  }

  contains(path: Bytes): boolean {
    return compareBytes(this.first, path) <= 0 && compareBytes(path, this.last) <= 0;
  }
}

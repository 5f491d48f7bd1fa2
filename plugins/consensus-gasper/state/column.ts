/**
 * One attribute of all validators, packed: a chunk of validators a key.
 *
 * A chunk's value is its items little-endian; trailing zero items are left out, and a chunk of zeros has no entry, so that one content has
 * one encoding whatever the number of validators. Parsed chunks are kept by identity of the stored bytes, which nobody may change, for as
 * long as somebody holds these; they are never written to: what changes is a copy.
 *
 * A column works in one of two ways. By chunks (blocks): items are read and set one by one, only touched chunks are loaded, and only
 * changed ones copied and written. Flat (epochs): `flat()` hands out one array over all validators; what changed is found at commit, by
 * comparing with what was loaded.
 */
import { type Bytes, present, type StateReader, type StateWriter } from "../../../core/sdk.js";
import { StateDamagedError } from "../errors.js";
import { type ColumnArray, elementsFromBytes, elementsToBytes, lengthWithoutZeros, sameElements } from "./elements.js";
import type { StateKeys } from "./keys.js";

/** How a column's items, one a validator, are stored and held. */
export interface ColumnLayout<A extends ColumnArray> {
  readonly name: string;
  readonly column: number;
  /** Validators a chunk. */
  readonly chunkItems: number;
  /** Array elements a validator. */
  readonly width: number;
  /** Stored bytes of an element. */
  readonly elementBytes: number;
  create(elements: number): A;
  /** A chunk without content, shared by all columns of the layout: never written to. */
  readonly zeros: A;
}

/** @param elementBytes stored bytes of an element, 1, 2, 4 or 8 (a safe integer) */
export function columnLayout<A extends ColumnArray>(
  name: string,
  column: number,
  [chunkItems, width, elementBytes]: readonly [number, number, number],
  create: (elements: number) => A,
): ColumnLayout<A> {
  return { name, column, chunkItems, width, elementBytes, create, zeros: create(chunkItems * width) };
}

/** Parsed chunks by the bytes that they were parsed from, each of one layout: a key belongs to one column. */
const parsed = new WeakMap<Bytes, ColumnArray>();

export class PackedColumn<A extends ColumnArray> {
  readonly #reader: StateReader;
  readonly #keys: StateKeys;
  readonly #layout: ColumnLayout<A>;
  readonly #column: number;
  readonly #chunkElements: number;
  readonly #zeros: A;
  /** Chunks as they are in state. */
  #loaded: (A | undefined)[] = [];
  /** Copies that were written to. */
  #changed: (A | undefined)[] = [];
  #flat: A | undefined;
  /** Nothing of what state holds counts: the column was cleared. */
  #isCleared = false;

  /** @param column another number than the layout's: flags have two columns */
  constructor(reader: StateReader, keys: StateKeys, layout: ColumnLayout<A>, column: number = layout.column) {
    this.#reader = reader;
    this.#keys = keys;
    this.#layout = layout;
    this.#column = column;
    this.#chunkElements = layout.chunkItems * layout.width;
    this.#zeros = layout.zeros;
  }

  /** Element `index`: with a width of 1, that of validator `index`. */
  get(index: number): number {
    const flat = this.#flat;
    if (flat !== undefined) return flat[index] ?? 0;
    const chunk = Math.floor(index / this.#chunkElements);
    return (this.#changed[chunk] ?? this.#load(chunk))[index - chunk * this.#chunkElements] as number;
  }

  set(index: number, value: number): void {
    if (this.#flat !== undefined) {
      this.#reserve(index + 1);
      (this.#flat as A)[index] = value;
      return;
    }
    const chunk = Math.floor(index / this.#chunkElements);
    let copy = this.#changed[chunk];
    if (copy === undefined) {
      copy = this.#load(chunk).slice() as A;
      this.#changed[chunk] = copy;
    }
    copy[index - chunk * this.#chunkElements] = value;
  }

  /** Elements [from, to) as a copy. */
  slice(from: number, to: number): A {
    const out = this.#layout.create(to - from);
    for (let index = from; index < to; index++) out[index - from] = this.get(index);
    return out;
  }

  /** Sets elements from `index` on. */
  put(index: number, values: ArrayLike<number>): void {
    for (let i = 0; i < values.length; i++) this.set(index + i, values[i] as number);
  }

  /**
   * The array of all validators, to be read and written in place. It is longer than asked for (whole chunks), and another one after a
   * validator was added beyond its end.
   */
  flat(validators: number): A {
    this.#reserve(validators * this.#layout.width);
    return this.#flat as A;
  }

  /** The elements of one chunk as they are now; not to be changed. */
  chunk(chunk: number): A {
    if (this.#flat === undefined) return this.#changed[chunk] ?? this.#load(chunk);
    this.#reserve((chunk + 1) * this.#chunkElements);
    return this.#chunkOfFlat(chunk);
  }

  /**
   * All chunks one after another: their elements (not to be changed), and which validators they are of. Takes no memory of its own: states
   * that are only read share what they have in common.
   */
  eachChunk(validators: number, visit: (items: A, first: number, count: number) => void): void {
    const { chunkItems } = this.#layout;
    for (let first = 0; first < validators; first += chunkItems)
      visit(this.chunk(first / chunkItems), first, Math.min(chunkItems, validators - first));
  }

  /** Makes everything zero. */
  clear(validators: number): void {
    for (let chunk = 0; chunk < this.#chunksOf(validators * this.#layout.width); chunk++) this.#load(chunk);
    this.#isCleared = true;
    this.#changed = [];
    this.#flat?.fill(0);
  }

  /** The elements that differ from what state holds are written; afterwards this is what state holds. */
  commit(writer: StateWriter): void {
    const chunks =
      this.#flat === undefined
        ? Math.max(this.#changed.length, this.#isCleared ? this.#loaded.length : 0)
        : this.#flat.length / this.#chunkElements;
    for (let chunk = 0; chunk < chunks; chunk++) {
      const base = this.#loaded[chunk] ?? this.#zeros;
      const now = this.#flat === undefined ? (this.#changed[chunk] ?? (this.#isCleared ? this.#zeros : base)) : this.#chunkOfFlat(chunk);
      if (now === base || sameElements(now, base)) continue;
      const bytes = this.#encode(now);
      const key = this.#keys.chunk(this.#column, chunk);
      if (bytes.length === 0) {
        writer.delete(key);
        this.#loaded[chunk] = this.#zeros;
      } else {
        const kept = this.#flat === undefined ? now : (now.slice() as A);
        writer.set(key, bytes);
        parsed.set(bytes, kept);
        this.#loaded[chunk] = kept;
      }
    }
    this.#changed = [];
    this.#isCleared = false;
  }

  #chunksOf(elements: number): number {
    return Math.ceil(elements / this.#chunkElements);
  }

  #chunkOfFlat(chunk: number): A {
    return present(this.#flat, "the column is flat").subarray(chunk * this.#chunkElements, (chunk + 1) * this.#chunkElements) as A;
  }

  #reserve(elements: number): void {
    const old = this.#flat;
    if (old !== undefined && elements <= old.length) return;
    const chunks = Math.max(1, this.#chunksOf(elements));
    const flat = this.#layout.create(chunks * this.#chunkElements);
    if (old !== undefined) {
      flat.set(old);
    } else {
      for (let chunk = 0; chunk < chunks; chunk++) flat.set(this.#changed[chunk] ?? this.#load(chunk), chunk * this.#chunkElements);
      this.#changed = [];
    }
    this.#flat = flat;
  }

  /** The chunk as state holds it; never written to. */
  #load(chunk: number): A {
    let items = this.#loaded[chunk];
    if (items === undefined) {
      const bytes = this.#reader.get(this.#keys.chunk(this.#column, chunk));
      items = bytes === undefined ? this.#zeros : this.#parse(bytes);
      this.#loaded[chunk] = items;
    }
    return this.#isCleared ? this.#zeros : items;
  }

  #parse(bytes: Bytes): A {
    const known = parsed.get(bytes);
    if (known !== undefined) return known as A;
    const { elementBytes, width, name } = this.#layout;
    if (bytes.length % (elementBytes * width) !== 0 || bytes.length > this.#chunkElements * elementBytes)
      throw new StateDamagedError({ what: `chunk of ${name}`, reason: `it has ${bytes.length} bytes` });
    const items = this.#layout.create(this.#chunkElements);
    elementsFromBytes(bytes, items);
    parsed.set(bytes, items);
    return items;
  }

  #encode(items: A): Bytes {
    const { elementBytes, width } = this.#layout;
    const bytes = elementsToBytes(items);
    const length = lengthWithoutZeros(bytes, elementBytes * width);
    // A value that is kept for long must not hold memory that nobody reads.
    return length === bytes.length ? bytes : bytes.slice(0, length);
  }
}

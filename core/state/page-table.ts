/**
 * A map from page ids to pages without an object for each: open addressing over columns of numbers.
 *
 * A block of 10,000 keys changes some 25,000 pages. As objects in a Map they survive, so the collector copies each twice and
 * marks it ever after; here it sees a few arrays. A page is made as an object when somebody asks for it, and two of them for the
 * same page are not identical: `samePage` tells.
 *
 * Ids that are text (pages 13 levels down and more, which hashes never reach) are in a Map beside.
 */
import { Page, type PageId, type Slab } from "./page.js";

/** Pages by id; null: there is no such page any more. A Map is one, too. */
export interface PageLayer {
  readonly size: number;
  get(id: PageId): Page | null | undefined;
  keys(): IterableIterator<PageId>;
  [Symbol.iterator](): IterableIterator<[PageId, Page | null]>;
}

const GONE = 0xffffffff;
/** No page has this id: what the row of a deleted page says. */
const NO_ID = 0;
const ROWS_MIN = 16;
const HASH_FACTOR = 0x9e3779b1 | 0;
const HIGH_FACTOR = 0x85ebca6b | 0;

/** Memory of a page in a table, beside its words, and in the index of the tip: 24 a row and 8 for its bucket, a third unused. */
export const ROW_BYTES = 100;

export function samePage(a: Page | null | undefined, b: Page | null | undefined): boolean {
  return a === b || (a != null && b != null && a.slab === b.slab && a.offset === b.offset);
}

export class PageTable implements PageLayer {
  /** By hash: a row and one, or 0. At most half full. Rows that were deleted stay until it is made anew. */
  #buckets: Int32Array;
  #shift: number;
  /** Rows, in the order in which they came; some deleted. */
  #ids: Float64Array;
  /** Leaves, and borders in the upper half. */
  #masks: Uint32Array;
  #present: Int32Array;
  #slabOf: Int32Array;
  #offsets: Uint32Array;
  #rows = 0;
  #live = 0;
  /** Slabs, how many rows lie in each, and numbers that are free. */
  readonly #slabs: (Slab | undefined)[] = [];
  readonly #slabRows: number[] = [];
  readonly #freeSlabs: number[] = [];
  readonly #slabNumbers = new Map<Slab, number>();
  /** The last one that was asked for: neighbours lie together. */
  #lastNumber = 0;
  readonly #texts = new Map<string, Page | null>();

  /** @param expected how many pages it will have, as far as that is known */
  constructor(expected = ROWS_MIN) {
    let rows = ROWS_MIN;
    while (rows < expected) rows *= 2;
    this.#ids = new Float64Array(rows);
    this.#masks = new Uint32Array(rows);
    this.#present = new Int32Array(rows);
    this.#slabOf = new Int32Array(rows);
    this.#offsets = new Uint32Array(rows);
    this.#buckets = new Int32Array(2 * rows);
    this.#shift = Math.clz32(2 * rows) + 1;
  }

  get size(): number {
    return this.#live + this.#texts.size;
  }

  /** How many slabs it keeps alive. */
  get slabs(): number {
    return this.#slabNumbers.size;
  }

  get(id: PageId): Page | null | undefined {
    if (typeof id === "string") return this.#texts.get(id);
    const row = this.#rowOf(id);
    return row < 0 ? undefined : this.#pageAt(row);
  }

  set(id: PageId, page: Page | null): void {
    if (typeof id === "string") this.#texts.set(id, page);
    else if (page === null) this.#put(id, 0, 0, -1, GONE);
    else this.#put(id, page.leafMask | (page.innerMask << 16), page.present, this.#numberOf(page.slab), page.offset);
  }

  delete(id: PageId): void {
    if (typeof id === "string") {
      this.#texts.delete(id);
      return;
    }
    const row = this.#rowOf(id);
    if (row < 0) return;
    this.#release(this.#slabOf[row] as number);
    this.#ids[row] = NO_ID;
    this.#live--;
  }

  /** Takes over all of `layer`, over what was there. */
  setAll(layer: PageLayer): void {
    if (!(layer instanceof PageTable)) {
      for (const [id, page] of layer) this.set(id, page);
      return;
    }
    // Each counts as used until we are done: no number is given away because its last row here was replaced.
    const numbers = layer.#slabs.map((slab) => (slab === undefined ? -1 : this.#hold(slab)));
    for (let row = 0; row < layer.#rows; row++) {
      const id = layer.#ids[row] as number;
      if (id === NO_ID) continue;
      const number = layer.#slabOf[row] as number;
      const at = number < 0 ? -1 : (numbers[number] as number);
      this.#put(id, layer.#masks[row] as number, layer.#present[row] as number, at, layer.#offsets[row] as number);
    }
    for (const number of numbers) this.#release(number);
    for (const [id, page] of layer.#texts) this.#texts.set(id, page);
  }

  /** As `set` of such a page, which need not be made. @param masks leaves, and borders in the upper half */
  place(id: PageId, masks: number, present: number, slab: Slab, offset: number): void {
    if (typeof id === "string") this.#texts.set(id, new Page(masks & 0xffff, masks >>> 16, present, slab, offset));
    else this.#put(id, masks, present, this.#numberOf(slab), offset);
  }

  *keys(): IterableIterator<PageId> {
    for (let row = 0; row < this.#rows; row++) {
      const id = this.#ids[row] as number;
      if (id !== NO_ID) yield id;
    }
    yield* this.#texts.keys();
  }

  *[Symbol.iterator](): IterableIterator<[PageId, Page | null]> {
    for (let row = 0; row < this.#rows; row++) {
      const id = this.#ids[row] as number;
      if (id !== NO_ID) yield [id, this.#pageAt(row)];
    }
    yield* this.#texts;
  }

  #pageAt(row: number): Page | null {
    const number = this.#slabOf[row] as number;
    if (number < 0) return null;
    const masks = this.#masks[row] as number;
    return new Page(masks & 0xffff, masks >>> 16, this.#present[row] as number, this.#slabs[number] as Slab, this.#offsets[row] as number);
  }

  #bucketOf(id: number): number {
    const high = (id / 0x1_0000_0000) | 0;
    return Math.imul((id | 0) ^ Math.imul(high, HIGH_FACTOR), HASH_FACTOR) >>> this.#shift;
  }

  #rowOf(id: number): number {
    const buckets = this.#buckets;
    const last = buckets.length - 1;
    for (let at = this.#bucketOf(id); ; at = (at + 1) & last) {
      const row = (buckets[at] as number) - 1;
      if (row < 0 || this.#ids[row] === id) return row;
    }
  }

  #put(id: number, masks: number, present: number, slab: number, offset: number): void {
    let row = this.#rowOf(id);
    if (slab >= 0) this.#slabRows[slab] = (this.#slabRows[slab] as number) + 1;
    if (row >= 0) this.#release(this.#slabOf[row] as number);
    else {
      if (this.#rows === this.#ids.length) this.#rebuild();
      row = this.#rows++;
      this.#live++;
      this.#ids[row] = id;
      this.#enter(id, row);
    }
    this.#masks[row] = masks;
    this.#present[row] = present;
    this.#slabOf[row] = slab;
    this.#offsets[row] = offset;
  }

  #enter(id: number, row: number): void {
    const buckets = this.#buckets;
    const last = buckets.length - 1;
    let at = this.#bucketOf(id);
    while (buckets[at] !== 0) at = (at + 1) & last;
    buckets[at] = row + 1;
  }

  /** Leaves out the deleted rows; twice the room, if that is not enough. */
  #rebuild(): void {
    const before = { ids: this.#ids, masks: this.#masks, present: this.#present, slabOf: this.#slabOf, offsets: this.#offsets };
    const rows = this.#live * 4 > this.#ids.length * 3 ? this.#ids.length * 2 : this.#ids.length;
    this.#ids = new Float64Array(rows);
    this.#masks = new Uint32Array(rows);
    this.#present = new Int32Array(rows);
    this.#slabOf = new Int32Array(rows);
    this.#offsets = new Uint32Array(rows);
    this.#buckets = new Int32Array(2 * rows);
    this.#shift = Math.clz32(2 * rows) + 1;
    let to = 0;
    for (let row = 0; row < this.#rows; row++) {
      const id = before.ids[row] as number;
      if (id === NO_ID) continue;
      this.#ids[to] = id;
      this.#masks[to] = before.masks[row] as number;
      this.#present[to] = before.present[row] as number;
      this.#slabOf[to] = before.slabOf[row] as number;
      this.#offsets[to] = before.offsets[row] as number;
      this.#enter(id, to++);
    }
    this.#rows = to;
  }

  #hold(slab: Slab): number {
    const number = this.#numberOf(slab);
    this.#slabRows[number] = (this.#slabRows[number] as number) + 1;
    return number;
  }

  #numberOf(slab: Slab): number {
    if (slab === this.#slabs[this.#lastNumber]) return this.#lastNumber;
    const number = this.#knownNumberOf(slab);
    this.#lastNumber = number;
    return number;
  }

  #knownNumberOf(slab: Slab): number {
    const known = this.#slabNumbers.get(slab);
    if (known !== undefined) return known;
    const number = this.#freeSlabs.pop() ?? this.#slabs.length;
    this.#slabs[number] = slab;
    this.#slabRows[number] = 0;
    this.#slabNumbers.set(slab, number);
    return number;
  }

  /** One row less lies in this slab: nobody keeps it alive for the last one's sake. */
  #release(number: number): void {
    if (number < 0) return;
    const rows = (this.#slabRows[number] as number) - 1;
    this.#slabRows[number] = rows;
    if (rows > 0) return;
    const slab = this.#slabs[number];
    if (slab !== undefined) this.#slabNumbers.delete(slab);
    this.#slabs[number] = undefined;
    this.#freeSlabs.push(number);
  }
}

/**
 * A map from page ids to pages without an object for each: open addressing over columns of numbers.
 *
 * A block of 10,000 keys changes some 25,000 pages. As objects in a Map they survive, so the collector copies each twice and
 * marks it ever after; here it sees a few arrays. A row is eight words side by side, as what a look-up costs is the memory that it has to wait for. A page is made as an object when somebody asks for it, and two of them for the
 * same page are not identical: `samePage` tells.
 *
 * Ids that are text (pages 13 levels down and more, which hashes never reach) are in a Map beside.
 */
import type { Slicer } from "../ports/runtime.js";
import { Page, type PageId } from "./page.js";
import type { Slab } from "./slab.js";

/** Pages by id; null: there is no such page any more. A Map is one, too. */
export interface PageLayer {
  readonly size: number;
  get(id: PageId): Page | null | undefined;
  keys(): IterableIterator<PageId>;
  [Symbol.iterator](): IterableIterator<[PageId, Page | null]>;
  /** Nobody asks it any more: lets go of what it holds. */
  close?(): void;
}

/** Pages that are visited between two looks at the clock. */
const VISITED_AT_ONCE = 32;
/** Rows that are copied between two looks at the clock: some tenths of a millisecond. */
const ROWS_AT_ONCE = 1024;

/** Shows all pages of a layer, with pauses; it is not to be changed meanwhile. Where it is a table, nothing but the pages is made for that. */
export async function visitPages(layer: PageLayer, slicer: Slicer, visit: (id: PageId, page: Page | null) => void): Promise<void> {
  if (layer instanceof PageTable) {
    for (let row = 0; row >= 0; ) {
      row = layer.visit(row, VISITED_AT_ONCE, visit);
      if (slicer.due()) await slicer.pause();
    }
    return;
  }
  let visited = 0;
  for (const [id, page] of layer) {
    visit(id, page);
    if (++visited % VISITED_AT_ONCE === 0 && slicer.due()) await slicer.pause();
  }
}

const ROWS_MIN = 16;
const HASH_FACTOR = 0x9e3779b1 | 0;
const HIGH_FACTOR = 0x85ebca6b | 0;

/**
 * Words of a row: the id's lower and upper half (no page has the id 0: what the row of a deleted page says), leaves with borders in
 * the upper half, nodes with hashes, the slab's number and one (0: the page is gone), the offset in it. Two to a line of cache.
 */
const ROW_WORDS = 8;
const [HIGH, MASKS, PRESENT, SLAB, OFFSET] = [1, 2, 3, 4, 5] as const;

/** Memory of a page in a table, beside its words, and in the index of the tip: 32 a row and 8 for its bucket, a third unused. */
export const ROW_BYTES = 120;

export function samePage(a: Page | null | undefined, b: Page | null | undefined): boolean {
  return a === b || (a != null && b != null && a.slab === b.slab && a.offset === b.offset);
}

/** Look-ups that are announced together. */
export const EXPECTED_MAX = 256;
const expectedRows = new Int32Array(EXPECTED_MAX);

const upperHalf = (id: number) => (id < 0x1_0000_0000 ? 0 : Math.floor(id / 0x1_0000_0000));

export class PageTable implements PageLayer {
  /** By hash: a row and one, or 0. At most half full. Rows that were deleted stay until it is made anew. */
  #buckets = new Int32Array(0);
  #shift = 0;
  /** In the order in which they came; some deleted. */
  #words = new Uint32Array(0);
  #rows = 0;
  #live = 0;
  /** Slabs, each held as long as a row lies in it, how many rows those are, and numbers that are free. */
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
    this.#make(rows);
  }

  #make(rows: number): void {
    this.#words = new Uint32Array(rows * ROW_WORDS);
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
    const at = this.#find(id);
    return at < 0 ? undefined : this.#pageAt(at);
  }

  set(id: PageId, page: Page | null): void {
    if (typeof id === "string") this.#setText(id, page);
    else if (page === null) this.#put(id, 0, 0, -1, 0);
    else this.#put(id, page.leafMask | (page.innerMask << 16), page.present, this.#numberOf(page.slab), page.offset);
  }

  delete(id: PageId): void {
    if (typeof id === "string") {
      this.#setText(id, null);
      this.#texts.delete(id);
      return;
    }
    const at = this.#find(id);
    if (at < 0) return;
    this.#release((this.#words[at + SLAB] as number) - 1);
    this.#words[at] = 0;
    this.#words[at + HIGH] = 0;
    this.#live--;
  }

  /** Takes over all of `layer`, over what was there. */
  setAll(layer: PageLayer): void {
    if (!(layer instanceof PageTable)) {
      for (const [id, page] of layer) this.set(id, page);
      return;
    }
    const numbers = this.#holdSlabsOf(layer);
    this.#setRows(layer, numbers, 0, layer.#rows);
    this.#letGo(layer, numbers);
  }

  /** The same with pauses, for a table that nobody reads yet. */
  async setAllInSlices(layer: PageLayer, slicer: Slicer): Promise<void> {
    if (!(layer instanceof PageTable)) return visitPages(layer, slicer, (id, page) => this.set(id, page));
    const numbers = this.#holdSlabsOf(layer);
    for (let row = 0; row < layer.#rows; row += ROWS_AT_ONCE) {
      this.#setRows(layer, numbers, row, Math.min(layer.#rows, row + ROWS_AT_ONCE));
      if (slicer.due()) await slicer.pause();
    }
    this.#letGo(layer, numbers);
  }

  /** By the numbers there, those here. Each counts as used until we are done: none is given away because its last row here was replaced. */
  #holdSlabsOf(layer: PageTable): number[] {
    return layer.#slabs.map((slab) => (slab === undefined ? -1 : this.#hold(slab)));
  }

  #letGo(layer: PageTable, numbers: readonly number[]): void {
    for (const number of numbers) this.#release(number);
    for (const [id, page] of layer.#texts) this.#setText(id, page);
  }

  #setRows(layer: PageTable, numbers: readonly number[], from: number, to: number): void {
    const words = layer.#words;
    for (let at = from * ROW_WORDS; at < to * ROW_WORDS; at += ROW_WORDS) {
      const id = idAt(words, at);
      if (id === 0) continue;
      const slab = words[at + SLAB] as number;
      const number = slab === 0 ? -1 : (numbers[slab - 1] as number);
      this.#put(id, words[at + MASKS] as number, words[at + PRESENT] as number, number, words[at + OFFSET] as number);
    }
  }

  /**
   * Look-ups of the first `count` pages come next: brings what they read near. Each waits for memory twice, and alone for both; here
   * the processor asks for many at once. Ids that are text are not numbers and may be anything.
   *
   * @param count at most EXPECTED_MAX
   */
  expect(ids: Float64Array, count: number): void {
    const buckets = this.#buckets;
    for (let i = 0; i < count; i++) {
      const id = ids[i] as number;
      expectedRows[i] = buckets[this.#bucketOf(id >>> 0, upperHalf(id))] as number;
    }
    let seen = 0;
    const words = this.#words;
    for (let i = 0; i < count; i++) {
      const row = expectedRows[i] as number;
      if (row > 0) seen ^= words[(row - 1) * ROW_WORDS] as number;
    }
    // Used, lest the compiler should find that nobody needs it.
    expectedRows[0] = seen;
  }

  /** As `set` of such a page, which need not be made. @param masks leaves, and borders in the upper half */
  place(id: PageId, masks: number, present: number, slab: Slab, offset: number): void {
    if (typeof id === "string") this.#setText(id, new Page(masks & 0xffff, masks >>> 16, present, slab, offset));
    else this.#put(id, masks, present, this.#numberOf(slab), offset);
  }

  /** Forgets all. */
  close(): void {
    for (const slab of this.#slabNumbers.keys()) slab.release();
    this.#slabNumbers.clear();
    this.#slabs.length = this.#slabRows.length = this.#freeSlabs.length = 0;
    this.#lastNumber = 0;
    this.#texts.clear();
    this.#make(ROWS_MIN);
    this.#rows = this.#live = 0;
  }

  *keys(): IterableIterator<PageId> {
    for (let at = 0; at < this.#rows * ROW_WORDS; at += ROW_WORDS) {
      const id = idAt(this.#words, at);
      if (id !== 0) yield id;
    }
    yield* this.#texts.keys();
  }

  *[Symbol.iterator](): IterableIterator<[PageId, Page | null]> {
    for (let at = 0; at < this.#rows * ROW_WORDS; at += ROW_WORDS) {
      const id = idAt(this.#words, at);
      if (id !== 0) yield [id, this.#pageAt(at)];
    }
    yield* this.#texts;
  }

  /** Shows `count` rows from `row` on; those with names come with the last. Answers the row to go on with, -1: that was all. */
  visit(row: number, count: number, visit: (id: PageId, page: Page | null) => void): number {
    const end = Math.min(this.#rows, row + count);
    for (let at = row * ROW_WORDS; at < end * ROW_WORDS; at += ROW_WORDS) {
      const id = idAt(this.#words, at);
      if (id !== 0) visit(id, this.#pageAt(at));
    }
    if (end < this.#rows) return end;
    for (const [id, page] of this.#texts) visit(id, page);
    return -1;
  }

  #pageAt(at: number): Page | null {
    const words = this.#words;
    const slab = words[at + SLAB] as number;
    if (slab === 0) return null;
    const masks = words[at + MASKS] as number;
    const nodes = (words[at + PRESENT] as number) | 0;
    return new Page(masks & 0xffff, masks >>> 16, nodes, this.#slabs[slab - 1] as Slab, words[at + OFFSET] as number);
  }

  #setText(id: string, page: Page | null): void {
    const before = this.#texts.get(id);
    if (page !== null) this.#hold(page.slab);
    if (before != null) this.#release(this.#numberOf(before.slab));
    this.#texts.set(id, page);
  }

  #bucketOf(low: number, high: number): number {
    return Math.imul(low ^ Math.imul(high, HIGH_FACTOR), HASH_FACTOR) >>> this.#shift;
  }

  /** Where the row of a page begins; -1: it has none. */
  #find(id: number): number {
    const buckets = this.#buckets;
    const words = this.#words;
    const last = buckets.length - 1;
    const low = id >>> 0;
    const high = upperHalf(id);
    for (let bucket = this.#bucketOf(low, high); ; bucket = (bucket + 1) & last) {
      const row = buckets[bucket] as number;
      if (row === 0) return -1;
      const at = (row - 1) * ROW_WORDS;
      if (words[at] === low && words[at + HIGH] === high) return at;
    }
  }

  #put(id: number, masks: number, present: number, slab: number, offset: number): void {
    let at = this.#find(id);
    if (slab >= 0) this.#slabRows[slab] = (this.#slabRows[slab] as number) + 1;
    if (at >= 0) this.#release((this.#words[at + SLAB] as number) - 1);
    else {
      if (this.#rows * ROW_WORDS === this.#words.length) this.#rebuild();
      at = this.#rows++ * ROW_WORDS;
      this.#live++;
      this.#words[at] = id >>> 0;
      this.#words[at + HIGH] = upperHalf(id);
      this.#enter(at);
    }
    const words = this.#words;
    words[at + MASKS] = masks;
    words[at + PRESENT] = present;
    words[at + SLAB] = slab + 1;
    words[at + OFFSET] = offset;
  }

  #enter(at: number): void {
    const buckets = this.#buckets;
    const last = buckets.length - 1;
    let bucket = this.#bucketOf(this.#words[at] as number, this.#words[at + HIGH] as number);
    while (buckets[bucket] !== 0) bucket = (bucket + 1) & last;
    buckets[bucket] = at / ROW_WORDS + 1;
  }

  /** Leaves out the deleted rows; twice the room, if that is not enough. */
  #rebuild(): void {
    const before = this.#words;
    const room = before.length / ROW_WORDS;
    this.#make(this.#live * 4 > room * 3 ? room * 2 : room);
    let to = 0;
    for (let at = 0; at < this.#rows * ROW_WORDS; at += ROW_WORDS) {
      if (idAt(before, at) === 0) continue;
      for (let word = 0; word < ROW_WORDS; word++) this.#words[to + word] = before[at + word] as number;
      this.#enter(to);
      to += ROW_WORDS;
    }
    this.#rows = to / ROW_WORDS;
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
    slab.hold();
    return number;
  }

  /** One row less lies in this slab: nobody keeps it alive for the last one's sake. */
  #release(number: number): void {
    if (number < 0) return;
    const rows = (this.#slabRows[number] as number) - 1;
    this.#slabRows[number] = rows;
    if (rows > 0) return;
    const slab = this.#slabs[number];
    if (slab !== undefined) {
      this.#slabNumbers.delete(slab);
      slab.release();
    }
    this.#slabs[number] = undefined;
    this.#freeSlabs.push(number);
  }
}

function idAt(words: Uint32Array, at: number): number {
  return (words[at + HIGH] as number) * 0x1_0000_0000 + (words[at] as number);
}

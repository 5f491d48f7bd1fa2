/**
 * Pages of the disk's version, bounded in bytes. Two generations as in bytes-cache.ts. A generation counts the whole
 * slabs in which its pages lie, the parts that nobody uses any more as well, since those take memory, too: dropping the old
 * generation frees exactly what it counted.
 *
 * Pages enter in three ways: decoded right into the young generation's arena (`arena`, `keep`); with the slabs of an overlay
 * that is flushed as it is (`adopt`: nothing is copied); as a copy, where most of the slab they come from is of no use (`set`).
 * A hit among the old ones copies the page to the young ones.
 */
import { Page, type PageId, pageWords } from "./page.js";
import { PageTable, ROW_BYTES } from "./page-table.js";
import { Arena, type Slab, SlabPool } from "./slab.js";

class Generation {
  readonly pages = new PageTable();
  readonly arena: Arena;
  /** All of them are held. */
  readonly #slabs = new Set<Slab>();
  #adoptedBytes = 0;

  constructor(slabs: SlabPool) {
    this.arena = new Arena(undefined, slabs);
  }

  get bytes(): number {
    return this.arena.bytes + this.#adoptedBytes + this.pages.size * ROW_BYTES;
  }

  /** A slab of its arena. */
  hold(slab: Slab): boolean {
    if (this.#slabs.has(slab)) return false;
    this.#slabs.add(slab);
    slab.hold();
    return true;
  }

  /** A slab from elsewhere. */
  adopt(slab: Slab): void {
    if (this.hold(slab)) this.#adoptedBytes += slab.words.byteLength;
  }

  close(): void {
    this.pages.close();
    for (const slab of this.#slabs) slab.release();
    this.#slabs.clear();
  }
}

export class PageCache {
  readonly slabs: SlabPool;
  #young: Generation;
  #old: Generation;

  constructor(private readonly maxBytes: number) {
    this.slabs = new SlabPool(maxBytes);
    this.#young = new Generation(this.slabs);
    this.#old = new Generation(this.slabs);
  }

  /** Memory of all pages and of slabs that wait for more: at most `maxBytes`, and what the last page took (a slab). */
  get bytes(): number {
    return this.#pageBytes + this.slabs.bytes;
  }

  get #pageBytes(): number {
    return this.#young.bytes + this.#old.bytes;
  }

  /** Slabs that nobody holds any more may be used again, as many as there is room for. Only while nobody has a page in hand. */
  reclaim(): void {
    this.slabs.reclaim();
    this.#trim();
  }

  get(id: PageId): Page | undefined {
    const young = this.#young.pages.get(id);
    if (young != null) return young;
    const old = this.#old.pages.get(id);
    return old == null ? undefined : this.set(id, old);
  }

  /** The page as it lies, which this does not count as use: an update replaces what it looks at, so keeping it would be in vain. */
  peek(id: PageId): Page | undefined {
    return this.#young.pages.get(id) ?? this.#old.pages.get(id) ?? undefined;
  }

  /** `get` or `peek` of these come next. */
  expect(ids: Float64Array, count: number): void {
    this.#young.pages.expect(ids, count);
    this.#old.pages.expect(ids, count);
  }

  /** Where a page that is to be kept next is made. */
  get arena(): Arena {
    this.#makeRoom();
    return this.#young.arena;
  }

  /** Keeps a page that was made in `arena` just now. */
  keep(id: PageId, page: Page): Page {
    this.#young.hold(page.slab);
    this.#young.pages.set(id, page);
    return page;
  }

  /** Keeps a page with the slab in which it lies. */
  adopt(id: PageId, page: Page): void {
    this.#makeRoom();
    this.#young.adopt(page.slab);
    this.#young.pages.set(id, page);
  }

  /** Keeps a copy of `page` and answers it. */
  set(id: PageId, page: Page): Page {
    this.#makeRoom();
    const count = pageWords(page.leafMask, page.present);
    const { arena } = this.#young;
    const offset = arena.allocate(count);
    arena.words.set(page.words.subarray(page.offset, page.offset + count), offset);
    return this.keep(id, new Page(page.leafMask, page.innerMask, page.present, arena.slab, offset));
  }

  delete(id: PageId): void {
    this.#young.pages.delete(id);
    this.#old.pages.delete(id);
  }

  #makeRoom(): void {
    if (this.#young.bytes * 2 > this.maxBytes) {
      this.#old.close();
      this.#old = this.#young;
      this.#young = new Generation(this.slabs);
    }
    this.#trim();
  }

  #trim(): void {
    this.slabs.trim(Math.max(0, this.maxBytes - this.#pageBytes));
  }
}

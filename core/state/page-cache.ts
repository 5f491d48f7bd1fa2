/**
 * Pages of the disk's version, bounded in bytes. Two generations as in generation-cache.ts, each with its own arena: a
 * page is copied into the young arena when it enters and when it is hit among the old ones, so that dropping the old
 * generation frees exactly its slabs.
 */
import { Arena, PAGE_OVERHEAD_BYTES, Page, type PageId, pageWords } from "./page.js";

class Generation {
  readonly pages = new Map<PageId, Page>();
  readonly arena = new Arena();

  get bytes(): number {
    return this.arena.bytes + this.pages.size * PAGE_OVERHEAD_BYTES;
  }
}

export class PageCache {
  #young = new Generation();
  #old = new Generation();

  constructor(private readonly maxBytes: number) {}

  get bytes(): number {
    return this.#young.bytes + this.#old.bytes;
  }

  get(id: PageId): Page | undefined {
    const young = this.#young.pages.get(id);
    if (young !== undefined) return young;
    const old = this.#old.pages.get(id);
    return old === undefined ? undefined : this.set(id, old);
  }

  /** Keeps a copy of `page` and answers it. */
  set(id: PageId, page: Page): Page {
    if (this.#young.bytes * 2 > this.maxBytes) {
      this.#old = this.#young;
      this.#young = new Generation();
    }
    const count = pageWords(page.leafMask, page.present);
    const { arena, pages } = this.#young;
    const offset = arena.allocate(count);
    arena.words.set(page.words.subarray(page.offset, page.offset + count), offset);
    const copy = new Page(page.leafMask, page.innerMask, page.present, arena.words, offset);
    pages.set(id, copy);
    return copy;
  }

  delete(id: PageId): void {
    this.#young.pages.delete(id);
    this.#old.pages.delete(id);
  }
}

/**
 * An update of the trie by the compute engine's own code (TrieWalk): this file brings it the pages and takes the new ones.
 *
 * The engine goes down breadth first and asks for all pages of a level at once; what is not in memory comes in one read. Then
 * it builds and hashes on the way up, into slabs that are ours. No page is copied to reach it: it gets the slabs, and where in
 * them the pages lie. The work is done on this thread, in calls of some hundred microseconds with looks at the clock between
 * them: what a thread of its own would save is less than half (the rest is finding pages and keeping new ones, which only this
 * thread can do), and every page would have to lie in shared memory.
 */
import { present } from "../kernel/assert.js";
import type { TrieWalk } from "../ports/compute.js";
import type { Slicer } from "../ports/runtime.js";
import { childPage, Page, type PageId, presentNodes, ROOT_PAGE, slotOffset } from "./page.js";
import { EXPECTED_MAX, PageTable, ROW_BYTES } from "./page-table.js";
import { Arena, type Slab } from "./slab.js";
import { type LeafChanges, type MissingPage, type PageSource, rootOf, type TrieUpdate } from "./trie.js";

/** Pages in one call: about half a millisecond. */
const DESCEND_PAGES = 4096;
const BUILD_PAGES = 1024;
/** Pages that an update has room to know the places of at first; a block of a few keys touches no more. */
const PLACES_FIRST = 64;
/** Pages that count as one step of work between two looks at the clock. */
const PAGES_PER_STEP = 32;
const NONE = 0xffffffff;
const PLACE_WORDS = 3;
const RESULT_WORDS = 4;
const REQUESTS_PER_PAGE = 16;
/** Words of the largest page: 31 hashes and 16 leaf records. */
const PAGE_WORDS_MAX = 31 * 8 + 16 * 16;
/** What a changed page takes on the average, in a large state. */
const PAGE_WORDS_EXPECTED = 176;

/** Arrays that cross into the engine; one update at a time uses a set of them. */
interface Exchange {
  readonly requests: Uint32Array;
  readonly results: Uint32Array;
}

const idleExchanges: Exchange[] = [];
const IDLE_EXCHANGES_MAX = 2;

function newExchange(): Exchange {
  return {
    requests: new Uint32Array(DESCEND_PAGES * REQUESTS_PER_PAGE),
    results: new Uint32Array((BUILD_PAGES + 1) * RESULT_WORDS),
  };
}

const expected = new Float64Array(EXPECTED_MAX);

/** Numbers updates, so that a slab knows whether its index is of this one. */
let updates = 0;

class PageWalk {
  pages = new PageTable();
  hashes = 0;
  bytes = 0;
  readonly #update = ++updates;
  /** Slabs in which pages lie, and their words for the engine. */
  readonly #slabs: Slab[] = [];
  readonly #words: Uint32Array[] = [];
  /** By the engine's numbers: names of pages, and where the pages are as they were. No objects: those would outlive a collection. */
  readonly #ids: PageId[] = [ROOT_PAGE];
  #places = new Uint32Array(PLACES_FIRST * PLACE_WORDS);

  constructor(
    private readonly walk: TrieWalk,
    private readonly exchange: Exchange,
    private readonly source: PageSource,
    readonly root: Page | undefined,
    private readonly slicer: Slicer,
  ) {
    this.#place(root, 0);
  }

  async run({ paths, valueHashes, deleted, count }: LeafChanges): Promise<void> {
    this.walk.begin(paths, valueHashes, deleted, count, this.root !== undefined);
    await this.#spend(count);
    const { requests } = this.exchange;
    for (let at = 0; at < this.#ids.length; ) {
      const pages = Math.min(DESCEND_PAGES, this.#ids.length - at);
      const places = this.#places.subarray(at * PLACE_WORDS, (at + pages) * PLACE_WORDS);
      const found = this.walk.descend(this.#words, places, pages, requests);
      at += pages;
      await this.#spend(pages);
      await this.#find(found);
    }
    await this.#build();
  }

  /** Tells the clock's watch that `pages` pages were worked on: a call is as many steps as a loop over them would be. */
  async #spend(pages: number): Promise<void> {
    let isDue = false;
    for (let i = 0; i < pages; i += PAGES_PER_STEP) isDue = this.slicer.due() || isDue;
    if (isDue) await this.slicer.pause();
  }

  /** Notes where page `number` lies. */
  #place(page: Page | undefined, number: number): void {
    const at = number * PLACE_WORDS;
    if (at >= this.#places.length) {
      const places = new Uint32Array(2 * this.#places.length);
      places.set(this.#places);
      this.#places = places;
    }
    const places = this.#places;
    if (page === undefined) {
      places[at] = NONE;
      return;
    }
    places[at] = this.#indexOf(page.slab);
    places[at + 1] = page.offset;
    places[at + 2] = page.leafMask | (page.innerMask << 16);
  }

  #indexOf(slab: Slab): number {
    if (slab.update !== this.#update) {
      slab.update = this.#update;
      slab.index = this.#slabs.length;
      this.#slabs.push(slab);
      this.#words.push(slab.words);
    }
    return slab.index;
  }

  /** Page `number` as it was. */
  #base(number: number): Page {
    const at = number * PLACE_WORDS;
    const slab = present(this.#slabs[this.#places[at] as number], "a border lies in a page");
    const masks = this.#places[at + 2] as number;
    const [leaves, borders] = [masks & 0xffff, masks >>> 16];
    return new Page(leaves, borders, presentNodes(leaves, borders), slab, this.#places[at + 1] as number);
  }

  /** Names the pages that the engine found, and gets those that exist. */
  async #find(found: number): Promise<void> {
    const { requests } = this.exchange;
    const missing: MissingPage[] = [];
    const numbers: number[] = [];
    const first = this.#ids.length;
    for (let from = 0; from < found; from += EXPECTED_MAX) {
      const to = Math.min(found, from + EXPECTED_MAX);
      this.#name(from, to);
      for (let i = from; i < to; i++) {
        const request = requests[i] as number;
        const number = first + i;
        const id = this.#ids[number] as PageId;
        let page: Page | undefined;
        if ((request & 1) === 1) {
          const [parent, slot] = [request >>> 5, (request >>> 1) & 15];
          page = this.source.known === undefined ? this.#read(id, parent, slot) : this.source.known(id);
          if (page === undefined) {
            const above = this.#base(parent);
            missing.push({ id, words: above.words, at: slotOffset(above, slot) });
            numbers.push(number);
          }
        }
        this.#place(page, number);
        if (i % PAGES_PER_STEP === 0 && this.slicer.due()) await this.slicer.pause();
      }
    }
    if (missing.length === 0) return;
    const loaded = await this.#load(missing);
    for (const [i, number] of numbers.entries()) this.#place(loaded[i], number);
  }

  /** Names the pages of these requests, and announces that they will be looked for. */
  #name(from: number, to: number): void {
    const { requests } = this.exchange;
    for (let i = from; i < to; i++) {
      const request = requests[i] as number;
      const id = childPage(this.#ids[request >>> 5] as PageId, (request >>> 1) & 15);
      this.#ids.push(id);
      expected[i - from] = typeof id === "number" ? id : 0;
    }
    this.source.expect?.(expected, to - from);
  }

  #read(id: PageId, parent: number, slot: number): Page {
    const above = this.#base(parent);
    return this.source.page(id, above.words, slotOffset(above, slot));
  }

  async #load(missing: readonly MissingPage[]): Promise<Page[]> {
    if (this.source.load !== undefined) return this.source.load(missing, this.slicer);
    const loaded: Page[] = [];
    for (const { id, words, at } of missing) {
      loaded.push(this.source.page(id, words, at));
      if (loaded.length % PAGES_PER_STEP === 0 && this.slicer.due()) await this.slicer.pause();
    }
    return loaded;
  }

  async #build(): Promise<void> {
    const { results } = this.exchange;
    // With room for the largest at the end, so that an update of a few pages takes one slab.
    const arena = new Arena(this.#ids.length * PAGE_WORDS_EXPECTED + PAGE_WORDS_MAX, this.source.slabs);
    this.pages = new PageTable(this.#ids.length);
    for (let left = this.#ids.length; left > 0; ) {
      const from = arena.ensure(PAGE_WORDS_MAX);
      const changed = this.walk.build(this.#words, arena.words, from, BUILD_PAGES, results);
      const worked = left - (results[0] as number);
      left = results[0] as number;
      arena.allocate(results[1] as number);
      this.hashes = results[2] as number;
      this.#keep(changed, arena.slab);
      await this.#spend(2 * worked);
    }
    this.bytes = arena.bytes + this.pages.size * ROW_BYTES;
  }

  #keep(changed: number, slab: Slab): void {
    const { results } = this.exchange;
    for (let i = 1; i <= changed; i++) {
      const id = this.#ids[results[i * RESULT_WORDS] as number] as PageId;
      const at = results[i * RESULT_WORDS + 1] as number;
      const masks = results[i * RESULT_WORDS + 2] as number;
      const nodes = (results[i * RESULT_WORDS + 3] as number) | 0;
      if (at === NONE) this.pages.set(id, null);
      else this.pages.place(id, masks, nodes, slab, at);
    }
  }
}

/** As `updateTrie`. @throws NATIVE_INPUT if the pages of the source do not belong together */
export async function walkPages(walk: TrieWalk, source: PageSource, changes: LeafChanges, slicer: Slicer): Promise<TrieUpdate> {
  const exchange = idleExchanges.pop() ?? newExchange();
  try {
    const update = new PageWalk(walk, exchange, source, source.root(), slicer);
    await update.run(changes);
    const { pages, bytes, hashes } = update;
    const root = pages.get(ROOT_PAGE);
    return { root: rootOf(root === undefined ? update.root : (root ?? undefined)), pages, bytes, hashes };
  } finally {
    if (idleExchanges.length < IDLE_EXCHANGES_MAX) idleExchanges.push(exchange);
  }
}

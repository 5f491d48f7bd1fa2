/**
 * The one version of the state that lies on disk, read through its caches.
 *
 * Nothing enters a cache unchecked: a page is hashed and compared with the hash that its parent page holds (the root page
 * with the state root), a value is hashed and compared with its leaf. The trie is asked first, so a value that the disk
 * lost is noticed, and one that it should have forgotten is never seen.
 *
 * While a flush is being written, storage may show either side of it at any moment. `move` therefore puts everything
 * that the write changes in front of caches and storage before the write begins, and `settle` takes it away after the
 * write has ended: a reader sees the new version from the first moment to the last.
 */
import { present } from "../kernel/assert.js";
import type { Slicer } from "../ports/runtime.js";
import type { Storage } from "../ports/storage.js";
import { type Bytes, Hash } from "../primitives/index.js";
import { BytesCache } from "./bytes-cache.js";
import { digestInto, type PathCache } from "./digest.js";
import type { KeyText } from "./key-text.js";
import { childPage, equalWords, HASH_WORDS, leafOffset, type Page, type PageId, ROOT_PAGE, slotOf, slotOffset } from "./page.js";
import { PageCache } from "./page-cache.js";
import { type PairHasher, WHOLE_PAGES_MAX } from "./page-hash.js";
import { decodePages, type StoredPage } from "./page-record.js";
import { type PageLayer, visitPages } from "./page-table.js";
import { pageKey } from "./records.js";
import type { SlabPool } from "./slab.js";
import type { MissingPage, PageSource } from "./trie.js";
import { heldBy, ValueHashes, wrongHash } from "./value-check.js";
import { columnsOf } from "./version.js";

/** What a version changes against another: null is gone. */
export interface Changes {
  readonly values: ReadonlyMap<KeyText, Bytes | null>;
  readonly pages: PageLayer;
  /** The pages lie in slabs of their own, so a cache can take these as they are. */
  readonly fillSlabs: boolean;
}

export interface DiskDependencies {
  readonly storage: Storage;
  readonly compute: PairHasher;
  readonly paths: PathCache;
}

interface Leaf {
  readonly page: Page;
  readonly slot: number;
}

/** Where the descent of one prefetched key has come to. */
interface Descent {
  readonly text: KeyText;
  readonly valueKey: Bytes;
  page: Page;
  id: PageId;
  depth: number;
  /** Which of the pages that are read next it waits for. */
  waitsFor: number;
}

const LOOK_EVERY = 32;
/** Keys of a prefetch that are read together: what comes back takes this thread about a millisecond to receive. */
const PREFETCHED_KEYS = 512;
const PREFETCH_LANES = 2;
/** More than there are keys in a prefetch: a number and a position fit one float. */
const POSITIONS = 2 ** 28;

export class Disk implements PageSource {
  /** Counts moves: what was read from storage before one may not be kept after it. */
  epoch = 0;
  valueHits = 0;
  valueLoads = 0;
  pageLoads = 0;
  #root: Hash = Hash.zero;
  #rootWords = new Uint32Array(HASH_WORDS);
  #pending: Changes | undefined;
  /** Prefetches under way: they have pages in hand, and do not take turns. */
  #readers = 0;
  readonly #values: BytesCache;
  readonly #pages: PageCache;
  readonly #digest = new Uint32Array(HASH_WORDS);
  readonly #digestBytes = new Uint8Array(this.#digest.buffer);

  constructor(
    private readonly dependencies: DiskDependencies,
    options: { readonly pageCacheBytes: number; readonly valueCacheBytes: number },
  ) {
    this.#pages = new PageCache(options.pageCacheBytes);
    this.#values = new BytesCache(options.valueCacheBytes);
  }

  /** For pages of versions that are not on disk, too: they come here. */
  get slabs(): SlabPool {
    return this.#pages.slabs;
  }

  /** Slabs that nobody holds any more may be used again. Only while nobody else reads pages. */
  reclaimSlabs(): void {
    if (this.#readers === 0) this.#pages.reclaim();
  }

  get stateRoot(): Hash {
    return this.#root;
  }
  get valueCacheBytes(): number {
    return this.#values.bytes;
  }
  get pageCacheBytes(): number {
    return this.#pages.bytes;
  }

  /** Stands at another version from now on; `changes` are being written (none when opening). */
  move(root: Hash, changes?: Changes): void {
    this.epoch++;
    this.#root = root;
    this.#rootWords = new Uint32Array(root.slice().buffer);
    this.#pending = changes;
  }

  /** The write has ended: what it changed goes into the caches, then out of the way. */
  async settle(slicer: Slicer): Promise<void> {
    const pending = this.#pending;
    if (pending === undefined) return;
    const { texts, values } = columnsOf(pending.values);
    for (let i = 0; i < texts.length; i++) {
      this.#values.set(texts[i] as KeyText, values[i] as Bytes | null);
      if (i % LOOK_EVERY === 0 && slicer.due()) await slicer.pause();
    }
    await visitPages(pending.pages, slicer, (id, page) => {
      if (page === null) this.#pages.delete(id);
      else if (pending.fillSlabs) this.#pages.adopt(id, page);
      else this.#pages.set(id, page);
    });
    this.#pending = undefined;
  }

  /** Keys of the values that are being written just now. */
  pendingTexts(): Iterable<KeyText> {
    return this.#pending?.values.keys() ?? [];
  }

  /** @throws STATE_DAMAGED */
  value(text: KeyText): Bytes | undefined {
    const pending = this.#pending?.values.get(text);
    if (pending !== undefined) return pending ?? undefined;
    const cached = this.#values.get(text);
    if (cached !== undefined) {
      this.valueHits++;
      return cached ?? undefined;
    }
    return this.#load(text);
  }

  root(): Page | undefined {
    return Hash.isZero(this.#root) ? undefined : this.page(ROOT_PAGE, this.#rootWords, 0);
  }

  page(id: PageId, words: Uint32Array, at: number): Page {
    const known = this.known(id);
    if (known !== undefined) return known;
    return this.#keepPages([{ id, stored: this.dependencies.storage.get(pageKey(id)), words, at }])[0] as Page;
  }

  /** Reads pages in one call to storage. The disk does not move meanwhile: whoever reads pages has the turn. */
  async load(missing: readonly MissingPage[], slicer: Slicer): Promise<Page[]> {
    return present(await this.#loadPages(missing, this.epoch, slicer), "the disk stands still while its pages are read");
  }

  /** The page, if it is in memory. */
  known(id: PageId): Page | undefined {
    return this.#pending?.pages.get(id) ?? this.#pages.get(id);
  }

  /** The same for an update, which replaces it. */
  peek(id: PageId): Page | undefined {
    return this.#pending?.pages.get(id) ?? this.#pages.peek(id);
  }

  expect(ids: Float64Array, count: number): void {
    this.#pages.expect(ids, count);
  }

  #keepPages(records: readonly StoredPage[]): Page[] {
    this.pageLoads += records.length;
    // The same for all, as they enter the cache only when all are checked.
    const { arena } = this.#pages;
    const pages = decodePages(records, arena, this.dependencies.compute);
    for (let i = 0; i < records.length; i++) this.#pages.keep((records[i] as StoredPage).id, pages[i] as Page);
    return pages;
  }

  #load(text: KeyText): Bytes | undefined {
    const { paths, storage } = this.dependencies;
    const valueKey = paths.valueKeyOf(text);
    const leaf = this.#leafOf(valueKey);
    return this.#keepValue(text, valueKey, leaf, leaf === undefined ? undefined : storage.get(valueKey));
  }

  /** Checks a value against its leaf and keeps it; without a leaf there is no value. */
  #keepValue(text: KeyText, valueKey: Bytes, leaf: Leaf | undefined, stored: Bytes | undefined): Bytes | undefined {
    this.valueLoads++;
    if (leaf === undefined) {
      this.#values.set(text, null);
      return undefined;
    }
    const value = heldBy(text, valueKey, stored);
    digestInto(value, this.#digestBytes, 0);
    if (!equalWords(this.#digest, 0, leaf.page.words, leafOffset(leaf.page, leaf.slot) + HASH_WORDS, HASH_WORDS)) throw wrongHash(valueKey);
    return this.#values.put(text, value);
  }

  #leafOf(valueKey: Bytes): Leaf | undefined {
    let page = this.root();
    let id: PageId = ROOT_PAGE;
    for (let depth = 0; page !== undefined; depth++) {
      const slot = slotOf(valueKey, 1, depth);
      if ((page.innerMask >>> slot) % 2 === 0) return leafIn(page, slot, valueKey);
      id = childPage(id, slot);
      page = this.page(id, page.words, slotOffset(page, slot));
    }
    return undefined;
  }

  /**
   * Loads what is not cached yet in few calls to storage, which read on other threads. Two groups of keys are under way at a time:
   * one is read while the other is checked. Stops early when the disk moves meanwhile: `value` loads the rest.
   */
  async prefetch(texts: Iterable<KeyText>, slicer: Slicer): Promise<void> {
    // Before the first pause: what is pending then is in the caches only later, and storage may show either side of it.
    const { epoch } = this;
    const wanted: KeyText[] = [];
    let steps = 0;
    for (const text of new Set(texts)) {
      if (this.#pending?.values.has(text) !== true && !this.#values.has(text)) wanted.push(text);
      if (steps++ % LOOK_EVERY === 0 && slicer.due()) await slicer.pause();
    }
    this.#readers++;
    try {
      await this.#prefetchAll(await this.#inOrder(wanted, slicer), epoch, slicer);
    } finally {
      this.#readers--;
    }
  }

  async #prefetchAll(descents: readonly Descent[], epoch: number, slicer: Slicer): Promise<void> {
    let next = 0;
    let failure: { readonly error: unknown } | undefined;
    const lane = async () => {
      while (next < descents.length && this.epoch === epoch && failure === undefined) {
        const from = next;
        next += PREFETCHED_KEYS;
        try {
          await this.#prefetchGroup(descents.slice(from, from + PREFETCHED_KEYS), epoch, slicer);
        } catch (error) {
          failure ??= { error };
        }
      }
    };
    // All have ended before this does: until then they read pages.
    await Promise.all(Array.from({ length: PREFETCH_LANES }, lane));
    if (failure !== undefined) throw (failure as { readonly error: unknown }).error;
  }

  /** By path: storage finds neighbours in half the time that it takes for keys at random, as they lie in the same blocks. */
  async #inOrder(texts: readonly KeyText[], slicer: Slicer): Promise<Descent[]> {
    const root = this.root();
    if (root === undefined) return [];
    const descents: Descent[] = [];
    for (let from = 0; from < texts.length; from += PREFETCHED_KEYS) {
      const group = texts.slice(from, from + PREFETCHED_KEYS);
      const valueKeys = this.dependencies.paths.valueKeysOf(group);
      for (let i = 0; i < group.length; i++)
        descents.push({ text: group[i] as KeyText, valueKey: valueKeys[i] as Bytes, page: root, id: ROOT_PAGE, depth: 0, waitsFor: 0 });
      if (slicer.due()) await slicer.pause();
    }
    return sortedBy(descents, ({ valueKey }) => ((valueKey[1] as number) << 16) | ((valueKey[2] as number) << 8) | (valueKey[3] as number));
  }

  async #prefetchGroup(group: readonly Descent[], epoch: number, slicer: Slicer): Promise<void> {
    const found: Descent[] = [];
    let descents = group;
    while (descents.length > 0) {
      const missing: MissingPage[] = [];
      const waiting: Descent[] = [];
      for (const descent of descents) {
        if (this.#descend(descent, missing)) waiting.push(descent);
        else found.push(descent);
        if (slicer.due()) await slicer.pause();
      }
      if (this.epoch !== epoch) return;
      const loaded = await this.#loadPages(missing, epoch, slicer);
      if (loaded === undefined) return;
      for (const descent of waiting) {
        descent.page = loaded[descent.waitsFor] as Page;
        descent.depth++;
      }
      descents = waiting;
    }
    await this.#prefetchValues(found, epoch, slicer);
  }

  async #prefetchValues(found: readonly Descent[], epoch: number, slicer: Slicer): Promise<void> {
    const { compute, storage } = this.dependencies;
    const stored = await storage.getMany(found.map(({ valueKey }) => valueKey));
    const hashes = new ValueHashes(compute.hashMessagesSync);
    for (let from = 0, to = 0; from < found.length; from = to) {
      if (this.epoch !== epoch) return;
      while (to < found.length && !hashes.isFull) {
        const { text, valueKey, page, depth } = found[to] as Descent;
        const leaf = leafIn(page, slotOf(valueKey, 1, depth), valueKey);
        hashes.add(leaf === undefined ? undefined : heldBy(text, valueKey, stored[to]));
        to++;
      }
      hashes.run();
      for (let i = from; i < to; i++) {
        const { text, valueKey, page, depth } = found[i] as Descent;
        this.valueLoads++;
        const value = hashes.values[i - from];
        if (value === undefined) this.#values.set(text, null);
        else {
          const slot = slotOf(valueKey, 1, depth);
          if (!hashes.matches(i - from, page.words, leafOffset(page, slot) + HASH_WORDS)) throw wrongHash(valueKey);
          this.#values.set(text, value);
        }
      }
      hashes.clear();
      if (slicer.due()) await slicer.pause();
    }
  }

  /** Goes down through known pages. True: it waits for page `descent.id`, which `missing` names now. Those that wait for one page come one after another as good as always, as they are by path; else it is read twice. */
  #descend(descent: Descent, missing: MissingPage[]): boolean {
    for (;;) {
      const { page } = descent;
      const slot = slotOf(descent.valueKey, 1, descent.depth);
      if ((page.innerMask >>> slot) % 2 === 0) return false;
      const at = slotOffset(page, slot);
      descent.id = childPage(descent.id, slot);
      const child = this.known(descent.id);
      if (child === undefined) {
        if (missing.at(-1)?.id !== descent.id) missing.push({ id: descent.id, words: page.words, at });
        descent.waitsFor = missing.length - 1;
        return true;
      }
      descent.page = child;
      descent.depth++;
    }
  }

  /** Undefined: the disk moved meanwhile. */
  async #loadPages(missing: readonly MissingPage[], epoch: number, slicer: Slicer): Promise<Page[] | undefined> {
    if (missing.length === 0) return [];
    const stored = await this.dependencies.storage.getMany(missing.map(({ id }) => pageKey(id)));
    const pages: Page[] = [];
    for (let from = 0; from < missing.length; from += WHOLE_PAGES_MAX) {
      if (this.epoch !== epoch) return undefined;
      const to = Math.min(missing.length, from + WHOLE_PAGES_MAX);
      const records: StoredPage[] = [];
      const known: (Page | undefined)[] = [];
      for (let i = from; i < to; i++) {
        const { id, words, at } = missing[i] as MissingPage;
        // Somebody else may have read it meanwhile. Taken now: what is kept next may push it out.
        const page = this.known(id);
        known.push(page);
        if (page === undefined) records.push({ id, words, at, stored: stored[i] });
      }
      const read = this.#keepPages(records).values();
      for (const page of known) pages.push(page ?? (read.next().value as Page));
      if (slicer.due()) await slicer.pause();
    }
    return this.epoch === epoch ? pages : undefined;
  }
}

/** Items by their numbers below 2^24, of which a typed array sorts thousands in a millisecond. */
function sortedBy<Item>(items: readonly Item[], numberOf: (item: Item) => number): Item[] {
  const order = new Float64Array(items.length);
  for (let i = 0; i < items.length; i++) order[i] = numberOf(items[i] as Item) * POSITIONS + i;
  order.sort();
  const sorted = new Array<Item>(items.length);
  for (let i = 0; i < items.length; i++) sorted[i] = items[(order[i] as number) % POSITIONS] as Item;
  return sorted;
}

/** The leaf of a path in a slot that is no border; undefined if the slot is empty or holds another path's leaf. */
function leafIn(page: Page, slot: number, valueKey: Bytes): Leaf | undefined {
  if ((page.leafMask >>> slot) % 2 === 0) return undefined;
  const { bytes } = page.slab;
  const at = leafOffset(page, slot) * 4;
  for (let i = 0; i < 32; i++) if (bytes[at + i] !== valueKey[i + 1]) return undefined;
  return { page, slot };
}

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
import { assert } from "../kernel/assert.js";
import type { Slicer } from "../ports/runtime.js";
import type { Storage } from "../ports/storage.js";
import { type Bytes, Hash, toHex } from "../primitives/index.js";
import { BytesCache } from "./bytes-cache.js";
import { digestInto, type PathCache } from "./digest.js";
import { StateDamagedError } from "./errors.js";
import type { KeyText } from "./key-text.js";
import { childPage, equalWords, HASH_WORDS, leafOffset, type Page, type PageId, ROOT_PAGE, slotOf, slotOffset } from "./page.js";
import { PageCache } from "./page-cache.js";
import type { PairHasher } from "./page-hash.js";
import { decodePage } from "./page-record.js";
import type { PageLayer } from "./page-table.js";
import { decodeValue, pageKey } from "./records.js";
import type { MissingPage, PageSource } from "./trie.js";

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
}

const LOOK_EVERY = 32;
/** Keys of a prefetch that are read together: what comes back takes this thread about a millisecond to receive. */
const PREFETCHED_KEYS = 512;
const PREFETCH_LANES = 2;

export class Disk implements PageSource {
  /** Counts moves: what was read from storage before one may not be kept after it. */
  epoch = 0;
  valueHits = 0;
  valueLoads = 0;
  pageLoads = 0;
  #root: Hash = Hash.zero;
  #rootWords = new Uint32Array(HASH_WORDS);
  #pending: Changes | undefined;
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
    let steps = 0;
    for (const [text, value] of pending.values) {
      this.#values.set(text, value);
      if (steps++ % LOOK_EVERY === 0 && slicer.due()) await slicer.pause();
    }
    for (const [id, page] of pending.pages) {
      if (page === null) this.#pages.delete(id);
      else if (pending.fillSlabs) this.#pages.adopt(id, page);
      else this.#pages.set(id, page);
      if (steps++ % LOOK_EVERY === 0 && slicer.due()) await slicer.pause();
    }
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
    return this.known(id) ?? this.#keepPage(id, this.dependencies.storage.get(pageKey(id)), words, at);
  }

  /** Reads pages in one call to storage. The disk does not move meanwhile: whoever reads pages has the turn. */
  async load(missing: readonly MissingPage[], slicer: Slicer): Promise<Page[]> {
    const { storage } = this.dependencies;
    const { epoch } = this;
    const stored = await storage.getMany(missing.map(({ id }) => pageKey(id)));
    const pages: Page[] = [];
    for (const [i, { id, words, at }] of missing.entries()) {
      assert(this.epoch === epoch, "the disk stands still while its pages are read");
      pages.push(this.known(id) ?? this.#keepPage(id, stored[i], words, at));
      if (i % LOOK_EVERY === 0 && slicer.due()) await slicer.pause();
    }
    return pages;
  }

  /** The page, if it is in memory. */
  known(id: PageId): Page | undefined {
    return this.#pending?.pages.get(id) ?? this.#pages.get(id);
  }

  /** The same for an update, which replaces it. */
  peek(id: PageId): Page | undefined {
    return this.#pending?.pages.get(id) ?? this.#pages.peek(id);
  }

  #keepPage(id: PageId, stored: Bytes | undefined, words: Uint32Array, at: number): Page {
    this.pageLoads++;
    return this.#pages.keep(id, decodePage(id, stored, words, at, this.#pages.arena, this.dependencies.compute));
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
    const damaged = (reason: string) => new StateDamagedError({ record: "value", key: toHex(valueKey), reason });
    if (stored === undefined) throw damaged("it is missing, but the trie has a leaf for it");
    const value = decodeValue(text, stored);
    if (value === undefined) throw damaged("it holds another key");
    digestInto(value, this.#digestBytes, 0);
    if (!equalWords(this.#digest, 0, leaf.page.words, leafOffset(leaf.page, leaf.slot) + HASH_WORDS, HASH_WORDS))
      throw damaged("its hash is not the one in its leaf");
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
    const wanted: KeyText[] = [];
    let steps = 0;
    for (const text of new Set(texts)) {
      if (this.#pending?.values.has(text) !== true && !this.#values.has(text)) wanted.push(text);
      if (steps++ % LOOK_EVERY === 0 && slicer.due()) await slicer.pause();
    }
    const { epoch } = this;
    let next = 0;
    const lane = async () => {
      while (next < wanted.length && this.epoch === epoch) {
        const from = next;
        next += PREFETCHED_KEYS;
        await this.#prefetchGroup(wanted.slice(from, from + PREFETCHED_KEYS), epoch, slicer);
      }
    };
    await Promise.all(Array.from({ length: PREFETCH_LANES }, lane));
  }

  async #prefetchGroup(texts: readonly KeyText[], epoch: number, slicer: Slicer): Promise<void> {
    const { storage, paths } = this.dependencies;
    const root = this.root();
    if (root === undefined) return;
    const found: Descent[] = [];
    let descents: Descent[] = [];
    for (const [i, valueKey] of paths.valueKeysOf(texts).entries())
      descents.push({ text: texts[i] as KeyText, valueKey, page: root, id: ROOT_PAGE, depth: 0 });
    while (descents.length > 0) {
      const missing = new Map<PageId, { words: Uint32Array; at: number }>();
      const waiting: Descent[] = [];
      for (const descent of descents) {
        if (this.#descend(descent, missing)) waiting.push(descent);
        else found.push(descent);
      }
      const loaded = await this.#loadPages(missing, epoch, slicer);
      if (loaded === undefined) return;
      for (const descent of waiting) {
        descent.page = loaded.get(descent.id) ?? descent.page;
        descent.depth++;
      }
      descents = waiting;
    }
    const stored = await storage.getMany(found.map(({ valueKey }) => valueKey));
    for (const [i, { text, valueKey, page, depth }] of found.entries()) {
      if (this.epoch !== epoch) return;
      this.#keepValue(text, valueKey, leafIn(page, slotOf(valueKey, 1, depth), valueKey), stored[i]);
      if (i % LOOK_EVERY === 0 && slicer.due()) await slicer.pause();
    }
  }

  /** Goes down through known pages. True: it waits for page `descent.id`, which `missing` names now. */
  #descend(descent: Descent, missing: Map<PageId, { words: Uint32Array; at: number }>): boolean {
    for (;;) {
      const { page } = descent;
      const slot = slotOf(descent.valueKey, 1, descent.depth);
      if ((page.innerMask >>> slot) % 2 === 0) return false;
      const at = slotOffset(page, slot);
      descent.id = childPage(descent.id, slot);
      const child = this.known(descent.id);
      if (child === undefined) {
        missing.set(descent.id, { words: page.words, at });
        return true;
      }
      descent.page = child;
      descent.depth++;
    }
  }

  /** Undefined: the disk moved meanwhile. */
  async #loadPages(
    missing: ReadonlyMap<PageId, { words: Uint32Array; at: number }>,
    epoch: number,
    slicer: Slicer,
  ): Promise<Map<PageId, Page> | undefined> {
    const loaded = new Map<PageId, Page>();
    if (missing.size === 0) return loaded;
    const stored = await this.dependencies.storage.getMany([...missing.keys()].map(pageKey));
    let i = 0;
    for (const [id, { words, at }] of missing) {
      if (this.epoch !== epoch) return undefined;
      loaded.set(id, this.#keepPage(id, stored[i], words, at));
      if (i++ % LOOK_EVERY === 0 && slicer.due()) await slicer.pause();
    }
    return this.epoch === epoch ? loaded : undefined;
  }
}

/** The leaf of a path in a slot that is no border; undefined if the slot is empty or holds another path's leaf. */
function leafIn(page: Page, slot: number, valueKey: Bytes): Leaf | undefined {
  if ((page.leafMask >>> slot) % 2 === 0) return undefined;
  const { bytes } = page.slab;
  const at = leafOffset(page, slot) * 4;
  for (let i = 0; i < 32; i++) if (bytes[at + i] !== valueKey[i + 1]) return undefined;
  return { page, slot };
}

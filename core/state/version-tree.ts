/**
 * All versions that can be read: the one on disk, overlays above it and beside it, reverse overlays below it.
 *
 * Values are found by walking from a version toward the disk. Pages are found the same way, but not every version has
 * them: a layer from an undo record has values only, and so has an overlay whose root was put off. `complete` derives
 * what is missing by applying all values on the way to the nearest version that has its pages, in one update.
 */
import { assert, present } from "../kernel/assert.js";
import type { Slicer } from "../ports/runtime.js";
import type { Storage } from "../ports/storage.js";
import { type Bytes, bytesEqual, Hash, toHex } from "../primitives/index.js";
import type { PathCache } from "./digest.js";
import type { Disk } from "./disk.js";
import { ProofTooDeepError, RootMismatchError, UnknownBlockError, ViewGoneError } from "./errors.js";
import type { KeyText } from "./key-text.js";
import { LayerIndex } from "./layer-index.js";
import { leafChanges } from "./leaf-changes.js";
import type { Overlay } from "./overlay.js";
import { type Page, type PageId, ROOT_PAGE } from "./page.js";
import type { PairHasher } from "./page-hash.js";
import { type PageLayer, PageTable, samePage } from "./page-table.js";
import { decodeUndo, numberedKey, UNDO_PREFIX } from "./records.js";
import type { SlabPool } from "./slab.js";
import type { MissingPage } from "./trie.js";
import { type PageSource, type TrieUpdate, updateTrie } from "./trie-update.js";
import { type ValueLayer, Version } from "./version.js";

export interface VersionTreeDependencies {
  readonly storage: Storage;
  readonly compute: PairHasher;
  readonly paths: PathCache;
  readonly disk: Disk;
}

/** An update of the trie and the version that its pages differ from. */
export interface DerivedPages extends TrieUpdate {
  readonly base: Version;
}

const LOOK_EVERY = 64;
/** Pages that are made for a changed key in a large state, bytes. */
const PAGE_BYTES_OF_KEY = 2_048;
/** Fewer layers than this are looked through one by one. */
const INDEXED_LAYERS = 3;

/** Pages of a version: layers from the nearest on, then the disk's (none for the empty state). */
class VersionPages implements PageSource {
  constructor(
    private readonly layers: readonly PageLayer[],
    private readonly index: LayerIndex<PageId, Page> | undefined,
    private readonly disk: Disk | undefined,
  ) {}

  get slabs(): SlabPool | undefined {
    return this.disk?.slabs;
  }

  root(): Page | undefined {
    const page = this.#find(ROOT_PAGE);
    return page === undefined ? this.disk?.root() : (page ?? undefined);
  }

  page(id: PageId, words: Uint32Array, at: number): Page {
    const page = this.#find(id);
    if (page === undefined) return present(this.disk, "the empty state has no pages").page(id, words, at);
    return present(page, "no border leads to a removed page");
  }

  known(id: PageId): Page | undefined {
    const page = this.#find(id);
    return page === undefined ? this.disk?.peek(id) : present(page, "no border leads to a removed page");
  }

  expect(ids: Float64Array, count: number): void {
    this.index?.expect(ids, count);
    this.disk?.expect(ids, count);
  }

  load(missing: readonly MissingPage[], slicer: Slicer): Promise<Page[]> {
    return present(this.disk, "the empty state has no pages").load(missing, slicer);
  }

  #find(id: PageId): Page | null | undefined {
    for (const layer of this.layers) {
      const page = layer.get(id);
      if (page !== undefined) return page;
    }
    return this.index?.get(id);
  }
}

/** Whether so many layers lie between a version and the disk that an index of them is worth being kept up. */
function isDeep(version: Version, nextOf: (at: Version) => Version | undefined): boolean {
  let layers = 0;
  for (let at = nextOf(version); at !== undefined && layers < INDEXED_LAYERS; at = nextOf(at)) layers++;
  return layers >= INDEXED_LAYERS;
}

export class VersionTree {
  /** The state before genesis. It can always be built upon, and never lies below anything. */
  readonly empty = new Version(Hash.zero, -1, undefined);
  /** The version on disk (or being written there). */
  base = this.empty;
  readonly valueIndex = new LayerIndex<KeyText, Bytes>(
    { entries: () => new Map<KeyText, Bytes | null>(), same: (a, b) => a === b },
    (version) => this.layerOf(version),
    (version) => version.toward,
  );
  readonly pageIndex = new LayerIndex<PageId, Page>(
    { entries: () => new PageTable(), same: samePage },
    (version) => version.pages,
    (version) => version.pagesBase,
  );
  /** Keys changed and hashes computed by all updates so far. */
  updatedKeys = 0;
  hashes = 0;
  readonly #versions = new Map<string, Version>();
  /** Reverse layers in memory that can be read from disk again, the longest unused first. */
  readonly #evictable = new Set<Version>();
  readonly #dropped: PageLayer[] = [];
  /** Layers of overlays that a version has, or had. */
  readonly #given = new WeakSet<PageLayer>();

  constructor(private readonly dependencies: VersionTreeDependencies) {}

  all(): IterableIterator<Version> {
    return this.#versions.values();
  }

  /** Those above the disk and beside it. */
  unflushed(): readonly Version[] {
    return [...this.#versions.values()].filter((version) => !version.below && version !== this.base);
  }

  get(blockId: Hash): Version | undefined {
    return this.#versions.get(Hash.key(blockId));
  }

  /** @throws STATE_UNKNOWN_BLOCK */
  require(blockId: Hash): Version {
    const version = this.get(blockId);
    if (version === undefined) throw new UnknownBlockError({ blockId: Hash.key(blockId) });
    return version;
  }

  add(version: Version): void {
    assert(!this.#versions.has(version.key), "a block has one version");
    this.#versions.set(version.key, version);
  }

  /** Removes a version and all that are read through it. */
  remove(version: Version): void {
    const doomed = [version];
    for (let next = doomed.pop(); next !== undefined; next = doomed.pop()) {
      assert(next !== this.base && next !== this.empty, "the version on disk is not removed");
      doomed.push(...next.dependents);
      next.point(undefined);
      next.setValues(undefined);
      this.dropPages(next);
      next.gone = true;
      this.#versions.delete(next.key);
      this.#evictable.delete(next);
      if (this.valueIndex.tip === next) this.valueIndex.clear();
      if (this.pageIndex.tip === next) this.pageIndex.clear();
    }
  }

  /** Pages for a version that was added just now, if nobody else has them: who closes them is one. What it has not is derived when it is asked for. */
  givePages(version: Version, { layer, bytes, base }: NonNullable<Overlay["pages"]>): void {
    if (this.#given.has(layer)) return;
    // A flush since they were made may have turned the way to the version that they build upon.
    for (let at = version.toward; at !== undefined; at = at.toward) {
      if (at !== base) continue;
      this.#given.add(layer);
      version.setPages(layer, bytes, base);
    }
  }

  /** Takes a version's pages away. They are closed later: somebody may be reading them, who does not notice that the version is gone. */
  dropPages(version: Version): void {
    const pages = version.takePages();
    if (pages !== undefined) this.#dropped.push(pages);
  }

  /** Nobody reads pages of versions just now. */
  closeDropped(): void {
    for (const pages of this.#dropped) pages.close?.();
    this.#dropped.length = 0;
  }

  /** @throws STATE_VIEW_GONE, STATE_DAMAGED */
  read(version: Version, text: KeyText): Bytes | undefined {
    if (version.gone) throw new ViewGoneError({ blockId: version.key });
    const { disk } = this.dependencies;
    for (let at = version; ; ) {
      if (at === this.valueIndex.tip) {
        const value = this.valueIndex.get(text);
        return value === undefined ? disk.value(text) : (value ?? undefined);
      }
      const next = at.toward;
      if (next === undefined) return at === this.empty ? undefined : disk.value(text);
      const value = (at.values ?? this.layerOf(at)).get(text);
      if (value !== undefined) return value ?? undefined;
      at = next;
    }
  }

  /** Keys whose values at `version` lie on disk. */
  onDisk(version: Version, texts: readonly KeyText[]): KeyText[] {
    if (version.gone) throw new ViewGoneError({ blockId: version.key });
    const layers: ValueLayer[] = [];
    let at = version;
    for (; at.toward !== undefined && at !== this.valueIndex.tip; at = at.toward) layers.push(this.layerOf(at));
    if (at === this.empty) return [];
    const index = at === this.valueIndex.tip ? this.valueIndex : undefined;
    return texts.filter((text) => index?.get(text) === undefined && !layers.some((layer) => layer.has(text)));
  }

  /** Keys in which the states before and after a block differ; undefined where that is not in memory. */
  changedTexts(blockId: Hash): readonly KeyText[] | undefined {
    const version = this.get(blockId);
    const parent = version?.parent === undefined ? undefined : this.get(version.parent);
    if (version === undefined || parent === undefined) return undefined;
    // The edge between the two lies on whichever of them points to the other.
    const layer = version.toward === parent ? version.values : parent.toward === version ? parent.values : undefined;
    return layer === undefined ? undefined : [...layer.keys()];
  }

  /** Keys of all layers between the version and the disk; a key may come more than once. */
  *textsAbove(version: Version): IterableIterator<KeyText> {
    for (let at = version; at.toward !== undefined; at = at.toward) yield* this.layerOf(at).keys();
  }

  /** Execution goes on from here: keep reads from it short. */
  follow(version: Version): void {
    if (this.leadsToDisk(version) && isDeep(version, (at) => at.toward)) this.valueIndex.moveTo(version);
  }

  leadsToDisk(version: Version): boolean {
    let at = version;
    while (at.toward !== undefined) at = at.toward;
    return at === this.base;
  }

  /** The value layer of a version that is not on disk; a reverse layer is read from its undo record if it must be. */
  layerOf(version: Version): ValueLayer {
    if (version.values !== undefined) {
      if (this.#evictable.delete(version)) this.#evictable.add(version);
      return version.values;
    }
    const { toward } = version;
    assert(version.below && toward !== undefined, "only reverse layers leave memory");
    const height = toward.height;
    const values = decodeUndo(height, toward.blockId, this.dependencies.storage.get(numberedKey(UNDO_PREFIX, height)));
    version.setValues(values);
    this.#evictable.add(version);
    return values;
  }

  /** Reverse layers whose undo records are durable may leave memory: the longest unused go until `maxBytes` remain. */
  evict(maxBytes: number): void {
    let bytes = 0;
    for (const version of this.#versions.values()) {
      if (!version.below) continue;
      if (version.values !== undefined || version.pages !== undefined) this.#evictable.add(version);
      bytes += version.valueBytes + version.pageBytes;
    }
    for (const version of this.#evictable) {
      if (bytes <= maxBytes) return;
      this.#evictable.delete(version);
      if (!version.below) continue;
      bytes -= version.valueBytes + version.pageBytes;
      version.setValues(undefined);
      this.dropPages(version);
    }
  }

  isComplete(version: Version): boolean {
    let at: Version | undefined = version;
    while (at !== undefined && at.toward !== undefined) at = at.pagesBase;
    return at !== undefined;
  }

  #isIndexed(version: Version): boolean {
    return this.leadsToDisk(version) && isDeep(version, (at) => at.pagesBase);
  }

  /** Pages of a complete version. Valid until the disk moves. @throws STATE_VIEW_GONE */
  pagesOf(version: Version): PageSource {
    // One that was discarded leads nowhere, as the one on disk does.
    if (version.gone) throw new ViewGoneError({ blockId: version.key });
    assert(this.isComplete(version), "pages are derived before they are read");
    if (this.#isIndexed(version)) this.pageIndex.moveTo(version);
    const layers: PageLayer[] = [];
    let at = version;
    for (; at.toward !== undefined && at !== this.pageIndex.tip; at = present(at.pagesBase, "a layer of pages has a base")) {
      layers.push(present(at.pages, "a complete version has pages"));
    }
    const index = at === this.pageIndex.tip ? this.pageIndex : undefined;
    return new VersionPages(layers, index, at === this.empty ? undefined : this.dependencies.disk);
  }

  /**
   * Whether the pages of a version can be made within bounds: the values on the way to the nearest version that has its pages
   * are merged in memory. @throws STATE_PROOF_TOO_DEEP, STATE_VIEW_GONE, STATE_DAMAGED
   */
  async requireNear(version: Version, limitBytes: number, slicer: Slicer): Promise<void> {
    if (version.gone) throw new ViewGoneError({ blockId: version.key });
    let bytes = 0;
    let blocks = 0;
    for (let at = version; at.toward !== undefined; ) {
      if (at.pages !== undefined) {
        at = present(at.pagesBase, "pages have a base");
        continue;
      }
      const { size } = this.layerOf(at);
      bytes += at.valueBytes + size * PAGE_BYTES_OF_KEY;
      if (++blocks > 1 && bytes > limitBytes) throw new ProofTooDeepError({ limitBytes, blocks });
      if (slicer.due()) await slicer.pause();
      at = present(at.toward, "checked above");
    }
  }

  /** Makes sure that the version's pages can be read. @throws STATE_ROOT_MISMATCH, STATE_DAMAGED */
  async complete(version: Version, slicer: Slicer): Promise<void> {
    if (version.gone) throw new ViewGoneError({ blockId: version.key });
    for (let at = version; at.toward !== undefined; at = present(at.pagesBase, "pages have a base")) {
      if (at.pages !== undefined) continue;
      const derived = await this.update(present(at.toward, "checked above"), this.layerOf(at), slicer);
      if (at.gone) throw new ViewGoneError({ blockId: at.key });
      const declared = at.root ?? at.declaredRoot;
      if (declared !== undefined && !bytesEqual(declared, derived.root))
        throw new RootMismatchError({ blockId: at.key, declared: toHex(declared), computed: toHex(derived.root) });
      at.root = derived.root;
      at.setPages(derived.pages, derived.bytes, derived.base);
    }
  }

  /** Computes the trie after `values` over `version`, which need not be complete. */
  async update(version: Version, values: ValueLayer, slicer: Slicer): Promise<DerivedPages> {
    let base = version;
    let merged = values;
    if (!this.isComplete(base)) {
      const all = new Map(values);
      for (; !this.isComplete(base); base = present(base.toward, "the disk is complete")) {
        let steps = 0;
        for (const [text, value] of this.layerOf(base)) {
          if (!all.has(text)) all.set(text, value);
          if (steps++ % LOOK_EVERY === 0 && slicer.due()) await slicer.pause();
        }
        if (version.gone) throw new ViewGoneError({ blockId: version.key });
      }
      merged = all;
    }
    const { compute, paths } = this.dependencies;
    if (this.#isIndexed(base)) await this.pageIndex.moveInSlices(base, slicer);
    const changes = await leafChanges(merged, paths, compute, slicer);
    // Discarding does not wait for us: what was merged along a chain that is gone would be another state.
    if (version.gone) throw new ViewGoneError({ blockId: version.key });
    const updated = await updateTrie(this.pagesOf(base), changes, compute, slicer).catch((error) => {
      // Its pages went with it, in the middle of the walk.
      if (version.gone) throw new ViewGoneError({ blockId: version.key }, error);
      throw error;
    });
    if (version.gone) throw new ViewGoneError({ blockId: version.key });
    this.updatedKeys += changes.count;
    this.hashes += updated.hashes;
    return { ...updated, base };
  }
}

/**
 * Applies a set of changed leaves to the trie and computes the new root.
 *
 * First the shape: a machine of frames walks the pages that the changes touch, depth first, and builds each page anew
 * (pages are immutable); it sorts the changes by path as it goes, one radix step a page. Then the hashes, level by level
 * from the deepest page up (page-hash.ts). The result does not depend on the order of the changes.
 *
 * What keeps the shape canonical: a page that ends with a single leaf and no border is no page; its leaf moves up into
 * the slot above. A slot that would hold two leaves gets a page below it.
 */
import { present } from "../kernel/assert.js";
import type { Slicer } from "../ports/runtime.js";
import type { Bytes } from "../primitives/index.js";
import {
  childPage,
  copyWords,
  equalWords,
  HASH_WORDS,
  LEAF_WORDS,
  leafOffset,
  nodeOffset,
  nodesAbove,
  PAGE_OVERHEAD_BYTES,
  PAGE_SLOTS,
  Page,
  type PageId,
  pageWords,
  popcount,
  presentNodes,
  ROOT_PAGE,
  slotOf,
  slotOffset,
} from "./page.js";
import { type HashPlan, hashPages, type PairHasher, type UnhashedPage } from "./page-hash.js";
import { walkPages } from "./page-walk.js";
import { Arena } from "./slab.js";
import { type LeafChanges, type PageSource, rootOf, type TrieUpdate } from "./trie.js";

export type { LeafChanges, PageSource, TrieUpdate };

/** Where a slot's content comes from. */
const EMPTY = 0;
const KEPT_LEAF = 1;
const KEPT_BORDER = 2;
/** A leaf of another page: carried down on a split, or up on a collapse. */
const MOVED_LEAF = 3;
const NEW_LEAF = 4;
const NEW_BORDER = 5;

/** Steps between two looks at the clock. */
const STEPS_PER_LOOK = 16;

class Frame {
  id: PageId = ROOT_PAGE;
  depth = 0;
  base: Page | undefined;
  /** Next slot to look at. */
  slot = 0;
  /** Slots whose content differs from the base page. */
  changed = 0;
  /** Where each slot's changes begin in the order; 17 entries. */
  readonly bounds = new Int32Array(PAGE_SLOTS + 1);
  readonly kinds = new Uint8Array(PAGE_SLOTS);
  /** Index of a new leaf's change, or the slot of a moved leaf in its page. */
  readonly indexes = new Int32Array(PAGE_SLOTS);
  readonly pages: (Page | undefined)[] = new Array<Page | undefined>(PAGE_SLOTS).fill(undefined);
  readonly borders: (UnhashedPage | undefined)[] = new Array<UnhashedPage | undefined>(PAGE_SLOTS).fill(undefined);
}

class TrieUpdater {
  readonly pages = new Map<PageId, Page | null>();
  readonly plan: HashPlan = { leafPages: [], leafSlots: [], pages: [] };
  readonly arena = new Arena();
  root: UnhashedPage | Page | undefined;
  readonly #pathBytes: Bytes;
  readonly #order: Uint32Array;
  readonly #sorted: Uint32Array;
  readonly #frames: Frame[] = [];
  #depth = -1;

  constructor(
    private readonly source: PageSource,
    private readonly changes: LeafChanges,
  ) {
    this.#pathBytes = new Uint8Array(changes.paths.buffer, changes.paths.byteOffset, changes.count * 32);
    this.#order = new Uint32Array(changes.count);
    this.#sorted = new Uint32Array(changes.count);
    for (let i = 0; i < changes.count; i++) this.#order[i] = i;
  }

  async run(slicer: Slicer): Promise<void> {
    this.#push(ROOT_PAGE, this.source.root(), 0, this.changes.count);
    for (let steps = 0; this.#depth >= 0; steps++) {
      this.#step(this.#frames[this.#depth] as Frame);
      if (steps % STEPS_PER_LOOK === 0 && slicer.due()) await slicer.pause();
    }
  }

  #push(id: PageId, base: Page | undefined, from: number, to: number): Frame {
    const depth = ++this.#depth;
    let frame = this.#frames[depth];
    if (frame === undefined) {
      frame = new Frame();
      this.#frames.push(frame);
      this.plan.pages.push([]);
    }
    frame.id = id;
    frame.depth = depth;
    frame.base = base;
    frame.slot = 0;
    frame.changed = 0;
    for (let slot = 0; slot < PAGE_SLOTS; slot++) {
      frame.kinds[slot] =
        base === undefined ? EMPTY : (base.leafMask >>> slot) & 1 ? KEPT_LEAF : (base.innerMask >>> slot) & 1 ? KEPT_BORDER : EMPTY;
    }
    this.#partition(frame, from, to);
    return frame;
  }

  /** Sorts the frame's changes by slot: one step of a radix sort. */
  #partition(frame: Frame, from: number, to: number): void {
    const { bounds, depth } = frame;
    bounds.fill(0);
    for (let i = from; i < to; i++) {
      const slot = slotOf(this.#pathBytes, (this.#order[i] as number) * 32, depth);
      bounds[slot + 1] = (bounds[slot + 1] as number) + 1;
    }
    bounds[0] = from;
    for (let slot = 0; slot < PAGE_SLOTS; slot++) bounds[slot + 1] = (bounds[slot + 1] as number) + (bounds[slot] as number);
    if (to - from < 2) return;
    for (let i = from; i < to; i++) {
      const change = this.#order[i] as number;
      const slot = slotOf(this.#pathBytes, change * 32, depth);
      const at = bounds[slot] as number;
      this.#sorted[at] = change;
      bounds[slot] = at + 1;
    }
    for (let slot = PAGE_SLOTS; slot > 0; slot--) bounds[slot] = bounds[slot - 1] as number;
    bounds[0] = from;
    this.#order.set(this.#sorted.subarray(from, to), from);
  }

  /** One slot of the frame, or its end. */
  #step(frame: Frame): void {
    let slot = frame.slot;
    while (slot < PAGE_SLOTS && frame.bounds[slot] === frame.bounds[slot + 1]) slot++;
    if (slot === PAGE_SLOTS) {
      this.#depth--;
      this.#complete(frame);
      return;
    }
    frame.slot = slot + 1;
    const from = frame.bounds[slot] as number;
    const to = frame.bounds[slot + 1] as number;
    if (frame.kinds[slot] === KEPT_BORDER) {
      const base = present(frame.base, "a kept border has a base page");
      const id = childPage(frame.id, slot);
      this.#push(id, this.source.page(id, base.words, slotOffset(base, slot)), from, to);
    } else this.#changeLeaves(frame, slot, from, to);
  }

  /** A slot without a page below it: none or one leaf so far. */
  #changeLeaves(frame: Frame, slot: number, from: number, to: number): void {
    const { changes } = this;
    const kind = frame.kinds[slot] as number;
    const leafPage = kind === KEPT_LEAF ? frame.base : frame.pages[slot];
    const leafSlot = kind === KEPT_LEAF ? slot : (frame.indexes[slot] as number);
    const leafAt = kind === EMPTY || leafPage === undefined ? -1 : leafOffset(leafPage, leafSlot);
    let same = -1;
    let inserted = 0;
    let last = -1;
    for (let i = from; i < to; i++) {
      const change = this.#order[i] as number;
      if (leafAt >= 0 && leafPage !== undefined && equalWords(changes.paths, change * HASH_WORDS, leafPage.words, leafAt, HASH_WORDS))
        same = change;
      if (changes.deleted[change] === 1) continue;
      inserted++;
      last = change;
    }
    const kept = leafAt >= 0 && same < 0;
    if (inserted + (kept ? 1 : 0) >= 2) {
      const child = this.#push(childPage(frame.id, slot), undefined, from, to);
      if (kept && leafPage !== undefined) {
        const path = new Uint8Array(leafPage.words.buffer, leafAt * 4, 32);
        this.#moveLeaf(child, slotOf(path, 0, child.depth), leafPage, leafSlot);
      }
    } else if (inserted === 1) {
      const unchanged =
        last === same &&
        leafPage !== undefined &&
        equalWords(changes.valueHashes, last * HASH_WORDS, leafPage.words, leafAt + HASH_WORDS, HASH_WORDS);
      if (!unchanged) this.#newLeaf(frame, slot, last);
    } else if (!kept && kind !== EMPTY) {
      frame.kinds[slot] = EMPTY;
      frame.changed |= 1 << slot;
    }
  }

  #newLeaf(frame: Frame, slot: number, change: number): void {
    frame.kinds[slot] = NEW_LEAF;
    frame.indexes[slot] = change;
    frame.changed |= 1 << slot;
  }

  #moveLeaf(frame: Frame, slot: number, page: Page, from: number): void {
    frame.kinds[slot] = MOVED_LEAF;
    frame.pages[slot] = page;
    frame.indexes[slot] = from;
    frame.changed |= 1 << slot;
  }

  /** The frame's slots are settled: build its page, or collapse it, and tell the frame above (now the top one). */
  #complete(frame: Frame): void {
    if (frame.base !== undefined && frame.changed === 0) {
      if (frame.depth === 0) this.root = frame.base;
      return;
    }
    let leafMask = 0;
    let innerMask = 0;
    for (let slot = 0; slot < PAGE_SLOTS; slot++) {
      const kind = frame.kinds[slot] as number;
      if (kind === KEPT_BORDER || kind === NEW_BORDER) innerMask |= 1 << slot;
      else if (kind !== EMPTY) leafMask |= 1 << slot;
    }
    const single = innerMask === 0 && popcount(leafMask) < 2;
    if (single && (frame.depth > 0 || leafMask === 0)) {
      if (frame.base !== undefined) this.pages.set(frame.id, null);
      if (frame.depth > 0) this.#collapse(frame, leafMask, this.#frames[frame.depth - 1] as Frame);
      return;
    }
    const built = this.#build(frame, leafMask, innerMask);
    if (frame.depth === 0) {
      this.root = built;
      return;
    }
    const above = this.#frames[frame.depth - 1] as Frame;
    const slot = above.slot - 1;
    above.kinds[slot] = NEW_BORDER;
    above.borders[slot] = built;
    above.changed |= 1 << slot;
  }

  /** A page with one leaf or none: what is left moves into the slot above. */
  #collapse(frame: Frame, leafMask: number, above: Frame): void {
    const into = above.slot - 1;
    if (leafMask === 0) {
      above.kinds[into] = EMPTY;
      above.changed |= 1 << into;
      return;
    }
    const slot = 31 - Math.clz32(leafMask);
    const kind = frame.kinds[slot] as number;
    if (kind === NEW_LEAF) this.#newLeaf(above, into, frame.indexes[slot] as number);
    else if (kind === KEPT_LEAF) this.#moveLeaf(above, into, present(frame.base, "a kept leaf has a base page"), slot);
    else this.#moveLeaf(above, into, present(frame.pages[slot], "a moved leaf has a page"), frame.indexes[slot] as number);
  }

  #build(frame: Frame, leafMask: number, innerMask: number): UnhashedPage {
    const { base, changed } = frame;
    const nodes = presentNodes(leafMask, innerMask);
    const offset = this.arena.allocate(pageWords(leafMask, nodes));
    const page = new Page(leafMask, innerMask, nodes, this.arena.slab, offset);
    const dirty = nodesAbove(changed) & nodes;
    if (base !== undefined && base.leafMask === leafMask && base.innerMask === innerMask) {
      page.words.set(base.words.subarray(base.offset, base.offset + pageWords(leafMask, nodes)), offset);
    } else if (base !== undefined) {
      for (let kept = nodes & base.present & ~dirty & 0xffff; kept !== 0; kept &= kept - 1) {
        const position = 31 - Math.clz32(kept & -kept);
        copyWords(base.words, nodeOffset(base, position), page.words, nodeOffset(page, position), HASH_WORDS);
      }
      for (let slot = 0; slot < PAGE_SLOTS; slot++) if (((changed >>> slot) & 1) === 0) this.#fill(frame, slot, page);
    }
    for (let slots = changed; slots !== 0; slots &= slots - 1) this.#fill(frame, 31 - Math.clz32(slots & -slots), page);
    const unhashed: UnhashedPage = { page, dirty, parentWords: undefined, parentAt: -1 };
    (this.plan.pages[frame.depth] as UnhashedPage[]).push(unhashed);
    this.pages.set(frame.id, page);
    return unhashed;
  }

  #fill(frame: Frame, slot: number, page: Page): void {
    const kind = frame.kinds[slot] as number;
    if (kind === EMPTY) return;
    const at = slotOffset(page, slot);
    if (kind === NEW_BORDER) {
      const child = present(frame.borders[slot], "a new border has a page");
      child.parentWords = page.words;
      child.parentAt = at;
    } else if (kind === KEPT_BORDER) {
      const base = present(frame.base, "a kept border has a base page");
      copyWords(base.words, slotOffset(base, slot), page.words, at, HASH_WORDS);
    } else if (kind === NEW_LEAF) {
      const change = frame.indexes[slot] as number;
      const record = leafOffset(page, slot);
      copyWords(this.changes.paths, change * HASH_WORDS, page.words, record, HASH_WORDS);
      copyWords(this.changes.valueHashes, change * HASH_WORDS, page.words, record + HASH_WORDS, HASH_WORDS);
      this.plan.leafPages.push(page);
      this.plan.leafSlots.push(slot);
    } else {
      const from = present(kind === KEPT_LEAF ? frame.base : frame.pages[slot], "a leaf comes from a page");
      const fromSlot = kind === KEPT_LEAF ? slot : (frame.indexes[slot] as number);
      copyWords(from.words, slotOffset(from, fromSlot), page.words, at, HASH_WORDS);
      copyWords(from.words, leafOffset(from, fromSlot), page.words, leafOffset(page, slot), LEAF_WORDS);
    }
  }
}

/** Applies `changes` to the trie that `source` shows. */
export async function updateTrie(source: PageSource, changes: LeafChanges, compute: PairHasher, slicer: Slicer): Promise<TrieUpdate> {
  const walk = compute.trieWalk?.();
  if (walk !== undefined) {
    try {
      return await walkPages(walk, source, changes, slicer);
    } finally {
      walk.end();
    }
  }
  const updater = new TrieUpdater(source, changes);
  await updater.run(slicer);
  const hashes = await hashPages(updater.plan, compute, slicer);
  const root = updater.root;
  return {
    root: rootOf(root === undefined || root instanceof Page ? root : root.page),
    pages: updater.pages,
    bytes: updater.arena.bytes + updater.pages.size * PAGE_OVERHEAD_BYTES,
    hashes,
  };
}

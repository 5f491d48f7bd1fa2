/** What an update of the trie is given and gives, whoever does it: trie-update.ts in JavaScript, page-walk.ts by the engine. */
import { assert } from "../kernel/assert.js";
import type { Slicer } from "../ports/runtime.js";
import { Hash } from "../primitives/index.js";
import { hashBytes, nodeOffset, type Page, type PageId } from "./page.js";
import type { PageLayer } from "./page-table.js";
import type { SlabPool } from "./slab.js";

/** Pages of the version that is updated. */
export interface PageSource {
  root(): Page | undefined;
  /** The page below a border whose hash stands at `words[at …]`. @throws STATE_DAMAGED if it does not have this hash */
  page(id: PageId, words: Uint32Array, at: number): Page;
  /** The page below a border, if it is in memory. Absent: all pages are. */
  known?(id: PageId): Page | undefined;
  /** `known` will be asked for these, at most EXPECTED_MAX; a hint. */
  expect?(ids: Float64Array, count: number): void;
  /** Whose slabs new pages are to lie in. Absent: in slabs of their own. */
  readonly slabs?: SlabPool | undefined;
  /** Brings pages that are not into memory, in one read; answers them in the same order. @throws STATE_DAMAGED */
  load?(missing: readonly MissingPage[], slicer: Slicer): Promise<Page[]>;
}

/** A page and the hash that it must have, at `words[at …]` in the page above. */
export interface MissingPage {
  readonly id: PageId;
  readonly words: Uint32Array;
  readonly at: number;
}

/** Changed leaves, columnar, in any order, no path twice. */
export interface LeafChanges {
  readonly count: number;
  /** 32 bytes each. */
  readonly paths: Uint32Array;
  /** 32 bytes each; ignored for deletions. */
  readonly valueHashes: Uint32Array;
  /** 1: the leaf goes. */
  readonly deleted: Uint8Array;
}

export interface TrieUpdate {
  readonly root: Hash;
  /** Pages that differ from the source; null: there is no such page any more. */
  readonly pages: PageLayer;
  /** Memory that the pages take. */
  readonly bytes: number;
  /** Hashes computed. */
  readonly hashes: number;
}

/** The hash at the top of a root page; the empty trie's is zero. */
export function rootOf(page: Page | undefined): Hash {
  if (page === undefined) return Hash.zero;
  const at = nodeOffset(page, 1);
  assert(at >= 0, "a root page is not empty");
  return Hash.from(hashBytes(page.words, at));
}

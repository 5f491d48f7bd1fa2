/** Pages as stored: masks and slots only. Inner hashes are recomputed when a page is read, which is its check. */
import { type Bytes, toHex } from "../primitives/index.js";
import { StateDamagedError } from "./errors.js";
import {
  copyWords,
  equalWords,
  HASH_WORDS,
  LEAF_WORDS,
  nodeOffset,
  PAGE_SLOTS,
  Page,
  type PageId,
  pageWords,
  popcount,
  presentNodes,
  ROOT_PAGE,
  slotOf,
} from "./page.js";
import { hashWholePages, type PairHasher } from "./page-hash.js";
import { pageKey } from "./records.js";
import type { Arena } from "./slab.js";

const HEAD_BYTES = 4;

/** Bytes of a page's record. */
export function pageRecordBytes({ leafMask, innerMask }: Page): number {
  return HEAD_BYTES + popcount(innerMask) * HASH_WORDS * 4 + popcount(leafMask) * LEAF_WORDS * 4;
}

/** Writes a page's record to `bytes`, which are those of `words`, from `at` on, a multiple of four. */
export function encodePageInto(page: Page, words: Uint32Array, bytes: Bytes, at: number): void {
  const { leafMask, innerMask, present } = page;
  bytes[at] = leafMask >>> 8;
  bytes[at + 1] = leafMask;
  bytes[at + 2] = innerMask >>> 8;
  bytes[at + 3] = innerMask;
  // Hashes of slots lie behind those of the nodes above, leaf records behind all hashes; both by ascending slot.
  let hash = page.offset + popcount(present & 0xffff) * HASH_WORDS;
  let leaf = page.offset + popcount(present) * HASH_WORDS;
  let to = (at + HEAD_BYTES) >> 2;
  for (let slots = leafMask | innerMask; slots !== 0; slots &= slots - 1) {
    if ((leafMask & slots & -slots) !== 0) {
      copyWords(page.words, leaf, words, to, LEAF_WORDS);
      leaf += LEAF_WORDS;
      to += LEAF_WORDS;
    } else {
      copyWords(page.words, hash, words, to, HASH_WORDS);
      to += HASH_WORDS;
    }
    hash += HASH_WORDS;
  }
}

export function encodePage(page: Page): Bytes {
  const out = new Uint8Array(pageRecordBytes(page));
  encodePageInto(page, new Uint32Array(out.buffer), out, 0);
  return out;
}

/** Depth of a page in pages: one for each digit after the leading one. */
function depthOf(id: PageId): number {
  if (typeof id === "string") return id.length - 1;
  return id < 2 ** 31 ? (31 - Math.clz32(id)) >> 2 : id.toString(16).length - 1;
}

/** A record on its way into a page: moved here, where its hashes begin at a word and no view of it has to be made. */
const RECORD_BYTES_MAX = HEAD_BYTES + PAGE_SLOTS * LEAF_WORDS * 4;
const recordBytes = new Uint8Array(RECORD_BYTES_MAX);
const recordWords = new Uint32Array(recordBytes.buffer);

/** A page's record, and the hash that it must have, at `words[at …]`: in its parent, or the state root. */
export interface StoredPage {
  readonly id: PageId;
  readonly stored: Bytes | undefined;
  readonly words: Uint32Array;
  readonly at: number;
}

const damagedPage = (id: PageId, reason: string) => new StateDamagedError({ record: "page", key: toHex(pageKey(id)), reason });

/**
 * Reads up to WHOLE_PAGES_MAX pages and checks them: their shape, each leaf's slot, and their hashes.
 *
 * @throws STATE_DAMAGED
 */
export function decodePages(records: readonly StoredPage[], arena: Arena, compute: PairHasher): Page[] {
  const pages = records.map(({ id, stored }) => layOut(id, stored, arena));
  hashWholePages(pages, compute);
  for (let i = 0; i < records.length; i++) {
    const { id, words, at } = records[i] as StoredPage;
    const page = pages[i] as Page;
    if (!equalWords(page.words, nodeOffset(page, 1), words, at, HASH_WORDS))
      throw damagedPage(id, "its hash is not the one that its parent holds");
  }
  return pages;
}

/** One of them. @throws STATE_DAMAGED */
export function decodePage(record: StoredPage, arena: Arena, compute: PairHasher): Page {
  return decodePages([record], arena, compute)[0] as Page;
}

/** The page with its slots as stored; its other hashes are still missing. @throws STATE_DAMAGED */
function layOut(id: PageId, stored: Bytes | undefined, arena: Arena): Page {
  if (stored === undefined) throw damagedPage(id, "it is missing");
  if (stored.length < HEAD_BYTES) throw damagedPage(id, "it is cut short");
  const leafMask = ((stored[0] as number) << 8) | (stored[1] as number);
  const innerMask = ((stored[2] as number) << 8) | (stored[3] as number);
  const leaves = popcount(leafMask);
  if ((leafMask & innerMask) !== 0 || stored.length !== HEAD_BYTES + leaves * 64 + popcount(innerMask) * 32)
    throw damagedPage(id, "its masks do not match its length");
  if (innerMask === 0 && leaves < (id === ROOT_PAGE ? 1 : 2)) throw damagedPage(id, "it has too few leaves");
  const nodes = presentNodes(leafMask, innerMask);
  const offset = arena.allocate(pageWords(leafMask, nodes));
  const page = new Page(leafMask, innerMask, nodes, arena.slab, offset);
  const { words } = page;
  recordBytes.set(stored);
  const depth = depthOf(id);
  // Hashes of slots lie behind those of the nodes above, leaf records behind all hashes; both by ascending slot.
  let hash = offset + popcount(nodes & 0xffff) * HASH_WORDS;
  let leaf = offset + popcount(nodes) * HASH_WORDS;
  let at = HEAD_BYTES >> 2;
  for (let slot = 0; slot < PAGE_SLOTS; slot++) {
    if ((leafMask >>> slot) & 1) {
      // A lone leaf stands above its slot, so its hash would not tell a wrong slot.
      if (slotOf(recordBytes, at * 4, depth) !== slot) throw damagedPage(id, `the leaf in slot ${slot} belongs elsewhere`);
      copyWords(recordWords, at, words, leaf, LEAF_WORDS);
      leaf += LEAF_WORDS;
      at += LEAF_WORDS;
      hash += HASH_WORDS;
    } else if ((innerMask >>> slot) & 1) {
      copyWords(recordWords, at, words, hash, HASH_WORDS);
      at += HASH_WORDS;
      hash += HASH_WORDS;
    }
  }
  return page;
}

/** Pages as stored: masks and slots only. Inner hashes are recomputed when a page is read, which is its check. */
import { type Bytes, toHex } from "../primitives/index.js";
import { StateDamagedError } from "./errors.js";
import {
  type Arena,
  copyWords,
  equalWords,
  HASH_WORDS,
  LEAF_WORDS,
  leafOffset,
  nodeOffset,
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
import { hashWholePage, type PairHasher } from "./page-hash.js";
import { pageKey } from "./records.js";

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
  return (typeof id === "number" ? id.toString(16) : id).length - 1;
}

/**
 * Reads a page and checks it: its shape, each leaf's slot, and its hash against the one that stands at
 * `words[at …]` (in its parent, or the state root).
 *
 * @throws STATE_DAMAGED
 */
export function decodePage(id: PageId, stored: Bytes | undefined, words: Uint32Array, at: number, arena: Arena, compute: PairHasher): Page {
  const damaged = (reason: string) => new StateDamagedError({ record: "page", key: toHex(pageKey(id)), reason });
  if (stored === undefined) throw damaged("it is missing");
  if (stored.length < HEAD_BYTES) throw damaged("it is cut short");
  const leafMask = ((stored[0] as number) << 8) | (stored[1] as number);
  const innerMask = ((stored[2] as number) << 8) | (stored[3] as number);
  const leaves = popcount(leafMask);
  if ((leafMask & innerMask) !== 0 || stored.length !== HEAD_BYTES + leaves * 64 + popcount(innerMask) * 32)
    throw damaged("its masks do not match its length");
  if (innerMask === 0 && leaves < (id === ROOT_PAGE ? 1 : 2)) throw damaged("it has too few leaves");
  const nodes = presentNodes(leafMask, innerMask);
  const offset = arena.allocate(pageWords(leafMask, nodes));
  const page = new Page(leafMask, innerMask, nodes, arena.slab, offset);
  const { bytes } = arena.slab;
  const depth = depthOf(id);
  let from = HEAD_BYTES;
  for (let slot = 0; slot < PAGE_SLOTS; slot++) {
    if ((leafMask >>> slot) & 1) {
      // A lone leaf stands above its slot, so its hash would not tell a wrong slot.
      if (slotOf(stored, from, depth) !== slot) throw damaged(`the leaf in slot ${slot} belongs elsewhere`);
      bytes.set(stored.subarray(from, from + 64), leafOffset(page, slot) * 4);
      from += 64;
    } else if ((innerMask >>> slot) & 1) {
      bytes.set(stored.subarray(from, from + 32), slotOffset(page, slot) * 4);
      from += 32;
    }
  }
  hashWholePage(page, compute);
  if (!equalWords(page.words, nodeOffset(page, 1), words, at, HASH_WORDS)) throw damaged("its hash is not the one that its parent holds");
  return page;
}

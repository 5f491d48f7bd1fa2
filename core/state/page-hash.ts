/**
 * Hashing of pages, level by level: all nodes of one level of many pages are packed as 64-byte pairs and handed to
 * compute in one call, with the tag of their kind. Whatever fits one short call is hashed at once; more goes through the
 * asynchronous call in pieces, so that no call can hold the main thread for long even where compute works inline.
 */
import { assert } from "../kernel/assert.js";
import type { Compute, HashTag } from "../ports/compute.js";
import type { Slicer } from "../ports/runtime.js";
import { copyWords, HASH_WORDS, LEAF_WORDS, leafOffset, nodeOffset, PAGE_LEVELS, type Page, slotOffset } from "./page.js";

export type PairHasher = Pick<Compute, "hashPairs" | "hashPairsSync" | "hashMessagesSync" | "trieWalk">;

/** Up to so many pairs are hashed on this thread: about 0.1 ms of JavaScript, less than a crossing to a worker costs. */
const SYNC_PAIRS = 256;
/** Most pairs in one asynchronous call. */
const CALL_PAIRS = 8192;
const PAIR_WORDS = 2 * HASH_WORDS;
/** Pages between two looks at the clock. */
const PAGES_PER_LOOK = 64;

/** A page whose masks, kept hashes and records are filled in, and whose `dirty` nodes (bits 1 to 15) wait for their hashes. */
export interface UnhashedPage {
  readonly page: Page;
  readonly dirty: number;
  /** The parent page's slab and where this page's hash belongs in it; undefined for the root page. */
  parentWords: Uint32Array | undefined;
  parentAt: number;
}

/** What is to be hashed, collected by an update. */
export interface HashPlan {
  /** Leaves whose node hash is missing: page and slot by index. */
  readonly leafPages: Page[];
  readonly leafSlots: number[];
  /** By depth in pages. */
  readonly pages: UnhashedPage[][];
}

/** Packs both children of node `position`; an empty child is 32 zero bytes. */
function packChildren(page: Page, position: number, into: Uint32Array, to: number): void {
  if (((page.present >>> (position * 2)) & 3) === 3) {
    // Both have hashes of their own, which then lie side by side: a pair as it stands.
    copyWords(page.words, nodeOffset(page, position * 2), into, to, PAIR_WORDS);
    return;
  }
  const left = nodeOffset(page, position * 2);
  const right = nodeOffset(page, position * 2 + 1);
  if (left < 0) into.fill(0, to, to + HASH_WORDS);
  else copyWords(page.words, left, into, to, HASH_WORDS);
  if (right < 0) into.fill(0, to + HASH_WORDS, to + PAIR_WORDS);
  else copyWords(page.words, right, into, to + HASH_WORDS, HASH_WORDS);
}

/** Dirty nodes of one level of a page: bits 2^level to 2^(level + 1) − 1. */
function ofLevel(dirty: number, level: number): number {
  return dirty & (((1 << (1 << level)) - 1) << (1 << level));
}

/** One level's pairs and their hashes; grows, is used again. */
class PairBuffer {
  input = new Uint32Array(SYNC_PAIRS * PAIR_WORDS);
  output = new Uint32Array(SYNC_PAIRS * HASH_WORDS);

  reserve(pairs: number): void {
    if (this.output.length >= pairs * HASH_WORDS) return;
    this.input = new Uint32Array(pairs * PAIR_WORDS);
    this.output = new Uint32Array(pairs * HASH_WORDS);
  }

  async hash(pairs: number, tag: HashTag, compute: PairHasher, slicer: Slicer): Promise<void> {
    const input = new Uint8Array(this.input.buffer);
    const output = new Uint8Array(this.output.buffer);
    if (pairs <= SYNC_PAIRS) {
      compute.hashPairsSync(input.subarray(0, pairs * 64), output.subarray(0, pairs * 32), tag);
      return;
    }
    for (let at = 0; at < pairs; at += CALL_PAIRS) {
      const end = Math.min(pairs, at + CALL_PAIRS);
      await compute.hashPairs(input.subarray(at * 64, end * 64), output.subarray(at * 32, end * 32), tag, {
        priority: "block",
        mayExceed: true,
      });
      if (slicer.due()) await slicer.pause();
    }
  }
}

/** Fills in all missing hashes of the plan, leaves first, then pages from the deepest up. Answers how many it hashed. */
export async function hashPages(plan: HashPlan, compute: PairHasher, slicer: Slicer): Promise<number> {
  const buffer = new PairBuffer();
  let hashed = await hashLeaves(plan, buffer, compute, slicer);
  for (let depth = plan.pages.length - 1; depth >= 0; depth--) {
    const pages = plan.pages[depth] as UnhashedPage[];
    if (pages.length === 0) continue;
    for (let level = PAGE_LEVELS - 1; level >= 0; level--) hashed += await hashLevel(pages, level, buffer, compute, slicer);
    for (const { page, parentWords, parentAt } of pages) {
      if (parentWords === undefined) continue;
      const root = nodeOffset(page, 1);
      assert(root >= 0 && parentAt >= 0, "a child page has a root and a border above it");
      copyWords(page.words, root, parentWords, parentAt, HASH_WORDS);
    }
  }
  return hashed;
}

async function hashLeaves(plan: HashPlan, buffer: PairBuffer, compute: PairHasher, slicer: Slicer): Promise<number> {
  const { leafPages, leafSlots } = plan;
  const count = leafPages.length;
  if (count === 0) return 0;
  buffer.reserve(count);
  for (let i = 0; i < count; i++) {
    const page = leafPages[i] as Page;
    copyWords(page.words, leafOffset(page, leafSlots[i] as number), buffer.input, i * PAIR_WORDS, LEAF_WORDS);
    if (i % PAGES_PER_LOOK === 0 && slicer.due()) await slicer.pause();
  }
  await buffer.hash(count, "leaf", compute, slicer);
  for (let i = 0; i < count; i++) {
    const page = leafPages[i] as Page;
    copyWords(buffer.output, i * HASH_WORDS, page.words, slotOffset(page, leafSlots[i] as number), HASH_WORDS);
    if (i % PAGES_PER_LOOK === 0 && slicer.due()) await slicer.pause();
  }
  return count;
}

async function hashLevel(
  pages: readonly UnhashedPage[],
  level: number,
  buffer: PairBuffer,
  compute: PairHasher,
  slicer: Slicer,
): Promise<number> {
  buffer.reserve(pages.length << level);
  let pairs = 0;
  for (let i = 0; i < pages.length; i++) {
    const { page, dirty } = pages[i] as UnhashedPage;
    for (let bits = ofLevel(dirty, level); bits !== 0; bits &= bits - 1) {
      packChildren(page, 31 - Math.clz32(bits & -bits), buffer.input, pairs++ * PAIR_WORDS);
    }
    if (i % PAGES_PER_LOOK === 0 && slicer.due()) await slicer.pause();
  }
  if (pairs === 0) return 0;
  await buffer.hash(pairs, "inner", compute, slicer);
  let at = 0;
  for (let i = 0; i < pages.length; i++) {
    const { page, dirty } = pages[i] as UnhashedPage;
    for (let bits = ofLevel(dirty, level); bits !== 0; bits &= bits - 1) {
      const position = 31 - Math.clz32(bits & -bits);
      copyWords(buffer.output, at++ * HASH_WORDS, page.words, nodeOffset(page, position), HASH_WORDS);
    }
    if (i % PAGES_PER_LOOK === 0 && slicer.due()) await slicer.pause();
  }
  return pairs;
}

/** Most pages that `hashWholePages` takes at once: some tenths of a millisecond, and a crossing for each level instead of one for each page. */
export const WHOLE_PAGES_MAX = 64;
const whole = { input: new Uint32Array(WHOLE_PAGES_MAX * 16 * PAIR_WORDS), output: new Uint32Array(WHOLE_PAGES_MAX * 16 * HASH_WORDS) };
const wholeInput = new Uint8Array(whole.input.buffer);
const wholeOutput = new Uint8Array(whole.output.buffer);

/** Hashes up to WHOLE_PAGES_MAX pages from their records and borders at once: the check of pages that were read from disk. */
export function hashWholePages(pages: readonly Page[], compute: PairHasher): void {
  assert(pages.length <= WHOLE_PAGES_MAX, "pages that were read are checked in pieces");
  let pairs = 0;
  for (const page of pages) {
    for (let slots = page.leafMask; slots !== 0; slots &= slots - 1)
      copyWords(page.words, leafOffset(page, 31 - Math.clz32(slots & -slots)), whole.input, pairs++ * PAIR_WORDS, LEAF_WORDS);
  }
  if (pairs > 0) compute.hashPairsSync(wholeInput.subarray(0, pairs * 64), wholeOutput.subarray(0, pairs * 32), "leaf");
  pairs = 0;
  for (const page of pages) {
    for (let slots = page.leafMask; slots !== 0; slots &= slots - 1)
      copyWords(whole.output, pairs++ * HASH_WORDS, page.words, slotOffset(page, 31 - Math.clz32(slots & -slots)), HASH_WORDS);
  }
  for (let level = PAGE_LEVELS - 1; level >= 0; level--) hashWholeLevel(pages, level, compute);
}

function hashWholeLevel(pages: readonly Page[], level: number, compute: PairHasher): void {
  let pairs = 0;
  for (const page of pages) {
    for (let bits = ofLevel(page.present, level); bits !== 0; bits &= bits - 1)
      packChildren(page, 31 - Math.clz32(bits & -bits), whole.input, pairs++ * PAIR_WORDS);
  }
  if (pairs === 0) return;
  compute.hashPairsSync(wholeInput.subarray(0, pairs * 64), wholeOutput.subarray(0, pairs * 32), "inner");
  pairs = 0;
  for (const page of pages) {
    for (let bits = ofLevel(page.present, level); bits !== 0; bits &= bits - 1)
      copyWords(whole.output, pairs++ * HASH_WORDS, page.words, nodeOffset(page, 31 - Math.clz32(bits & -bits)), HASH_WORDS);
  }
}

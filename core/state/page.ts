/**
 * Trie pages: four levels of the binary trie packed into one piece of memory.
 *
 * A page stands at a depth of 4·n bits and has 16 slots, one for each value of the next four path bits. A slot is empty,
 * holds a leaf record (path, value hash), or is a border: the hash of the inner node at which the child page begins. A
 * leaf that is alone below some node of the page stands at that node; the record stays in its slot, so that inserting a
 * neighbour moves nothing. The masks of leaf and border slots therefore tell the kind of all 31 nodes.
 *
 * In memory a page also keeps the hashes of its inner nodes (an update rehashes one path, not the page) and of its
 * leaves. Pages are immutable and live in slabs shared with their neighbours: an object and two masks, no typed array
 * of their own (allocating one costs more than hashing a node).
 *
 * Nodes are numbered as a heap: 1 is the page's root, 2p and 2p + 1 are the children of p, 16 + s is slot s.
 */
import type { Bytes } from "../primitives/bytes.js";
import type { Slab } from "./slab.js";

/** Levels of the binary trie in a page. */
export const PAGE_LEVELS = 4;
export const PAGE_SLOTS = 16;
/** 32-bit words of a hash, and of a leaf record (path ‖ value hash). */
export const HASH_WORDS = 8;
export const LEAF_WORDS = 16;
const FIRST_SLOT = 16;
/** Memory of a page beside its words: the object and its entry in a map. */
export const PAGE_OVERHEAD_BYTES = 120;

/**
 * Names a page by the path bits above it: the hex digit 1, then one digit for each level of pages. A number as long
 * as it is exact (12 digits; up to 7 it is a small integer for V8's maps), the digits as text below that.
 */
export type PageId = number | string;

export const ROOT_PAGE: PageId = 1;
const LAST_NUMERIC = 16 ** 12;

export function childPage(id: PageId, slot: number): PageId {
  if (typeof id === "number") {
    if (id < LAST_NUMERIC) return id * 16 + slot;
    return id.toString(16) + slot.toString(16);
  }
  return id + slot.toString(16);
}

export class Page {
  constructor(
    /** Bit s: slot s holds a leaf record. */
    readonly leafMask: number,
    /** Bit s: slot s is a border to a child page. */
    readonly innerMask: number,
    /** Bit p: node p has its hash stored (inner nodes, and occupied slots). */
    readonly present: number,
    readonly slab: Slab,
    /** Where the page begins in it: hashes by ascending node, then leaf records by ascending slot. */
    readonly offset: number,
  ) {}

  /** The slab's words; they begin at byte 0 of their buffer. */
  get words(): Uint32Array {
    return this.slab.words;
  }
}

export function popcount(bits: number): number {
  let x = bits - ((bits >>> 1) & 0x55555555);
  x = (x & 0x33333333) + ((x >>> 2) & 0x33333333);
  return Math.imul((x + (x >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** Bit i of the answer: bit 2i or bit 2i + 1 of `bits` is set. */
function either(bits: number): number {
  let x = (bits | (bits >>> 1)) & 0x5555;
  x = (x | (x >>> 1)) & 0x3333;
  x = (x | (x >>> 2)) & 0x0f0f;
  return (x | (x >>> 4)) & 0x00ff;
}

/** Nodes that have a hash of their own, by the kinds of the slots: an inner node has an inner child or two occupied ones. */
export function presentNodes(leafMask: number, innerMask: number): number {
  let occupied = leafMask | innerMask;
  let inner = innerMask;
  let present = occupied << FIRST_SLOT;
  for (let width = 8; width >= 1; width >>= 1) {
    inner = either(inner | (occupied & (occupied >>> 1) & 0x5555));
    occupied = either(occupied);
    present |= inner << width;
  }
  return present;
}

/** The inner nodes of the page above the given slots. */
export function nodesAbove(slots: number): number {
  let bits = slots;
  let nodes = 0;
  for (let width = 8; width >= 1; width >>= 1) {
    bits = either(bits);
    nodes |= bits << width;
  }
  return nodes;
}

/** Words that a page of this shape takes. */
export function pageWords(leafMask: number, present: number): number {
  return popcount(present) * HASH_WORDS + popcount(leafMask) * LEAF_WORDS;
}

/** Whether node `position` is an inner one (borders included). */
export function isInner(page: Page, position: number): boolean {
  if (position >= FIRST_SLOT) return ((page.innerMask >>> (position - FIRST_SLOT)) & 1) === 1;
  return ((page.present >>> position) & 1) === 1;
}

/** The slot of the leaf that stands at `position`, which is not inner; −1 if the node is empty. */
export function leafSlotAt(page: Page, position: number): number {
  const level = 31 - Math.clz32(position);
  const span = PAGE_SLOTS >> level;
  const first = (position << (PAGE_LEVELS - level)) - FIRST_SLOT;
  const leaves = page.leafMask & (((1 << span) - 1) << first);
  return leaves === 0 ? -1 : 31 - Math.clz32(leaves);
}

/** Where the hash of node `position` begins in the slab; −1 if the node is empty. */
export function nodeOffset(page: Page, position: number): number {
  if (((page.present >>> position) & 1) === 1) {
    return page.offset + popcount(page.present & ((1 << position) - 1)) * HASH_WORDS;
  }
  if (position >= FIRST_SLOT) return -1;
  const slot = leafSlotAt(page, position);
  return slot < 0 ? -1 : nodeOffset(page, FIRST_SLOT + slot);
}

export function slotOffset(page: Page, slot: number): number {
  return nodeOffset(page, FIRST_SLOT + slot);
}

/** Where the leaf record of `slot` begins in the slab. The slot must hold one. */
export function leafOffset(page: Page, slot: number): number {
  return page.offset + popcount(page.present) * HASH_WORDS + popcount(page.leafMask & ((1 << slot) - 1)) * LEAF_WORDS;
}

/** The slab as bytes. */
export function slabBytes(words: Uint32Array): Bytes {
  return new Uint8Array(words.buffer);
}

/** The four path bits that choose the slot in a page at `depth` (in pages). */
export function slotOf(path: Bytes, at: number, depth: number): number {
  const byte = path[at + (depth >> 1)] as number;
  return (depth & 1) === 0 ? byte >> 4 : byte & 15;
}

export function copyWords(from: Uint32Array, at: number, into: Uint32Array, to: number, count: number): void {
  for (let i = 0; i < count; i++) into[to + i] = from[at + i] as number;
}

export function equalWords(a: Uint32Array, aAt: number, b: Uint32Array, bAt: number, count: number): boolean {
  for (let i = 0; i < count; i++) if (a[aAt + i] !== b[bAt + i]) return false;
  return true;
}

/** A copy of the 32 bytes at a word offset. */
export function hashBytes(words: Uint32Array, at: number): Uint8Array {
  const out = new Uint8Array(32);
  out.set(new Uint8Array(words.buffer, at * 4, 32));
  return out;
}

/**
 * Sets of committee members as bits: member i at bit (i & 7) of byte (i >> 3).
 *
 * Those of two committees' attestations are never mixed, so both operands have one length; that is asserted, for an outsider's bits are
 * checked by `bitsFit` first.
 */
import { assert, type Bytes } from "../../../core/sdk.js";
import { bitsBytes } from "./limits.js";

/** How many bits of a byte are 1. */
const ONES = Uint8Array.from({ length: 256 }, (_, byte) => {
  let ones = 0;
  for (let rest = byte; rest > 0; rest >>= 1) ones += rest & 1;
  return ones;
});

/** Nobody of a committee. */
export function emptyBits(size: number): Uint8Array {
  return new Uint8Array(bitsBytes(size));
}

/** Member `position` alone. */
export function singleBit(size: number, position: number): Uint8Array {
  assert(position >= 0 && position < size, "a position lies within its committee");
  const bits = emptyBits(size);
  bits[position >> 3] = 1 << (position & 7);
  return bits;
}

/** Whether these are bits of a committee of `size`: ⌈size / 8⌉ bytes, nothing beyond the last member. */
export function bitsFit(bits: Bytes, size: number): boolean {
  if (bits.length !== bitsBytes(size)) return false;
  const spare = 8 * bits.length - size;
  return spare === 0 || (bits[bits.length - 1] as number) >> (8 - spare) === 0;
}

export function hasBit(bits: Bytes, position: number): boolean {
  return (((bits[position >> 3] ?? 0) >> (position & 7)) & 1) === 1;
}

export function countBits(bits: Bytes): number {
  let count = 0;
  for (let i = 0; i < bits.length; i++) count += ONES[bits[i] as number] as number;
  return count;
}

/** Members of either. */
export function unionBits(a: Bytes, b: Bytes): Uint8Array {
  assertAlike(a, b);
  const union = new Uint8Array(a.length);
  for (let i = 0; i < a.length; i++) union[i] = (a[i] as number) | (b[i] as number);
  return union;
}

/** Members of both. */
export function intersectBits(a: Bytes, b: Bytes): Uint8Array {
  assertAlike(a, b);
  const common = new Uint8Array(a.length);
  for (let i = 0; i < a.length; i++) common[i] = (a[i] as number) & (b[i] as number);
  return common;
}

/** Whether somebody is in both: such aggregates can't be merged, for that one's signature would count twice. */
export function bitsOverlap(a: Bytes, b: Bytes): boolean {
  assertAlike(a, b);
  for (let i = 0; i < a.length; i++) if (((a[i] as number) & (b[i] as number)) !== 0) return true;
  return false;
}

/** Whether everybody of `a` is in `b`. */
export function isSubsetOf(a: Bytes, b: Bytes): boolean {
  assertAlike(a, b);
  for (let i = 0; i < a.length; i++) if (((a[i] as number) & ~(b[i] as number)) !== 0) return false;
  return true;
}

/** How many of `a` are not in `b`: what an aggregate adds to what is known. */
export function countBitsBeyond(a: Bytes, b: Bytes): number {
  assertAlike(a, b);
  let count = 0;
  for (let i = 0; i < a.length; i++) count += ONES[(a[i] as number) & ~(b[i] as number)] as number;
  return count;
}

/**
 * The members that bits stand for, in the order of the committee (`get_attesting_indices`).
 *
 * @param bits ones that fit the committee
 */
export function membersOf(committee: Uint32Array, bits: Bytes): Uint32Array {
  assert(bitsFit(bits, committee.length), "bits fit their committee");
  const members = new Uint32Array(countBits(bits));
  let at = 0;
  for (let i = 0; i < bits.length; i++) {
    // The lowest bit that is left, one after another.
    for (let rest = bits[i] as number; rest !== 0; rest &= rest - 1) {
      members[at++] = committee[8 * i + 31 - Math.clz32(rest & -rest)] as number;
    }
  }
  return members;
}

function assertAlike(a: Bytes, b: Bytes): void {
  assert(a.length === b.length, "bits of one committee have one length");
}

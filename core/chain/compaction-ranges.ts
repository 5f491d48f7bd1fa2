/**
 * The whole storage as ranges that are compacted one after the other, so that none takes long.
 *
 * Where keys are hashes, pieces are cut by their first byte; the state's pages have their depth before the bits of their path, so
 * they are cut at each depth. All other records are few, or lie in the order in which they come and go.
 */
import type { Bytes } from "../primitives/bytes.js";

export interface KeyRange {
  readonly gte: Bytes;
  readonly lt: Bytes;
}

/** Blocks, their index, receipts, places of transactions, certificates; values and differences of the state (see the records of both). */
const HASHED_PREFIXES = [0x01, 0x02, 0x04, 0x05, 0x0a, 0x20, 0x28];
const PAGE_PREFIX = 0x21;
/** Pages lie at no more depths in a state of any size that fits on a disk. */
const PAGE_DEPTHS = 16;
/** Beyond every key: they have at most 255 bytes. */
const END: Bytes = new Uint8Array(256).fill(0xff);

/** Consecutive, from the first possible key to the last; each hashed prefix and each depth in `parts` (1 to 256) pieces. */
export function compactionRanges(parts: number): KeyRange[] {
  const cuts: Bytes[] = [Uint8Array.of(0)];
  const firstBytes = Array.from({ length: parts }, (_, part) => Math.floor((part * 256) / parts));
  for (let prefix = 1; prefix <= 0x40; prefix++) {
    if (HASHED_PREFIXES.includes(prefix)) for (const byte of firstBytes) cuts.push(Uint8Array.of(prefix, byte));
    else if (prefix === PAGE_PREFIX) {
      for (let depth = 0; depth < PAGE_DEPTHS; depth++) for (const byte of firstBytes) cuts.push(Uint8Array.of(prefix, depth, byte));
    } else if (HASHED_PREFIXES.includes(prefix - 1) || prefix - 1 === PAGE_PREFIX || prefix === 0x40) cuts.push(Uint8Array.of(prefix));
  }
  return cuts.map((gte, index) => ({ gte, lt: cuts[index + 1] ?? END }));
}

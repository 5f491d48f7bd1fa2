/**
 * Timestamp rules of proof-of-work chains. Miners write timestamps, so they are believed only within bounds: above
 * the median of the last blocks (BIP 113's median time past, so that time can't be turned back), and not
 * far ahead of one's own clock (a local rule: it delays a block, it never makes it invalid).
 */
import { assert } from "../kernel/assert.js";

/** Bitcoin's: 11 blocks, so six of them must conspire. */
export const MEDIAN_TIME_BLOCKS = 11;

/** Reads the timestamp of the ancestor at a distance (1 is the parent); undefined before genesis. */
export type TimestampAt = (distance: number) => number | undefined;

/**
 * Median of the timestamps of the last `blocks` ancestors, or of as many as there are: a new block's must be above it.
 * Of an even number the upper middle one, as in Bitcoin.
 */
export function medianTimePast(timestampAt: TimestampAt, blocks: number = MEDIAN_TIME_BLOCKS): number {
  const timestamps: number[] = [];
  for (let distance = 1; distance <= blocks; distance++) {
    const timestampMs = timestampAt(distance);
    if (timestampMs === undefined) break;
    timestamps.push(timestampMs);
  }
  timestamps.sort((a, b) => a - b);
  const median = timestamps[timestamps.length >> 1];
  assert(median !== undefined, "a block with a parent has a median time past");
  return median;
}

/** The earliest time at which a block may be taken in, when its timestamp is too far ahead of `nowMs`; else undefined. */
export function acceptableFrom(timestampMs: number, nowMs: number, futureBoundMs: number): number | undefined {
  return timestampMs > nowMs + futureBoundMs ? timestampMs - futureBoundMs : undefined;
}

/** The timestamp of a block made now: the clock's, or just above the median where the clock is behind. */
export function proposalTimestamp(nowMs: number, medianTimePastMs: number): number {
  return Math.max(Math.trunc(nowMs), medianTimePastMs + 1);
}

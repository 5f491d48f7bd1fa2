/**
 * Which memory, squarings and inner nonces give the three phases their intended shares of time on the machine at hand: measured with the very
 * searcher that mines, in processor time. For people who make a chain spec; nothing of it reaches a rule.
 */
import { Hash } from "../../../core/sdk.js";
import type { PhaseChoice } from "../phases.js";
import createSearcher from "./search.js";
import { type PhaseFigures, phaseFigures, Tally } from "./tallies.js";

export interface PhaseSizes {
  readonly memoryKiB: number;
  readonly passes: number;
  readonly squarings: number;
  readonly innerNonceBits: number;
}

/** Percent, together 100. */
export interface Shares {
  readonly memory: number;
  readonly timeLock: number;
  readonly search: number;
}

export interface Calibration {
  readonly measured: PhaseFigures;
  /** With the memory that was aimed at: only squarings and inner nonces follow. */
  readonly kept: PhaseSizes;
  /** With memory in step: what comes nearest to the shares. */
  readonly proposed: PhaseSizes;
}

/** No hash is this small: a search never ends early. */
const UNREACHABLE = new Uint8Array(32);
/** Of a phase, in a row: the median of so many attempts at least. */
const ATTEMPTS_MIN = 5;
const SLICE_HASHES = 16_384;
const MEMORY_STEP_KIB = 256;
const SQUARINGS_STEP = 500;
const INNER_BITS_MAX = 32;

/**
 * Medians over whole attempts.
 *
 * @param processorMs processor time of this process so far
 * @param durationMs of it to be spent, about
 */
export function measurePhases(sizes: PhaseSizes, phases: PhaseChoice, processorMs: () => number, durationMs: number): PhaseFigures {
  const { memoryKiB, passes, squarings, innerNonceBits } = sizes;
  const work = {
    root: Hash.zero,
    parentId: Hash.zero,
    target: UNREACHABLE,
    memoryCost: { memoryKiB, passes },
    squarings,
    innerNonceBits,
  };
  const searcher = createSearcher({ work, phases }, { index: 0, count: 1, monotonicMs: processorMs });
  if (searcher instanceof Promise) throw new TypeError("this engine's searcher is made at once");
  const attempts: number[][] = [];
  const startMs = processorMs();
  while (attempts.length < ATTEMPTS_MIN || processorMs() - startMs < durationMs) {
    const sums: number[] = Object.values(Tally).map(() => 0);
    for (let hashes = 0; hashes < 2 ** innerNonceBits; hashes = sums[Tally.hashes] ?? 0) {
      const slice = searcher.search(SLICE_HASHES, () => false);
      if (slice instanceof Promise) throw new TypeError("this engine's searcher answers at once");
      slice.tallies?.forEach((tally, place) => {
        sums[place] = (sums[place] ?? 0) + tally;
      });
    }
    attempts.push(sums);
  }
  // The first ones warm caches and compilers.
  const settled = attempts.slice(Math.min(2, attempts.length - 3));
  return phaseFigures(Object.values(Tally).map((place) => median(settled.map((sums) => sums[place] ?? 0))));
}

/** @param aim the sizes that were measured; its memory is what is wanted */
export function calibrate(aim: PhaseSizes, shares: Shares, measured: PhaseFigures): Calibration {
  const memoryMs = 1_000 / measured.memoriesPerSecond;
  const hashMs = 1_000 / measured.hashesPerSecond;
  const squaringMs = 1_000 / measured.squaringsPerSecond;
  const squaringsFor = (totalMs: number): number => rounded((totalMs * shares.timeLock) / 100 / squaringMs, SQUARINGS_STEP);
  const wantedHashes = (memoryMs * shares.search) / shares.memory / hashMs;
  const innerNonceBits = Math.max(1, Math.min(INNER_BITS_MAX, Math.round(Math.log2(wantedHashes))));
  const searchMs = 2 ** innerNonceBits * hashMs;
  const totalMs = (searchMs * 100) / shares.search;
  const memoryKiB = rounded((aim.memoryKiB * ((totalMs * shares.memory) / 100)) / memoryMs, MEMORY_STEP_KIB);
  // What memory and search take is given then; squarings take their share of it.
  const keptMs = ((memoryMs + searchMs) * 100) / (100 - shares.timeLock);
  return {
    measured,
    kept: { ...aim, squarings: squaringsFor(keptMs), innerNonceBits },
    proposed: { ...aim, memoryKiB, squarings: squaringsFor(totalMs), innerNonceBits },
  };
}

function rounded(value: number, step: number): number {
  return Math.max(step, Math.round(value / step) * step);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? 0;
}

/**
 * What mining threads count of each phase, and what people see of it: how much a second, and how the time is shared.
 *
 * Rates are of the time that a phase itself took: what a core does in this phase, not what the whole miner comes to.
 */
import type { Json } from "../../../core/sdk.js";

/** Places in a slice's tallies. Times are of the threads' own clock, µs. */
export const Tally = {
  memories: 0,
  memoryUs: 1,
  squarings: 2,
  squaringUs: 3,
  hashes: 4,
  hashUs: 5,
  proofs: 6,
  proofUs: 7,
} as const;

export interface PhaseFigures {
  /** Outer nonces begun. */
  readonly attempts: number;
  readonly memoriesPerSecond: number;
  readonly squaringsPerSecond: number;
  readonly hashesPerSecond: number;
  /** Of the three phases' time, percent; 0 before anything was timed. */
  readonly shares: { readonly memory: number; readonly timeLock: number; readonly search: number };
  /** Of one whole attempt on one thread, ms. */
  readonly attemptMs: number;
}

/** From the sums of all tallies. */
export function phaseFigures(tallies: readonly number[]): PhaseFigures {
  const at = (place: number): number => tallies[place] ?? 0;
  const [memoryUs, squaringUs, hashUs] = [at(Tally.memoryUs), at(Tally.squaringUs), at(Tally.hashUs)];
  const totalUs = memoryUs + squaringUs + hashUs;
  const share = (us: number): number => (totalUs === 0 ? 0 : Math.round((us * 1_000) / totalUs) / 10);
  return {
    attempts: at(Tally.memories),
    memoriesPerSecond: perSecond(at(Tally.memories), memoryUs),
    squaringsPerSecond: perSecond(at(Tally.squarings), squaringUs),
    hashesPerSecond: perSecond(at(Tally.hashes), hashUs),
    shares: { memory: share(memoryUs), timeLock: share(squaringUs), search: share(hashUs) },
    attemptMs: at(Tally.memories) === 0 ? 0 : Math.round(totalUs / at(Tally.memories)) / 1_000,
  };
}

export function describeFigures({
  attempts,
  memoriesPerSecond,
  squaringsPerSecond,
  hashesPerSecond,
  shares,
  attemptMs,
}: PhaseFigures): Json {
  return { attempts, attemptMs, memoriesPerSecond, squaringsPerSecond, hashesPerSecond, shares: { ...shares } };
}

function perSecond(count: number, us: number): number {
  return us === 0 ? 0 : Math.round((count * 1e7) / us) / 10;
}

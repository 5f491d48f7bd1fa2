/**
 * What mining threads count of each phase, and what people see of it: how much a second, and how the time is shared.
 *
 * Rates are of the time that a phase itself took: what a core does in this phase, not what the whole miner comes to. Figures are as exact as
 * the times are, since calibration computes with them; they are rounded for people alone.
 */
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
  const share = (us: number): number => (totalUs === 0 ? 0 : (us * 100) / totalUs);
  return {
    attempts: at(Tally.memories),
    memoriesPerSecond: perSecond(at(Tally.memories), memoryUs),
    squaringsPerSecond: perSecond(at(Tally.squarings), squaringUs),
    hashesPerSecond: perSecond(at(Tally.hashes), hashUs),
    shares: { memory: share(memoryUs), timeLock: share(squaringUs), search: share(hashUs) },
    attemptMs: at(Tally.memories) === 0 ? 0 : totalUs / at(Tally.memories) / 1_000,
  };
}

/** The same for people: times to the µs, shares to a tenth of a percent, rates to a tenth, or to three digits where they are low. */
export function describeFigures({ attempts, memoriesPerSecond, squaringsPerSecond, hashesPerSecond, shares, attemptMs }: PhaseFigures) {
  return {
    attempts,
    attemptMs: rounded(attemptMs, 3),
    memoriesPerSecond: roundedRate(memoriesPerSecond),
    squaringsPerSecond: roundedRate(squaringsPerSecond),
    hashesPerSecond: roundedRate(hashesPerSecond),
    shares: { memory: rounded(shares.memory, 1), timeLock: rounded(shares.timeLock, 1), search: rounded(shares.search, 1) },
  };
}

function perSecond(count: number, us: number): number {
  return us === 0 ? 0 : (count * 1e6) / us;
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

function roundedRate(perSecond: number): number {
  return perSecond < 100 ? Number(perSecond.toPrecision(3)) : rounded(perSecond, 1);
}

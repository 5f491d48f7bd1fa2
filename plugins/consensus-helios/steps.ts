/**
 * Steps of memory and squarings: what they are worth, and when the next one is taken.
 *
 * A step adds an eighth of the chain spec's value, rounded down. The two kinds take turns, memory first, so the pairs that can
 * occur are the rungs of one ladder: (0,0) (1,0) (1,1) (2,1) … until one kind, then both, are at their bounds. A chain climbs or
 * descends at most one rung at each epoch border.
 *
 * Cost model. An attempt is one outer nonce: phases 1, 2 and 3. At step 0 it costs 800 units: eight for each percent of the shares.
 * Memory and squarings scale their phase's part, the search stays as it is:
 *
 *   cost = memoryShare · (8 + memory step) + timeLockShare · (8 + time step) + searchShare · 8
 *
 * All of it is integers of the header and the chain spec, so all nodes agree.
 */
import { assert } from "../../core/sdk.js";
import type { HeliosSpec } from "./config.js";

/** A rung of the ladder, as headers state it. */
export interface Steps {
  /** 0 … `memory.stepsMax`. */
  readonly memory: number;
  /** 0 … `timeLock.stepsMax`. */
  readonly time: number;
}

/** A step adds one part in so many. */
const PARTS = 8;

/** Cost of an attempt at step 0. */
export const BASE_COST = 100n * BigInt(PARTS);

export const NO_STEPS: Steps = { memory: 0, time: 0 };

/** Memory of phase 1, KiB. */
export function memoryKiBAt({ memory }: HeliosSpec, steps: Steps): number {
  return Math.floor((memory.sizeKiB * (PARTS + steps.memory)) / PARTS);
}

/** T: squarings of phase 2. */
export function squaringsAt({ timeLock }: HeliosSpec, steps: Steps): number {
  return Math.floor((timeLock.squarings * (PARTS + steps.time)) / PARTS);
}

/** What an attempt costs, in units of which it costs `BASE_COST` at step 0. */
export function attemptCost({ shares }: HeliosSpec, steps: Steps): bigint {
  return BigInt(shares.memory * (PARTS + steps.memory) + shares.timeLock * (PARTS + steps.time) + shares.search * PARTS);
}

/**
 * The steps of the first block of an epoch.
 *
 * Up, when the block before it took as many attempts, expected and counted at the cost of step 0, as the next rung asks for:
 * `firstAttempts` for the first one, 2^growthBits times as many for each further one. Down, when it took fewer than half of
 * what the rung it stands on asks for: between the two nothing moves, so a network at a threshold does not swing.
 *
 * @param attempts of the parent, at the cost of step 0
 */
export function nextSteps(spec: HeliosSpec, steps: Steps, attempts: bigint): Steps {
  const rung = steps.memory + steps.time;
  if (rung < spec.memory.stepsMax + spec.timeLock.stepsMax && attempts >= attemptsFor(spec, rung + 1)) return raised(spec, steps);
  if (rung > 0 && attempts * 2n < attemptsFor(spec, rung)) return lowered(steps);
  return steps;
}

/** Whether the block at `height` is the first of an epoch. */
export function beginsEpoch({ steps }: HeliosSpec, height: number): boolean {
  return height > 0 && height % steps.epochBlocks === 0;
}

/** Attempts for a block, at the cost of step 0, that rung asks for, ≥ 1. */
function attemptsFor({ steps }: HeliosSpec, rung: number): bigint {
  assert(rung >= 1, "the lowest rung asks for nothing");
  return BigInt(steps.firstAttempts) << BigInt(steps.growthBits * (rung - 1));
}

/** The lower of the two, memory first, as far as its bound lets it. */
function raised(spec: HeliosSpec, { memory, time }: Steps): Steps {
  const isMemorysTurn = memory < spec.memory.stepsMax && (memory <= time || time === spec.timeLock.stepsMax);
  return isMemorysTurn ? { memory: memory + 1, time } : { memory, time: time + 1 };
}

/** The way that `raised` came. */
function lowered({ memory, time }: Steps): Steps {
  return time >= memory ? { memory, time: time - 1 } : { memory: memory - 1, time };
}

/** What is done to the node at each kill, drawn from the seed: the same seed and number give the same plan. */
import { seeded } from "../core/chain/harness.js";
import type { Tuning } from "./world.js";

/**
 * Where the kill falls. None of them needs a hook in the node: they are seen from outside.
 *
 * - `random`: any time under load
 * - `block`: when a block was just told; `flush`: when one was told after which a flush is due
 * - `accepted`: when a transfer's acceptance was just answered
 * - `files`: when a file appears or vanishes in the database: a log is rotated, a table is made, a compaction ends
 * - `start`: while the node comes up and recovers
 * - `stop`: during a clean stop
 */
export const POINTS = ["random", "block", "flush", "accepted", "files", "start", "stop"] as const;
export type Point = (typeof POINTS)[number];

export interface KillPlan {
  readonly number: number;
  readonly point: Point;
  /** How long the node runs under load before the point is looked for, ms. */
  readonly loadMs: number;
  /** From the point to the kill, ms. */
  readonly delayMs: number;
  /** Whether a copy of the database is damaged afterwards, and the randomness for it. */
  readonly damages: boolean;
  readonly random: () => number;
}

const WEIGHTS: Readonly<Record<Point, number>> = { random: 3, block: 2, flush: 3, accepted: 2, files: 4, start: 3, stop: 2 };

export function planOf(seed: string, number: number): KillPlan {
  const random = seeded(`${seed}/${number}`);
  let pick = random() * Object.values(WEIGHTS).reduce((sum, weight) => sum + weight, 0);
  let point: Point = "random";
  for (const each of POINTS) {
    point = each;
    pick -= WEIGHTS[each];
    if (pick < 0) break;
  }
  const loadMs = point === "start" ? 0 : 100 + Math.floor(random() * 700);
  // A start takes a few hundred milliseconds; what follows a point in the code follows within a few.
  const widthMs = { random: 500, block: 20, flush: 40, accepted: 10, files: 15, start: 900, stop: 150 }[point];
  return { number, point, loadMs, delayMs: Math.floor(random() ** 2 * widthMs), damages: random() < 0.4, random };
}

/** How the node of one life is set up. */
export function tuningOf(seed: string, life: number): Tuning {
  const random = seeded(`${seed}/life ${life}`);
  const oneOf = <Value>(values: readonly [Value, ...Value[]]): Value => values[Math.floor(random() * values.length)] ?? values[0];
  return {
    flushAfterBlocks: oneOf([1, 2, 3, 5, 8, 32]),
    // The least makes LevelDB rotate, sort and compact all the time.
    writeBufferBytes: oneOf([65_536, 65_536, 131_072, 1_048_576]),
    finalDepth: oneOf([1, 3, 10, 100]),
    blockIntervalMs: oneOf([30, 60, 120]),
  };
}

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
 * - `reorg`: when a block was just told to be undone; `snapshot`: while one is being made. Only where there are any
 */
export const POINTS = ["random", "block", "flush", "accepted", "files", "start", "stop", "reorg", "snapshot"] as const;
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

const WEIGHTS: Readonly<Record<Point, number>> = {
  random: 3,
  block: 2,
  flush: 3,
  accepted: 2,
  files: 4,
  start: 3,
  stop: 2,
  reorg: 0,
  snapshot: 0,
};

/** What a kind is about comes more often than the rest together. */
const OWN_WEIGHTS: Readonly<Partial<Record<Kind, Partial<Record<Point, number>>>>> = {
  forks: { reorg: 20, start: 1, stop: 1 },
  snapshots: { snapshot: 12 },
};

export function planOf(seed: string, number: number, kind: Kind = "plain"): KillPlan {
  const random = seeded(`${seed}/${number}`);
  const weights = { ...WEIGHTS, ...OWN_WEIGHTS[kind] };
  let pick = random() * Object.values(weights).reduce((sum, weight) => sum + weight, 0);
  let point: Point = "random";
  for (const each of POINTS) {
    point = each;
    pick -= weights[each];
    if (pick < 0) break;
  }
  const loadMs = point === "start" ? 0 : 100 + Math.floor(random() * 500);
  // A start takes a few hundred milliseconds; what follows a point in the code follows within a few.
  const widthMs = { random: 500, block: 20, flush: 40, accepted: 10, files: 15, start: 900, stop: 150, reorg: 60, snapshot: 60 }[point];
  return { number, point, loadMs, delayMs: Math.floor(random() ** 2 * widthMs), damages: random() < 0.4, random };
}

/**
 * What is special about a chain; chains take turns.
 *
 * - `forks`: a second miner, most of the time out of sight: when the two meet, one changes to the other's branch
 * - `tools`: backups are made while it runs and when it was killed, and restored; these commands are killed, too
 * - `pruned`, `archive`: what it keeps of the past. `modes`: that changes at each start
 * - `full-disk`: the node is not killed, its disk is filled up; it ends by itself. Needs the right to mount a file system
 * - `background`: writes are synced after they were acknowledged
 * - `upkeep`: migrate, rewind, export, import, prune and rebuild are killed on copies of its data, and done again
 * - `snapshots`: it makes snapshots all the time; what is whole is loaded into another directory, by a command that is killed, too
 * - `sync`: a fresh node loads its state from two others, and is killed meanwhile
 */
export const KINDS = [
  "plain",
  "forks",
  "tools",
  "pruned",
  "background",
  "archive",
  "full-disk",
  "modes",
  "upkeep",
  "snapshots",
  "sync",
] as const;
export type Kind = (typeof KINDS)[number];

/** Kills of one chain; afterwards it is executed again from genesis, and the next chain begins. */
export const KILLS_PER_LIFE = 50;

export type { Tuning };

export interface LifePlan {
  readonly life: number;
  readonly kind: Kind;
  readonly tuning: Tuning;
}

/** What a kind needs. */
const TUNED: Readonly<Partial<Record<Kind, Partial<Tuning>>>> = {
  // Tables of their own are what a full disk refuses, too.
  "full-disk": { writeBufferBytes: 65_536 },
  // Two miners that lose sight of each other come back together only above what is final.
  forks: { finalDepth: 100, blockIntervalMs: 60, restMs: 20 },
  // Enough blocks that some are old enough to go.
  pruned: { finalDepth: 3, blockIntervalMs: 30 },
  modes: { finalDepth: 3, blockIntervalMs: 30 },
  upkeep: { blockIntervalMs: 30 },
  snapshots: { finalDepth: 2, blockIntervalMs: 60, writeBufferBytes: 1_048_576, restMs: 40 },
  sync: { finalDepth: 2, blockIntervalMs: 60, restMs: 40 },
};

/** How the node of one life is set up. */
export function lifePlan(seed: string, life: number, forced?: Kind): LifePlan {
  const random = seeded(`${seed}/life ${life}`);
  const oneOf = <Value>(values: readonly [Value, ...Value[]]): Value => values[Math.floor(random() * values.length)] ?? values[0];
  const tuning: Tuning = {
    flushAfterBlocks: oneOf([1, 2, 3, 5, 8, 32]),
    // The least makes LevelDB rotate, sort and compact all the time.
    writeBufferBytes: oneOf([65_536, 65_536, 131_072, 1_048_576]),
    finalDepth: oneOf([1, 3, 10, 100]),
    blockIntervalMs: oneOf([30, 60, 120]),
  };
  const kind = forced ?? KINDS[life % KINDS.length] ?? "plain";
  return { life, kind, tuning: { ...tuning, ...TUNED[kind] } };
}

/** Hash rate that comes and goes, and clocks that are ahead, measured on whole nodes in the simulator. */
import { bitsOfTarget, formatBits } from "../../sdk.js";
import type { AttackOptions } from "./double-spend.js";
import { MINUTE_MS, partOf, runNodes, withAttacker } from "./node-run.js";
import { Ratio } from "./statistics.js";
import { type AttackTable, type Measurement, mean, tableOf } from "./table.js";
import { asertBlocks } from "./theory.js";

const HALF_LIFE_MINUTES = 240;
/** Trials of a model that are worth a run, and a minute of it; least, most. */
const SEEDS = [500, 2, 20] as const;
const MINUTES = [50, 3, 120] as const;

/** A block's work is a whole number of attempts, rounded down: it takes many of them for that not to matter. */
const SWING_ATTEMPTS = 640;
const SWING_RULES = { difficulty: { algorithm: "asert", halfLifeMs: HALF_LIFE_MINUTES * MINUTE_MS } };
const FLUID_SLACK = 0.03;

/** Compact target of a block that takes so many attempts. */
function bitsFor(attempts: number): string {
  return formatBits(bitsOfTarget(2n ** 256n / BigInt(attempts)));
}

/** Blocks of two nodes in so many minutes, when hash rate is `factor` times what the first target is made for. */
async function swing(factor: number, minutes: number, seed: string): Promise<number> {
  const initialTargetBits = bitsFor(SWING_ATTEMPTS / Math.max(1, factor));
  const { height } = await runNodes(
    {
      duration: `${minutes}m`,
      attempts: SWING_ATTEMPTS,
      chain: { consensus: { parameters: { ...SWING_RULES, initialTargetBits } } },
      nodes: [{ name: "honest", count: 2, hashShare: 100 * Math.min(1, factor) }],
    },
    seed,
  );
  return height;
}

const CLOCK_SHARE = 40;

/** Blocks of two honest nodes and a miner with 40 % whose clock is so far ahead. */
export async function clockAhead(skew: string, minutes: number, seed: string): Promise<number> {
  return (await runNodes({ duration: `${minutes}m`, nodes: withAttacker(CLOCK_SHARE, { skew }) }, seed)).height;
}

export async function nodeTimeTables({ seed, trials, onCell }: AttackOptions): Promise<readonly AttackTable[]> {
  const [seeds, least] = [partOf(trials, ...SEEDS), partOf(trials, ...MINUTES)];
  const swings: Measurement[] = [];
  for (const factor of [10, 0.1]) {
    const minutes = factor > 1 ? least : 4 * least;
    const blocks = new Ratio();
    for (let number = 0; number < seeds; number++) {
      blocks.add(await swing(factor, minutes, `${seed}/nodes/swing/${factor}/${number}`));
      await onCell?.(`hash rate × ${factor} on nodes, run ${number + 1} of ${seeds}`);
    }
    const theory = asertBlocks(factor, minutes, HALF_LIFE_MINUTES, 1);
    swings.push(mean({ "hash rate": `× ${factor}`, minutes }, theory, blocks, { slack: FLUID_SLACK }));
  }
  const clocks: Measurement[] = [];
  for (const skew of ["110s", "3600s"]) {
    const excess = new Ratio();
    for (let number = 0; number < seeds; number++) {
      excess.add((await clockAhead(skew, least, `${seed}/nodes/clock/${skew}/${number}`)) - least);
      await onCell?.(`clock ${skew} ahead on nodes, run ${number + 1} of ${seeds}`);
    }
    clocks.push(mean({ "clock ahead": skew, minutes: least }, 2, excess, { claim: "atMost" }));
  }
  return [tableOf(SWINGS, swings), tableOf(CLOCKS, clocks)];
}

const SWINGS = {
  name: "nodes-swing",
  title: "Hash rate × 10 and ÷ 10 on whole nodes with asert (half-life 240 blocks): blocks found",
  source: "(t + τ log2(k − (k − 1) 2^(−t/τ))) / T, within 3 %",
  method: "two mining nodes; a mean over seeds",
  unit: "number",
} as const;

const CLOCKS = {
  name: "nodes-timestamps",
  title: "A miner with 40 % and a clock ahead, on whole nodes: blocks beyond the schedule",
  source: "bound: futureBoundMs / blockIntervalMs = 2; further ahead, its blocks wait until their time has come",
  method: "three nodes; a mean over seeds",
  unit: "number",
} as const;

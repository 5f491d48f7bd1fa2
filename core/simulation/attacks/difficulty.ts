/**
 * Attacks on time and difficulty, against the real rules of core/work: hash rate that comes and goes, miners who write false timestamps,
 * and time warps against difficulty by windows.
 */
import { acceptableFrom, WINDOW_CLAMP } from "../../sdk.js";
import { exponential } from "../distribution.js";
import { SeededRandom } from "../random.js";
import type { AttackOptions } from "./double-spend.js";
import { asertRule, childOf, type DifficultyRule, easeOf, genesisBlock, type ModelBlock, windowRule } from "./model-chain.js";
import { Ratio } from "./statistics.js";
import { type AttackTable, type Measurement, mean, tableOf } from "./table.js";
import { asertBlocks, asertDifficulty, postdatedBlocks } from "./theory.js";

const MINUTE = 60_000;
/** As in the plugin: an hour, and a block in 15 seconds, which are 240 blocks; here in minutes. */
const HALF_LIFE_MS = 240 * MINUTE;
const WINDOW = 144;
const FUTURE_BOUND_MS = 2 * MINUTE;
const START_MS = 1_767_225_600_000;
/** What the limit of many small blocks leaves out: after a fall, an hour has only a few blocks. */
const FLUID_SLACK = 0.03;
/** Runs are long: as many as leave the interval narrow. */
const RUNS_PART = 10;
const RUNS_LEAST = 5;

interface Tip {
  readonly block: ModelBlock;
  readonly nowMs: number;
}

/** When the next block is found. @param factor hash rate, of that which MODEL_BITS is made for */
function foundAtMs(
  random: SeededRandom,
  { block, nowMs }: Tip,
  rule: DifficultyRule,
  factor: number,
): { readonly bits: number; readonly atMs: number } {
  const bits = rule.nextBits(block);
  return { bits, atMs: nowMs + (exponential(random) * MINUTE) / (factor * easeOf(bits)) };
}

/** Honest miners write the time; as a clock does, in whole milliseconds. */
function honestChild(parent: ModelBlock, atMs: number, bits: number, rule: DifficultyRule): ModelBlock {
  return childOf(parent, false, Math.max(Math.floor(START_MS + atMs), rule.floorMs(parent)), bits);
}

/** Blocks and difficulty after so many half-lives with another hash rate, from a chain that is on schedule. */
function asertSwing(random: SeededRandom, factor: number, halfLives: number): { readonly blocks: number; readonly difficulty: number } {
  const genesis = genesisBlock(START_MS);
  const rule = asertRule(genesis, MINUTE, HALF_LIFE_MS);
  const endMs = halfLives * HALF_LIFE_MS;
  let tip: Tip = { block: genesis, nowMs: 0 };
  for (;;) {
    const { bits, atMs } = foundAtMs(random, tip, rule, factor);
    if (atMs > endMs) return { blocks: tip.block.header.height, difficulty: 1 / easeOf(bits) };
    tip = { block: honestChild(tip.block, atMs, bits, rule), nowMs: atMs };
  }
}

/** Real time of each of the first windows with another hash rate, in windows of the schedule. */
function windowSwing(random: SeededRandom, factor: number, windows: number): readonly number[] {
  const genesis = genesisBlock(START_MS);
  const rule = windowRule(MINUTE, WINDOW, { ordersBorders: true });
  let tip: Tip = { block: genesis, nowMs: 0 };
  const times: number[] = [];
  for (let window = 1; window <= windows; window++) {
    const fromMs = tip.nowMs;
    for (let i = 0; i < WINDOW; i++) {
      const { bits, atMs } = foundAtMs(random, tip, rule, factor);
      tip = { block: honestChild(tip.block, atMs, bits, rule), nowMs: atMs };
    }
    times.push((tip.nowMs - fromMs) / (WINDOW * MINUTE));
  }
  return times;
}

export async function swingTables({ seed, trials, onCell }: AttackOptions): Promise<readonly AttackTable[]> {
  const runs = Math.max(RUNS_LEAST, Math.ceil(trials / RUNS_PART));
  const found: Measurement[] = [];
  const reached: Measurement[] = [];
  const window: Measurement[] = [];
  for (const factor of [10, 0.1]) {
    for (const halfLives of [1, 2, 4]) {
      const random = new SeededRandom(`${seed}/swing/asert/${factor}/${halfLives}`);
      const blocks = new Ratio();
      const difficulty = new Ratio();
      for (let run = 0; run < runs; run++) {
        const swing = asertSwing(random, factor, halfLives);
        blocks.add(swing.blocks);
        difficulty.add(swing.difficulty);
      }
      const elapsed = halfLives * HALF_LIFE_MS;
      const at = { "hash rate": `× ${factor}`, "half-lives": halfLives };
      found.push(mean(at, asertBlocks(factor, elapsed, HALF_LIFE_MS, MINUTE), blocks, { slack: FLUID_SLACK }));
      reached.push(mean(at, asertDifficulty(factor, elapsed, HALF_LIFE_MS), difficulty, { slack: FLUID_SLACK }));
      await onCell?.(`asert × ${factor} after ${halfLives} half-lives`);
    }
    const random = new SeededRandom(`${seed}/swing/window/${factor}`);
    const times = [new Ratio(), new Ratio(), new Ratio()];
    for (let run = 0; run < runs; run++)
      for (const [index, time] of windowSwing(random, factor, times.length).entries()) times[index]?.add(time);
    // A factor of four at a time; then right, but for the error of a window's measurement: the mean of 1 / (mean of 144 exponentials).
    const expected = factor > 1 ? [1 / factor, 4 / factor, 1] : [1 / factor, 1 / (4 * factor), 1];
    for (const [index, time] of times.entries())
      window.push(mean({ "hash rate": `× ${factor}`, window: index + 1 }, expected[index] ?? 1, time, { slack: index === 2 ? 0.01 : 0 }));
    await onCell?.(`window × ${factor}`);
  }
  return [tableOf(FOUND, found), tableOf(REACHED, reached), tableOf(WINDOWS, window)];
}

const FOUND = {
  name: "swing-asert-blocks",
  title: "Hash rate × 10 and ÷ 10 with asert (half-life 240 blocks): blocks found",
  source: "(t + τ log2 u) / T with u(t) = k − (k − 1) 2^(−t/τ), the limit of many small blocks; within 3 %",
  method: "blocks at exponential times on the targets of GenesisAsert",
  unit: "number",
} as const;

const REACHED = {
  name: "swing-asert-difficulty",
  title: "The same: difficulty reached, in units of the one before",
  source: "u(t) = k − (k − 1) 2^(−t/τ), the limit of many small blocks; within 3 %",
  method: "the same runs",
  unit: "number",
} as const;

const WINDOWS = {
  name: "swing-window",
  title: "Hash rate × 10 and ÷ 10 with windows of 144 blocks: real length of each window, in scheduled ones",
  source: "the factor of four at most: 1/k, then 4/k or 1/(4k), then 1 (within 1 %)",
  method: "blocks at exponential times on the targets of retarget",
  unit: "number",
} as const;

// --- false timestamps -----------------------------------------------------------------------------------------------

/** After so many half-lives, all but a sixteenth of the effect is there. */
const POSTDATED_HALF_LIVES = 4;
/** What the attacker would like best; nodes keep such a block waiting. */
const GREED_MS = 60 * MINUTE;
/** As in a swing; and the tip's date matters by 2^(ahead/τ), of which the mean is a little more than by its exponent. */
const POSTDATED_SLACK = 0.03;

/** How far ahead of a node's clock a block may be dated and still be taken at once. */
function aheadMs(nowMs: number): number {
  return [GREED_MS, FUTURE_BOUND_MS].find((ms) => acceptableFrom(nowMs + ms, nowMs, FUTURE_BOUND_MS) === undefined) ?? 0;
}

/**
 * Blocks in four half-lives when an attacker with share q dates each of its blocks as far ahead as nodes take it. The same seed draws
 * the same work for each block whatever q is, so the difference to a run with q = 0 is the attack, and hardly chance.
 */
function postdated(seed: string, q: number): number {
  const times = new SeededRandom(`${seed}/times`);
  const finders = new SeededRandom(`${seed}/finders`);
  const genesis = genesisBlock(START_MS);
  const rule = asertRule(genesis, MINUTE, HALF_LIFE_MS);
  const endMs = POSTDATED_HALF_LIVES * HALF_LIFE_MS;
  let tip: Tip = { block: genesis, nowMs: 0 };
  for (;;) {
    const { bits, atMs } = foundAtMs(times, tip, rule, 1);
    if (atMs > endMs) return tip.block.header.height;
    const isAttackers = finders.unit() < q;
    const nowMs = Math.floor(START_MS + atMs);
    const timestampMs = Math.max(nowMs + (isAttackers ? aheadMs(nowMs) : 0), rule.floorMs(tip.block));
    tip = { block: childOf(tip.block, isAttackers, timestampMs, bits), nowMs: atMs };
  }
}

export async function timestampTables({ seed, trials, onCell }: AttackOptions): Promise<readonly AttackTable[]> {
  const runs = Math.max(RUNS_LEAST, Math.ceil(trials / RUNS_PART));
  const shares = [0.1, 0.2, 0.3, 0.4, 1];
  const more = shares.map(() => new Ratio());
  for (let run = 0; run < runs; run++) {
    const name = `${seed}/timestamps/${run}`;
    const control = postdated(name, 0);
    for (const [index, q] of shares.entries()) more[index]?.add(postdated(name, q) - control);
    if (run % 10 === 0) await onCell?.(`timestamps, run ${run + 1} of ${runs}`);
  }
  const elapsed = POSTDATED_HALF_LIVES * HALF_LIFE_MS;
  const cells = more.map((blocks, index) => {
    const q = shares[index] as number;
    const theory = postdatedBlocks(q, FUTURE_BOUND_MS, elapsed, { halfLife: HALF_LIFE_MS, interval: MINUTE });
    return mean({ q }, theory, blocks, { slack: POSTDATED_SLACK, beside: { bound: FUTURE_BOUND_MS / MINUTE } });
  });
  return [tableOf(POSTDATED, cells)];
}

const POSTDATED = {
  name: "timestamps",
  title: "Blocks dated two minutes ahead (futureBoundMs) with asert: blocks more than without the attack, in four half-lives (960 minutes)",
  source:
    "(q F / T) (1 − 2^(−t/τ)), within 3 %; the bound is F / T = futureBoundMs / blockIntervalMs, once and for all, since ASERT reckons from genesis and never adds errors up",
  method:
    "blocks at exponential times; the attacker's share q of them dated as far ahead as nodes take them (acceptableFrom), against a run of the same seed with q = 0",
  unit: "number",
} as const;

// --- time warps -----------------------------------------------------------------------------------------------------

const WARP_WINDOW = 20;
const WARP_WINDOWS = 40;
/** The attack has worked; difficulty is on its way to nothing. */
const RUNAWAY = 4;
/** Windows of hidden time that it takes before a border goes back. */
const HIDDEN_WINDOWS = 12;

type Warp = "borders ahead" | "borders back and forth";

/**
 * A miner with all of the hash rate, for as long as 40 windows should take: how many blocks it makes, of those that it should. All its
 * blocks are dated as early as they may be, so that the median stays back; only the last of a window
 * is dated as late as it may be. Where a window is measured from its own first block, each then seems to be as long as the whole attack.
 *
 * Back and forth (Murch and Zawy; see BIP 54): once enough time is hidden below the median, a window ends as early as it may, which can't
 * count for less than a quarter; the next ones end four windows later each, and each counts for four, until they have caught up with the time.
 */
function warped(random: SeededRandom, rule: DifficultyRule, warp: Warp): number {
  const genesis = genesisBlock(START_MS);
  const windowMs = WARP_WINDOW * MINUTE;
  const endMs = WARP_WINDOWS * windowMs;
  let tip: Tip = { block: genesis, nowMs: 0 };
  let borderMs = START_MS;
  for (;;) {
    const { bits, atMs } = foundAtMs(random, tip, rule, 1);
    const { height } = tip.block.header;
    if (atMs > endMs || height >= RUNAWAY * WARP_WINDOWS * WARP_WINDOW) return height / (WARP_WINDOWS * WARP_WINDOW);
    const floorMs = rule.floorMs(tip.block);
    let timestampMs = floorMs;
    if ((height + 1) % WARP_WINDOW === 0) {
      const lateMs = Math.max(floorMs, Math.floor(START_MS + atMs + FUTURE_BOUND_MS));
      const climbMs = borderMs + Number(WINDOW_CLAMP) * windowMs;
      timestampMs = lateMs;
      if (warp === "borders back and forth" && climbMs <= lateMs) timestampMs = Math.max(floorMs, climbMs);
      else if (warp === "borders back and forth" && lateMs - floorMs >= HIDDEN_WINDOWS * windowMs) timestampMs = floorMs;
      borderMs = timestampMs;
    }
    tip = { block: childOf(tip.block, true, timestampMs, bits), nowMs: atMs };
  }
}

export async function warpTables({ seed, trials, onCell }: AttackOptions): Promise<readonly AttackTable[]> {
  const runs = Math.max(5, Math.ceil(trials / 100));
  const cells: Measurement[] = [];
  const variants = [
    { rule: "Bitcoin's (control)", skipsOne: true, ordersBorders: false },
    { rule: "full windows", skipsOne: false, ordersBorders: false },
    { rule: "full windows, borders in order", skipsOne: false, ordersBorders: true },
  ];
  for (const { rule, ...variant } of variants) {
    for (const warp of ["borders ahead", "borders back and forth"] as const) {
      const random = new SeededRandom(`${seed}/warp/${rule}/${warp}`);
      const part = new Ratio();
      for (let run = 0; run < runs; run++) part.add(warped(random, windowRule(MINUTE, WARP_WINDOW, variant), warp));
      const isOpen = variant.skipsOne || (!variant.ordersBorders && warp === "borders back and forth");
      cells.push(mean({ rule, attack: warp }, isOpen ? 2 : 1, part, isOpen ? { claim: "atLeast" } : { claim: "atMost", slack: 0.1 }));
      await onCell?.(`time warp: ${rule}, ${warp}`);
    }
  }
  return [tableOf(WARPS, cells)];
}

const WARPS = {
  name: "time-warp",
  title: "Time warps of a miner with all hash rate against windows of 20 blocks: blocks in 40 windows' time, of those scheduled",
  source:
    "full windows in order: their lengths add up to the true time, so by AM-GM no more than 1 in the long run (within 10 %); where the attack is open, more than 2",
  method: "timestamps by attack, targets by retarget, floors by medianTimePast; the control shows that the attack is one; 4 ends a run",
  unit: "number",
} as const;

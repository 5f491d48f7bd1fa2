/**
 * How a case is measured: warm-up until the code is optimised, then repetitions until there are enough of them and enough
 * time has passed. Each repetition gives wall time and the CPU time of the whole process, workers included, so that a busy
 * machine shows as a gap between the two.
 */

import { type Summary, summarize } from "./statistics.js";
import type { MeasureOptions } from "./suite.js";

/** One measured case: figures in the case's unit. */
export interface Measurement {
  readonly wall: Summary;
  /** The same figure by CPU time; undefined where a figure is no time or rate. */
  readonly cpu: number | undefined;
}

interface Plan {
  readonly warmUpMs: number;
  readonly minRepetitions: number;
  readonly maxRepetitions: number;
  readonly measureMs: number;
  /** A repetition lasts at least this long: short runs are repeated within it. CPU time comes in microseconds. */
  readonly repetitionMs: number;
}

const FULL: Plan = { warmUpMs: 300, minRepetitions: 7, maxRepetitions: 101, measureMs: 1500, repetitionMs: 10 };
const QUICK: Plan = { warmUpMs: 0, minRepetitions: 1, maxRepetitions: 1, measureMs: 0, repetitionMs: 0 };

/** Seconds of one unit of time, for units that are times. */
const TIME_UNITS: Readonly<Record<string, number>> = { s: 1, ms: 1e-3, us: 1e-6, ns: 1e-9 };

/** Whether larger figures are better: rates are, times and sizes are not. */
export function isRate(unit: string): boolean {
  return unit.endsWith("/s");
}

interface Repetition {
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
}

/** Measures `run`. @throws RangeError for a unit that is neither a rate nor a time */
export async function measure(run: () => void | Promise<void>, options: MeasureOptions, quick: boolean): Promise<Measurement> {
  const { unit, before, operations = 1 } = options;
  const unitSeconds = TIME_UNITS[unit];
  if (!isRate(unit) && unitSeconds === undefined) {
    throw new RangeError(`${unit} can't be measured: use a rate (…/s) or a time (${Object.keys(TIME_UNITS).join(", ")}), or record()`);
  }
  const repetitions = await repeat(run, before, quick ? QUICK : FULL);
  const figure = (seconds: number) => (unitSeconds === undefined ? operations / seconds : seconds / operations / unitSeconds);
  return {
    wall: summarize(repetitions.map(({ wallSeconds }) => figure(wallSeconds))),
    cpu: summarize(repetitions.map(({ cpuSeconds }) => figure(Math.max(cpuSeconds, 1e-6)))).median,
  };
}

async function repeat(run: () => void | Promise<void>, before: MeasureOptions["before"], plan: Plan): Promise<Repetition[]> {
  const startMs = performance.now();
  let runs = 0;
  let runMs = 0;
  while (performance.now() - startMs < plan.warmUpMs || (runs < 2 && plan.warmUpMs > 0)) {
    await before?.();
    const { wallSeconds } = await timed(run, 1);
    runMs = wallSeconds * 1000;
    runs++;
  }
  // What `before` prepares is for one run, so with it short runs can't be put together.
  const together = before !== undefined || runMs === 0 ? 1 : Math.max(1, Math.ceil(plan.repetitionMs / runMs));
  const repetitions: Repetition[] = [];
  const measuredFromMs = performance.now();
  while (repetitions.length < plan.minRepetitions || performance.now() - measuredFromMs < plan.measureMs) {
    await before?.();
    repetitions.push(await timed(run, together));
    if (repetitions.length >= plan.maxRepetitions) break;
  }
  return repetitions;
}

/** Runs `run` so many times; the mean of one run. */
export async function timed(run: () => void | Promise<void>, times: number): Promise<Repetition> {
  const cpuBefore = process.cpuUsage();
  const wallBefore = process.hrtime.bigint();
  for (let i = 0; i < times; i++) {
    const pending = run();
    if (pending !== undefined) await pending;
  }
  const wallNs = Number(process.hrtime.bigint() - wallBefore);
  const cpu = process.cpuUsage(cpuBefore);
  return { wallSeconds: Math.max(wallNs, 1) / 1e9 / times, cpuSeconds: (cpu.user + cpu.system) / 1e6 / times };
}

/**
 * Cases side by side: in each round every case runs for a moment, in turn, and what is compared is CPU time of the same
 * round. A machine that is busy, or clocks down, slows all of them alike, so ratios hold where absolute figures don't.
 */
import { type Measurement, timed } from "./measure.js";
import { median, summarize } from "./statistics.js";
import type { ComparedCase } from "./suite.js";

/** A compared case: its figures by CPU time, and how many times faster it was than its reference. */
export interface Comparison {
  readonly name: string;
  readonly measurement: Measurement;
  readonly reference: string | undefined;
  /** Median of the rounds' ratios. */
  readonly ratio: number | undefined;
}

interface Plan {
  readonly rounds: number;
  /** A case runs at least this long in each round. */
  readonly turnMs: number;
}

const FULL: Plan = { rounds: 21, turnMs: 25 };
const QUICK: Plan = { rounds: 1, turnMs: 0 };

/** Runs the cases in rounds. @throws Error where a reference is not among the cases */
export async function compare(cases: readonly ComparedCase[], quick: boolean): Promise<readonly Comparison[]> {
  const plan = quick ? QUICK : FULL;
  const times: number[] = [];
  for (const { run } of cases) {
    const first = await timed(run, 1);
    const warm = quick ? first : await timed(run, Math.max(1, Math.ceil(plan.turnMs / 1000 / first.cpuSeconds)));
    times.push(Math.max(1, Math.ceil(plan.turnMs / 1000 / Math.max(warm.cpuSeconds, 1e-6))));
  }
  /** Operations a second of CPU time, by case and round. */
  const rates: number[][] = cases.map(() => []);
  for (let round = 0; round < plan.rounds; round++) {
    for (let turn = 0; turn < cases.length; turn++) {
      // Each round begins with another case, so that none is always the one after the slowest.
      const index = (turn + round) % cases.length;
      const { run, operations } = cases[index] as ComparedCase;
      const { cpuSeconds } = await timed(run, times[index] as number);
      (rates[index] as number[]).push(operations / Math.max(cpuSeconds, 1e-6));
    }
  }
  return cases.map(({ name, reference }, index) => {
    const own = rates[index] as number[];
    const wall = summarize(own);
    if (reference === undefined) return { name, measurement: { wall, cpu: wall.median }, reference, ratio: undefined };
    const other = rates[cases.findIndex((candidate) => candidate.name === reference)];
    if (other === undefined) throw new Error(`${name} is compared with ${reference}, which is not measured beside it`);
    const ratio = median(own.map((rate, round) => rate / (other[round] as number)));
    return { name, measurement: { wall, cpu: wall.median }, reference, ratio };
  });
}

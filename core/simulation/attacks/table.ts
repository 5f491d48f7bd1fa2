/** What an attack comes to: rows of theory against measurement, each with an interval and a verdict. */
import { CONFIDENCE, type Interval, jointConfidence, type Ratio, wilson } from "./statistics.js";

/** `equal`: theory says what comes out. `atMost`, `atLeast`: it gives a bound. */
export type Claim = "equal" | "atMost" | "atLeast";

export interface AttackRow {
  /** Where in the table: q, z, γ … */
  readonly at: Readonly<Record<string, number | string>>;
  readonly theory: number;
  readonly measured: number;
  /** 99 %. */
  readonly interval: Interval;
  readonly trials: number;
  readonly claim: Claim;
  /** Part of the theory by which it may be off besides: 0 where it is exact. */
  readonly slack: number;
  readonly agrees: boolean;
  /** Whether theory lies in this row's own 99 % interval; of a hundred rows, one may not. */
  readonly inside: boolean;
  /** Further columns, to compare. */
  readonly beside: Readonly<Record<string, number>>;
}

export interface AttackTable {
  readonly name: string;
  readonly title: string;
  /** What theory is, and where it is from. */
  readonly source: string;
  /** What was run. */
  readonly method: string;
  /** `share`: printed in percent. */
  readonly unit: "share" | "number";
  readonly rows: readonly AttackRow[];
}

/** A row before it is known how many there are. */
export interface Measurement {
  readonly at: AttackRow["at"];
  readonly theory: number;
  readonly measured: number;
  readonly trials: number;
  readonly interval: (confidence: number) => Interval;
  readonly claim?: Claim;
  readonly slack?: number;
  readonly beside?: AttackRow["beside"];
}

/** Of a share of trials. */
export function proportion(
  at: AttackRow["at"],
  theory: number,
  { successes, trials }: { readonly successes: number; readonly trials: number },
  more: Pick<Measurement, "claim" | "slack" | "beside"> = {},
): Measurement {
  return { at, theory, measured: successes / trials, trials, interval: (confidence) => wilson(successes, trials, confidence), ...more };
}

/** Of the largest of some values, against a bound: it was so, and chance has no part in it. */
export function largest(
  at: AttackRow["at"],
  theory: number,
  values: readonly number[],
  more: Pick<Measurement, "claim" | "slack" | "beside"> = {},
): Measurement {
  const measured = Math.max(...values);
  return { at, theory, measured, trials: values.length, interval: () => ({ low: measured, high: measured }), ...more };
}

/** Of a mean. */
export function mean(
  at: AttackRow["at"],
  theory: number,
  ratio: Ratio,
  more: Pick<Measurement, "claim" | "slack" | "beside"> = {},
): Measurement {
  return { at, theory, measured: ratio.value, trials: ratio.trials, interval: (confidence) => ratio.interval(confidence), ...more };
}

export function tableOf(about: Omit<AttackTable, "rows">, measurements: readonly Measurement[]): AttackTable {
  const joint = jointConfidence(measurements.length);
  return { ...about, rows: measurements.map((measurement) => rowOf(measurement, joint)) };
}

function rowOf({ at, theory, measured, trials, interval, claim = "equal", slack = 0, beside = {} }: Measurement, joint: number): AttackRow {
  const own = interval(CONFIDENCE);
  return {
    at,
    theory,
    measured,
    interval: own,
    trials,
    claim,
    slack,
    agrees: holds(theory, interval(joint), claim, slack),
    inside: holds(theory, own, claim, slack),
    beside,
  };
}

/** A bound is broken when even the near end of the interval lies beyond it. */
function holds(theory: number, { low, high }: Interval, claim: Claim, slack: number): boolean {
  const room = Math.abs(theory) * slack;
  const isNotAbove = low <= theory + room;
  const isNotBelow = high >= theory - room;
  return (claim === "atLeast" || isNotAbove) && (claim === "atMost" || isNotBelow);
}

export function disagreements(tables: readonly AttackTable[]): number {
  return tables.reduce((count, { rows }) => count + rows.filter(({ agrees }) => !agrees).length, 0);
}

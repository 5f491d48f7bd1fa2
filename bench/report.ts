/** What a bench run answers: results as data, and as a table for people. */
import type { Machine } from "./machine.js";

export interface Result {
  readonly suite: string;
  readonly case: string;
  /** Median, in `unit`. */
  readonly value: number;
  readonly unit: string;
  /** Name of the case that this one is compared with. */
  readonly reference: string | null;
  /** How many times better than the reference (rates: higher, times and sizes: lower); 1 is equal. */
  readonly ratio: number | null;
  /** In the unit of the case, or a ratio to the reference where `targetIsRatio`. */
  readonly target: number | null;
  readonly goal: number | null;
  readonly targetIsRatio: boolean;
  /** Whether the goal beyond the target is reached; null without one, or with `--quick`. */
  readonly goalMet: boolean | null;
  /** Whether the target is met; null without a target, or with `--quick`. */
  readonly pass: boolean | null;
  readonly min: number;
  readonly max: number;
  /** Median absolute deviation. */
  readonly deviation: number;
  readonly samples: number;
  /** The figure by CPU time of the whole process instead of wall time; null where it is neither a rate nor a time. */
  readonly cpu: number | null;
}

export interface Report {
  readonly commit: string;
  readonly machine: Machine;
  readonly seed: number;
  readonly quick: boolean;
  readonly results: readonly Result[];
}

/** Three significant digits, thousands separated: `12,300`, `0.0461`. */
export function figure(value: number): string {
  if (value === 0) return "0";
  if (Math.abs(value) < 100) return value.toPrecision(3);
  const scale = 10 ** (Math.floor(Math.log10(Math.abs(value))) - 2);
  return (Math.round(value / scale) * scale).toString().replaceAll(/\B(?=(\d{3})+$)/g, ",");
}

const COLUMNS = ["case", "median", "unit", "± MAD", "by CPU time", "vs reference", "target", ""] as const;

function verdict({ pass, goal, goalMet, targetIsRatio }: Result): string {
  if (pass === null) return "";
  if (!pass) return "MISSED";
  if (goal === null) return "met";
  const wanted = targetIsRatio ? `${goal} ×` : figure(goal);
  return goalMet === true ? `met, and its goal of ${wanted}` : `met; goal ${wanted}`;
}

/** The results of one suite as aligned columns. */
export function table(results: readonly Result[]): string {
  const rows = results.map((result) => [
    result.case,
    figure(result.value),
    result.unit,
    result.value === 0 ? "" : `${((100 * result.deviation) / result.value).toFixed(1)} %`,
    result.cpu === null ? "" : figure(result.cpu),
    result.ratio === null ? "" : `${result.ratio.toFixed(2)} × ${result.reference}`,
    result.target === null ? "" : result.targetIsRatio ? `${result.target} ×` : figure(result.target),
    verdict(result),
  ]);
  const all = [COLUMNS as readonly string[], ...rows];
  const widths = COLUMNS.map((_, column) => Math.max(...all.map((row) => (row[column] as string).length)));
  const line = (row: readonly string[]) =>
    `  ${row.map((cell, column) => (column === 1 || column === 4 || column === 6 ? cell.padStart(widths[column] as number) : cell.padEnd(widths[column] as number))).join("  ")}`.trimEnd();
  return all.map(line).join("\n");
}

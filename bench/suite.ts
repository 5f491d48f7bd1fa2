/** What a benchmark suite is. A suite lives in bench/suites/<name>.ts and is its file's default export. */

export interface MeasureOptions {
  /** What the figure counts: `ops/s`, `blocks/s`, `MB/s`, `signatures/s` … or a time: `ms`, `us`. */
  readonly unit: string;
  /** How many of it one call of `run` does (for rates). Default 1. */
  readonly operations?: number;
  /** Name of the case of this suite that this one is compared with; the ratio is printed. Must be measured before. */
  readonly reference?: string;
  /** Called before each repetition, outside the measured time. */
  readonly before?: () => void | Promise<void>;
}

/** A case that is measured beside others, by CPU time. */
export interface ComparedCase {
  readonly name: string;
  readonly run: () => void | Promise<void>;
  /** How many of the unit one call of `run` does. */
  readonly operations: number;
  /** Name of another case of the same call. */
  readonly reference?: string;
}

export interface BenchContext {
  /** Tiny sizes: run once to see that nothing rotted; figures mean nothing. */
  readonly quick: boolean;
  readonly seed: number;
  /** What `--blocks` says: the length of a suite's long chain. */
  readonly blocks: number | undefined;
  /** What `--accounts` says: how many the state has. */
  readonly accounts: number | undefined;
  /** A fresh empty directory, removed afterwards. */
  directory(): Promise<string>;
  /** Warm-up, then repetitions; records the median with its spread, CPU time beside wall time. */
  measure(name: string, run: () => void | Promise<void>, options: MeasureOptions): Promise<void>;
  /**
   * Measures cases interleaved, in rounds: figures are rates by CPU time, ratios are the medians of the rounds' ratios. For
   * peers and implementations that are to be told apart on a noisy machine.
   */
  compare(unit: string, cases: readonly ComparedCase[]): Promise<void>;
  /**
   * Records figures measured otherwise (sizes, start-up times, whole processes): the median of `values` is reported. With a
   * reference, the values are compared one by one with those that were recorded under its name.
   */
  record(name: string, values: readonly number[], unit: string, reference?: string): void;
  /** Says that a case can't be measured here, so that its target is not missed: a processor without the instructions. */
  skip(name: string, reason: string): void;
  log(line: string): void;
}

export interface BenchSuite {
  readonly name: string;
  readonly description: string;
  run(context: BenchContext): Promise<void>;
}

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

export interface BenchContext {
  /** Tiny sizes: run once to see that nothing rotted; figures mean nothing. */
  readonly quick: boolean;
  readonly seed: number;
  /** A fresh empty directory, removed afterwards. */
  directory(): Promise<string>;
  /** Warm-up, then repetitions; records the median with its spread, CPU time beside wall time. */
  measure(name: string, run: () => void | Promise<void>, options: MeasureOptions): Promise<void>;
  /** Records figures measured otherwise (sizes, start-up times): the median of `values` is reported. */
  record(name: string, values: readonly number[], unit: string): void;
  log(line: string): void;
}

export interface BenchSuite {
  readonly name: string;
  readonly description: string;
  run(context: BenchContext): Promise<void>;
}

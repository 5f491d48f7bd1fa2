/** Runs suites: gives each its context, collects its figures, compares them with references and targets. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compare } from "./compare.js";
import { isRate, type Measurement, measure } from "./measure.js";
import type { Result } from "./report.js";
import { median, summarize } from "./statistics.js";
import type { BenchContext, BenchSuite, ComparedCase, MeasureOptions } from "./suite.js";
import { goalMet, type Target, targetMet } from "./targets.js";

export interface HarnessOptions {
  readonly quick: boolean;
  readonly seed: number;
  readonly blocks?: number | undefined;
  readonly accounts?: number | undefined;
  readonly targets: readonly Target[];
  readonly log: (line: string) => void;
}

/** Runs one suite to its end and removes what it left on disk. Rejects with what the suite throws. */
export async function runSuite(suite: BenchSuite, options: HarnessOptions): Promise<readonly Result[]> {
  const context = new SuiteContext(suite.name, options);
  try {
    await suite.run(context);
  } finally {
    await context.clean();
  }
  return context.finish();
}

class SuiteContext implements BenchContext {
  readonly quick: boolean;
  readonly seed: number;
  readonly blocks: number | undefined;
  readonly accounts: number | undefined;
  readonly #suite: string;
  readonly #options: HarnessOptions;
  readonly #results = new Map<string, Result>();
  readonly #directories: string[] = [];
  readonly #skipped = new Set<string>();
  readonly #recorded = new Map<string, readonly number[]>();

  constructor(suite: string, options: HarnessOptions) {
    this.quick = options.quick;
    this.seed = options.seed;
    this.blocks = options.blocks;
    this.accounts = options.accounts;
    this.#suite = suite;
    this.#options = options;
  }

  async directory(): Promise<string> {
    const directory = await mkdtemp(join(tmpdir(), `chainwright-bench-${this.#suite}-`));
    this.#directories.push(directory);
    return directory;
  }

  async measure(name: string, run: () => void | Promise<void>, options: MeasureOptions): Promise<void> {
    this.#add(name, options.unit, await measure(run, options, this.quick), options.reference);
  }

  async compare(unit: string, cases: readonly ComparedCase[]): Promise<void> {
    if (!isRate(unit)) throw new RangeError(`${unit} can't be compared: use a rate (…/s)`);
    for (const { name, measurement, reference, ratio } of await compare(cases, this.quick)) {
      this.#add(name, unit, measurement, reference, ratio);
    }
  }

  record(name: string, values: readonly number[], unit: string, reference?: string): void {
    this.#recorded.set(name, values);
    const others = reference === undefined ? undefined : this.#recorded.get(reference);
    const better = (value: number, index: number) => (isRate(unit) ? value / (others?.[index] ?? 0) : (others?.[index] ?? 0) / value);
    const ratio = others?.length === values.length ? median(values.map(better)) : undefined;
    this.#add(name, unit, { wall: summarize(values), cpu: undefined }, reference, ratio);
  }

  skip(name: string, reason: string): void {
    this.#skipped.add(name);
    this.log(`${this.#suite}/${name} skipped: ${reason}`);
  }

  log(line: string): void {
    this.#options.log(line);
  }

  async clean(): Promise<void> {
    for (const directory of this.#directories) await rm(directory, { recursive: true, force: true });
  }

  /** The results, once it is sure that no target was aimed at a case that doesn't exist. */
  finish(): readonly Result[] {
    for (const target of this.#options.targets) {
      if (target.suite !== this.#suite || this.#results.has(target.case) || this.#skipped.has(target.case)) continue;
      throw new Error(`bench/targets.json has a target for ${target.suite}/${target.case}, but the suite did not measure it`);
    }
    return [...this.#results.values()];
  }

  #add(name: string, unit: string, { wall, cpu }: Measurement, reference: string | undefined, paired?: number): void {
    if (this.#results.has(name)) throw new Error(`${this.#suite} measures ${name} twice`);
    const target = this.#options.targets.find((candidate) => candidate.suite === this.#suite && candidate.case === name);
    if (target?.unit !== undefined && target.unit !== unit) {
      throw new Error(`bench/targets.json gives ${this.#suite}/${name} in ${target.unit}, the suite measures ${unit}`);
    }
    const ratio = reference === undefined ? null : (paired ?? this.#ratio(name, wall.median, unit, reference));
    if (target?.ratio !== undefined && ratio === null)
      throw new Error(`bench/targets.json gives ${this.#suite}/${name} as a ratio, but it has no reference`);
    this.#results.set(name, {
      suite: this.#suite,
      case: name,
      value: wall.median,
      unit,
      reference: reference ?? null,
      ratio,
      target: target?.target ?? target?.ratio ?? null,
      goal: target?.goal ?? null,
      targetIsRatio: target?.ratio !== undefined,
      goalMet: target === undefined || this.quick ? null : goalMet(target, wall.median, ratio),
      pass: target === undefined || this.quick ? null : targetMet(target, wall.median, ratio),
      min: wall.min,
      max: wall.max,
      deviation: wall.deviation,
      samples: wall.samples,
      cpu: cpu ?? null,
    });
  }

  #ratio(name: string, value: number, unit: string, reference: string): number {
    const other = this.#results.get(reference);
    if (other === undefined) throw new Error(`${this.#suite}/${name} is compared with ${reference}, which was not measured before`);
    if (other.unit !== unit) throw new Error(`${this.#suite}/${name} is in ${unit}, its reference ${reference} in ${other.unit}`);
    return isRate(unit) ? value / other.value : other.value / value;
  }
}

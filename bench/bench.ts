/** The bench as a function: arguments in, lines out, exit code back. run.ts is its process. */
import { writeFile } from "node:fs/promises";
import { messageOf } from "../core/kernel/errors.js";
import { type BenchArguments, HELP, parseArguments, UsageError } from "./arguments.js";
import { loadSuite, suiteNames } from "./discover.js";
import { runSuite } from "./harness.js";
import { commit, machine } from "./machine.js";
import { type Report, type Result, table } from "./report.js";
import { readTargets } from "./targets.js";

export interface BenchOutput {
  /** The table and lists. */
  readonly out: (line: string) => void;
  /** Progress and errors. */
  readonly error: (line: string) => void;
}

/** Runs the bench. @returns the exit code: 0 fine, 1 failed or missed, 2 wrong arguments */
export async function bench(given: readonly string[], output: BenchOutput): Promise<number> {
  const names = suiteNames();
  let parsed: BenchArguments;
  try {
    parsed = parseArguments(given, names);
  } catch (thrown) {
    if (!(thrown instanceof UsageError)) throw thrown;
    output.error(`error: ${thrown.message}`);
    return 2;
  }
  if (parsed.action === "help") {
    output.out(HELP.trimEnd());
    return 0;
  }
  if (parsed.action === "list") {
    const width = Math.max(0, ...names.map((name) => name.length));
    for (const name of names) output.out(`${name.padEnd(width)}  ${(await loadSuite(name)).description}`);
    return 0;
  }
  return run(parsed, parsed.suites.length === 0 ? names : parsed.suites, output);
}

async function run(parsed: BenchArguments, suites: readonly string[], output: BenchOutput): Promise<number> {
  const where = machine();
  const report = { commit: commit(), machine: where, seed: parsed.seed, quick: parsed.quick };
  output.out(`commit ${report.commit}, ${where.cpu}, ${where.cores} cores, ${where.memory} MiB, node ${where.node}, ${where.os}`);
  if (parsed.quick) output.out("quick run: the figures mean nothing");
  const targets = readTargets();
  const results: Result[] = [];
  let failed = false;
  for (const name of suites) {
    try {
      const suite = await loadSuite(name);
      output.out(`\n${name}: ${suite.description}`);
      const suiteResults = await runSuite(suite, {
        quick: parsed.quick,
        seed: parsed.seed,
        blocks: parsed.blocks,
        accounts: parsed.accounts,
        targets,
        log: output.error,
      });
      results.push(...suiteResults);
      output.out(table(suiteResults));
    } catch (thrown) {
      failed = true;
      output.error(`error: suite ${name} failed: ${thrown instanceof Error ? (thrown.stack ?? thrown.message) : messageOf(thrown)}`);
    }
  }
  if (parsed.json !== undefined) {
    await writeFile(parsed.json, `${JSON.stringify({ ...report, results } satisfies Report, undefined, 2)}\n`);
  }
  const missed = results.filter((result) => result.pass === false);
  if (missed.length > 0) output.out(`\n${missed.length} missed: ${missed.map((result) => `${result.suite}/${result.case}`).join(", ")}`);
  return failed || (parsed.strict && missed.length > 0) ? 1 : 0;
}

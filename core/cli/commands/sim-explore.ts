/** `chainwright sim --seeds`: runs a scenario with many seeds, and makes the first failing one small. */
import { writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { dirname, resolve } from "node:path";
import type { Exploration, Scenario, SeedOutcome } from "../../simulation/index.js";
import { describeDuration, durationUs, explore, scenarioText, shrink } from "../../simulation/index.js";
import type { Context } from "../context.js";
import { ExitCode } from "../exit-codes.js";
import type { StopSignal } from "../stop-signal.js";
import { durationText } from "../work-progress.js";
import { scenarioFor } from "./sim-scenario.js";
import { wholeNumber } from "./whole-number.js";

export interface ExploreCommandOptions {
  readonly seeds: string;
  readonly from?: string;
  readonly jobs?: string;
  readonly keepGoing?: boolean;
  readonly json?: boolean;
  readonly consensus?: string;
}

/** Between two lines of progress on a stream that is no terminal, real ms. */
const LINE_MS = 10_000;
const SEEDS_MAX = 10_000_000;
const JOBS_MAX = 1_024;

export async function simExplore(file: string, options: ExploreCommandOptions, context: Context, stop: StopSignal): Promise<number> {
  const { output } = context;
  const count = wholeNumber("--seeds", options.seeds, 1, SEEDS_MAX);
  const from = wholeNumber("--from", options.from ?? "1", 0, Number.MAX_SAFE_INTEGER - SEEDS_MAX);
  const jobs = wholeNumber("--jobs", options.jobs ?? String(availableParallelism()), 1, JOBS_MAX);
  const scenario = await scenarioFor(file, options.consensus);
  const directory = dirname(resolve(file));
  const abort = new AbortController();
  void stop.wait.then(() => abort.abort());
  const began = performance.now();
  const show = progressOf(context);
  const onOutcome = (outcome: SeedOutcome, done: number): void => {
    const seconds = (performance.now() - began) / 1e3;
    const left = (seconds / done) * (count - done);
    if (outcome.failure !== undefined) output.note(`seed ${outcome.seed} failed: ${outcome.failure.message.split("\n", 1)[0]}`);
    show(`${done} of ${count} seeds  ${(done / seconds).toFixed(1)} seeds/s  ${durationText(left)} left`);
  };
  const all = options.keepGoing === true;
  const found = await explore(scenario, { from, count, jobs, directory, all, onOutcome, signal: abort.signal });
  output.errorStatus(undefined);
  const [first] = found.failures;
  const small = first === undefined || abort.signal.aborted ? undefined : await shrunk(scenario, first, directory, context, abort.signal);
  const isAborted = abort.signal.aborted;
  if (options.json === true) output.jsonLine({ scenario: scenario.name, from, ...brief(found), shrunk: small, interrupted: isAborted });
  else {
    const seconds = (performance.now() - began) / 1e3;
    const chosen = options.consensus === undefined ? "" : ` --consensus ${options.consensus}`;
    output.line(`${output.style("bold", scenario.name)}: ${found.outcomes.length} seeds from ${from} on in ${durationText(seconds)}`);
    for (const { seed, failure } of found.failures) output.line(`${output.style("red", "failed")}: seed ${seed}: ${failure?.message}`);
    if (first === undefined) output.line(output.style(isAborted ? "yellow" : "green", "all invariants held"));
    if (first !== undefined) output.line(`again: chainwright sim ${file}${chosen} --seed ${first.seed}`);
    if (small !== undefined) output.line(`small: chainwright sim ${small} --seed ${first?.seed}`);
    output.line(`digest ${found.digest}`);
  }
  if (first !== undefined) return ExitCode.failure;
  return isAborted ? ExitCode.interrupted : ExitCode.ok;
}

/** @returns where the small scenario is; undefined if the failure did not come again, which would be an error of the simulator */
async function shrunk(
  scenario: Scenario,
  { seed, failure }: SeedOutcome,
  directory: string,
  context: Context,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { output } = context;
  const show = progressOf(context);
  const onRun = (runs: number, { timeline, nodes, duration }: Scenario): void => {
    const machines = nodes.reduce((sum, group) => sum + (group.count ?? 1), 0);
    show(`shrinking, run ${runs}: ${timeline.length} faults, ${machines} nodes, ${describeDuration(durationUs(duration))}`);
  };
  const found = await shrink(scenario, { seed, directory, signal, onRun });
  output.errorStatus(undefined);
  if (found === undefined) {
    output.warn(`seed ${seed} does not fail again in this process: the run is not repeatable, or needs memory that others had`);
    return undefined;
  }
  const path = `${scenario.name}-seed-${seed}.yaml`;
  const comment = [
    `From ${scenario.name}, seed ${seed}, made small in ${found.runs} runs. It fails with: chainwright sim ${path} --seed ${seed}`,
    (found.outcome.failure ?? failure)?.message.split("\n", 1)[0] ?? "",
  ];
  await writeFile(path, await scenarioText(found.scenario, comment, directory));
  return path;
}

function brief({ outcomes, failures, digest }: Exploration): object {
  return { seeds: outcomes.length, failures, digest };
}

function progressOf({ output }: Context): (line: string) => void {
  let saidMs = performance.now();
  return (line) => {
    output.errorStatus(line);
    if (output.hasErrorTerminal || performance.now() - saidMs < LINE_MS) return;
    saidMs = performance.now();
    output.note(line);
  };
}

/** `chainwright sim`: runs a scenario of simulated nodes and prints what came of it, at last the digest of its history. */
import { dirname } from "node:path";
import type { LogLine, RunView, SimulationProgress, SimulationResult } from "../../simulation/index.js";
import { describeDuration, simulate } from "../../simulation/index.js";
import type { Context } from "../context.js";
import { UsageError } from "../errors.js";
import { ExitCode } from "../exit-codes.js";
import type { StopSignal } from "../stop-signal.js";
import { openSimFiles, type SimFileOptions } from "./sim-files.js";
import { scenarioFor } from "./sim-scenario.js";

export interface SimOptions extends SimFileOptions {
  readonly seed: string;
  readonly json?: boolean;
  readonly log?: string;
  readonly consensus?: string;
}

const LEVELS = ["trace", "debug", "info", "warn", "error"] as const;

/** Between two lines of progress on a stream that is no terminal, real ms. */
const LINE_MS = 10_000;
const NANOSECONDS = 1_000_000n;

export async function sim(file: string, options: SimOptions, context: Context, stop: StopSignal): Promise<number> {
  const { output } = context;
  if (!/^[A-Za-z0-9._-]{1,64}$/.test(options.seed))
    throw new UsageError({ reason: `--seed ${options.seed} is not a number or a short name` });
  const logLevel = LEVELS.find((level) => level === options.log);
  if (options.log !== undefined && logLevel === undefined)
    throw new UsageError({ reason: `--log ${options.log}: write one of ${LEVELS.join(", ")}` });
  const scenario = await scenarioFor(file, options.consensus);
  const files = openSimFiles(options);
  const beganNs = process.hrtime.bigint();
  const realMs = (): number => Number((process.hrtime.bigint() - beganNs) / NANOSECONDS);
  const abort = new AbortController();
  void stop.wait.then(() => abort.abort());
  let saidMs = 0;
  const onProgress = (progress: SimulationProgress): void => {
    const line = progressLine(progress, realMs());
    output.errorStatus(line);
    if (output.hasErrorTerminal || realMs() - saidMs < LINE_MS) return;
    saidMs = realMs();
    output.note(line);
  };
  // Errors and warnings are made in any case, for the checkers; writing them is the simulator's own.
  const show = ({ world }: RunView, line: LogLine): void => {
    if (isShown(line.level, logLevel)) world.guard.aside(() => output.note(logLine(line)));
  };
  const logs: typeof files.observers = logLevel === undefined ? [] : [(run) => ({ onLog: (line) => show(run, line) })];
  let result: SimulationResult;
  try {
    result = await simulate(scenario, {
      seed: options.seed,
      directory: dirname(file),
      signal: abort.signal,
      onProgress,
      observers: [...logs, ...files.observers],
      ...(logLevel === undefined ? {} : { logLevel }),
    });
    files.finish(result);
  } finally {
    output.errorStatus(undefined);
    files.close();
  }
  const isAborted = abort.signal.aborted;
  if (options.json === true) output.jsonLine({ ...result, failure: failureOf(result), realMs: realMs(), interrupted: isAborted });
  else summary(result, realMs(), isAborted, context);
  if (result.failure !== undefined) return ExitCode.failure;
  return isAborted ? ExitCode.interrupted : ExitCode.ok;
}

function progressLine({ elapsedMs, durationMs, height, nodesUp }: SimulationProgress, realMs: number): string {
  const speed = realMs > 0 ? Math.round(elapsedMs / realMs) : 0;
  return `${describeDuration(elapsedMs * 1e3)} of ${describeDuration(durationMs * 1e3)}  height ${height}  ${nodesUp} nodes up  ${speed} × real time`;
}

function isShown(level: LogLine["level"], least: (typeof LEVELS)[number] | undefined): boolean {
  return level === "fatal" || LEVELS.indexOf(level) >= LEVELS.indexOf(least ?? "error");
}

function logLine({ atMs, node, component, level, message, data }: LogLine): string {
  return `${atMs.toFixed(1).padStart(12)} ${node} ${level} ${component}: ${message} ${JSON.stringify(data)}`;
}

function failureOf({ failure }: SimulationResult): object | undefined {
  return failure === undefined ? undefined : { code: failure.code, message: failure.message, ...failure.data };
}

function summary(result: SimulationResult, realMs: number, isAborted: boolean, { output }: Context): void {
  const { network, traffic, failure } = result;
  const seconds = realMs / 1e3;
  output.line(`${output.style("bold", result.scenario)}, seed ${result.seed}`);
  output.table([
    [
      "time",
      `${describeDuration(result.elapsedMs * 1e3)} in ${seconds.toFixed(1)} s (${Math.round(result.elapsedMs / realMs)} × real time)`,
    ],
    ["chain", `height ${result.height}, ${result.stale} stale blocks, deepest reorganization ${result.deepestReorg}`],
    ["work", `${result.imports} imports, ${result.events} events`],
    ["network", `${network.messages} messages, ${network.bytes} bytes, ${network.losses} losses, ${network.connections} connections`],
    ["transfers", `${traffic.accepted} accepted, ${traffic.refused} refused, ${traffic.skipped} skipped`],
    ["warnings", String(result.warnings)],
  ]);
  if (failure === undefined && isAborted) output.line(output.style("yellow", "stopped before its end; so far, all invariants held"));
  else if (failure === undefined) output.line(output.style("green", "all invariants held"));
  else output.line(`${output.style("red", "failed")}: ${failure.message} ${output.style("dim", `(${failure.code})`)}`);
  output.line(`digest ${result.digest}`);
}

/** What `chainwright sim` writes beside its result: a trace as it goes, and a report at its end. */
import { closeSync, openSync, readFileSync, writeFileSync, writeSync } from "node:fs";
import { resolve } from "node:path";
import { messageOf } from "../../kernel/errors.js";
import { PACKAGE_ROOT, VERSION } from "../../node/version.js";
import type { RunView, SimulationOptions, SimulationResult, TraceKind, World } from "../../simulation/index.js";
import { renderReport, runRecorder, TRACE_KINDS, traceTo } from "../../simulation/index.js";
import { UsageError } from "../errors.js";
import { wholeNumber } from "./whole-number.js";

export interface SimFileOptions {
  readonly trace?: string;
  readonly traceKinds?: string;
  readonly traceLines?: string;
  readonly report?: string;
}

export interface SimFiles {
  readonly observers: NonNullable<SimulationOptions["observers"]>;
  /** Writes the rest. */
  finish(result: SimulationResult): void;
  /** Whatever came of the run. */
  close(): void;
}

/** Lines are written so many characters at once. */
const BUFFER_CHARACTERS = 1 << 16;

/** Opens the files, so that a wrong path is known before the run and not after it. @throws CLI_USAGE */
export function openSimFiles(options: SimFileOptions): SimFiles {
  const { report: reportPath } = options;
  if (reportPath !== undefined && options.trace !== undefined && resolve(reportPath) === resolve(options.trace))
    throw new UsageError({ reason: `--trace and --report are two files: ${reportPath} can't be both` });
  const trace = options.trace === undefined ? undefined : openTrace(options.trace, options);
  const recorder = reportPath === undefined ? undefined : runRecorder();
  if (reportPath !== undefined) closeSync(opened(reportPath, "a", "--report"));
  return {
    observers: [...(trace === undefined ? [] : [trace.observer]), ...(recorder === undefined ? [] : [recorder.observer])],
    finish: (result) => {
      trace?.end(result);
      if (reportPath === undefined || recorder === undefined) return;
      writeFileSync(reportPath, renderReport({ result, record: recorder.record(), version: describeVersion() }));
    },
    close: () => trace?.close(),
  };
}

function openTrace(path: string, { traceKinds, traceLines }: SimFileOptions) {
  const kinds = traceKinds?.split(",").map((kind) => kindOf(kind.trim()));
  const linesMost = traceLines === undefined ? undefined : wholeNumber("--trace-lines", traceLines, 0, Number.MAX_SAFE_INTEGER);
  const file = opened(path, "w", "--trace");
  let buffer = "";
  const flush = (): void => {
    writeSync(file, buffer);
    buffer = "";
  };
  let guard: World["guard"] | undefined;
  // Within the run, but the simulator's own, and done when it returns.
  const write = (line: string): void => {
    buffer += line;
    if (buffer.length < BUFFER_CHARACTERS) return;
    if (guard === undefined) flush();
    else guard.aside(flush);
  };
  const trace = traceTo({ write, ...(kinds === undefined ? {} : { kinds }), ...(linesMost === undefined ? {} : { linesMost }) });
  return {
    observer: (run: RunView) => {
      guard = run.world.guard;
      return trace.observer(run);
    },
    end: trace.end,
    close: () => {
      flush();
      closeSync(file);
    },
  };
}

function kindOf(name: string): TraceKind {
  const kind = TRACE_KINDS.find((each) => each === name);
  if (kind === undefined) throw new UsageError({ reason: `--trace-kinds ${name}: write some of ${TRACE_KINDS.join(",")}` });
  return kind;
}

/** So that a wrong path is known before the run. @throws CLI_USAGE */
export function opened(path: string, flags: "a" | "w", option: string): number {
  try {
    return openSync(path, flags);
  } catch (error) {
    throw new UsageError({ reason: `${option} ${path} can't be written: ${messageOf(error)}` });
  }
}

/** The version, and the commit of a checkout that it runs from. */
function describeVersion(): string {
  const commit = commitOf(new URL(".git/", PACKAGE_ROOT));
  return commit === undefined ? VERSION : `${VERSION}, commit ${commit.slice(0, 12)}`;
}

function commitOf(git: URL): string | undefined {
  const read = (name: string): string | undefined => {
    try {
      return readFileSync(new URL(name, git), "utf8").trim();
    } catch {
      return undefined;
    }
  };
  const head = read("HEAD");
  const [, name] = /^ref: (refs\/[\w./-]+)$/.exec(head ?? "") ?? [];
  const id = name === undefined ? head : (read(name) ?? packed(read("packed-refs"), name));
  return id !== undefined && /^[0-9a-f]{40,64}$/.test(id) ? id : undefined;
}

function packed(references: string | undefined, name: string): string | undefined {
  return references
    ?.split("\n")
    .find((line) => line.endsWith(` ${name}`))
    ?.split(" ")[0];
}

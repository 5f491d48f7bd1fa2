/**
 * One node as an operating system process: started from the built command line, heard through the JSON lines that it
 * writes, logged into a file.
 *
 * Its standard input is a pipe that nobody writes to. When this process ends, in whatever way, the pipe closes and the node
 * stops itself. It runs in a session of its own, so that Ctrl-C on the terminal reaches only the supervisor, which then
 * stops the nodes in its own time.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, fstatSync, openSync, readFileSync, renameSync, statSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { present } from "../../kernel/assert.js";
import { NODE_ENVIRONMENT, NODE_FLAGS } from "../../node/process-settings.js";
import { PACKAGE_ROOT } from "../../node/version.js";

/** A log larger than this is set aside (`node.log.old`) before the node starts again. */
const LOG_MAX_BYTES = 16 * 1024 * 1024;
/** Of the end of a log, for messages. */
const TAIL_BYTES = 2_000;

const COMMAND_LINE = fileURLToPath(new URL("dist/core/cli/main.js", PACKAGE_ROOT));

/** What a node writes, one JSON object a line. Other types may come; they are passed over. */
export type NodeLine =
  | { readonly type: "ready"; readonly api: string; readonly height: number; readonly head: string }
  | { readonly type: "block" | "undone"; readonly height: number; readonly hash: string; readonly transactions: number }
  | {
      readonly type: "status";
      readonly peers: number;
      readonly pending: number;
      readonly sync: string;
      readonly targetHeight: number;
      /** These two of engines that have finality of their own. */
      readonly justifiedHeight?: number;
      readonly finalizedHeight?: number;
    };

/** How a process ended. */
export interface ProcessExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** What a process said at its end. */
export interface LastWords {
  /** Empty if it said nothing. */
  readonly text: string;
  /** Of the error that ended it and of its causes, outermost first. */
  readonly codes: readonly string[];
}

export interface NodeProcessOptions {
  readonly configFile: string;
  readonly logFile: string;
  /** `path=value`, as `--set` takes them. */
  readonly settings: readonly string[];
  readonly onLine: (line: NodeLine) => void;
}

export class NodeProcess {
  readonly #child: ChildProcess;
  readonly #logFile: string;
  /** Bytes of the log that are of earlier runs. */
  readonly #logBefore: number;
  /** Resolves once the process is gone and everything that it wrote was read. */
  readonly exited: Promise<ProcessExit>;

  constructor({ configFile, logFile, settings, onLine }: NodeProcessOptions) {
    this.#logFile = logFile;
    setAsideLargeLog(logFile);
    const log = openSync(logFile, "a", 0o600);
    this.#logBefore = fstatSync(log).size;
    try {
      const args = ["start", "--config", configFile, "--json", "--parent-pipe", ...settings.flatMap((setting) => ["--set", setting])];
      this.#child = spawn(process.execPath, [...NODE_FLAGS, COMMAND_LINE, ...args], {
        stdio: ["pipe", "pipe", log],
        env: environment(),
        detached: true,
      });
    } finally {
      closeSync(log);
    }
    const { stdin, stdout } = this.#child;
    // It closes when the process ends: that is told elsewhere.
    present(stdin, "standard input is a pipe").on("error", () => undefined);
    createInterface({ input: present(stdout, "standard output is a pipe") }).on("line", (text) => {
      const line = parse(text);
      if (line !== undefined) onLine(line as NodeLine);
    });
    this.exited = this.#ended();
  }

  /** Undefined if it could not be started at all. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** What the node logged last in this run: why it ended, if it says so. */
  lastWords(): LastWords {
    const log = readFileSync(this.#logFile).subarray(this.#logBefore);
    const last = log.subarray(-TAIL_BYTES).toString("utf8").trim().split("\n").at(-1) ?? "";
    // Errors of the command line are JSON, since its output is.
    const { error } = (parse(last) ?? {}) as { readonly error?: { message?: unknown; code?: unknown; causes?: unknown } };
    const { message, code, causes } = error ?? {};
    const codes = [code, ...(Array.isArray(causes) ? causes : [])].filter((one): one is string => typeof one === "string");
    return { text: typeof message === "string" ? message : last, codes };
  }

  async #ended(): Promise<ProcessExit> {
    // Without a process there is an error and no exit.
    const failed = once(this.#child, "error").then(() => ({ code: null, signal: null }));
    const closed = once(this.#child, "close").then(([code, signal]) => ({ code, signal }) as ProcessExit);
    return Promise.race([failed, closed]);
  }
}

/** Without what would change every node's config behind its file's back. */
function environment(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith("CHAINWRIGHT_"));
  return { ...NODE_ENVIRONMENT, ...Object.fromEntries(own) };
}

function setAsideLargeLog(file: string): void {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size > LOG_MAX_BYTES) renameSync(file, `${file}.old`);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A real node in a real process, for functional tests: started from the built command line, watched through its JSON lines. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";

function packageRoot(): URL {
  let at = new URL("./", import.meta.url);
  while (!existsSync(new URL("package.json", at))) at = new URL("../", at);
  return at;
}

export const ROOT = packageRoot();
export const CLI = new URL("dist/core/cli/main.js", ROOT).pathname;

export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Environment without what a developer's shell may have set. */
const ENVIRONMENT = { PATH: process.env.PATH, HOME: process.env.HOME, LANG: "C.UTF-8" };

/** Runs a command to its end. */
export async function run(
  args: readonly string[],
  options: { readonly cwd?: string; readonly input?: string; readonly environment?: Readonly<Record<string, string>> } = {},
): Promise<CommandResult> {
  const child = spawn(process.execPath, [CLI, ...args], {
    cwd: options.cwd,
    env: { ...ENVIRONMENT, ...options.environment },
    stdio: "pipe",
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  child.stdin.end(options.input ?? "");
  const [code] = (await once(child, "close")) as [number | null];
  return { code, stdout, stderr };
}

export type NodeLine =
  | { readonly type: "ready"; readonly api: string; readonly height: number }
  | { readonly type: "block" | "undone"; readonly height: number; readonly hash: string; readonly transactions: number };

const running = new Set<ChildProcess>();

/** For the end of a process that can't wait: none of its nodes stays behind. */
export function endAllNodes(): void {
  for (const child of running) child.kill("SIGKILL");
}

export class NodeProcess {
  readonly lines: NodeLine[] = [];
  readonly #child: ChildProcess;
  readonly #waiting = new Set<() => void>();
  readonly exited: Promise<number | null>;
  stderr = "";
  #ended = false;

  /** @param cli another built command line: that of an installed package */
  constructor(args: readonly string[], environment: Readonly<Record<string, string>> = {}, cli = CLI) {
    this.#child = spawn(process.execPath, [cli, ...args, "--json"], {
      env: { ...ENVIRONMENT, ...environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    running.add(this.#child);
    const { stdout, stderr } = this.#child;
    if (stdout === null || stderr === null) throw new Error("pipes were asked for");
    createInterface({ input: stdout }).on("line", (line) => {
      this.lines.push(JSON.parse(line) as NodeLine);
      this.#wake();
    });
    stderr.setEncoding("utf8").on("data", (text: string) => {
      this.stderr += text;
    });
    this.exited = once(this.#child, "close").then(([code]) => {
      this.#ended = true;
      running.delete(this.#child);
      this.#wake();
      return code as number | null;
    });
  }

  /** What it wrote to standard error, but for the line that says that this machine has no addon. */
  get complaints(): string {
    const isFallback = (line: string) => line.includes('"component":"compute"') && line.includes('"fallback":');
    return this.stderr
      .split("\n")
      .filter((line) => !isFallback(line))
      .join("\n");
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
  }

  /** Resolves with the first line, old or new, that the predicate takes; fails if the process ends before. */
  async line<Line extends NodeLine>(takes: (line: NodeLine) => line is Line): Promise<Line>;
  async line(takes: (line: NodeLine) => boolean): Promise<NodeLine>;
  async line(takes: (line: NodeLine) => boolean): Promise<NodeLine> {
    for (;;) {
      const found = this.lines.find(takes);
      if (found !== undefined) return found;
      if (this.#ended) throw new Error(`the node ended: ${this.stderr}`);
      await new Promise<void>((resolve) => {
        const wake = () => {
          this.#waiting.delete(wake);
          resolve();
        };
        this.#waiting.add(wake);
      });
    }
  }

  async api(): Promise<string> {
    return (await this.line((line): line is Extract<NodeLine, { type: "ready" }> => line.type === "ready")).api;
  }

  block(height: number): Promise<NodeLine> {
    return this.line((line) => line.type === "block" && line.height >= height);
  }

  kill(signal: NodeJS.Signals): Promise<number | null> {
    this.#child.kill(signal);
    return this.exited;
  }
}

export async function getJson(url: string): Promise<Record<string, unknown>> {
  const response = await fetch(url, { signal: AbortSignal.timeout(10_000) });
  return (await response.json()) as Record<string, unknown>;
}

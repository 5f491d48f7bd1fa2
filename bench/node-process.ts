/** A node in a process of its own, as a user starts it, from the build; watched through its JSON lines. */
import { type ChildProcess, spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { readFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import type { ChainOptions } from "./generator/index.js";
import { repositoryRoot } from "./machine.js";

/** Nothing that is measured here takes longer; a node that hangs fails the suite. */
const PATIENCE_MS = 60_000;
/** Between two tries to reach the API. */
const POLL_MS = 4;

interface NodeLine {
  readonly type?: string;
  readonly height?: number;
}

const COMMAND_LINE = ["core/cli/main.js"];

export class NodeProcess {
  readonly #child: ChildProcess;
  readonly #port: number;
  readonly #startedMs: number;
  readonly #lines: NodeLine[] = [];
  readonly #waiting = new Set<() => void>();
  #errors = "";
  #exited = false;

  /** `chainwright dev` on a data directory, new or kept. */
  static async dev(dataDirectory: string): Promise<NodeProcess> {
    const port = await freePort();
    return new NodeProcess([...COMMAND_LINE, "dev", "--data-dir", dataDirectory, "--port", String(port), "--json"], port);
  }

  /** `chainwright start` with a node config. */
  static async start(configFile: string): Promise<NodeProcess> {
    const port = await freePort();
    return new NodeProcess([...COMMAND_LINE, "start", "--config", configFile, "--set", `plugins.api-http.port=${port}`, "--json"], port);
  }

  /** A process that makes a chain in `folder` and keeps its state unflushed until it is killed. See generator/unflushed.process.ts. */
  static unflushed(folder: string, options: ChainOptions): NodeProcess {
    return new NodeProcess(["bench/generator/unflushed.process.js", folder, JSON.stringify(options)]);
  }

  /** @param parameters a script of the build and its arguments */
  private constructor([script = "", ...parameters]: readonly string[], port = 0) {
    this.#port = port;
    this.#startedMs = performance.now();
    const path = join(repositoryRoot(), "dist", script);
    this.#child = spawn(process.execPath, [path, ...parameters], { stdio: ["ignore", "pipe", "pipe"] });
    if (this.#child.stdout === null || this.#child.stderr === null) throw new Error("a child with pipes has streams");
    createInterface({ input: this.#child.stdout }).on("line", (line) => this.#take(line));
    this.#child.stderr.on("data", (chunk: Buffer) => {
      this.#errors = (this.#errors + chunk.toString()).slice(-4000);
    });
    this.#child.once("exit", () => {
      this.#exited = true;
      this.#wake();
    });
  }

  /** Milliseconds since the process was spawned. */
  get ageMs(): number {
    return performance.now() - this.#startedMs;
  }

  /** Resolves when the API answers /v1/status, which may be before the whole node is ready. @returns milliseconds since the spawn */
  async answers(): Promise<number> {
    // A refused connection costs next to nothing; a whole request each time would take the node's second core.
    while (!(await isListening(this.#port))) {
      if (this.ageMs > PATIENCE_MS || this.#exited) throw new Error(`the API did not answer:\n${this.#errors}`);
      await delay(POLL_MS);
    }
    const response = await fetch(`http://127.0.0.1:${this.#port}/v1/status`);
    await response.arrayBuffer();
    if (!response.ok) throw new Error(`/v1/status answered ${response.status}`);
    return this.ageMs;
  }

  /** Resolves when the node says that it is ready. @returns milliseconds since the spawn */
  async ready(): Promise<number> {
    await this.#line((line) => line.type === "ready");
    return this.ageMs;
  }

  /** Resolves when the head is at `height` or above. @returns milliseconds since the spawn */
  async reaches(height: number): Promise<number> {
    await this.#line((line) => (line.type === "ready" || line.type === "block") && (line.height ?? 0) >= height);
    return this.ageMs;
  }

  /** The height at which the node came up. */
  async heightWhenReady(): Promise<number> {
    return (await this.#line((line) => line.type === "ready")).height ?? 0;
  }

  /** Resident memory, MiB (Linux). */
  residentMiB(): number {
    const status = readFileSync(`/proc/${this.#child.pid}/status`, "utf8");
    const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
    if (kibibytes === undefined) throw new Error("/proc has no VmRSS of the node");
    return Number(kibibytes) / 1024;
  }

  /** CPU time of all its threads since the spawn, ms, in steps of 10 (Linux). */
  cpuMs(): number {
    const stat = readFileSync(`/proc/${this.#child.pid}/stat`, "utf8");
    // Fields 14 and 15, utime and stime, in ticks of a hundredth second; the name before may hold spaces (proc(5)).
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return 10 * (Number(fields[11]) + Number(fields[12]));
  }

  /** Ends the process and waits until it is gone. */
  async end(signal: "SIGKILL" | "SIGTERM"): Promise<void> {
    if (this.#exited) return;
    const gone = new Promise((resolve) => this.#child.once("exit", resolve));
    this.#child.kill(signal);
    await gone;
  }

  #take(line: string): void {
    try {
      this.#lines.push(JSON.parse(line) as NodeLine);
    } catch {
      // A line for people: not what is waited for.
    }
    this.#wake();
  }

  #wake(): void {
    for (const wake of [...this.#waiting]) wake();
  }

  async #line(matches: (line: NodeLine) => boolean): Promise<NodeLine> {
    const endMs = performance.now() + PATIENCE_MS;
    for (;;) {
      const found = this.#lines.find(matches);
      if (found !== undefined) return found;
      if (this.#exited) throw new Error(`the node ended early:\n${this.#errors}`);
      const leftMs = endMs - performance.now();
      if (leftMs <= 0) throw new Error(`the node did not get there within ${PATIENCE_MS} ms:\n${this.#errors}`);
      await this.#changed(leftMs);
    }
  }

  #changed(timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#waiting.delete(done);
        resolve();
      };
      const timer = setTimeout(done, timeoutMs);
      this.#waiting.add(done);
    });
  }
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1" });
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}

/**
 * A port that nobody listens on now: known before the node is up, so that it can be watched. Below the range that systems take
 * clients' ports from: there, who knocks at a closed port may be connected with himself, and so take it.
 */
async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(10_000, 32_000);
    if (await canListen(port)) return port;
  }
}

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}

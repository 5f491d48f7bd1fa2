/**
 * How long the main thread is held in one piece: a timer of a millisecond, and how late it comes. What the thread waited for a
 * processor meanwhile is not counted where the system tells it (Linux): on a busy machine that is most of it, and it says nothing
 * about us.
 */
import { closeSync, openSync, readSync } from "node:fs";

const TICK_MS = 1;

export class HeldWatch {
  readonly #lateMs: number[] = [];
  readonly #file: number | undefined;
  readonly #buffer = Buffer.alloc(128);
  #timer: NodeJS.Timeout | undefined;
  #atMs = 0;
  #waitedMs = 0;

  constructor() {
    try {
      this.#file = openSync(`/proc/self/task/${process.pid}/schedstat`, "r");
    } catch {
      this.#file = undefined;
    }
  }

  begin(): void {
    this.#timer = setTimeout(() => {
      this.#note();
      this.begin();
    }, TICK_MS);
    this.#atMs = performance.now();
    this.#waitedMs = this.#waitingMs();
  }

  end(): void {
    this.#note();
    clearTimeout(this.#timer);
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
  }

  percentile(percent: number): number {
    const sorted = [...this.#lateMs].sort((a, b) => a - b);
    return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))] ?? 0;
  }

  toString(): string {
    return `${this.percentile(99).toFixed(1)} ms at p99, ${this.percentile(100).toFixed(1)} ms at most`;
  }

  #note(): void {
    const passedMs = performance.now() - this.#atMs - (this.#waitingMs() - this.#waitedMs);
    this.#lateMs.push(Math.max(0, passedMs - TICK_MS));
  }

  /** Milliseconds that this thread was ready to run and did not, since it began. */
  #waitingMs(): number {
    if (this.#file === undefined) return 0;
    const length = readSync(this.#file, this.#buffer, 0, this.#buffer.length, 0);
    return Number(this.#buffer.toString("latin1", 0, length).split(" ")[1]) / 1e6;
  }
}

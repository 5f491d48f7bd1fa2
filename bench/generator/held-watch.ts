/**
 * How long the main thread is held in one piece. What the thread waited for a processor meanwhile is not counted where the system
 * tells it (Linux): on a busy machine that is most of it, and it says nothing about us.
 */
import { closeSync, openSync, readSync } from "node:fs";
import type { Slicer } from "../../core/ports/runtime.js";

const TICK_MS = 1;

/** Time that passes for this thread: of the clock, less what it was ready to run and did not. */
class ThreadTime {
  readonly #file: number | undefined;
  readonly #buffer = Buffer.alloc(128);

  constructor() {
    try {
      this.#file = openSync(`/proc/self/task/${process.pid}/schedstat`, "r");
    } catch {
      this.#file = undefined;
    }
  }

  /** Milliseconds since some moment. */
  nowMs(): number {
    return performance.now() - this.#waitingMs();
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
  }

  /** Milliseconds that this thread was ready to run and did not, since it began. */
  #waitingMs(): number {
    if (this.#file === undefined) return 0;
    const length = readSync(this.#file, this.#buffer, 0, this.#buffer.length, 0);
    return Number(this.#buffer.toString("latin1", 0, length).split(" ")[1]) / 1e6;
  }
}

function percentileOf(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))] ?? 0;
}

/** By whatever work: a timer of a millisecond, and how late it comes. */
export class HeldWatch {
  readonly #lateMs: number[] = [];
  readonly #time = new ThreadTime();
  #timer: NodeJS.Timeout | undefined;
  #atMs = 0;

  begin(): void {
    this.#timer = setTimeout(() => {
      this.#note();
      this.begin();
    }, TICK_MS);
    this.#atMs = this.#time.nowMs();
  }

  end(): void {
    this.#note();
    clearTimeout(this.#timer);
  }

  close(): void {
    this.#time.close();
  }

  percentile(percent: number): number {
    return percentileOf(this.#lateMs, percent);
  }

  toString(): string {
    return `${this.percentile(99).toFixed(1)} ms at p99, ${this.percentile(100).toFixed(1)} ms at most`;
  }

  #note(): void {
    this.#lateMs.push(Math.max(0, this.#time.nowMs() - this.#atMs - TICK_MS));
  }
}

/**
 * By one piece of work that makes pauses: the time from one to the next. The work is between `begin` and `end`, and only computes: more than the
 * process used of its processors meanwhile it can't have taken, whatever the clock says of a machine that is itself a guest.
 */
export class SliceWatch implements Slicer {
  readonly #heldMs: number[] = [];
  readonly #time = new ThreadTime();
  #atMs = 0;
  #cpu = process.cpuUsage();

  /** @param slicer the one that says when */
  constructor(private readonly slicer: Slicer) {}

  begin(): void {
    this.#atMs = this.#time.nowMs();
    this.#cpu = process.cpuUsage();
  }

  end(): void {
    const { user, system } = process.cpuUsage(this.#cpu);
    this.#heldMs.push(Math.min(this.#time.nowMs() - this.#atMs, (user + system) / 1_000));
  }

  due(): boolean {
    return this.slicer.due();
  }

  async pause(): Promise<void> {
    this.end();
    await this.slicer.pause();
    this.begin();
  }

  close(): void {
    this.#time.close();
  }

  percentile(percent: number): number {
    return percentileOf(this.#heldMs, percent);
  }
}

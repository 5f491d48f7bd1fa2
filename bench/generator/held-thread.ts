/**
 * How long the main thread is held at a time: what others wait for who have something to do on it.
 *
 * Where the kernel tells (Linux), only time that the thread computed counts: on a machine with other work, the time that a thread waits
 * for a processor says nothing of the program. A timer looks each millisecond; what was computed between two looks was held at most so long.
 */
import { closeSync, openSync, readSync } from "node:fs";
import { createHistogram, performance, type RecordableHistogram } from "node:perf_hooks";

const LOOK_MS = 1;
const NS_PER_MS = 1_000_000;

export class HeldThread {
  readonly #histogram: RecordableHistogram = createHistogram();
  readonly #schedule: number | undefined;
  readonly #text = Buffer.alloc(128);
  readonly #timer: NodeJS.Timeout;
  #last: number;

  constructor() {
    this.#schedule = openSchedule();
    this.#last = this.#now();
    this.#timer = setInterval(() => this.#look(), LOOK_MS);
  }

  /** In ms. */
  get p99Ms(): number {
    return this.#histogram.percentile(99) / NS_PER_MS;
  }

  get maxMs(): number {
    return this.#histogram.max / NS_PER_MS;
  }

  stop(): this {
    clearInterval(this.#timer);
    if (this.#schedule !== undefined) closeSync(this.#schedule);
    return this;
  }

  toString(): string {
    return `${this.p99Ms.toFixed(1)} ms at p99, ${this.maxMs.toFixed(1)} ms at most`;
  }

  #look(): void {
    const now = this.#now();
    // A histogram begins at one.
    this.#histogram.record(Math.max(1, Math.round(now - this.#last)));
    this.#last = now;
  }

  /** In ns: what the thread has computed, or the time. */
  #now(): number {
    if (this.#schedule === undefined) return performance.now() * NS_PER_MS;
    const length = readSync(this.#schedule, this.#text, 0, this.#text.length, 0);
    return Number(this.#text.toString("latin1", 0, length).split(" ")[0]);
  }
}

/** The main thread's: its id is the process's. */
function openSchedule(): number | undefined {
  try {
    return openSync(`/proc/self/task/${process.pid}/schedstat`, "r");
  } catch {
    return undefined;
  }
}

/**
 * How much of the main thread indexing takes: slices of a few milliseconds, and after each as much rest as its share asks for.
 * Import, gossip and the API run in between.
 */
import type { Clock, Scheduler, Slicer } from "../../core/sdk.js";

/** Well within the 10 ms that nothing on the main thread may exceed: a step after the slice's end comes on top. */
const SLICE_MS = 4;
const COUNTED_MS_MAX = 20;

export class Pace {
  readonly #clock: Clock;
  readonly #scheduler: Scheduler;
  readonly #slicer: Slicer;
  readonly #percent: number;
  #startedMs: number;
  /** Ends the rest or wait that is under way. */
  #wake: (() => void) | undefined;
  #ended = false;

  /** @param percent share of the main thread's time, 1 … 100 */
  constructor(clock: Clock, scheduler: Scheduler, percent: number) {
    this.#clock = clock;
    this.#scheduler = scheduler;
    this.#slicer = scheduler.slicer(SLICE_MS);
    this.#percent = percent;
    this.#startedMs = clock.monotonicMs();
  }

  due(): boolean {
    return this.#slicer.due();
  }

  /** Lets others run, for as long as the share says. */
  async pause(): Promise<void> {
    // What took longer was waiting for others or a stall of the whole process: no reason to rest for seconds.
    const workedMs = Math.min(this.#clock.monotonicMs() - this.#startedMs, COUNTED_MS_MAX);
    if (this.#percent < 100) await this.wait((workedMs * (100 - this.#percent)) / this.#percent);
    await this.#slicer.pause();
    this.#startedMs = this.#clock.monotonicMs();
  }

  /** Begins to count anew: what came before was waiting, not work. */
  restart(): void {
    this.#startedMs = this.#clock.monotonicMs();
  }

  /** Resolves after a time, or at once when it is ended. */
  async wait(delayMs: number): Promise<void> {
    if (this.#ended) return;
    await new Promise<void>((resolve) => {
      const timer = this.#scheduler.after(delayMs, resolve);
      this.#wake = () => {
        timer.cancel();
        resolve();
      };
    });
    this.#wake = undefined;
  }

  /** No rests and no waits from here on. */
  end(): void {
    this.#ended = true;
    this.#wake?.();
  }
}

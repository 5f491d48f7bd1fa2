/** Second looks at blocks whose time has not come, by the clock; bounded, since outsiders set them. */
import type { Cancellable, Clock, Scheduler } from "../ports/runtime.js";

/** A block of the far future is looked at again after this long at the latest, or leaves the waiting room before. */
const DELAY_MAX_MS = 3_600_000;

export class RetryTimers {
  readonly #clock: Clock;
  readonly #scheduler: Scheduler;
  readonly #max: number;
  readonly #timers = new Set<Cancellable>();

  constructor(dependencies: { readonly clock: Clock; readonly scheduler: Scheduler }, max: number) {
    this.#clock = dependencies.clock;
    this.#scheduler = dependencies.scheduler;
    this.#max = max;
  }

  /** Calls back at `atMs` of the wall clock; not at all when too many are set already. */
  at(atMs: number, callback: () => void): void {
    if (this.#timers.size >= this.#max) return;
    const delayMs = Math.min(Math.max(0, atMs - this.#clock.nowMs()), DELAY_MAX_MS);
    const timer = this.#scheduler.after(delayMs, () => {
      this.#timers.delete(timer);
      callback();
    });
    this.#timers.add(timer);
  }

  cancel(): void {
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
  }
}

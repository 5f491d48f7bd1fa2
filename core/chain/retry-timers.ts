/** Second looks at blocks whose time has not come, by the clock: one for each block that waits, gone when the block goes. */
import type { Cancellable, Clock, Scheduler } from "../ports/runtime.js";
import { Hash, type HashKey } from "../primitives/hash.js";

/** A block of the far future is looked at again after this long at the latest, or leaves the waiting room before. */
const DELAY_MAX_MS = 3_600_000;

export class RetryTimers {
  readonly #clock: Clock;
  readonly #scheduler: Scheduler;
  readonly #timers = new Map<HashKey, Cancellable>();

  constructor(dependencies: { readonly clock: Clock; readonly scheduler: Scheduler }) {
    this.#clock = dependencies.clock;
    this.#scheduler = dependencies.scheduler;
  }

  /** Calls back once at `atMs` of the wall clock, in place of what was set for this block before. */
  set(id: Hash, atMs: number, callback: () => void): void {
    this.cancel(id);
    const delayMs = Math.min(Math.max(0, atMs - this.#clock.nowMs()), DELAY_MAX_MS);
    const timer = this.#scheduler.after(delayMs, () => {
      this.#timers.delete(Hash.key(id));
      callback();
    });
    this.#timers.set(Hash.key(id), timer);
  }

  cancel(id: Hash): void {
    this.#timers.get(Hash.key(id))?.cancel();
    this.#timers.delete(Hash.key(id));
  }

  cancelAll(): void {
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
  }
}

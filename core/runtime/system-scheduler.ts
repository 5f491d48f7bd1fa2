/**
 * Timers on the real event loop.
 *
 * Timers hold the process alive: a node whose only business is a timer (a slot engine without a network) must not end by
 * itself. The other side of it is `close`: whoever composed the node calls it last, and no forgotten timer keeps the process.
 */

import { assert } from "../kernel/assert.js";
import type { Cancellable, Clock, Scheduler, Slicer } from "../ports/runtime.js";
import { ClockSlicer } from "./slicer.js";

/** Beyond 2^31 − 1 ms Node's timers fire at once. */
const MAX_TIMER_MS = 2_147_483_647;
/** With a young collection of V8 on top, some 5 ms while a state is flushed, a turn stays below 10 ms. */
const DEFAULT_SLICE_MS = 3;

export class SystemScheduler implements Scheduler {
  private readonly pending = new Set<Cancellable>();
  /** When the first slicer looked in this turn of the event loop. */
  private turnStartMs: number | undefined;

  constructor(private readonly clock: Clock) {}

  after(delayMs: number, callback: () => void): Cancellable {
    assert(delayMs >= 0, "a delay is not negative");
    const dueMs = this.clock.monotonicMs() + delayMs;
    let timer: NodeJS.Timeout;
    const cancellable: Cancellable = {
      cancel: () => {
        clearTimeout(timer);
        this.pending.delete(cancellable);
      },
    };
    const arm = (leftMs: number): void => {
      timer = setTimeout(fire, Math.min(leftMs, MAX_TIMER_MS));
    };
    const fire = (): void => {
      const leftMs = dueMs - this.clock.monotonicMs();
      // Only very long delays come here early by more than a timer's inaccuracy.
      if (leftMs > 1_000) {
        arm(leftMs);
        return;
      }
      this.pending.delete(cancellable);
      callback();
    };
    arm(delayMs);
    this.pending.add(cancellable);
    return cancellable;
  }

  every(periodMs: number, callback: () => void): Cancellable {
    assert(periodMs > 0 && periodMs <= MAX_TIMER_MS, "a period is positive and at most 24 days");
    const timer = setInterval(callback, periodMs);
    const cancellable: Cancellable = {
      cancel: () => {
        clearInterval(timer);
        this.pending.delete(cancellable);
      },
    };
    this.pending.add(cancellable);
    return cancellable;
  }

  yield(): Promise<void> {
    return new Promise((resolve) => setImmediate(resolve));
  }

  slicer(budgetMs = DEFAULT_SLICE_MS): Slicer {
    return new ClockSlicer(
      this.clock,
      () => this.yield(),
      budgetMs,
      () => this.startOfTurn(),
    );
  }

  private startOfTurn(): number {
    if (this.turnStartMs !== undefined) return this.turnStartMs;
    this.turnStartMs = this.clock.monotonicMs();
    // Queued before the pause of anybody in this turn, so it comes first.
    setImmediate(() => {
      this.turnStartMs = undefined;
    });
    return this.turnStartMs;
  }

  /** Cancels all timers and answers how many were still set: after a clean stop, none. */
  close(): number {
    const count = this.pending.size;
    for (const timer of [...this.pending]) timer.cancel();
    return count;
  }
}

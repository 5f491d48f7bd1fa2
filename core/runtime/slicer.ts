/**
 * Tells long work on the main thread when to make room for others.
 *
 * Reading the clock costs some 30 ns, much more than a step of many loops. So it is read only every so many calls; how many
 * follows from how long the steps of this very slice have taken, such that a slice overruns by half of what was left at most while
 * steps stay alike. Steps that suddenly take longer are caught at the next reading, never more than MAX_STRIDE calls away.
 *
 * What counts is how long this turn of the event loop has lasted, whoever held it: several pieces of work in one turn, each within a
 * budget of its own, would hold the thread for the sum.
 */

import { assert } from "../kernel/assert.js";
import type { Clock, Slicer } from "../ports/runtime.js";

const MAX_STRIDE = 256;

export class ClockSlicer implements Slicer {
  private calls = 0;
  private nextReading = 1;

  constructor(
    private readonly clock: Clock,
    private readonly yieldToOthers: () => Promise<void>,
    private readonly budgetMs: number,
    /** When this turn of the event loop began, or the first look at the clock in it. */
    private readonly turnStartMs: () => number,
  ) {
    assert(budgetMs > 0, "a slice has a positive budget");
    turnStartMs();
  }

  due(): boolean {
    return ++this.calls >= this.nextReading && this.read();
  }

  async pause(): Promise<void> {
    await this.yieldToOthers();
    this.turnStartMs();
    this.calls = 0;
    this.nextReading = 1;
  }

  private read(): boolean {
    const usedMs = this.clock.monotonicMs() - this.turnStartMs();
    if (usedMs >= this.budgetMs) return true;
    const leftInCalls = usedMs > 0 ? ((this.budgetMs - usedMs) / usedMs) * this.calls : MAX_STRIDE;
    // Doubling at most: one quick first step says little about the next.
    const stride = Math.max(1, Math.min(MAX_STRIDE, Math.floor(leftInCalls / 2), this.calls));
    this.nextReading = this.calls + stride;
    return false;
  }
}

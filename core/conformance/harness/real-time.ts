/**
 * Real time, for subjects that do real input and output: sockets answer when they answer, and no virtual clock can know.
 *
 * It also knows which timers are still set, so that a case can tell a subject that forgot one.
 */
import { performance } from "node:perf_hooks";
import {
  clearInterval as endInterval,
  clearTimeout as endTimer,
  setInterval as startInterval,
  setTimeout as startTimer,
} from "node:timers";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Cancellable, Clock, Scheduler, Slicer } from "../../ports/runtime.js";

export class RealTime implements Clock, Scheduler {
  readonly #pending = new Set<Cancellable>();

  /** Timers that are set. */
  get pending(): number {
    return this.#pending.size;
  }

  nowMs(): number {
    return Math.floor(performance.timeOrigin + this.monotonicMs());
  }

  monotonicMs(): number {
    return process.uptime() * 1_000;
  }

  after(delayMs: number, callback: () => void): Cancellable {
    const timer = startTimer(() => {
      this.#pending.delete(cancellable);
      callback();
    }, delayMs);
    const cancellable = this.#cancellable(() => endTimer(timer));
    return cancellable;
  }

  every(periodMs: number, callback: () => void): Cancellable {
    const timer = startInterval(callback, periodMs);
    return this.#cancellable(() => endInterval(timer));
  }

  yield(): Promise<void> {
    return nextTurn();
  }

  slicer(): Slicer {
    return { due: () => false, pause: () => this.yield() };
  }

  /** Cancels what is still set, so that a broken subject does not keep the test's process alive. */
  end(): void {
    for (const timer of [...this.#pending]) timer.cancel();
  }

  #cancellable(end: () => void): Cancellable {
    const cancellable: Cancellable = {
      cancel: () => {
        end();
        this.#pending.delete(cancellable);
      },
    };
    this.#pending.add(cancellable);
    return cancellable;
  }
}

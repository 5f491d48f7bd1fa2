/**
 * Time for the subjects of conformance cases: it stands still, until a case waits for something.
 *
 * A subject may also do real work beside it (load a module, use a worker), which real time alone brings to an end. So a
 * waiting case gives the event loop real turns first, and moves virtual time on to the next timer only when these
 * brought nothing.
 */
import { setTimeout as realDelay } from "node:timers/promises";
import type { Cancellable, Clock, Scheduler, Slicer } from "../../ports/runtime.js";
import { broken } from "../case.js";

interface Timer {
  readonly dueMs: number;
  readonly sequence: number;
  readonly run: () => void;
}

/** Microtasks that a step of virtual time gets to settle before the next one. */
const MICROTASKS_A_STEP = 200;
/** Real time between two steps, ms: conformance cases run under a test runner, outside of any node. */
const REAL_MS_A_STEP = 1;
/** Steps without any timer after which a wait is given up: at least ten seconds of real time. */
const IDLE_STEPS_MAX = 10_000;

export class VirtualTime implements Clock, Scheduler {
  readonly #originMs: number;
  #elapsedMs = 0;
  #timers: Timer[] = [];
  #sequence = 0;
  /** Whether slicers say at every question that it is time to pause, or never. */
  readonly #slicing: "always" | "never";

  constructor(originMs: number, slicing: "always" | "never" = "always") {
    this.#originMs = originMs;
    this.#slicing = slicing;
  }

  nowMs(): number {
    return this.#originMs + Math.floor(this.#elapsedMs);
  }

  monotonicMs(): number {
    return this.#elapsedMs;
  }

  after(delayMs: number, callback: () => void): Cancellable {
    const timer: Timer = { dueMs: this.#elapsedMs + Math.max(0, delayMs), sequence: this.#sequence++, run: callback };
    this.#timers.push(timer);
    return {
      cancel: () => {
        this.#timers = this.#timers.filter((other) => other !== timer);
      },
    };
  }

  every(periodMs: number, callback: () => void): Cancellable {
    let pending: Cancellable;
    const again = () => {
      pending = this.after(periodMs, () => {
        again();
        callback();
      });
    };
    again();
    return { cancel: () => pending.cancel() };
  }

  async yield(): Promise<void> {
    await undefined;
  }

  slicer(): Slicer {
    return { due: () => this.#slicing === "always", pause: () => this.yield() };
  }

  /** Lets `durationMs` pass, with everything that is due in it; real work gets a little time to come to its end. */
  async pass(durationMs: number): Promise<void> {
    const untilMs = this.#elapsedMs + durationMs;
    for (let next = this.#next(); next !== undefined && next.dueMs <= untilMs; next = this.#next()) {
      await this.#fire(next);
      await realDelay(REAL_MS_A_STEP);
    }
    this.#elapsedMs = untilMs;
    await settle();
  }

  /**
   * Waits for `wanted`, moving time on to the next timer whenever nothing else happens.
   *
   * @param limitMs virtual time after which it fails with `law`
   */
  async until<T>(wanted: Promise<T>, limitMs: number, law: string): Promise<T> {
    let settled = false;
    const outcome = wanted.finally(() => {
      settled = true;
    });
    // Whoever waits below sees the rejection; meanwhile it is not an unhandled one.
    outcome.catch(() => undefined);
    const untilMs = this.#elapsedMs + limitMs;
    let idleSteps = 0;
    for (;;) {
      await settle();
      if (settled) return outcome;
      await realDelay(REAL_MS_A_STEP);
      if (settled) return outcome;
      const next = this.#next();
      if (next === undefined) {
        if (++idleSteps > IDLE_STEPS_MAX) broken(law, "nothing happens any more: no timer is set, and real time brought nothing either");
        continue;
      }
      if (next.dueMs > untilMs) broken(law, `nothing happened in ${limitMs} ms of virtual time`);
      await this.#fire(next);
    }
  }

  #next(): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.#timers) {
      if (first === undefined || timer.dueMs < first.dueMs || (timer.dueMs === first.dueMs && timer.sequence < first.sequence))
        first = timer;
    }
    return first;
  }

  async #fire(timer: Timer): Promise<void> {
    this.#timers = this.#timers.filter((other) => other !== timer);
    this.#elapsedMs = Math.max(this.#elapsedMs, timer.dueMs);
    timer.run();
    await settle();
  }
}

/** Lets chains of promises that are ready run to their end. */
async function settle(): Promise<void> {
  for (let i = 0; i < MICROTASKS_A_STEP; i++) await undefined;
}

/**
 * Work on the calling thread: small batches, and everything when there are no worker threads.
 *
 * All of it goes through one lane with one slice of time, so that a thousand small requests in one turn of the event loop
 * hold the thread no longer than one large one. A lane that was idle pays at most one pause. The clock is read before
 * each piece: a `Slicer` reads it less often the quicker the steps were, and here a 5 ms piece may follow many of 5 µs.
 */
import type { Clock, Scheduler } from "../ports/runtime.js";
import type { JobRunner } from "./job.js";
import { type AnyRequest, RequestQueue } from "./request-queue.js";

/** How long the lane holds the thread before others have a turn. */
const SLICE_MS = 5;

export class InlineLane {
  readonly #queue = new RequestQueue();
  readonly #clock: Clock;
  readonly #scheduler: Scheduler;
  readonly #runner: JobRunner;
  #draining = false;
  #sliceEndMs: number;

  constructor(clock: Clock, scheduler: Scheduler, runner: JobRunner) {
    this.#clock = clock;
    this.#scheduler = scheduler;
    this.#sliceEndMs = clock.monotonicMs() + SLICE_MS;
    this.#runner = runner;
  }

  submit(request: AnyRequest): void {
    this.#queue.add(request);
    if (this.#draining) return;
    this.#draining = true;
    void this.#drain();
  }

  /** Requests that wait here and have not begun. */
  unbegun(): AnyRequest[] {
    return this.#queue.waiting().filter((request) => !request.begun);
  }

  async #drain(): Promise<void> {
    // One microtask later, all that was submitted together is sorted by urgency.
    await undefined;
    for (;;) {
      if (this.#clock.monotonicMs() >= this.#sliceEndMs) {
        await this.#scheduler.yield();
        this.#sliceEndMs = this.#clock.monotonicMs() + SLICE_MS;
      }
      const next = this.#queue.take();
      if (next === undefined) break;
      try {
        const pending = next.request.runInline(this.#runner, next.piece);
        // A task may hang; once its deadline has settled the request, the lane goes on without it.
        if (pending !== undefined) await Promise.race([pending, next.request.promise.catch(() => {})]);
        next.request.pieceDone(this.#runner.engine);
      } catch (thrown) {
        // Engines don't throw on checked input: what arrives here is a broken invariant, or an input that can't be cloned.
        next.request.fail(thrown instanceof Error ? thrown : new Error(String(thrown)));
      }
    }
    this.#draining = false;
  }
}

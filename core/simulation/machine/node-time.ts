/** Clock and Scheduler of one life of a node, on the clock of its machine. */
import { assert, type Cancellable, type Clock, type Scheduler, type Slicer } from "../../sdk.js";
import type { Machine } from "./machine.js";

/**
 * Within an event time stands still, so no slice is ever used up: work that would make room for others on a real event loop
 * goes on to its end.
 */
class EndlessSlice implements Slicer {
  constructor(readonly pause: () => Promise<void>) {}

  due(): boolean {
    return false;
  }
}

export class NodeTime implements Clock, Scheduler {
  readonly #machine: Machine;
  readonly #slicer = new EndlessSlice(() => this.yield());
  #pending = 0;
  #isClosed = false;

  constructor(machine: Machine) {
    this.#machine = machine;
  }

  nowMs(): number {
    this.#machine.world.guard.used("the clock");
    return this.#machine.nowMs();
  }

  monotonicMs(): number {
    this.#machine.world.guard.used("the clock");
    return this.#machine.monotonicMs();
  }

  after(delayMs: number, callback: () => void): Cancellable {
    assert(delayMs >= 0, "a delay is not negative");
    if (this.#isClosed) return { cancel: () => undefined };
    const { world } = this.#machine;
    const fire = (): void => {
      if (this.#isClosed) return;
      this.#pending--;
      callback();
    };
    const event = world.after(this.#machine.trueUs(delayMs), fire, this.#machine);
    this.#pending++;
    return {
      cancel: () => {
        // It has run, or was cancelled before.
        if (event.run === undefined) return;
        this.#pending--;
        world.cancel(event);
      },
    };
  }

  every(periodMs: number, callback: () => void): Cancellable {
    assert(periodMs > 0, "a period is positive");
    let pending = this.after(periodMs, () => fire());
    let isCancelled = false;
    const fire = (): void => {
      pending = this.after(periodMs, fire);
      if (!isCancelled) callback();
    };
    return {
      cancel: () => {
        isCancelled = true;
        pending.cancel();
      },
    };
  }

  yield(): Promise<void> {
    return new Promise((resolve) => {
      this.#machine.world.after(0, resolve, this.#machine);
    });
  }

  slicer(): Slicer {
    return this.#slicer;
  }

  /** From now on no timer fires. Answers how many were set. */
  close(): number {
    this.#isClosed = true;
    return this.#pending;
  }
}

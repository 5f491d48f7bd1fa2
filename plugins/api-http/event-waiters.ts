/**
 * Requests that wait for the next chain event. One subscription to the log serves all; their number is bounded, because
 * one connection may pipeline any number of requests.
 */
import type { Cancellable, ChainEvents, Scheduler } from "../../core/sdk.js";
import { ApiTooManyWaitersError } from "./errors.js";

interface Waiter {
  readonly after: number;
  readonly wake: () => void;
}

/** The waiting of one request. */
export interface RequestWait {
  /** Whoever asked is gone, or the node stops. */
  readonly isOver: () => boolean;
  /** As `EventWaiters.wait`. */
  readonly wait: (after: number, waitMs: number) => Promise<void>;
}

export class EventWaiters {
  private readonly waiters = new Set<Waiter>();
  private readonly unsubscribe: () => void;
  private closed = false;

  constructor(
    private readonly dependencies: { readonly events: ChainEvents; readonly scheduler: Scheduler },
    private readonly options: { readonly maxWaiters: number },
  ) {
    this.unsubscribe = dependencies.events.onAppended(() => this.appended());
  }

  get count(): number {
    return this.waiters.size;
  }

  /**
   * Resolves once there is an event with a sequence above `after`, `waitMs` have passed, `aborted` fires or the node stops.
   * @throws ApiTooManyWaitersError
   */
  wait(after: number, waitMs: number, onAborted: (abort: () => void) => void): Promise<void> {
    const { events, scheduler } = this.dependencies;
    if (this.closed || waitMs <= 0 || events.latest !== after) return Promise.resolve();
    if (this.waiters.size >= this.options.maxWaiters) throw new ApiTooManyWaitersError({ limit: this.options.maxWaiters });
    return new Promise((resolve) => {
      let timer: Cancellable | undefined;
      const waiter: Waiter = {
        after,
        wake: () => {
          timer?.cancel();
          this.waiters.delete(waiter);
          resolve();
        },
      };
      this.waiters.add(waiter);
      timer = scheduler.after(waitMs, waiter.wake);
      onAborted(waiter.wake);
    });
  }

  /**
   * For requests that wait again and again: one listener for the end of a request, however often it waits.
   *
   * @param onClosed calls back once, when whoever asked is gone
   */
  forRequest(onClosed: (closed: () => void) => void): RequestWait {
    let isOver = false;
    let wake: () => void = () => undefined;
    onClosed(() => {
      isOver = true;
      wake();
    });
    return {
      isOver: () => isOver || this.closed,
      wait: (after, waitMs) =>
        this.wait(after, waitMs, (abort) => {
          wake = abort;
        }),
    };
  }

  /** Ends all waiting, for good. */
  close(): void {
    this.closed = true;
    this.unsubscribe();
    for (const waiter of [...this.waiters]) waiter.wake();
  }

  private appended(): void {
    const { latest } = this.dependencies.events;
    for (const waiter of [...this.waiters]) if (latest > waiter.after) waiter.wake();
  }
}

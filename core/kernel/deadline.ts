/** Bounds an asynchronous step in time, by the injected scheduler: virtual in a simulation. */
import type { Scheduler } from "../ports/runtime.js";

/**
 * The outcome of `step`, or a rejection with `late()` after `timeoutMs`. The step itself can't be ended; what it comes to
 * afterwards is ignored.
 *
 * @param interrupted rejects earlier, when it does
 */
export function withDeadline<Value>(
  step: () => Value | PromiseLike<Value>,
  scheduler: Scheduler,
  timeoutMs: number,
  late: () => Error,
  interrupted?: Promise<never>,
): Promise<Value> {
  return new Promise((resolve, reject) => {
    const timer = scheduler.after(timeoutMs, () => reject(late()));
    const fail = (error: unknown): void => {
      timer.cancel();
      reject(error);
    };
    interrupted?.catch(fail);
    // A synchronous throw of the step becomes a rejection too.
    new Promise<Value>((begun) => begun(step())).then((value) => {
      timer.cancel();
      resolve(value);
    }, fail);
  });
}

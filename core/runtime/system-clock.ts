/** The real time. */
import type { Clock } from "../ports/runtime.js";

export class SystemClock implements Clock {
  nowMs(): number {
    return Date.now();
  }

  monotonicMs(): number {
    return performance.now();
  }
}

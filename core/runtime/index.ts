/** Real time and real randomness: the only place in core that touches them. Everything else takes the ports. */
export { startProcessMetrics } from "./process-metrics.js";
export { ClockSlicer } from "./slicer.js";
export { SystemClock } from "./system-clock.js";
export { SystemEntropy } from "./system-entropy.js";
export { SystemScheduler } from "./system-scheduler.js";

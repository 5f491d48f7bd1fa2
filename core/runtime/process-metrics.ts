/**
 * Metrics of the process itself: memory, processor time, lag of the event loop. Read at each scrape.
 *
 * Not prom-client's own defaults: these can't be stopped, and so would outlive the node in its process.
 */
import { monitorEventLoopDelay } from "node:perf_hooks";
import type { Clock, Metrics } from "../ports/runtime.js";

/** How finely the event loop's lag is sampled. */
const LAG_RESOLUTION_MS = 20;

/** @returns ends the sampling; the metrics then stay at their last values */
export function startProcessMetrics(metrics: Metrics, clock: Clock): { stop(): void } {
  const lag = monitorEventLoopDelay({ resolution: LAG_RESOLUTION_MS });
  lag.enable();
  const gauge = (name: string, help: string, collect: () => number): void => {
    metrics.gauge({ name, help, collect });
  };
  // A delay includes the sampling's own interval. Of nothing sampled it is NaN.
  const lagSeconds = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e9 - LAG_RESOLUTION_MS / 1e3) || 0;
  gauge("process_event_loop_lag_p50_seconds", "Median lag of the event loop since the last scrape", () => lagSeconds(lag.percentile(50)));
  gauge("process_event_loop_lag_p99_seconds", "99th percentile of the event loop's lag since the last scrape", () =>
    lagSeconds(lag.percentile(99)),
  );
  gauge("process_event_loop_lag_max_seconds", "Greatest lag of the event loop since the last scrape", () => {
    const worst = lagSeconds(lag.max);
    // Gauges are read in the order of their registration: the two above have had their turn.
    lag.reset();
    return worst;
  });
  gauge("process_resident_memory_bytes", "Resident memory of the process", () => process.memoryUsage.rss());
  gauge("process_heap_used_bytes", "JavaScript heap in use", () => process.memoryUsage().heapUsed);
  gauge("process_external_memory_bytes", "Memory of buffers outside the JavaScript heap", () => process.memoryUsage().external);
  gauge("process_cpu_user_seconds", "Processor time in user mode", () => process.cpuUsage().user / 1e6);
  gauge("process_cpu_system_seconds", "Processor time in system mode", () => process.cpuUsage().system / 1e6);
  const startedSeconds = (clock.nowMs() - process.uptime() * 1e3) / 1e3;
  gauge("process_start_time_seconds", "Start of the process, seconds since the Unix epoch", () => startedSeconds);
  return { stop: () => void lag.disable() };
}

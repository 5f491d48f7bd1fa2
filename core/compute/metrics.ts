/** Metrics of the compute service. */
import type { ComputeEngineInfo, ComputePriority } from "../ports/compute.js";
import type { Counter, Histogram, Metrics } from "../ports/runtime.js";
import type { ComputeKind } from "./errors.js";

/** Where a request runs. */
export type ComputePath = "inline" | "pool";

export interface ComputeMetrics {
  readonly requests: Counter;
  readonly failures: Counter;
  readonly signatures: Counter;
  readonly seconds: Histogram;
  readonly workerDeaths: Counter;
  readonly workerStarts: Counter;
}

/** What gauges read at each scrape. */
export interface ComputeGauges {
  readonly queuedRequests: () => number;
  readonly queuedBytes: () => number;
  readonly workers: () => number;
}

export interface RequestLabels extends Record<string, string> {
  readonly kind: ComputeKind;
  readonly path: ComputePath;
  readonly priority: ComputePriority;
}

/** A gauge that is always 1: its labels say which engine is in use, so that a fleet's slow nodes can be found. */
export function engineMetric(metrics: Metrics, { kind, tiers }: ComputeEngineInfo): void {
  const { ed25519, sha256, sha512, modular = "none" } = tiers;
  const labels = { kind, ed25519, sha256, sha512, modular };
  metrics.gauge({ name: "compute_engine_info", help: "1, labelled with the engine in use", labels: Object.keys(labels) }).set(1, labels);
}

export function computeMetrics(metrics: Metrics, gauges: ComputeGauges): ComputeMetrics {
  metrics.gauge({ name: "compute_queue_requests", help: "Requests that wait or are at work", collect: gauges.queuedRequests });
  metrics.gauge({ name: "compute_queue_bytes", help: "Input bytes of the requests that wait or are at work", collect: gauges.queuedBytes });
  metrics.gauge({ name: "compute_workers", help: "Worker threads that are up", collect: gauges.workers });
  return {
    requests: metrics.counter({
      name: "compute_requests_total",
      help: "Requests taken, by kind, priority and where they ran",
      labels: ["kind", "path", "priority"],
    }),
    failures: metrics.counter({
      name: "compute_failures_total",
      help: "Requests that failed or were refused, by kind and error code",
      labels: ["kind", "code"],
    }),
    signatures: metrics.counter({
      name: "compute_signatures_total",
      help: "Signatures verified, by verdict",
      labels: ["verdict"],
    }),
    seconds: metrics.histogram({
      name: "compute_request_seconds",
      help: "Time from taking a request to its result, by kind and where it ran",
      labels: ["kind", "path"],
      buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    }),
    workerDeaths: metrics.counter({
      name: "compute_worker_deaths_total",
      help: "Worker threads that ended at work on their own, by kind of work",
      labels: ["kind"],
    }),
    workerStarts: metrics.counter({ name: "compute_worker_starts_total", help: "Worker threads started" }),
  };
}

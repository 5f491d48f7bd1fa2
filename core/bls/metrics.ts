/** Metrics of BLS verification. */
import type { Counter, Gauge, Metrics } from "../ports/runtime.js";
import type { BlsEngineName } from "./engine.js";

export interface BlsMetrics {
  readonly sets: Counter;
  readonly jobs: Counter;
  readonly remembered: Gauge;
}

export function blsMetrics(metrics: Metrics, engine: BlsEngineName): BlsMetrics {
  metrics.gauge({ name: "bls_engine_info", help: "1, labelled with the engine in use", labels: ["engine"] }).set(1, { engine });
  return {
    sets: metrics.counter({
      name: "bls_sets_total",
      help: "Signature sets judged, by verdict and by how: their form alone, a verdict remembered, a job",
      labels: ["verdict", "by"],
    }),
    jobs: metrics.counter({ name: "bls_jobs_total", help: "Jobs of the compute service that verified sets" }),
    remembered: metrics.gauge({ name: "bls_remembered_sets", help: "Verdicts that are remembered" }),
  };
}

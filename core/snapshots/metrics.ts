/** Metrics of snapshots: what is made and kept, and what is loaded. */
import type { Counter, Gauge, Metrics } from "../ports/runtime.js";

export interface SnapshotMetrics {
  readonly made: Counter;
  readonly failed: Counter;
  readonly madeBytes: Counter;
  readonly kept: Gauge;
  readonly newestHeight: Gauge;
  readonly makingShare: Gauge;
  readonly seconds: Gauge;
}

export function snapshotMetrics(metrics: Metrics): SnapshotMetrics {
  return {
    made: metrics.counter({ name: "snapshots_made_total", help: "Snapshots of the state that were made" }),
    failed: metrics.counter({ name: "snapshots_failed_total", help: "Snapshots that could not be made, by why", labels: ["code"] }),
    madeBytes: metrics.counter({ name: "snapshots_made_bytes_total", help: "Bytes of chunks that were made" }),
    kept: metrics.gauge({ name: "snapshots_kept", help: "Whole snapshots on disk" }),
    newestHeight: metrics.gauge({ name: "snapshots_newest_height", help: "Height of the newest snapshot on disk; 0 without one" }),
    makingShare: metrics.gauge({ name: "snapshots_making_ratio", help: "How much of the snapshot that is being made is done, 0 to 1" }),
    seconds: metrics.gauge({ name: "snapshots_last_make_seconds", help: "How long the newest snapshot took to make" }),
  };
}

/** Metrics of storage-level. */
import type { Counter, Histogram, Metrics } from "../../core/sdk.js";

export interface StorageMetrics {
  readonly writes: Counter;
  readonly groups: Counter;
  readonly writtenBytes: Counter;
  readonly durableSeconds: Histogram;
  readonly patrolledBytes: Counter;
  readonly patrolFailures: Counter;
}

/** @param openSnapshots read at each scrape */
export function storageMetrics(metrics: Metrics, openSnapshots: () => number): StorageMetrics {
  metrics.gauge({
    name: "storage_open_snapshots",
    help: "Snapshots that hold back compaction; one that stays open for minutes is a leak",
    collect: openSnapshots,
  });
  return {
    writes: metrics.counter({ name: "storage_writes_total", help: "Atomic writes, by whether they were synced", labels: ["durable"] }),
    groups: metrics.counter({
      name: "storage_write_groups_total",
      help: "Batches handed to LevelDB; writes that waited together share one",
    }),
    writtenBytes: metrics.counter({ name: "storage_written_bytes_total", help: "Bytes of keys and values written" }),
    patrolledBytes: metrics.counter({
      name: "storage_patrolled_bytes_total",
      help: "Bytes of table files whose checksums were looked at while the node ran, and matched",
    }),
    patrolFailures: metrics.counter({
      name: "storage_patrol_failures_total",
      help: "Times that a table file could not be read for its check while the node ran; the next ones are looked at after a rest",
    }),
    durableSeconds: metrics.histogram({
      name: "storage_durable_write_seconds",
      help: "Time of a synced batch, from handing it to LevelDB to the device's confirmation",
      buckets: [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1],
    }),
  };
}

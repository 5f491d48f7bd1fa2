/** Metrics of storage-memory, under the names of storage-level where they mean the same. */
import type { Counter, Metrics } from "../../core/sdk.js";

export interface StorageMetrics {
  readonly writes: Counter;
  readonly writtenBytes: Counter;
}

export function storageMetrics(metrics: Metrics): StorageMetrics {
  return {
    writes: metrics.counter({ name: "storage_writes_total", help: "Atomic writes, by whether they were synced", labels: ["durable"] }),
    writtenBytes: metrics.counter({ name: "storage_written_bytes_total", help: "Bytes of keys and values written" }),
  };
}

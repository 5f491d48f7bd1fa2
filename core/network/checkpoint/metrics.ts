/** Metrics of checkpoint starts and of serving them. */
import type { Counter, Gauge, Metrics } from "../../ports/runtime.js";

export interface CheckpointMetrics {
  readonly headers: Counter;
  readonly chunks: Counter;
  readonly chunkBytes: Counter;
  readonly badChunks: Counter;
  readonly stalls: Counter;
  readonly share: Gauge;
}

export function checkpointMetrics(metrics: Metrics): CheckpointMetrics {
  return {
    headers: metrics.counter({ name: "checkpoint_headers_total", help: "Headers that were taken by their link to the checkpoint" }),
    chunks: metrics.counter({ name: "state_sync_chunks_total", help: "Ranges of the state that were verified and stored" }),
    chunkBytes: metrics.counter({ name: "state_sync_bytes_total", help: "Bytes of ranges of the state that came from peers" }),
    badChunks: metrics.counter({
      name: "state_sync_bad_chunks_total",
      help: "Ranges of the state that were refused, by why",
      labels: ["reason"],
    }),
    stalls: metrics.counter({
      name: "state_sync_stalls_total",
      help: "Times that a peer kept a checkpoint start waiting and was passed over",
    }),
    share: metrics.gauge({ name: "state_sync_done_ratio", help: "How much of the state has been loaded, 0 to 1" }),
  };
}

export interface ServingMetrics {
  readonly chunks: Counter;
  readonly bytes: Counter;
}

export function servingMetrics(metrics: Metrics): ServingMetrics {
  return {
    chunks: metrics.counter({ name: "snapshot_served_chunks_total", help: "Chunks of snapshots that were sent to peers" }),
    bytes: metrics.counter({ name: "snapshot_served_bytes_total", help: "Bytes of manifests and chunks that were sent to peers" }),
  };
}

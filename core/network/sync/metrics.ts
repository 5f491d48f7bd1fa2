/** Metrics of sync: how far, how fast, and what got in the way. */
import type { Counter, Gauge, Metrics } from "../../ports/runtime.js";

export interface SyncMetrics {
  readonly runs: Counter;
  readonly refused: Counter;
  readonly headers: Counter;
  readonly blocks: Counter;
  readonly asked: Counter;
  readonly bodyBytes: Counter;
  readonly stalls: Counter;
  readonly steals: Counter;
  readonly targetHeight: Gauge;
  readonly headerHeight: Gauge;
  readonly heldBytes: Gauge;
}

export function syncMetrics(metrics: Metrics): SyncMetrics {
  return {
    runs: metrics.counter({ name: "sync_runs_total", help: "Syncs of a branch that ended, by how", labels: ["code"] }),
    refused: metrics.counter({
      name: "sync_refused_branches_total",
      help: "Times that a peer proved a better branch that leaves this node's chain below what is final here",
    }),
    headers: metrics.counter({ name: "sync_headers_total", help: "Headers that came ahead of their blocks and were found good" }),
    blocks: metrics.counter({ name: "sync_blocks_total", help: "Blocks that were imported by sync" }),
    asked: metrics.counter({ name: "sync_requested_blocks_total", help: "Blocks that sync asked peers for, each time counted" }),
    bodyBytes: metrics.counter({ name: "sync_received_bytes_total", help: "Encoded bytes of blocks that came for sync" }),
    stalls: metrics.counter({ name: "sync_stalls_total", help: "Times that a peer kept a sync waiting and its blocks went to others" }),
    steals: metrics.counter({ name: "sync_steals_total", help: "Times that a peer held up the lowest block while others were idle" }),
    targetHeight: metrics.gauge({ name: "sync_target_height", help: "Height that this node syncs to; its own when it is in sync" }),
    headerHeight: metrics.gauge({ name: "sync_header_height", help: "Height of headers that were found good ahead of their blocks" }),
    heldBytes: metrics.gauge({ name: "sync_held_bytes", help: "Blocks that are held until their turn to be imported has come" }),
  };
}

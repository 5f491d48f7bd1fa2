/** Metrics of index-history. */
import type { Counter, Histogram, Metrics } from "../../core/sdk.js";

/** Read at each scrape. */
export interface HistoryFacts {
  readonly indexedHeight: number;
  readonly behindBlocks: number;
  readonly completeFrom: number;
  readonly transactions: number;
  readonly failing: boolean;
}

export interface HistoryMetrics {
  readonly blocks: Counter;
  readonly transactions: Counter;
  readonly gaps: Counter;
  readonly failures: Counter;
  readonly patrolledBytes: Counter;
  readonly patrolFailures: Counter;
  readonly batchSeconds: Histogram;
  readonly querySeconds: Histogram;
}

export function historyMetrics(metrics: Metrics, facts: () => HistoryFacts): HistoryMetrics {
  const gauge = (name: string, help: string, collect: () => number) => metrics.gauge({ name, help, collect });
  gauge("history_indexed_height", "Height of the newest indexed block; -1 before the first", () => facts().indexedHeight);
  gauge("history_behind_blocks", "Blocks from there to the head", () => facts().behindBlocks);
  gauge("history_complete_from_height", "Lowest height from which all blocks are indexed", () => facts().completeFrom);
  gauge("history_transactions", "Transactions in the index", () => facts().transactions);
  gauge("history_failing", "1 while indexing fails and is tried again", () => (facts().failing ? 1 : 0));
  return {
    blocks: metrics.counter({ name: "history_blocks_total", help: "Blocks added to the index and undone in it", labels: ["what"] }),
    transactions: metrics.counter({ name: "history_transactions_total", help: "Transactions added to the index" }),
    gaps: metrics.counter({
      name: "history_gaps_total",
      help: "Gaps that were noticed: forgotten events, events of another database, blocks that are not kept",
      labels: ["what"],
    }),
    failures: metrics.counter({ name: "history_failures_total", help: "Times that indexing failed and was begun anew" }),
    patrolledBytes: metrics.counter({
      name: "history_patrolled_bytes_total",
      help: "Bytes of the index' table files whose checksums were looked at while the node ran, and matched",
    }),
    patrolFailures: metrics.counter({
      name: "history_patrol_failures_total",
      help: "Times that a table file of the index could not be read for its check; the next ones are looked at after a rest",
    }),
    batchSeconds: metrics.histogram({
      name: "history_batch_seconds",
      help: "Time to write one batch of the index, synced",
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1],
    }),
    querySeconds: metrics.histogram({
      name: "history_query_seconds",
      help: "Time of a lookup, by what was looked up",
      labels: ["what"],
      buckets: [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.25],
    }),
  };
}

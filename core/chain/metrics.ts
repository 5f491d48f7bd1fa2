/** Metrics of the chain: a duration for each stage of a block's life, verdicts, head, tree, flushes. */
import type { Metrics } from "../ports/runtime.js";

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/** Stages of DESIGN's "life of a block", in order; what is loaded from the disk meanwhile is `prefetch`, beside `signatures`. */
export type Stage = "header" | "seal" | "certificate" | "body" | "signatures" | "prefetch" | "execute" | "choose" | "flush";

export type ChainMetrics = ReturnType<typeof chainMetrics>;

export function chainMetrics(metrics: Metrics) {
  return {
    stageSeconds: metrics.histogram({
      name: "block_stage_seconds",
      help: "Time that blocks spend in each stage of their import",
      labels: ["stage"],
      buckets: SECONDS,
    }),
    verdicts: metrics.counter({
      name: "block_verdicts_total",
      help: "Blocks offered to the chain, by verdict and code",
      labels: ["verdict", "code"],
    }),
    headHeight: metrics.gauge({ name: "head_height", help: "Height of the head" }),
    finalizedHeight: metrics.gauge({ name: "finalized_height", help: "Height of the newest final block" }),
    flushedHeight: metrics.gauge({ name: "flushed_height", help: "Height up to which state is on disk" }),
    transactions: metrics.counter({ name: "executed_transactions_total", help: "Transactions in blocks that became canonical" }),
    reorgDepth: metrics.histogram({
      name: "reorg_depth_blocks",
      help: "Blocks undone by each reorg",
      buckets: [1, 2, 3, 5, 10, 20, 50, 100],
    }),
    treeBlocks: metrics.gauge({ name: "tree_blocks", help: "Blocks above finality on all branches" }),
    waitingBlocks: metrics.gauge({ name: "waiting_blocks", help: "Blocks that wait for a parent, a time or a certificate" }),
    unflushedBytes: metrics.gauge({ name: "unflushed_state_bytes", help: "State overlays that are only in memory" }),
    bodiesFrom: metrics.gauge({ name: "bodies_from_height", help: "Lowest height from which the bodies of blocks are kept" }),
    statesFrom: metrics.gauge({ name: "states_from_height", help: "Lowest height from which the state can be read" }),
    pruningBacklog: metrics.gauge({ name: "pruning_backlog_blocks", help: "Blocks that are no longer kept and not deleted yet" }),
    prunedBlocks: metrics.counter({ name: "pruned_blocks_total", help: "Heights whose bodies, receipts and stale blocks were deleted" }),
    prunedBytes: metrics.counter({ name: "pruned_bytes_total", help: "Bytes of what pruning deleted, before compression" }),
    compactedRanges: metrics.counter({
      name: "pruning_compactions_total",
      help: "Ranges of the storage that were compacted after pruning",
    }),
    builtBlocks: metrics.counter({ name: "built_blocks_total", help: "Block templates built here" }),
  };
}

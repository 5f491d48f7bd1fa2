/** Metrics of the nakamoto engine; listed in README.md. */
import type { Counter, Histogram, Metrics } from "../../core/sdk.js";

export interface NakamotoMetrics {
  /** Labels: outcome = imported, stale, refused. */
  readonly minedBlocks: Counter;
  readonly reorgDepth: Histogram;
  readonly refusedBranches: Counter;
  readonly miningFailures: Counter;
}

export interface MetricSources {
  readonly hashesPerSecond: () => number;
  readonly difficulty: () => number;
}

export function registerMetrics(metrics: Metrics, sources: MetricSources): NakamotoMetrics {
  metrics.gauge({
    name: "nakamoto_hashes_per_second",
    help: "Double hashes a second of this node's miner.",
    collect: sources.hashesPerSecond,
  });
  metrics.gauge({
    name: "nakamoto_difficulty_ratio",
    help: "How many times harder the next block is than the easiest allowed.",
    collect: sources.difficulty,
  });
  return {
    minedBlocks: metrics.counter({ name: "nakamoto_mined_blocks", help: "Blocks found by this node, by outcome.", labels: ["outcome"] }),
    reorgDepth: metrics.histogram({
      name: "nakamoto_reorg_depth_blocks",
      help: "Blocks that were left when the head moved to another branch.",
      buckets: [1, 2, 3, 6, 12, 25, 50, 100],
    }),
    refusedBranches: metrics.counter({
      name: "nakamoto_refused_branches",
      help: "Heavier blocks that were refused because their branch leaves the chain below finality.",
    }),
    miningFailures: metrics.counter({ name: "nakamoto_mining_failures", help: "Failed attempts to build, mine or submit a block." }),
  };
}

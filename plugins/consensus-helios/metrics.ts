/** Metrics of the helios engine; listed in README.md. */
import type { Counter, Histogram, Metrics } from "../../core/sdk.js";
import type { PhaseFigures } from "./miner/tallies.js";

export interface HeliosMetrics {
  /** Labels: verdict = good, or the code of what is wrong. */
  readonly seals: Counter;
  /** Of jobs of verification, queue and work. Labels: stage = proofs, memory, all. */
  readonly jobSeconds: Histogram;
  readonly reorgDepth: Histogram;
  readonly refusedBranches: Counter;
  /** Labels: outcome = imported, stale, refused. */
  readonly minedBlocks: Counter;
  readonly miningFailures: Counter;
}

export interface MetricSources {
  readonly difficulty: () => number;
  readonly memoryStep: () => number;
  readonly timeStep: () => number;
  readonly pendingSeals: () => number;
  /** Of this node's miner. */
  readonly hashesPerSecond: () => number;
  readonly phases: () => PhaseFigures;
}

export function registerMetrics(metrics: Metrics, sources: MetricSources): HeliosMetrics {
  metrics.gauge({
    name: "helios_difficulty_ratio",
    help: "How many times harder the next block is than the easiest allowed.",
    collect: sources.difficulty,
  });
  metrics.gauge({ name: "helios_memory_step", help: "Eighths that memory has grown by, of the next block.", collect: sources.memoryStep });
  metrics.gauge({ name: "helios_time_step", help: "Eighths that squarings have grown by, of the next block.", collect: sources.timeStep });
  metrics.gauge({ name: "helios_pending_seals", help: "Seals that are being judged, or wait for it.", collect: sources.pendingSeals });
  metrics.gauge({
    name: "helios_hashes_per_second",
    help: "Hashes of phase 3 a second of this node's miner, with their part of phases 1 and 2.",
    collect: sources.hashesPerSecond,
  });
  metrics.gauge({
    name: "helios_phase_memories_per_second",
    help: "Phase 1 on one mining thread: runs of Argon2id a second.",
    collect: () => sources.phases().memoriesPerSecond,
  });
  metrics.gauge({
    name: "helios_phase_squarings_per_second",
    help: "Phase 2 on one mining thread: squarings a second.",
    collect: () => sources.phases().squaringsPerSecond,
  });
  metrics.gauge({
    name: "helios_phase_hashes_per_second",
    help: "Phase 3 on one mining thread: hashes a second.",
    collect: () => sources.phases().hashesPerSecond,
  });
  return {
    minedBlocks: metrics.counter({ name: "helios_mined_blocks", help: "Blocks found by this node, by outcome.", labels: ["outcome"] }),
    miningFailures: metrics.counter({ name: "helios_mining_failures", help: "Failed attempts to build, mine or submit a block." }),
    seals: metrics.counter({ name: "helios_seals", help: "Seals judged, by verdict.", labels: ["verdict"] }),
    jobSeconds: metrics.histogram({
      name: "helios_verification_job_seconds",
      help: "Jobs of a few seals each, in queue and at work.",
      labels: ["stage"],
      buckets: [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10],
    }),
    reorgDepth: metrics.histogram({
      name: "helios_reorg_depth_blocks",
      help: "Blocks that were left when the head moved to another branch.",
      buckets: [1, 2, 3, 6, 12, 25, 50, 100],
    }),
    refusedBranches: metrics.counter({
      name: "helios_refused_branches",
      help: "Heavier blocks that were refused because their branch leaves the chain below finality.",
    }),
  };
}

/** What `WorkProducer` needs of the engine whose blocks it makes. */
import type { ErrorClass } from "../kernel/errors.js";
import type { TreeHeader, UnsealedBlock } from "../ports/consensus.js";
import type { Json } from "../ports/ledger.js";
import type { Counter, Logger } from "../ports/runtime.js";
import type { SearchFactory, SearchJob, WorkSource } from "../ports/work-source.js";
import type { Bytes } from "../primitives/bytes.js";
import type { Hash } from "../primitives/hash.js";

/** What the next block stands on and must state. */
export interface WorkTip {
  readonly parent: TreeHeader;
  /** Timestamps are above this one. */
  readonly floorMs: number;
  /** The header's `extra`. */
  readonly extra: Bytes;
  readonly target: bigint;
}

/** What the producer needs of an engine. */
export interface WorkRules {
  /** How long seals are, bytes. */
  readonly sealBytes: number;
  /** How far ahead of the clock a block's timestamp may lie, ms. */
  readonly futureBoundMs: number;
  /** Attempts up to which a block on demand is searched on the main thread, in slices: a third of a second at most. */
  readonly inlineAttempts: bigint;
  /** What the jobs' module exports. */
  readonly createSearcher: SearchFactory<never>;
  readonly tip: () => WorkTip;
  /** The search of the seal for a block that was built on a tip. */
  readonly job: (block: UnsealedBlock, target: bigint) => SearchJob;
  /** 32 bytes, big-endian: not above the target if the seal is good, as far as a hash can tell. */
  readonly proofHash: (signingRoot: Hash, seal: Bytes) => Bytes;
  /** What a miner outside has to know, in the engine's own words: algorithm, bits … */
  readonly describe: (block: UnsealedBlock) => Json;
  /** Fields of its own in the producer's status. */
  readonly figures?: () => Readonly<Record<string, Json>>;
  /** A search has ended, however. */
  readonly onSearched?: () => void;
}

/** Errors of the producer, under the engine's own codes and names. */
export interface ProducerErrors {
  /** No address to mine to, or one that is none of this chain. */
  readonly address: ErrorClass<{ reason: string }>;
  /** The work comes from elsewhere, or the number is none that a machine should have. */
  readonly threads: ErrorClass<{ threads: number; reason: string }>;
  /** `produce` found that its block was not taken in. */
  readonly blockRefused: ErrorClass<{ height: number; status: string; code: string; reason: string }>;
  /** Making blocks was ended before it was done: the producer was stopped meanwhile. */
  readonly stopped: ErrorClass<{ made: number; wanted: number }>;
}

export interface ProducerMetrics {
  /** Labels: outcome = imported, stale, refused. */
  readonly minedBlocks: Counter;
  readonly miningFailures: Counter;
}

export interface ProducerDependencies {
  readonly logger: Logger;
  readonly metrics: ProducerMetrics;
  /** Instead of threads of its own; whoever provides it starts and stops it. */
  readonly workSource: WorkSource | undefined;
  readonly errors: ProducerErrors;
}

/** What makes this engine's blocks: core's producer of proof of work, with the rules of the three phases. */
import {
  type Logger,
  type SearchJob,
  targetToBytes,
  toHex,
  type UnsealedBlock,
  WorkProducer,
  type WorkSource,
  type WorkTip,
} from "../../core/sdk.js";
import type { SealWork } from "./attempt.js";
import type { HeliosConfig, HeliosSpec } from "./config.js";
import { demandOf } from "./difficulty.js";
import { AddressError, BlockRefusedError, ProductionStoppedError, ThreadsError } from "./errors.js";
import type { HeliosMetrics } from "./metrics.js";
import { searchJob } from "./miner/job.js";
import { memorySlots } from "./miner/memory-slots.js";
import createSearcher, { type HeliosSearchInput } from "./miner/search.js";
import { describeFigures, type PhaseFigures, phaseFigures } from "./miner/tallies.js";
import type { PhaseChoice } from "./phases.js";
import { SEAL_BYTES, sealHash } from "./seal.js";
import { memoryKiBAt, squaringsAt } from "./steps.js";

export interface HeliosProducerDependencies {
  readonly logger: Logger;
  readonly metrics: HeliosMetrics;
  /** Instead of threads of its own; whoever provides it starts and stops it. */
  readonly workSource: WorkSource | undefined;
  readonly tip: () => WorkTip;
  /** What mining threads compute with. */
  readonly phases: () => PhaseChoice;
}

/** What a block on demand may cost the main thread: attempts at most, of phases so small that each is done in a millisecond. */
const INLINE_HASHES = 4_096n;
const INLINE_MEMORY_KIB = 512;
const INLINE_SQUARINGS = 1_024;

/** Of an attempt in the block interval: beyond, luck is on the side of those who attempt faster, since a head that moves voids what is under way. */
const ATTEMPT_SHARE_MAX = 0.02;
/** Attempts before their time is judged. */
const JUDGED_ATTEMPTS = 4;

export class HeliosMining {
  readonly producer: WorkProducer;
  readonly #dependencies: HeliosProducerDependencies;
  readonly #spec: HeliosSpec;
  readonly #config: HeliosConfig;
  #isJudged = false;
  #slots: { readonly key: string; readonly shared: SharedArrayBuffer } | undefined;

  /** @throws AddressError */
  constructor(dependencies: HeliosProducerDependencies, spec: HeliosSpec, config: HeliosConfig) {
    const { logger, metrics, workSource, tip } = dependencies;
    this.#dependencies = dependencies;
    this.#spec = spec;
    this.#config = config;
    const isTrivial = spec.memory.sizeKiB <= INLINE_MEMORY_KIB && spec.timeLock.squarings <= INLINE_SQUARINGS;
    this.producer = new WorkProducer(
      {
        logger,
        metrics,
        workSource,
        errors: { address: AddressError, threads: ThreadsError, blockRefused: BlockRefusedError, stopped: ProductionStoppedError },
      },
      {
        sealBytes: SEAL_BYTES,
        futureBoundMs: spec.futureBoundMs,
        inlineAttempts: isTrivial ? INLINE_HASHES : 0n,
        createSearcher,
        tip,
        job: (block, target) => this.#job(block, target),
        proofHash: sealHash,
        describe: (block) => this.#describe(block),
        figures: () => ({ phases: describeFigures(this.figures) }),
        onSearched: () => this.#judgeAttempt(),
      },
      config,
    );
  }

  get figures(): PhaseFigures {
    return phaseFigures(this.producer.tallies);
  }

  #job(block: UnsealedBlock, target: bigint): SearchJob<HeliosSearchInput> {
    const work = this.#work(block, target);
    const { threads } = this.producer;
    const slots = threads === undefined ? {} : { memorySlots: this.#slotsFor(work.memoryCost.memoryKiB, threads) };
    return searchJob({ work, phases: this.#dependencies.phases(), ...slots }, target);
  }

  #work({ header, signingRoot }: UnsealedBlock, target: bigint): SealWork {
    const spec = this.#spec;
    const { steps } = demandOf(header.extra);
    return {
      root: signingRoot,
      parentId: header.parent,
      target: targetToBytes(target),
      memoryCost: { memoryKiB: memoryKiBAt(spec, steps), passes: spec.memory.passes },
      squarings: squaringsAt(spec, steps),
      innerNonceBits: spec.search.innerNonceBits,
    };
  }

  /** The same from search to search: a thread may still be in phase 1 for the last one. */
  #slotsFor(memoryKiB: number, threads: number): SharedArrayBuffer {
    const key = `${memoryKiB} ${threads}`;
    if (this.#slots?.key !== key) this.#slots = { key, shared: memorySlots(this.#config.maxMiningMemoryMiB, memoryKiB, threads) };
    return this.#slots.shared;
  }

  /** All that a miner outside needs beside the header: SPECIFICATION.md says what to do with it. */
  #describe(block: UnsealedBlock) {
    const { memoryCost, squarings, innerNonceBits } = this.#work(block, 0n);
    return { algorithm: "helios", extra: toHex(block.header.extra), ...memoryCost, squarings, innerNonceBits };
  }

  /** Once: whether this machine's attempts are short enough for the chain. */
  #judgeAttempt(): void {
    if (this.#isJudged) return;
    const { attempts, attemptMs: busyMs } = this.figures;
    if (attempts < JUDGED_ATTEMPTS || busyMs === 0) return;
    this.#isJudged = true;
    const { blockIntervalMs } = this.#spec;
    const { cpuShare } = this.#config;
    // Threads rest between their slices.
    const attemptMs = busyMs / cpuShare;
    if (attemptMs <= blockIntervalMs * ATTEMPT_SHARE_MAX) return;
    this.#dependencies.logger.warn(
      { attemptMs, blockIntervalMs, cpuShare },
      "one attempt takes more than 2 % of the block interval on this machine: much of its work will be void when heads move",
    );
  }
}

/** A chain around the helios engine: see work-chain.ts. */
import { Value } from "typebox/value";
import { ComputeService } from "../../../core/compute/index.js";
import type { ConsensusHost, TreeHeader } from "../../../core/ports/consensus.js";
import { Address } from "../../../core/primitives/address.js";
import type { Block } from "../../../core/primitives/block.js";
import { signingRootOf } from "../../../core/primitives/block-codec.js";
import type { Hash } from "../../../core/primitives/hash.js";
import { targetOfBits, targetToBytes } from "../../../core/work/compact.js";
import { mineOne, type SealWork } from "../../../plugins/consensus-helios/attempt.js";
import { HeliosConfig, HeliosSpec } from "../../../plugins/consensus-helios/config.js";
import { type Demand, Difficulty, encodeExtra } from "../../../plugins/consensus-helios/difficulty.js";
import { HeliosConsensus } from "../../../plugins/consensus-helios/engine.js";
import { checkParameters } from "../../../plugins/consensus-helios/parameters.js";
import { AUTO_PHASES, phasesFor } from "../../../plugins/consensus-helios/phases.js";
import { JUDGE_TASK } from "../../../plugins/consensus-helios/seal-verifier.js";
import { memoryKiBAt, squaringsAt } from "../../../plugins/consensus-helios/steps.js";
import { CountingMetrics, EASY_BITS, PAYOUT, silent, WorkChain, type WorkChainOptions } from "../../core/work/work-chain.js";

/** Phases that together take a millisecond. */
export const TRIVIAL_SPEC = {
  initialTargetBits: EASY_BITS,
  powLimitBits: EASY_BITS,
  blockIntervalMs: 1_000,
  memory: { sizeKiB: 64, passes: 1, stepsMax: 4, budgetKiB: 96 },
  timeLock: { squarings: 300, stepsMax: 4 },
  search: { innerNonceBits: 6 },
};

export const PHASES = phasesFor(AUTO_PHASES);

/** What a block to be made differs in from a valid one. */
export interface Deviation {
  readonly timestampMs?: number;
  readonly demand?: Partial<Demand>;
  readonly extra?: Uint8Array;
  readonly seal?: Uint8Array;
  /** What it is sealed for differs, too. */
  readonly work?: Partial<SealWork>;
}

export class TestChain extends WorkChain<HeliosConsensus, Deviation> {
  readonly difficulty: Difficulty;
  readonly spec: HeliosSpec;
  readonly compute: ComputeService;

  constructor(options: WorkChainOptions = {}) {
    const spec = Value.Default(HeliosSpec, { ...TRIVIAL_SPEC, ...options.spec }) as HeliosSpec;
    const config = Value.Default(HeliosConfig, { address: PAYOUT, ...options.config }) as HeliosConfig;
    super(options, (logger, metrics) => new HeliosConsensus(config, spec, logger, metrics, options.workSource));
    this.spec = spec;
    const clock = { nowMs: () => Date.now(), monotonicMs: () => performance.now() };
    this.compute = new ComputeService(
      { clock, scheduler: this.scheduler, logger: silent, metrics: new CountingMetrics() },
      { threads: 0, engine: "js" },
    );
    this.difficulty = new Difficulty(checkParameters(spec), this.genesis);
  }

  async start(): Promise<this> {
    await this.compute.preload(JUDGE_TASK);
    this.engine.attach(this.host());
    this.restore([], this.genesis.id);
    return this;
  }

  protected override host(): ConsensusHost {
    return { ...super.host(), compute: this.compute };
  }

  async stop(): Promise<void> {
    await this.engine.stop();
    await this.compute.close();
    this.scheduler.close();
  }

  make(parent: TreeHeader, deviation: Deviation = {}): Block {
    const demand = { ...this.difficulty.demand({ at: (distance) => this.ancestor(parent, distance) }), ...deviation.demand };
    const timestampMs = deviation.timestampMs ?? parent.header.timestampMs + 1_000;
    const unsealed = this.fieldsOver(parent, timestampMs, deviation.extra ?? encodeExtra(demand), Address.zero);
    const work = { ...this.workFor(signingRootOf(unsealed), parent.id, demand), ...deviation.work };
    const seal = deviation.seal ?? mineOne(PHASES, work);
    return { header: { ...unsealed, seal }, transactions: [], payload: new Uint8Array(0) };
  }

  /** What a header that states `demand` is sealed for. */
  workFor(root: Hash, parentId: Hash, demand: Demand): SealWork {
    const { spec } = this;
    return {
      root,
      parentId,
      target: targetToBytes(targetOfBits(demand.bits)),
      memoryCost: { memoryKiB: memoryKiBAt(spec, demand.steps), passes: spec.memory.passes },
      squarings: squaringsAt(spec, demand.steps),
      innerNonceBits: spec.search.innerNonceBits,
    };
  }
}

/**
 * The helios engine: validity by work in three phases, the heaviest chain, depth as safety.
 *
 * It is a thin shell: targets and timestamps come from core/work as pure functions, steps from steps.ts, verdicts on seals from judge.ts
 * in compute's workers, the choice from `WorkChoice`, blocks from core's `WorkProducer`. No state of its own is stored: everything follows
 * from headers.
 */
import {
  Address,
  type Ancestors,
  acceptableFrom,
  ancestorsFrom,
  type Bytes,
  bytesEqual,
  type ChainSpec,
  type Consensus,
  type ConsensusHost,
  type ConsensusTraits,
  formatBits,
  type Hash,
  type Header,
  type HeaderRecord,
  headerRecord,
  type Json,
  type Logger,
  type Metrics,
  medianTimeOf,
  NotYetError,
  networkWorkPerSecond,
  PLUGIN_CONFIG,
  PLUGIN_LOGGER,
  PLUGIN_METRICS,
  PLUGIN_SPEC,
  type Plugin,
  present,
  type RestoredTree,
  type SealOptions,
  type SealVerdict,
  type TreeHeader,
  targetOfBits,
  targetToBytes,
  toHex,
  WORK_SOURCE,
  WorkChoice,
  type WorkProducer,
  type WorkSource,
  type WorkTip,
} from "../../core/sdk.js";
import type { HeliosConfig, HeliosSpec } from "./config.js";
import { attemptsOf, type Demand, Difficulty, decodeExtra, demandOf, EXTRA_BYTES, encodeExtra, workOf } from "./difficulty.js";
import { EarlySeals } from "./early-seals.js";
import { HeaderFault, invalidHeader, TIMESTAMP_TOO_NEW } from "./errors.js";
import { claimFault, type SealClaim } from "./judge.js";
import { type HeliosMetrics, registerMetrics } from "./metrics.js";
import { checkParameters, type HeliosParameters } from "./parameters.js";
import { type PhaseChoice, type Phases, phasesFor } from "./phases.js";
import { HeliosMining } from "./producer.js";
import { decodeSeal } from "./seal.js";
import { SealVerifier } from "./seal-verifier.js";
import { memoryKiBAt, squaringsAt } from "./steps.js";

/** Seals are judged by the header alone: its `extra` has been checked against its ancestors before. */
const NO_CONTEXT = null;

/** Argon2id fills a KiB in about so many ns natively, and the rest of a seal takes about so many µs: for core's budgets, no more. */
const FILL_NS_PER_KIB = 500;
const PROOF_US = 1_000;

/** With the steps beside the target. */
interface Tip extends WorkTip {
  readonly demand: Demand;
}

/** What there is once the host is attached. */
interface Attached {
  readonly host: ConsensusHost;
  readonly difficulty: Difficulty;
  readonly verifier: SealVerifier;
}

export class HeliosConsensus implements Plugin, Consensus {
  static readonly inject = [PLUGIN_CONFIG, PLUGIN_SPEC, PLUGIN_LOGGER, PLUGIN_METRICS, WORK_SOURCE];

  readonly traits: ConsensusTraits;
  readonly confirmations: number;
  readonly producer: WorkProducer;
  readonly #mining: HeliosMining;
  readonly #config: HeliosConfig;
  readonly #parameters: HeliosParameters;
  readonly #metrics: HeliosMetrics;
  readonly #choice: WorkChoice;
  readonly #early = new EarlySeals();
  #phaseChoice: PhaseChoice;
  #phases: Phases;
  #attached: Attached | undefined;
  /** On the head that was asked for last: it follows from its ancestors, and each round of mining asks several times. */
  #lastTip: Tip | undefined;

  /** @throws ParametersError, MemoryEngineError, ArithmeticUnavailableError, AddressError */
  constructor(config: HeliosConfig, spec: HeliosSpec, logger: Logger, metrics: Metrics, workSource?: WorkSource) {
    this.#config = config;
    this.#parameters = checkParameters(spec);
    this.#phaseChoice = { arithmetic: config.arithmetic, argon2id: config.argon2id };
    this.#phases = phasesFor(this.#phaseChoice);
    this.traits = {
      headers: "ancestry",
      finality: "probabilistic",
      ancestryDepth: this.#parameters.ancestryDepth,
      certificates: false,
      clock: "free",
      sealCostUs: PROOF_US + Math.ceil((spec.memory.budgetKiB * FILL_NS_PER_KIB) / 1_000),
    };
    this.confirmations = spec.confirmations;
    this.#metrics = registerMetrics(metrics, {
      difficulty: () => (this.#choice.isRestored ? this.#ready.difficulty.ratio(this.#tip().demand) : 0),
      memoryStep: () => (this.#choice.isRestored ? this.#tip().demand.steps.memory : 0),
      timeStep: () => (this.#choice.isRestored ? this.#tip().demand.steps.time : 0),
      pendingSeals: () => this.#attached?.verifier.pending ?? 0,
      hashesPerSecond: () => this.producer.attemptsPerSecond,
      phases: () => this.#mining.figures,
    });
    this.#choice = new WorkChoice(
      { logger, metrics: this.#metrics, onHeadMoved: () => this.producer.headMoved() },
      { confirmations: spec.confirmations, maxReorgDepth: spec.maxReorgDepth },
    );
    this.#mining = new HeliosMining(
      { logger, metrics: this.#metrics, workSource, tip: () => this.#tip(), phases: () => this.#phaseChoice },
      spec,
      config,
    );
    this.producer = this.#mining.producer;
  }

  attach(host: ConsensusHost): void {
    const { compute, clock } = host;
    this.#takeTier(compute.engine.tiers.modular);
    const verifier = new SealVerifier(
      { compute, clock, metrics: this.#metrics },
      { phases: this.#phaseChoice, deadlineMs: this.#config.verificationDeadlineMs },
    );
    this.#attached = { host, difficulty: new Difficulty(this.#parameters, host.genesis), verifier };
    this.#choice.attach(host);
    this.producer.attach(host);
  }

  async stop(): Promise<void> {
    await this.producer.stop();
    this.#attached?.verifier.stop();
  }

  genesis(_spec: ChainSpec): { readonly extra: Bytes; readonly proposer: Address } {
    return { extra: encodeExtra(Difficulty.genesis(this.#parameters)), proposer: Address.zero };
  }

  /**
   * Cheapest first; the last look is at the target on the values that the seal claims, which one hash shows and nobody has computed here.
   *
   * @throws InvalidHeaderError with a code of `HeaderFault`
   */
  checkHeader(record: HeaderRecord, ancestors: Ancestors): void {
    const { extra, timestampMs } = record.header;
    const stated = decodeExtra(extra);
    if (stated === undefined)
      throw invalidHeader(HeaderFault.extra, `extra has the ${EXTRA_BYTES} bytes of target and steps, not ${extra.length}`);
    if (decodeSeal(record.header.seal) === undefined) throw invalidHeader(HeaderFault.sealSize);
    this.#checkDemand(stated, this.#ready.difficulty.demand(ancestors));
    const median = this.#medianTime(ancestors);
    if (timestampMs <= median) {
      throw invalidHeader(HeaderFault.timestamp, `timestamp ${timestampMs} is not above ${median}, the median of the blocks before it`);
    }
    const fault = claimFault(this.#phases, this.#claim(record));
    if (fault !== undefined) throw invalidHeader(fault);
  }

  /**
   * Null; for a header that would have to wait for its time, only after its seal was judged: a place among the blocks that wait is earned by
   * work, and what `checkHeader` sees of it can be made up.
   *
   * @throws NotYetError, InvalidHeaderError
   */
  contextFor(_parent: TreeHeader, header: Header): null | Promise<null> {
    const { futureBoundMs } = this.#parameters.spec;
    const retryAtMs = acceptableFrom(header.timestampMs, this.#ready.host.clock.nowMs(), futureBoundMs);
    return retryAtMs === undefined ? NO_CONTEXT : this.#postpone(header, retryAtMs);
  }

  /** In compute's workers; see seal-verifier.ts. */
  async verifySeals(batch: readonly { readonly record: HeaderRecord }[], options: SealOptions = {}): Promise<readonly SealVerdict[]> {
    const isEarly = batch.map(({ record }) => this.#early.has(record.id));
    const claims = batch.flatMap(({ record }, index) => (isEarly[index] ? [] : [this.#claim(record)]));
    const verdicts = await this.#ready.verifier.verify(claims, options);
    if (claims.length === batch.length) return verdicts;
    let next = 0;
    const merged = isEarly.map((known): SealVerdict | undefined => (known ? { ok: true } : verdicts[next++]));
    const bad = options.row === true ? merged.findIndex((verdict) => verdict?.ok === false) : -1;
    return (bad < 0 ? merged : merged.slice(0, bad + 1)) as SealVerdict[];
  }

  weigh(record: HeaderRecord, parentWeight: bigint): bigint {
    return parentWeight + workOf(this.#parameters.spec, demandOf(record.header.extra));
  }

  onBlock(block: TreeHeader): void {
    this.#early.delete(block.id);
    this.#choice.onBlock(block);
  }

  onInvalid(blockId: Hash): void {
    this.#choice.onInvalid(blockId);
  }

  restore(tree: RestoredTree): void {
    this.#lastTip = undefined;
    this.#choice.restore(tree);
  }

  status(): Json {
    const { spec } = this.#parameters;
    const { memory, timelock } = this.#phases;
    const rules = {
      algorithm: "helios",
      blockIntervalMs: spec.blockIntervalMs,
      engines: { timeLock: timelock.kind, tier: timelock.tier, argon2id: memory.kind },
    };
    if (!this.#choice.isRestored) return rules;
    const { parent, demand } = this.#tip();
    const work = workOf(spec, demand);
    return {
      ...rules,
      ...this.#described(demand),
      expectedHashes: work.toString(),
      expectedAttempts: attemptsOf(spec, demand).toString(),
      chainWork: parent.weight.toString(),
      networkHashesPerSecond: networkWorkPerSecond(parent, (id) => this.#ready.host.header(id)).toString(),
      verification: this.#verification(),
      production: this.producer.status(),
    };
  }

  describeHeader(header: Header): Json {
    const demand = decodeExtra(header.extra);
    if (demand === undefined) return { extra: toHex(header.extra) };
    const seal = decodeSeal(header.seal);
    return {
      ...this.#described(demand),
      target: toHex(targetToBytes(targetOfBits(demand.bits))),
      ...(seal === undefined
        ? {}
        : {
            outerNonce: seal.outerNonce.toString(),
            innerNonce: seal.innerNonce,
            memoryHash: toHex(seal.memoryHash),
            output: toHex(seal.output),
            proof: toHex(seal.proof),
          }),
    };
  }

  /** The node config may force another tier than this process would take (`compute.tiers.modular`). */
  #takeTier(tier: string | undefined): void {
    const { kind, tier: own } = this.#phases.timelock;
    if (kind !== "native" || tier === undefined || tier === own) return;
    this.#phaseChoice = { ...this.#phaseChoice, tier };
    this.#phases = phasesFor(this.#phaseChoice);
  }

  get #ready(): Attached {
    return present(this.#attached, "attach comes first");
  }

  /** @throws InvalidHeaderError */
  #checkDemand(stated: Demand, demanded: Demand): void {
    if (stated.bits !== demanded.bits) {
      const reason = `its target is 0x${formatBits(stated.bits)}, its ancestors demand 0x${formatBits(demanded.bits)}`;
      throw invalidHeader(HeaderFault.bits, reason);
    }
    const { memory, time } = demanded.steps;
    if (stated.steps.memory !== memory)
      throw invalidHeader(HeaderFault.memoryStep, `its memory is at step ${stated.steps.memory}, its ancestors demand ${memory}`);
    if (stated.steps.time !== time)
      throw invalidHeader(HeaderFault.timeStep, `its squarings are at step ${stated.steps.time}, its ancestors demand ${time}`);
  }

  async #postpone(header: Header, retryAtMs: number): Promise<never> {
    const record = headerRecord(header);
    const [verdict] = await this.verifySeals([{ record }]);
    if (verdict?.ok === false) throw invalidHeader((verdict.code ?? HeaderFault.work) as HeaderFault, verdict.reason);
    this.#early.add(record.id);
    throw new NotYetError({
      code: TIMESTAMP_TOO_NEW,
      reason: `timestamp ${header.timestampMs} is more than ${this.#parameters.spec.futureBoundMs} ms ahead of this clock`,
      retryAtMs,
    });
  }

  /** What the seal of a header with a good `extra` is judged by. */
  #claim({ header, signingRoot }: HeaderRecord): SealClaim {
    const { spec } = this.#parameters;
    const { bits, steps } = demandOf(header.extra);
    return {
      root: signingRoot,
      parentId: header.parent,
      seal: header.seal,
      target: targetToBytes(targetOfBits(bits)),
      memoryCost: { memoryKiB: memoryKiBAt(spec, steps), passes: spec.memory.passes },
      squarings: squaringsAt(spec, steps),
      innerNonceBits: spec.search.innerNonceBits,
    };
  }

  /** What the next block stands on and must state. */
  #tip(): Tip {
    const { host, difficulty } = this.#ready;
    const parent = this.#choice.head;
    if (this.#lastTip !== undefined && bytesEqual(this.#lastTip.parent.id, parent.id)) return this.#lastTip;
    const ancestors = ancestorsFrom(parent, (id) => host.header(id));
    const demand = difficulty.demand(ancestors);
    this.#lastTip = { parent, demand, extra: encodeExtra(demand), target: targetOfBits(demand.bits), floorMs: this.#medianTime(ancestors) };
    return this.#lastTip;
  }

  #medianTime(ancestors: Ancestors): number {
    return medianTimeOf(ancestors, this.#parameters.spec.medianTimeBlocks);
  }

  #described(demand: Demand): { readonly [key: string]: Json } {
    const { spec } = this.#parameters;
    const { bits, steps } = demand;
    return {
      bits: formatBits(bits),
      difficulty: this.#ready.difficulty.ratio(demand),
      memoryStep: steps.memory,
      timeStep: steps.time,
      memoryKiB: memoryKiBAt(spec, steps),
      squarings: squaringsAt(spec, steps),
    };
  }

  /** How far the judging of seals is: an estimate for people who watch a sync. */
  #verification(): Json {
    const { pending, perSecond } = this.#ready.verifier;
    const remainingMs = perSecond === 0 ? undefined : Math.round((pending * 1_000) / perSecond);
    return { pending, perSecond: Math.round(perSecond * 10) / 10, ...(remainingMs === undefined ? {} : { remainingMs }) };
  }
}

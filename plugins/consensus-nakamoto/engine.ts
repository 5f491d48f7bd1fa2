/**
 * The nakamoto engine: validity by double SHA-256 work, the heaviest chain, depth as safety.
 *
 * It is a thin shell: targets and timestamps come from core/work as pure functions, the choice from `HeaviestChain`, blocks
 * from `NakamotoProducer`. No state of its own is stored: everything follows from headers.
 */
import {
  Address,
  type Ancestors,
  acceptableFrom,
  ancestorsFrom,
  type Bytes,
  bitsFromBytes,
  bitsToBytes,
  bytesEqual,
  type ChainSpec,
  type Consensus,
  type ConsensusHost,
  type ConsensusTraits,
  formatBits,
  type Hash,
  type Header,
  type HeaderRecord,
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
  workOfTarget,
} from "../../core/sdk.js";
import type { NakamotoConfig, NakamotoSpec } from "./config.js";
import { bitsOf, Difficulty } from "./difficulty.js";
import { HeaderFault, invalidHeader, TIMESTAMP_TOO_NEW } from "./errors.js";
import { type NakamotoMetrics, registerMetrics } from "./metrics.js";
import { checkParameters, type NakamotoParameters } from "./parameters.js";
import { createProducer } from "./producer.js";
import { ProofChecker, proofHash, SEAL_BYTES } from "./proof.js";

/** Seals are judged by the header alone: its bits have been checked against its ancestors before. */
const NO_CONTEXT = null;

/** Seals checked between two looks at the slicer: about 0.2 ms. */
const SEALS_A_SLICE = 64;

/** With the target in the form that headers carry. */
interface Tip extends WorkTip {
  readonly bits: number;
}

/** What there is once the host is attached. */
interface Attached {
  readonly host: ConsensusHost;
  readonly difficulty: Difficulty;
}

export class NakamotoConsensus implements Plugin, Consensus {
  static readonly inject = [PLUGIN_CONFIG, PLUGIN_SPEC, PLUGIN_LOGGER, PLUGIN_METRICS, WORK_SOURCE];

  readonly traits: ConsensusTraits;
  readonly confirmations: number;
  readonly producer: WorkProducer;
  readonly #parameters: NakamotoParameters;
  readonly #choice: WorkChoice;
  readonly #metrics: NakamotoMetrics;
  readonly #checker = new ProofChecker();
  #attached: Attached | undefined;
  /** On the head that was asked for last: it follows from its ancestors, and each round of mining asks several times. */
  #lastTip: Tip | undefined;

  /** @throws ParametersError */
  constructor(config: NakamotoConfig, spec: NakamotoSpec, logger: Logger, metrics: Metrics, workSource?: WorkSource) {
    this.#parameters = checkParameters(spec);
    this.traits = {
      headers: "ancestry",
      finality: "probabilistic",
      ancestryDepth: this.#parameters.ancestryDepth,
      certificates: false,
      clock: "free",
    };
    this.confirmations = spec.confirmations;
    this.#metrics = registerMetrics(metrics, {
      hashesPerSecond: () => this.producer.attemptsPerSecond,
      difficulty: () => (!this.#choice.isRestored ? 0 : this.#ready.difficulty.ratio(this.#tip().target)),
    });
    this.#choice = new WorkChoice(
      { logger, metrics: this.#metrics, onHeadMoved: () => this.producer.headMoved() },
      { confirmations: this.confirmations, maxReorgDepth: spec.maxReorgDepth },
    );
    this.producer = createProducer(
      { logger, metrics: this.#metrics, workSource, tip: () => this.#tip(), futureBoundMs: spec.futureBoundMs },
      config,
    );
  }

  attach(host: ConsensusHost): void {
    this.#attached = { host, difficulty: new Difficulty(this.#parameters, host.genesis) };
    this.#choice.attach(host);
    this.producer.attach(host);
  }

  async stop(): Promise<void> {
    await this.producer.stop();
  }

  genesis(_spec: ChainSpec): { readonly extra: Bytes; readonly proposer: Address } {
    return { extra: bitsToBytes(this.#parameters.initialBits), proposer: Address.zero };
  }

  /** Cheapest first. @throws InvalidHeaderError with a code of `HeaderFault`, NotYetError */
  checkHeader(record: HeaderRecord, ancestors: Ancestors): void {
    const { host, difficulty } = this.#ready;
    const { extra, seal, timestampMs } = record.header;
    const bits = bitsFromBytes(extra);
    if (bits === undefined) throw invalidHeader(HeaderFault.extra, `extra has the 4 bytes of the compact target, not ${extra.length}`);
    if (seal.length !== SEAL_BYTES) throw invalidHeader(HeaderFault.seal, `the seal has ${SEAL_BYTES} bytes, not ${seal.length}`);
    const required = difficulty.requiredBits(ancestors);
    if (bits !== required) {
      throw invalidHeader(HeaderFault.bits, `its target is 0x${formatBits(bits)}, its ancestors demand 0x${formatBits(required)}`);
    }
    const median = this.#medianTimePast(ancestors);
    if (timestampMs <= median) {
      throw invalidHeader(HeaderFault.timestamp, `timestamp ${timestampMs} is not above ${median}, the median of the blocks before it`);
    }
    const border = difficulty.borderBeforeMs(ancestors);
    if (timestampMs <= border) {
      throw invalidHeader(
        HeaderFault.timestamp,
        `timestamp ${timestampMs} ends a window, and is not above ${border}, where the last one ended`,
      );
    }
    const { futureBoundMs } = this.#parameters.spec;
    const retryAtMs = acceptableFrom(timestampMs, host.clock.nowMs(), futureBoundMs);
    if (retryAtMs === undefined) return;
    // Only real work earns a place among the blocks that wait: otherwise waiting room would be free to fill.
    if (!this.#checker.meets(record, targetOfBits(bits))) throw insufficientWork(record);
    throw new NotYetError({
      code: TIMESTAMP_TOO_NEW,
      reason: `timestamp ${timestampMs} is more than ${futureBoundMs} ms ahead of this clock`,
      retryAtMs,
    });
  }

  contextFor(): null {
    return NO_CONTEXT;
  }

  /**
   * On this thread: a proof takes 3 µs to check, less than handing it to a worker does. Yields on long batches.
   */
  async verifySeals(batch: readonly { readonly record: HeaderRecord }[]): Promise<readonly SealVerdict[]> {
    const slicer = this.#ready.host.slicer();
    const verdicts: SealVerdict[] = [];
    for (const { record } of batch) {
      const good = this.#checker.meets(record, targetOfBits(bitsOf(record.header.extra)));
      verdicts.push(good ? { ok: true } : { ok: false, reason: insufficientWork(record).message });
      if (verdicts.length % SEALS_A_SLICE === 0 && slicer.due()) await slicer.pause();
    }
    return verdicts;
  }

  weigh(record: HeaderRecord, parentWeight: bigint): bigint {
    return parentWeight + workOfTarget(targetOfBits(bitsOf(record.header.extra)));
  }

  onBlock(block: TreeHeader): void {
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
    const rules = { algorithm: spec.difficulty.algorithm, blockIntervalMs: spec.blockIntervalMs };
    if (!this.#choice.isRestored) return rules;
    const { parent, bits, target } = this.#tip();
    return {
      ...rules,
      bits: formatBits(bits),
      difficulty: this.#ready.difficulty.ratio(target),
      expectedHashes: workOfTarget(target).toString(),
      chainWork: parent.weight.toString(),
      networkHashesPerSecond: networkWorkPerSecond(parent, (id) => this.#ready.host.header(id)).toString(),
      production: this.producer.status(),
    };
  }

  describeHeader(header: Header): Json {
    const bits = bitsFromBytes(header.extra);
    if (bits === undefined) return { extra: toHex(header.extra) };
    const target = targetOfBits(bits);
    return {
      bits: formatBits(bits),
      target: toHex(targetToBytes(target)),
      difficulty: this.#ready.difficulty.ratio(target),
      nonce: toHex(header.seal),
    };
  }

  get #ready(): Attached {
    return present(this.#attached, "attach comes first");
  }

  /** What the next block stands on and must state. */
  #tip(): Tip {
    const { host, difficulty } = this.#ready;
    const parent = this.#choice.head;
    if (this.#lastTip !== undefined && bytesEqual(this.#lastTip.parent.id, parent.id)) return this.#lastTip;
    const ancestors = ancestorsFrom(parent, (id) => host.header(id));
    const bits = difficulty.requiredBits(ancestors);
    const floorMs = Math.max(this.#medianTimePast(ancestors), difficulty.borderBeforeMs(ancestors));
    this.#lastTip = { parent, bits, extra: bitsToBytes(bits), target: targetOfBits(bits), floorMs };
    return this.#lastTip;
  }

  #medianTimePast(ancestors: Ancestors): number {
    return medianTimeOf(ancestors, this.#parameters.spec.medianTimeBlocks);
  }
}

function insufficientWork(record: HeaderRecord) {
  const hash = toHex(proofHash(record.signingRoot, record.header.seal));
  return invalidHeader(HeaderFault.work, `its proof hash ${hash} is above the target 0x${toHex(record.header.extra)}`);
}

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
  assert,
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
  HeaviestChain,
  type Json,
  type Logger,
  type Metrics,
  medianTimePast,
  NotYetError,
  PLUGIN_CONFIG,
  PLUGIN_LOGGER,
  PLUGIN_METRICS,
  PLUGIN_SPEC,
  type Placement,
  type Plugin,
  present,
  type RestoredTree,
  type SealVerdict,
  type TreeHeader,
  targetOfBits,
  targetToBytes,
  toHex,
  WORK_SOURCE,
  type WorkSource,
  workOfTarget,
} from "../../core/sdk.js";
import type { NakamotoConfig, NakamotoSpec } from "./config.js";
import { bitsOf, Difficulty } from "./difficulty.js";
import { HeaderFault, invalidHeader, TIMESTAMP_TOO_NEW } from "./errors.js";
import { type NakamotoMetrics, registerMetrics } from "./metrics.js";
import { checkParameters, type NakamotoParameters } from "./parameters.js";
import { NakamotoProducer, type Tip } from "./producer.js";
import { ProofChecker, proofHash, SEAL_BYTES } from "./proof.js";

/** Seals are judged by the header alone: its bits have been checked against its ancestors before. */
const NO_CONTEXT = null;

/** Seals checked between two looks at the slicer: about 0.2 ms. */
const SEALS_A_SLICE = 64;

/** Blocks from which the network's hash rate is guessed. Genesis is none of them: its time says nothing of work. */
const RATE_BLOCKS = 60;

/** What there is once the host is attached. */
interface Attached {
  readonly host: ConsensusHost;
  readonly difficulty: Difficulty;
}

export class NakamotoConsensus implements Plugin, Consensus {
  static readonly inject = [PLUGIN_CONFIG, PLUGIN_SPEC, PLUGIN_LOGGER, PLUGIN_METRICS, WORK_SOURCE];

  readonly traits: ConsensusTraits;
  readonly confirmations: number;
  readonly producer: NakamotoProducer;
  readonly #parameters: NakamotoParameters;
  readonly #logger: Logger;
  readonly #metrics: NakamotoMetrics;
  readonly #checker = new ProofChecker();
  #attached: Attached | undefined;
  #chain: HeaviestChain | undefined;
  /** On the head that was asked for last: it follows from its ancestors, and each round of mining asks several times. */
  #lastTip: Tip | undefined;

  /** @throws ParametersError */
  constructor(config: NakamotoConfig, spec: NakamotoSpec, logger: Logger, metrics: Metrics, workSource?: WorkSource) {
    this.#parameters = checkParameters(spec);
    this.#logger = logger;
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
      difficulty: () => (this.#chain === undefined ? 0 : this.#ready.difficulty.ratio(this.#tip().target)),
    });
    this.producer = new NakamotoProducer(
      { logger, metrics: this.#metrics, workSource, tip: () => this.#tip(), futureBoundMs: spec.futureBoundMs },
      config,
    );
  }

  attach(host: ConsensusHost): void {
    this.#attached = { host, difficulty: new Difficulty(this.#parameters, host.genesis) };
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
    const placement = this.#heaviest.add(block);
    this.#report(block, placement);
    if (placement.kind === "extended" || placement.kind === "reorganized") this.#headMoved();
  }

  onInvalid(blockId: Hash): void {
    if (this.#heaviest.invalidate(blockId)) this.#headMoved();
  }

  restore(tree: RestoredTree): void {
    const { host } = this.#ready;
    this.#lastTip = undefined;
    const isFinalized = (block: TreeHeader) => toHex(block.id) === toHex(tree.finalized);
    const finalized = tree.blocks.find(isFinalized) ?? host.header(tree.finalized);
    this.#chain = new HeaviestChain(
      present(finalized, "core keeps the header of the finalized block"),
      { lookup: (id) => host.header(id), isExecuted: (id) => host.view(id) !== undefined },
      { confirmations: this.confirmations, maxReorgDepth: this.#parameters.spec.maxReorgDepth },
    );
    this.#chain.restore(tree.blocks, tree.head);
    host.choiceChanged(this.#chain.choice);
  }

  status(): Json {
    const { spec } = this.#parameters;
    const rules = { algorithm: spec.difficulty.algorithm, blockIntervalMs: spec.blockIntervalMs };
    if (this.#chain === undefined) return rules;
    const { parent, bits, target } = this.#tip();
    return {
      ...rules,
      bits: formatBits(bits),
      difficulty: this.#ready.difficulty.ratio(target),
      expectedHashes: workOfTarget(target).toString(),
      chainWork: parent.weight.toString(),
      networkHashesPerSecond: this.#networkHashesPerSecond(parent).toString(),
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

  get #heaviest(): HeaviestChain {
    return present(this.#chain, "restore comes before blocks");
  }

  /** What the next block stands on and must state. */
  #tip(): Tip {
    const { host, difficulty } = this.#ready;
    const { head } = this.#heaviest.choice;
    if (this.#lastTip !== undefined && bytesEqual(this.#lastTip.parent.id, head)) return this.#lastTip;
    const parent = present(host.header(head), "core keeps the header of the head");
    const ancestors = ancestorsFrom(parent, (id) => host.header(id));
    const bits = difficulty.requiredBits(ancestors);
    const floorMs = Math.max(this.#medianTimePast(ancestors), difficulty.borderBeforeMs(ancestors));
    this.#lastTip = { parent, bits, target: targetOfBits(bits), floorMs };
    return this.#lastTip;
  }

  /** What all miners together did lately, by the work of the last blocks and the time that they say they took; 0 at genesis. */
  #networkHashesPerSecond(head: TreeHeader): bigint {
    const { host } = this.#ready;
    let from = head;
    for (let blocks = 0; blocks < RATE_BLOCKS && from.header.height > 1; blocks++) {
      const parent = host.header(from.header.parent);
      if (parent === undefined) break;
      from = parent;
    }
    const elapsedMs = head.header.timestampMs - from.header.timestampMs;
    return elapsedMs <= 0 ? 0n : ((head.weight - from.weight) * 1_000n) / BigInt(elapsedMs);
  }

  #medianTimePast(ancestors: Ancestors): number {
    return medianTimePast((distance) => ancestors.at(distance)?.header.timestampMs, this.#parameters.spec.medianTimeBlocks);
  }

  #headMoved(): void {
    this.#ready.host.choiceChanged(this.#heaviest.choice);
    this.producer.headMoved();
  }

  #report(block: TreeHeader, placement: Placement): void {
    const about = { height: block.header.height, id: toHex(block.id) };
    if (placement.kind === "reorganized" && placement.depth > 0) {
      this.#metrics.reorgDepth.observe(placement.depth);
      this.#logger.info({ ...about, depth: placement.depth }, "reorg: a heavier branch became the head's chain");
    }
    if (placement.kind === "refused") {
      this.#metrics.refusedBranches.increment();
      this.#logger.warn(about, "a heavier branch leaves the chain below maxReorgDepth and is refused; is this node on the right chain?");
    }
  }
}

function insufficientWork(record: HeaderRecord) {
  const hash = toHex(proofHash(record.signingRoot, record.header.seal));
  return invalidHeader(HeaderFault.work, `its proof hash ${hash} is above the target 0x${toHex(record.header.extra)}`);
}

/** Ancestors of a block to come, read one by one as they are asked for. */
function ancestorsFrom(parent: TreeHeader, lookup: (id: Hash) => TreeHeader | undefined): Ancestors {
  const known = [parent];
  return {
    at(distance) {
      assert(distance >= 1, "the nearest ancestor is the parent, at distance 1");
      while (known.length < distance) {
        const last = present(known.at(-1), "it begins with the parent");
        const next = last.header.height === 0 ? undefined : lookup(last.header.parent);
        if (next === undefined) return undefined;
        known.push(next);
      }
      return known[distance - 1];
    },
  };
}

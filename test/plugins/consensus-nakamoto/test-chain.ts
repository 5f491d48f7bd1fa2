/**
 * A chain around the engine, small enough to see through: it imports as core does (header, seal, weight, `onBlock`,
 * then execution of what was chosen), keeps everything in maps, and fails execution of blocks that a test names.
 */
import { Value } from "typebox/value";
import type { Choice, ConsensusHost, ImportVerdict, ProposalFields, TreeHeader, UnsealedBlock } from "../../../core/ports/consensus.js";
import { InvalidHeaderError, NotYetError } from "../../../core/ports/errors.js";
import type { Clock, Logger, Metrics } from "../../../core/ports/runtime.js";
import type { WorkSource } from "../../../core/ports/work-source.js";
import { Address } from "../../../core/primitives/address.js";
import { Height } from "../../../core/primitives/amount.js";
import type { Block, HeaderRecord, UnsealedHeader } from "../../../core/primitives/block.js";
import { headerRecord, signingRootOf } from "../../../core/primitives/block-codec.js";
import { Hash } from "../../../core/primitives/hash.js";
import { SystemScheduler } from "../../../core/runtime/system-scheduler.js";
import { bitsToBytes, targetOfBits, targetToBytes } from "../../../core/work/compact.js";
import { NakamotoConfig, NakamotoSpec } from "../../../plugins/consensus-nakamoto/config.js";
import { Difficulty } from "../../../plugins/consensus-nakamoto/difficulty.js";
import { NakamotoConsensus } from "../../../plugins/consensus-nakamoto/engine.js";
import { checkParameters } from "../../../plugins/consensus-nakamoto/parameters.js";
import createSearcher from "../../../plugins/consensus-nakamoto/search.js";

export const GENESIS_TIME_MS = 1_700_000_000_000;
export const PAYOUT = Address.format(Address.from(new Uint8Array(20).fill(7)), "cw");

/** One attempt in two succeeds. */
export const EASY_BITS = "207fffff";

const silent: Logger = {
  trace() {},
  debug() {},
  info() {},
  warn() {},
  error() {},
  fatal() {},
  isLevelEnabled: () => false,
  child: () => silent,
};

/** Counts what is observed, by metric name. */
export class CountingMetrics implements Metrics {
  readonly counts = new Map<string, number>();

  #count(name: string, by = 1): void {
    this.counts.set(name, (this.counts.get(name) ?? 0) + by);
  }

  counter({ name }: { readonly name: string }) {
    return {
      increment: (by?: number, labels?: Readonly<Record<string, string>>) =>
        this.#count(labels === undefined ? name : `${name}:${Object.values(labels).join()}`, by),
    };
  }

  gauge() {
    return { set() {} };
  }

  histogram({ name }: { readonly name: string }) {
    return { observe: () => this.#count(name) };
  }
}

export interface TestChainOptions {
  readonly spec?: object;
  readonly config?: object;
  readonly clock?: Clock;
  readonly genesisTimeMs?: number;
  readonly workSource?: WorkSource;
  /** What is in the mempool, one raw transaction each. */
  readonly transactions?: () => readonly Uint8Array[];
}

/** What a block to be made differs in from a valid one. */
export interface Deviation {
  readonly timestampMs?: number;
  readonly bits?: number;
  readonly extra?: Uint8Array;
  readonly seal?: Uint8Array;
}

export class TestChain {
  readonly engine: NakamotoConsensus;
  readonly difficulty: Difficulty;
  readonly genesis: TreeHeader;
  readonly metrics = new CountingMetrics();
  readonly clock: Clock;
  readonly scheduler: SystemScheduler;
  readonly headers = new Map<string, TreeHeader>();
  readonly executed = new Set<string>();
  /** Ids whose execution fails. */
  readonly poisoned = new Set<string>();
  readonly choices: Choice[] = [];
  /** While set, nothing is executed, as on a node that is behind. */
  held = false;
  head: TreeHeader;
  #pending: Choice | undefined;
  readonly #transactions: () => readonly Uint8Array[];
  readonly #headWaiters = new Set<() => void>();

  constructor(options: TestChainOptions = {}) {
    const spec = Value.Default(NakamotoSpec, {
      initialTargetBits: EASY_BITS,
      powLimitBits: EASY_BITS,
      blockIntervalMs: 1_000,
      ...options.spec,
    }) as NakamotoSpec;
    const config = Value.Default(NakamotoConfig, { address: PAYOUT, ...options.config }) as NakamotoConfig;
    this.clock = options.clock ?? { nowMs: () => GENESIS_TIME_MS + 3_600_000, monotonicMs: () => performance.now() };
    this.scheduler = new SystemScheduler({ nowMs: () => Date.now(), monotonicMs: () => performance.now() });
    this.#transactions = options.transactions ?? (() => []);
    this.engine = new NakamotoConsensus(config, spec, silent, this.metrics, options.workSource);
    const { extra, proposer } = this.engine.genesis({} as never);
    const record = headerRecord({
      ...this.#fields(undefined, options.genesisTimeMs ?? GENESIS_TIME_MS, extra, proposer),
      seal: new Uint8Array(0),
    });
    this.genesis = this.head = { ...record, weight: this.engine.weigh(record, 0n) };
    this.#keep(this.genesis);
    this.executed.add(Hash.key(this.genesis.id));
    this.difficulty = new Difficulty(checkParameters(spec), record);
  }

  start(): this {
    this.engine.attach(this.#host());
    this.restore([], this.genesis.id);
    return this;
  }

  restore(blocks: readonly TreeHeader[], head: Hash, finalized: Hash = this.genesis.id): void {
    this.engine.restore({ blocks, head, justified: finalized, finalized });
    this.#apply();
  }

  async stop(): Promise<void> {
    await this.engine.stop();
    this.scheduler.close();
  }

  /** A sealed block over `parent`, valid but for the deviation. */
  make(parent: TreeHeader, deviation: Deviation = {}): Block {
    const bits = deviation.bits ?? this.difficulty.requiredBits({ at: (distance) => this.#ancestor(parent, distance) });
    const timestampMs = deviation.timestampMs ?? parent.header.timestampMs + 1_000;
    const unsealed = this.#fields(parent, timestampMs, deviation.extra ?? bitsToBytes(bits), Address.zero);
    const seal = deviation.seal ?? sealFor(signingRootOf(unsealed), targetOfBits(bits));
    return { header: { ...unsealed, seal }, transactions: [], payload: new Uint8Array(0) };
  }

  /** Makes and imports valid blocks in a row; answers their headers. */
  async grow(parent: TreeHeader, count: number, intervalMs = 1_000): Promise<TreeHeader[]> {
    const made: TreeHeader[] = [];
    for (let at = parent; made.length < count; at = made[made.length - 1] as TreeHeader) {
      const verdict = await this.import(this.make(at, { timestampMs: at.header.timestampMs + intervalMs }));
      if (verdict.status !== "imported") throw new Error(`not imported: ${JSON.stringify(verdict)}`);
      made.push(this.headers.get(Hash.key(verdict.id)) as TreeHeader);
    }
    return made;
  }

  async import(block: Block): Promise<ImportVerdict> {
    const record = headerRecord(block.header);
    const { id } = record;
    if (this.headers.has(Hash.key(id))) return { status: "known", id };
    const parent = this.headers.get(Hash.key(block.header.parent));
    if (parent === undefined) return { status: "not-yet", id, code: "PARENT", reason: "unknown parent" };
    try {
      this.engine.checkHeader(record, { at: (distance) => this.#ancestor(parent, distance) });
    } catch (error) {
      if (InvalidHeaderError.matches(error)) return { status: "invalid", id, ...error.data };
      if (NotYetError.matches(error)) return { status: "not-yet", id, ...error.data };
      throw error;
    }
    const [seal] = await this.engine.verifySeals([{ record }]);
    if (seal?.ok !== true) return { status: "invalid", id, code: "SEAL", reason: seal?.reason ?? "" };
    const header: TreeHeader = { ...record, weight: this.engine.weigh(record, parent.weight) };
    this.#keep(header);
    this.engine.onBlock(header);
    this.#apply();
    return { status: "imported", id, canonical: Hash.key(this.head.id) === Hash.key(id) };
  }

  /** Resolves once the head is at `height` or above. */
  async reached(height: number): Promise<void> {
    while (this.head.header.height < height) await new Promise<void>((resolve) => this.#headWaiters.add(resolve));
  }

  /** Executes what was chosen while `held`. */
  release(): void {
    this.held = false;
    this.#apply();
  }

  #keep(header: TreeHeader): void {
    this.headers.set(Hash.key(header.id), header);
  }

  /** Executes towards the choice, parents first; the engine chooses again where that fails. */
  #apply(): void {
    if (this.held) return;
    while (this.#pending !== undefined) {
      const { head } = this.#pending;
      this.#pending = undefined;
      const path: TreeHeader[] = [];
      for (let at = this.headers.get(Hash.key(head)); at !== undefined && !this.executed.has(Hash.key(at.id)); ) {
        path.unshift(at);
        at = this.headers.get(Hash.key(at.header.parent));
      }
      const bad = path.find(({ id }) => this.poisoned.has(Hash.key(id)));
      for (const { id } of bad === undefined ? path : path.slice(0, path.indexOf(bad))) this.executed.add(Hash.key(id));
      if (bad !== undefined) this.engine.onInvalid(bad.id);
      else this.head = this.headers.get(Hash.key(head)) as TreeHeader;
    }
    for (const resolve of this.#headWaiters) resolve();
    this.#headWaiters.clear();
  }

  #ancestor(parent: TreeHeader, distance: number): TreeHeader | undefined {
    let at: TreeHeader | undefined = parent;
    for (let i = 1; i < distance && at !== undefined; i++) {
      at = at.header.height === 0 ? undefined : this.headers.get(Hash.key(at.header.parent));
    }
    return at;
  }

  #fields(parent: TreeHeader | undefined, timestampMs: number, extra: Uint8Array, proposer: Address): UnsealedHeader {
    return {
      chainId: "test",
      height: Height.from(parent === undefined ? 0 : parent.header.height + 1),
      parent: parent?.id ?? Hash.zero,
      timestampMs,
      transactionsRoot: Hash.zero,
      receiptsRoot: Hash.zero,
      stateRoot: Hash.zero,
      payloadRoot: Hash.zero,
      proposer,
      extra,
    };
  }

  async #build(parentId: Hash, fields: ProposalFields): Promise<UnsealedBlock> {
    const parent = this.headers.get(Hash.key(parentId));
    if (parent === undefined || !this.executed.has(Hash.key(parentId))) throw new Error("the parent is not executed");
    const header = this.#fields(parent, fields.timestampMs, fields.extra, fields.proposer);
    return { header, signingRoot: signingRootOf(header), transactions: this.#transactions(), payload: new Uint8Array(0) };
  }

  #host(): ConsensusHost {
    const host: Partial<ConsensusHost> = {
      spec: { chainId: "test", addressPrefix: "cw" } as ConsensusHost["spec"],
      genesis: this.genesis as HeaderRecord,
      clock: this.clock,
      scheduler: this.scheduler,
      logger: silent,
      choiceChanged: (choice) => {
        this.choices.push(choice);
        this.#pending = choice;
      },
      buildBlock: (parent, fields) => this.#build(parent, fields),
      submit: (block) => this.import(block),
      header: (id) => this.headers.get(Hash.key(id)),
      view: (id) => (this.executed.has(Hash.key(id)) ? ({} as NonNullable<ReturnType<ConsensusHost["view"]>>) : undefined),
      slicer: () => this.scheduler.slicer(),
    };
    return host as ConsensusHost;
  }
}

/** Searches a nonce inline. */
export function sealFor(signingRoot: Uint8Array, target: bigint): Uint8Array {
  const searcher = createSearcher({ signingRoot, target: targetToBytes(target) }, { index: 0, count: 1 });
  if (searcher instanceof Promise) throw new Error("the search is synchronous");
  for (;;) {
    const slice = searcher.search(1_000, () => false);
    if (!(slice instanceof Promise) && slice.found !== undefined) return slice.found;
  }
}

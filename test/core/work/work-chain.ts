/**
 * A chain around an engine with proof of work, small enough to see through: it imports as core does (header, seal, weight, `onBlock`,
 * then execution of what was chosen), keeps everything in maps, and fails execution of blocks that a test names. Each engine's
 * tests say how it is made and how its blocks are sealed.
 */
import type {
  Choice,
  Consensus,
  ConsensusHost,
  ImportVerdict,
  ProposalFields,
  TreeHeader,
  UnsealedBlock,
} from "../../../core/ports/consensus.js";
import { InvalidHeaderError, NotYetError } from "../../../core/ports/errors.js";
import type { Clock, Logger, Metrics } from "../../../core/ports/runtime.js";
import type { WorkSource } from "../../../core/ports/work-source.js";
import { Address } from "../../../core/primitives/address.js";
import { Height } from "../../../core/primitives/amount.js";
import type { Block, HeaderRecord, UnsealedHeader } from "../../../core/primitives/block.js";
import { headerRecord, signingRootOf } from "../../../core/primitives/block-codec.js";
import { Hash } from "../../../core/primitives/hash.js";
import { SystemScheduler } from "../../../core/runtime/system-scheduler.js";

export const GENESIS_TIME_MS = 1_700_000_000_000;
export const PAYOUT = Address.format(Address.from(new Uint8Array(20).fill(7)), "cw");

/** One hash in two succeeds. */
export const EASY_BITS = "207fffff";

export const silent: Logger = {
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

export interface WorkChainOptions {
  readonly spec?: object;
  readonly config?: object;
  readonly clock?: Clock;
  readonly genesisTimeMs?: number;
  readonly workSource?: WorkSource;
  readonly logger?: Logger;
  /** What is in the mempool, one raw transaction each. */
  readonly transactions?: () => readonly Uint8Array[];
}

export abstract class WorkChain<
  Engine extends Consensus & Required<Pick<Consensus, "weigh">>,
  Deviation extends { readonly timestampMs?: number },
> {
  readonly engine: Engine;
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

  protected constructor(options: WorkChainOptions, engineOf: (logger: Logger, metrics: Metrics) => Engine) {
    this.clock = options.clock ?? { nowMs: () => GENESIS_TIME_MS + 3_600_000, monotonicMs: () => performance.now() };
    this.scheduler = new SystemScheduler({ nowMs: () => Date.now(), monotonicMs: () => performance.now() });
    this.#transactions = options.transactions ?? (() => []);
    this.engine = engineOf(options.logger ?? silent, this.metrics);
    const { extra, proposer } = this.engine.genesis({} as never);
    const record = headerRecord({
      ...this.fieldsOver(undefined, options.genesisTimeMs ?? GENESIS_TIME_MS, extra, proposer),
      seal: new Uint8Array(0),
    });
    this.genesis = this.head = { ...record, weight: this.engine.weigh(record, 0n) };
    this.#keep(this.genesis);
    this.executed.add(Hash.key(this.genesis.id));
  }

  /** A sealed block over `parent`, valid but for the deviation. */
  abstract make(parent: TreeHeader, deviation?: Deviation): Block;

  restore(blocks: readonly TreeHeader[], head: Hash, finalized: Hash = this.genesis.id): void {
    this.engine.restore({ blocks, head, justified: finalized, finalized });
    this.#apply();
  }

  /** As core judges a header by itself: answers the code of its refusal, or undefined. */
  async judge(block: Block): Promise<string | undefined> {
    const record = headerRecord(block.header);
    const parent = this.headers.get(Hash.key(block.header.parent)) as TreeHeader;
    let context: unknown;
    try {
      this.engine.checkHeader(record, { at: (distance) => this.ancestor(parent, distance) });
      context = await this.engine.contextFor(parent, record.header, undefined);
    } catch (error) {
      if (InvalidHeaderError.matches(error) || NotYetError.matches(error)) return error.data.code;
      throw error;
    }
    const [verdict] = await this.engine.verifySeals([{ record, context }]);
    return verdict?.ok === false ? (verdict.code ?? verdict.reason) : undefined;
  }

  /** Makes and imports valid blocks in a row; answers their headers. */
  async grow(parent: TreeHeader, count: number, intervalMs = 1_000): Promise<TreeHeader[]> {
    const made: TreeHeader[] = [];
    for (let at = parent; made.length < count; at = made[made.length - 1] as TreeHeader) {
      const verdict = await this.import(this.make(at, { timestampMs: at.header.timestampMs + intervalMs } as Deviation));
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
    let context: unknown;
    try {
      this.engine.checkHeader(record, { at: (distance) => this.ancestor(parent, distance) });
      context = await this.engine.contextFor(parent, record.header, undefined);
    } catch (error) {
      if (InvalidHeaderError.matches(error)) return { status: "invalid", id, ...error.data };
      if (NotYetError.matches(error)) return { status: "not-yet", id, ...error.data };
      throw error;
    }
    const [seal] = await this.engine.verifySeals([{ record, context }]);
    if (seal?.ok !== true) return { status: "invalid", id, code: seal?.code ?? "SEAL", reason: seal?.reason ?? "" };
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

  protected ancestor(parent: TreeHeader, distance: number): TreeHeader | undefined {
    let at: TreeHeader | undefined = parent;
    for (let i = 1; i < distance && at !== undefined; i++) {
      at = at.header.height === 0 ? undefined : this.headers.get(Hash.key(at.header.parent));
    }
    return at;
  }

  protected fieldsOver(parent: TreeHeader | undefined, timestampMs: number, extra: Uint8Array, proposer: Address): UnsealedHeader {
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
    const header = this.fieldsOver(parent, fields.timestampMs, fields.extra, fields.proposer);
    return { header, signingRoot: signingRootOf(header), transactions: this.#transactions(), payload: new Uint8Array(0) };
  }

  protected host(): ConsensusHost {
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

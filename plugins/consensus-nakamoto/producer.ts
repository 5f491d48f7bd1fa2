/**
 * Making blocks: build a template on the head, search a nonce, submit; again.
 *
 * One thing is done at a time. A round ends early when the head moves (its search is cancelled at once), when the template
 * has aged (rebuilt, to take in new transactions and the time), or when someone else wants a turn (`produce`).
 */
import {
  Address,
  acceptableFrom,
  type Block,
  type Bytes,
  bitsToBytes,
  ChainwrightError,
  type ConsensusHost,
  type Hash,
  type ImportVerdict,
  type Json,
  type Logger,
  type MiningTemplates,
  messageOf,
  type Producer,
  type ProofOfWorkMiner,
  present,
  proposalTimestamp,
  TemplateShelf,
  type TreeHeader,
  targetToBytes,
  toHex,
  type UnsealedBlock,
  type WorkSource,
} from "../../core/sdk.js";
import type { NakamotoConfig } from "./config.js";
import { AddressError, BlockRefusedError, ProductionStoppedError } from "./errors.js";
import type { NakamotoMetrics } from "./metrics.js";
import { proofHash, SEAL_BYTES } from "./proof.js";
import { SealSearch } from "./seal-search.js";

/** What the next block stands on and must state. */
export interface Tip {
  readonly parent: TreeHeader;
  readonly bits: number;
  readonly target: bigint;
  /** Timestamps are above this one: the median of the last blocks, and the end of the last window. */
  readonly floorMs: number;
}

export interface ProducerDependencies {
  readonly logger: Logger;
  readonly metrics: NakamotoMetrics;
  /** Instead of threads of its own; whoever provides it starts and stops it. */
  readonly workSource: WorkSource | undefined;
  readonly tip: () => Tip;
  /** How far ahead of the clock a block's timestamp may lie, ms. */
  readonly futureBoundMs: number;
}

interface Template {
  readonly block: UnsealedBlock;
  readonly target: bigint;
  /** Moves of the head when it was begun; it is stale once there are more. */
  readonly headMoves: number;
}

/** After a failed round, unless the head moves before, ms. */
const RETRY_MS = 1_000;
/** Between two looks whether a head made elsewhere has been executed, ms. */
const EXECUTION_POLL_MS = 20;
/** A block just submitted moves the head within this, ms; afterwards the next round starts anyway. */
const HEAD_PATIENCE_MS = 100;
export class NakamotoProducer implements Producer, ProofOfWorkMiner {
  readonly #dependencies: ProducerDependencies;
  readonly #config: NakamotoConfig;
  readonly #templates: TemplateShelf;
  readonly #search: SealSearch;
  #host: ConsensusHost | undefined;
  #payout: Address | undefined;
  #mining: Promise<void> | undefined;
  #running = false;
  /** Counts stops: what began before the last one ends. */
  #stops = 0;
  #headMoves = 0;
  /** Ends the rest under way. */
  #wake: (() => void) | undefined;
  /** Whether the rest under way ends when transactions arrive. */
  #restsForTransactions = false;
  /** Transactions arrived since the last template was begun. */
  #transactionsArrived = false;
  /** Callers of `produce` who want the round under way to end. */
  #callers = 0;
  /** The last of those who wait for their turn. */
  #turns: Promise<unknown> = Promise.resolve();

  constructor(dependencies: ProducerDependencies, config: NakamotoConfig) {
    this.#dependencies = dependencies;
    this.#config = config;
    const { threads, cpuShare, templateRefreshMs: refreshMs } = config;
    this.#search = new SealSearch(dependencies.workSource, { threads, cpuShare, refreshMs });
    this.#templates = this.#shelf();
    const { address, mine } = config;
    if (address === undefined) {
      if (mine) throw new AddressError({ reason: "mining needs an address for its rewards" });
      return;
    }
    // Which prefix this chain has is known later; whether it is an address at all, now.
    payoutAddress(address, address.slice(0, Math.max(0, address.lastIndexOf("1"))));
  }

  /** @throws AddressError */
  attach(host: ConsensusHost): void {
    this.#host = host;
    const { address } = this.#config;
    if (address !== undefined) this.#payout = payoutAddress(address, host.spec.addressPrefix);
  }

  get automatic(): boolean {
    return this.#config.mine;
  }

  /** @throws AddressError if nobody is there to be rewarded */
  start(): void {
    if (this.#running) return;
    if (this.#payout === undefined) throw new AddressError({ reason: "mining needs an address for its rewards" });
    this.#running = true;
    this.#mining = this.#mine();
  }

  /** Ends mining and the mining threads. `start` and `produce` may follow. */
  async stop(): Promise<void> {
    this.#running = false;
    this.#stops += 1;
    this.#interrupt();
    await this.#mining;
    await this.#turns;
    await this.#search.stop();
  }

  /** The engine's choice moved: whatever is being mined is void. */
  headMoved(): void {
    this.#headMoves += 1;
    this.#templates.headMoved();
    this.#interrupt();
  }

  transactionsWaiting(): void {
    // A search under way takes them in at its next refresh: rebuilding at each arrival would starve it.
    this.#transactionsArrived = true;
    if (this.#restsForTransactions) this.#wake?.();
  }

  get attemptsPerSecond(): number {
    return this.#running ? this.#search.attemptsPerSecond : 0;
  }

  get miner(): ProofOfWorkMiner {
    return this;
  }

  get threads(): number | undefined {
    return this.#search.threads;
  }

  /** From the next search on, which begins at once; until the node ends. @throws ThreadsError */
  setThreads(count: number): void {
    this.#search.setThreads(count);
  }

  get templates(): MiningTemplates {
    return this.#templates;
  }

  get templateCount(): number {
    return this.#templates.count;
  }

  status(): Json {
    const { mode } = this.#config;
    const { attemptsPerSecond: hashesPerSecond } = this;
    const source = this.#search.status();
    return { mining: this.#running, hashesPerSecond, mode, ...(source === undefined ? {} : { source }) };
  }

  async produce(count: number): Promise<readonly Hash[]> {
    const stops = this.#stops;
    this.#callers += 1;
    this.#interrupt();
    try {
      return await this.#inTurn(() => this.#produceNow(count, () => this.#stops !== stops));
    } finally {
      this.#callers -= 1;
    }
  }

  /** Whether blocks without transactions are made. */
  get #makesEmpty(): boolean {
    return this.#config.mode === "interval" && this.#config.mineEmpty;
  }

  get #ready(): ConsensusHost {
    return present(this.#host, "attach comes first");
  }

  async #mine(): Promise<void> {
    while (this.#running) await this.#inTurn(() => this.#attempt());
  }

  async #attempt(): Promise<void> {
    try {
      await this.#round();
    } catch (thrown) {
      this.#dependencies.metrics.miningFailures.increment();
      this.#dependencies.logger.warn({ reason: messageOf(thrown) }, "mining failed; trying again");
      if (this.#mayMine) await this.#rest(RETRY_MS);
    }
  }

  async #produceNow(count: number, stopped: () => boolean): Promise<readonly Hash[]> {
    const ids: Hash[] = [];
    while (ids.length < count) {
      if (stopped()) throw new ProductionStoppedError({ made: ids.length, wanted: count });
      if (!this.#headIsExecuted) {
        await this.#rest(EXECUTION_POLL_MS);
        continue;
      }
      const template = await this.#build();
      const seal = await this.#search.onDemand(
        this.#ready,
        template.block.signingRoot,
        template.target,
        () => stopped() || this.#isStale(template),
      );
      if (seal !== undefined && !this.#isStale(template)) ids.push((await this.#submit(template, seal)).id);
    }
    return ids;
  }

  /** Towards one block, or a part of the way: returns whenever there is reason to look at everything anew. */
  async #round(): Promise<void> {
    if (!this.#mayMine) return;
    if (!this.#headIsExecuted) return this.#rest(EXECUTION_POLL_MS);
    const waitMs = this.#waitMs();
    if (waitMs > 0) return this.#rest(waitMs);
    this.#transactionsArrived = false;
    const template = await this.#build();
    if (this.#isOver(template)) return;
    if (template.block.transactions.length === 0 && !this.#makesEmpty) {
      if (!this.#transactionsArrived) await this.#rest(this.#config.templateRefreshMs, true);
      return;
    }
    const seal = await this.#search.inThreads(this.#ready, template.block.signingRoot, template.target);
    if (seal === undefined || this.#isOver(template)) return;
    await this.#submit(template, seal);
    if (!this.#isOver(template)) await this.#rest(HEAD_PATIENCE_MS);
  }

  /** Mining is on, and nobody asked for blocks of their own. */
  get #mayMine(): boolean {
    return this.#running && this.#callers === 0;
  }

  /** Whether blocks can be built on the head: core is told of it before it executes it. */
  get #headIsExecuted(): boolean {
    return this.#ready.view(this.#dependencies.tip().parent.id) !== undefined;
  }

  /** How long to hold back, for the pace that the operator asked for and for timestamps that others would not take yet. */
  #waitMs(): number {
    const { clock } = this.#ready;
    const nowMs = clock.nowMs();
    const { parent, floorMs } = this.#dependencies.tip();
    const { minBlockIntervalMs, mode, templateRefreshMs } = this.#config;
    // A parent's timestamp may lie ahead of this clock: never hold back longer than the pace itself. Genesis is no block to pace by.
    const paceMs =
      mode === "instant" || parent.header.height === 0
        ? 0
        : Math.min(minBlockIntervalMs, parent.header.timestampMs + minBlockIntervalMs - nowMs);
    // The clock went back: a block that must be above the median would lie in the future.
    const acceptableMs = acceptableFrom(proposalTimestamp(nowMs, floorMs), nowMs, this.#dependencies.futureBoundMs);
    return Math.max(paceMs, acceptableMs === undefined ? 0 : Math.min(acceptableMs - nowMs, templateRefreshMs));
  }

  async #build(payout: Address | undefined = this.#payout): Promise<Template> {
    const host = this.#ready;
    if (payout === undefined) throw new AddressError({ reason: "making blocks needs an address for their rewards" });
    const headMoves = this.#headMoves;
    const { parent, bits, target, floorMs } = this.#dependencies.tip();
    const block = await host.buildBlock(parent.id, {
      timestampMs: proposalTimestamp(host.clock.nowMs(), floorMs),
      proposer: payout,
      extra: bitsToBytes(bits),
    });
    return { block, target, headMoves };
  }

  /** Blocks for miners outside: built like this node's own. */
  #shelf(): TemplateShelf {
    const clock = { nowMs: () => this.#ready.clock.nowMs(), monotonicMs: () => this.#ready.clock.monotonicMs() };
    const { maxTemplates, templateLifetimeMs: lifetimeMs, templateRefreshMs: refreshMs } = this.#config;
    return new TemplateShelf(
      {
        clock,
        sealBytes: SEAL_BYTES,
        proofHash,
        payout: () => this.#payout,
        build: async (payout) => {
          const { block, target } = await this.#build(payout);
          return { block, target: targetToBytes(target), work: { algorithm: "sha256d", bits: toHex(block.header.extra) } };
        },
        submit: (block) => this.#offer(block),
      },
      { maxTemplates, lifetimeMs, refreshMs },
    );
  }

  /** @throws BlockRefusedError unless the block is in the tree afterwards */
  async #submit(template: Template, seal: Bytes): Promise<ImportVerdict> {
    const { header, transactions, payload } = template.block;
    const verdict = await this.#offer({ header: { ...header, seal }, transactions, payload });
    if (verdict.status !== "imported" && verdict.status !== "known") throw refusal(template, verdict);
    return verdict;
  }

  /** Imports a sealed block that was built here. */
  async #offer(block: Block): Promise<ImportVerdict> {
    const { header, transactions } = block;
    const verdict = await this.#ready.submit(block);
    const outcome =
      verdict.status === "known" ? "imported" : verdict.status !== "imported" ? "refused" : verdict.canonical ? "imported" : "stale";
    this.#dependencies.metrics.minedBlocks.increment(1, { outcome });
    this.#dependencies.logger.debug(
      { height: header.height, id: toHex(verdict.id), outcome, transactions: transactions.length },
      "block made",
    );
    return verdict;
  }

  /** The head has moved since: nobody needs this block. */
  #isStale(template: Template): boolean {
    return template.headMoves !== this.#headMoves;
  }

  /** Whether a round has no reason to go on with its template. */
  #isOver(template: Template): boolean {
    return !this.#mayMine || this.#isStale(template);
  }

  /** Ends whatever the round under way waits for. */
  #interrupt(): void {
    this.#search.cancel();
    this.#wake?.();
  }

  /** Resolves after `durationMs`, or when interrupted, or, if asked for, when transactions arrive. */
  #rest(durationMs: number, forTransactions = false): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        timer.cancel();
        this.#wake = undefined;
        this.#restsForTransactions = false;
        resolve();
      };
      const timer = this.#ready.scheduler.after(durationMs, done);
      this.#wake = done;
      this.#restsForTransactions = forTransactions;
    });
  }

  /** Runs after all who came before, whether they succeeded or not. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turns.then(work);
    this.#turns = turn.catch(() => undefined);
    return turn;
  }
}

function refusal(template: Template, verdict: ImportVerdict) {
  const { height } = template.block.header;
  const { code, reason } = "code" in verdict ? verdict : { code: "NONE", reason: "no reason given" };
  return new BlockRefusedError({ height, status: verdict.status, code, reason });
}

function payoutAddress(text: string, prefix: string): Address {
  try {
    return Address.parse(text, prefix);
  } catch (thrown) {
    throw ChainwrightError.is(thrown) ? new AddressError({ reason: thrown.message }, thrown) : thrown;
  }
}

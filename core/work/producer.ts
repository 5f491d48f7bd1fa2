/**
 * Making blocks by proof of work: build a template on the head, search its seal, submit; again. Shared by engines: what a block states and
 * what its seal is searched for, they say through `WorkRules`.
 *
 * One thing is done at a time. A round ends early when the head moves (its search is cancelled at once), when the template
 * has aged (rebuilt, to take in new transactions and the time), or when someone else wants a turn (`produce`).
 */
import { present } from "../kernel/assert.js";
import { ChainwrightError, messageOf } from "../kernel/errors.js";
import type { ConsensusHost, ImportVerdict, Producer, ProofOfWorkMiner, UnsealedBlock } from "../ports/consensus.js";
import type { Json } from "../ports/ledger.js";
import type { MiningTemplates } from "../ports/mining.js";
import type { SearchJob } from "../ports/work-source.js";
import { Address } from "../primitives/address.js";
import type { Block } from "../primitives/block.js";
import { type Bytes, toHex } from "../primitives/bytes.js";
import type { Hash } from "../primitives/hash.js";
import { targetToBytes } from "./compact.js";
import type { MiningConfig } from "./mining-options.js";
import type { ProducerDependencies, WorkRules } from "./producer-rules.js";
import { SealSearch } from "./seal-search.js";
import { TemplateShelf } from "./templates.js";
import { acceptableFrom, proposalTimestamp } from "./timestamps.js";

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

export class WorkProducer implements Producer, ProofOfWorkMiner {
  readonly #dependencies: ProducerDependencies;
  readonly #rules: WorkRules;
  readonly #config: MiningConfig;
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

  /** @throws the engine's error of addresses */
  constructor(dependencies: ProducerDependencies, rules: WorkRules, config: MiningConfig) {
    this.#dependencies = dependencies;
    this.#rules = rules;
    this.#config = config;
    const { workSource, errors } = dependencies;
    const { threads, cpuShare, templateRefreshMs: refreshMs, address } = config;
    this.#search = new SealSearch(
      { workSource, createSearcher: rules.createSearcher, threadsError: errors.threads },
      { threads, cpuShare, refreshMs, inlineAttempts: rules.inlineAttempts },
    );
    this.#templates = this.#shelf();
    if (address === undefined) {
      if (config.mine) throw this.#noAddress("mining");
      return;
    }
    // Which prefix this chain has is known later; whether it is an address at all, now.
    this.#payoutAddress(address, address.slice(0, Math.max(0, address.lastIndexOf("1"))));
  }

  /** @throws the engine's error of addresses */
  attach(host: ConsensusHost): void {
    this.#host = host;
    const { address } = this.#config;
    if (address !== undefined) this.#payout = this.#payoutAddress(address, host.spec.addressPrefix);
  }

  get automatic(): boolean {
    return this.#config.mine;
  }

  /** @throws the engine's error of addresses if nobody is there to be rewarded */
  start(): void {
    if (this.#running) return;
    if (this.#payout === undefined) throw this.#noAddress("mining");
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

  /** The searchers' own counts so far, of all searches (see `SearchSlice.tallies`). */
  get tallies(): readonly number[] {
    return this.#search.tallies;
  }

  get miner(): ProofOfWorkMiner {
    return this;
  }

  get threads(): number | undefined {
    return this.#search.threads;
  }

  /** From the next search on, which begins at once; until the node ends. @throws the engine's error of threads */
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
    return { mining: this.#running, hashesPerSecond, mode, ...this.#rules.figures?.(), ...(source === undefined ? {} : { source }) };
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
      if (stopped()) throw new this.#dependencies.errors.stopped({ made: ids.length, wanted: count });
      if (!this.#headIsExecuted) {
        await this.#rest(EXECUTION_POLL_MS);
        continue;
      }
      const template = await this.#build();
      const seal = await this.#search.onDemand(this.#ready, this.#job(template), () => stopped() || this.#isStale(template));
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
    const seal = await this.#search.inThreads(this.#ready, this.#job(template));
    this.#rules.onSearched?.();
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
    return this.#ready.view(this.#rules.tip().parent.id) !== undefined;
  }

  /** How long to hold back, for the pace that the operator asked for and for timestamps that others would not take yet. */
  #waitMs(): number {
    const { clock } = this.#ready;
    const nowMs = clock.nowMs();
    const { parent, floorMs } = this.#rules.tip();
    const { minBlockIntervalMs, mode, templateRefreshMs } = this.#config;
    // A parent's timestamp may lie ahead of this clock: never hold back longer than the pace itself. Genesis is no block to pace by.
    const paceMs =
      mode === "instant" || parent.header.height === 0
        ? 0
        : Math.min(minBlockIntervalMs, parent.header.timestampMs + minBlockIntervalMs - nowMs);
    // The clock went back: a block that must be above the median would lie in the future.
    const acceptableMs = acceptableFrom(proposalTimestamp(nowMs, floorMs), nowMs, this.#rules.futureBoundMs);
    return Math.max(paceMs, acceptableMs === undefined ? 0 : Math.min(acceptableMs - nowMs, templateRefreshMs));
  }

  async #build(payout: Address | undefined = this.#payout): Promise<Template> {
    const host = this.#ready;
    if (payout === undefined) throw this.#noAddress("making blocks");
    const headMoves = this.#headMoves;
    const { parent, extra, target, floorMs } = this.#rules.tip();
    const block = await host.buildBlock(parent.id, {
      timestampMs: proposalTimestamp(host.clock.nowMs(), floorMs),
      proposer: payout,
      extra,
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
        sealBytes: this.#rules.sealBytes,
        proofHash: this.#rules.proofHash,
        payout: () => this.#payout,
        build: async (payout) => {
          const { block, target } = await this.#build(payout);
          return { block, target: targetToBytes(target), work: this.#rules.describe(block) };
        },
        submit: (block) => this.#offer(block),
      },
      { maxTemplates, lifetimeMs, refreshMs },
    );
  }

  /** @throws the engine's error of refused blocks unless the block is in the tree afterwards */
  async #submit(template: Template, seal: Bytes): Promise<ImportVerdict> {
    const { header, transactions, payload } = template.block;
    const verdict = await this.#offer({ header: { ...header, seal }, transactions, payload });
    if (verdict.status !== "imported" && verdict.status !== "known") throw this.#refusal(template, verdict);
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

  #job({ block, target }: Template): SearchJob {
    return this.#rules.job(block, target);
  }

  #noAddress(what: string) {
    const rewards = what === "mining" ? "its rewards" : "their rewards";
    return new this.#dependencies.errors.address({ reason: `${what} needs an address for ${rewards}` });
  }

  #payoutAddress(text: string, prefix: string): Address {
    try {
      return Address.parse(text, prefix);
    } catch (thrown) {
      throw ChainwrightError.is(thrown) ? new this.#dependencies.errors.address({ reason: thrown.message }, thrown) : thrown;
    }
  }

  #refusal(template: Template, verdict: ImportVerdict) {
    const { height } = template.block.header;
    const { code, reason } = "code" in verdict ? verdict : { code: "NONE", reason: "no reason given" };
    return new this.#dependencies.errors.blockRefused({ height, status: verdict.status, code, reason });
  }
}

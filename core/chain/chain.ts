/**
 * The chain: its life from start to stop, its one lane, and what the engine's host and the views ask of it.
 *
 * The parts do the work: import-pipeline.ts judges blocks, head-keeper.ts executes and follows fork choice, recovery.ts
 * comes back after a crash.
 */
import type {
  Candidate,
  ConsensusTraits,
  EngineChannel,
  ImportVerdict,
  MessageVerdict,
  ProposalFields,
  TreeHeader,
  UnsealedBlock,
} from "../ports/consensus.js";
import type { Cancellable } from "../ports/runtime.js";
import type { PruningMode } from "../ports/views.js";
import type { Block, HeaderRecord } from "../primitives/block.js";
import type { Bytes } from "../primitives/bytes.js";
import { Hash } from "../primitives/hash.js";
import { BlockStore } from "./block-store.js";
import { BlockTree, type TreeNode } from "./block-tree.js";
import { BlockChecks } from "./checks.js";
import { type ChainDependencies, type ChainOptions, DEFAULT_CHAIN_OPTIONS } from "./dependencies.js";
import { BlockInvalidError, BlockNotYetError, ChainStoppedError, UnknownBlockError } from "./errors.js";
import { EventLog } from "./event-log.js";
import { Executor } from "./executor.js";
import { HeadKeeper } from "./head-keeper.js";
import { HeaderChecks, type HeadersVerdict, type TrustedHeaders } from "./header-checks.js";
import { consensusHost } from "./host.js";
import { ImportPipeline } from "./import-pipeline.js";
import { Lane } from "./lane.js";
import { chainMetrics } from "./metrics.js";
import { type BlockStanding, type ImportListener, NetworkAccess } from "./network-access.js";
import { Pruner, type PruningBacklog } from "./pruner.js";
import { Recovery } from "./recovery.js";
import { genesisOperations, headerOperations, makeGenesis } from "./snapshot-start.js";
import { Stages } from "./stages.js";

/** Bounds and default of `Consensus.tickMs`. */
const TICK_MS_MIN = 10;
const TICK_MS_DEFAULT = 1_000;

export class Chain {
  readonly #dependencies: ChainDependencies;
  readonly #options: ChainOptions;
  readonly #lane = new Lane();
  readonly #tree = new BlockTree();
  readonly #metrics: ReturnType<typeof chainMetrics>;
  readonly #executor: Executor;
  readonly #head: HeadKeeper;
  readonly #headers: HeaderChecks;
  readonly #pipeline: ImportPipeline;
  readonly #network: NetworkAccess;
  readonly #pruner: Pruner;
  #genesis: TreeHeader | undefined;
  #ticks: Cancellable | undefined;
  #running = false;
  #attached = false;
  readonly store: BlockStore;
  readonly events: EventLog;

  constructor(dependencies: ChainDependencies, options: Partial<ChainOptions> = {}) {
    this.#dependencies = dependencies;
    this.#options = { ...DEFAULT_CHAIN_OPTIONS, ...options };
    this.#metrics = chainMetrics(dependencies.metrics);
    this.store = new BlockStore(dependencies.storage);
    this.events = new EventLog(this.store, dependencies.logger, this.#options.keptEvents);
    this.#executor = new Executor(dependencies);
    const shared = {
      dependencies,
      options: this.#options,
      store: this.store,
      tree: this.#tree,
      executor: this.#executor,
      metrics: this.#metrics,
    };
    this.#head = new HeadKeeper({ ...shared, events: this.events });
    const stages = new Stages(dependencies.clock, this.#metrics);
    const checks = new BlockChecks(dependencies, this.#executor, stages);
    this.#headers = new HeaderChecks({ ...shared, stages });
    this.#pipeline = new ImportPipeline({
      ...shared,
      head: this.#head,
      headers: this.#headers,
      checks,
      inLane: (step) => this.#inLane(step),
      isRunning: () => this.#running,
      onImported: (header, canonical) => this.#network.announce(header, canonical),
    });
    this.#network = new NetworkAccess({ ...shared, checks, isUnderWay: (id) => this.#pipeline.isUnderWay(id) });
    this.#pruner = new Pruner({
      ...shared,
      heights: () => ({ head: this.#head.head.header.height, finalized: this.#tree.root.header.height }),
      // Its failures are its own: nothing that was promised hangs on them.
      inLane: (step) =>
        this.#lane.run(async () => {
          this.#requireRunning();
          return step();
        }),
    });
    this.events.onAppended(() => this.#pruner.poke());
  }

  // --- life --------------------------------------------------------------------------------------------------------

  /**
   * Shows the chain at genesis, in memory only, while a snapshot of its state is loaded into the same storage: readable, and taking no
   * blocks. `start` follows, over a fresh state store.
   */
  async preview(): Promise<void> {
    const genesis = await makeGenesis(this.#dependencies);
    const { header, index, overlay } = genesis;
    this.#dependencies.state.adopt(header.id, 0, undefined, overlay);
    await this.store.write(genesisOperations(this.store, genesis));
    this.#genesis = header;
    this.#head.restore(this.#tree.add({ ...index, standing: "executed" }), undefined, header.id);
    await this.events.open(0);
    await this.#attach(header);
  }

  async #attach(genesis: TreeHeader): Promise<void> {
    if (this.#attached) return;
    this.#attached = true;
    await this.#dependencies.consensus.attach(consensusHost(this, this.#dependencies, genesis));
  }

  /** Opens or creates the chain, recovers the acknowledged head and lets the engine choose. @throws CHAIN_*, STATE_*, STORAGE_* */
  async start(): Promise<void> {
    const { consensus } = this.#dependencies;
    this.#tree.renew();
    const recovery = new Recovery(this.#dependencies, this.store, this.#tree, this.#executor);
    const { pointer, genesis } = await recovery.open();
    this.#genesis = genesis;
    const node = (id: Hash) => this.#tree.get(id);
    const head = node(pointer.head);
    if (head === undefined) throw new UnknownBlockError({ id: Hash.key(pointer.head) });
    this.#head.restore(head, node(pointer.justified), genesis.id);
    await this.events.open(pointer.events);
    await this.#attach(genesis);
    await recovery.reexecute(pointer);
    // Their receipts are stored with the canonical chain.
    for (let node: TreeNode | undefined = head; node !== undefined; node = node.parent) node.execution = undefined;
    this.#running = true;
    const snapshot = this.store.snapshot();
    // It is of a clean stop: after the first choice of this run it would be older than the tree.
    await this.store.write([this.store.putSnapshot(undefined)]);
    await consensus.restore({
      blocks: this.#tree.subtree(this.#tree.root).filter((each) => each.standing !== "invalid"),
      head: pointer.head,
      justified: pointer.justified,
      finalized: pointer.finalized,
      ...(snapshot === undefined ? {} : { snapshot }),
    });
    await this.#inLane(() => this.#head.apply());
    this.#head.flushesWhenDue = true;
    await this.#pruner.start();
    this.#startTicks();
  }

  /** Ends imports, writes all state and, if the engine took what was stored, its snapshot: the next start has nothing to execute again. */
  async stop(): Promise<void> {
    if (!this.#running) return;
    this.#running = false;
    this.#ticks?.cancel();
    this.#pipeline.stop();
    await this.#pruner.stop();
    await this.#lane.idle();
    await this.#lane.run(async () => {
      await this.#head.flush();
      const snapshot = this.#head.flushesWhenDue ? this.#dependencies.consensus.snapshot?.() : undefined;
      if (snapshot !== undefined) await this.store.write([this.store.putSnapshot(snapshot)]);
    });
  }

  get pruning(): PruningMode {
    return this.#options.pruning;
  }

  /** Deletes and compacts all that is not to be kept, without pauses: for tools. A running node does it in the background. */
  prune(): Promise<void> {
    return this.#pruner.finish();
  }

  get pruningBacklog(): PruningBacklog {
    return this.#pruner.backlog;
  }

  get running(): boolean {
    return this.#running;
  }

  // --- what is there -----------------------------------------------------------------------------------------------

  get head(): TreeHeader {
    return this.#head.head;
  }

  get justified(): TreeHeader {
    return this.#head.justified;
  }

  get finalized(): TreeHeader {
    return this.#tree.root;
  }

  get genesis(): TreeHeader {
    if (this.#genesis === undefined) throw new ChainStoppedError({});
    return this.#genesis;
  }

  /** Blocks that wait for a parent, a time or a certificate. */
  get waitingCount(): number {
    return this.#pipeline.waitingCount;
  }

  header(id: Hash): TreeHeader | undefined {
    return this.#tree.get(id) ?? this.store.header(id);
  }

  /** Of the tree, or canonical with its body kept. @throws ChainDamagedError */
  block(id: Hash): Block | undefined {
    return this.#tree.get(id)?.block ?? this.store.block(id);
  }

  isCanonical(id: Hash): boolean {
    const header = this.header(id);
    if (header === undefined) return false;
    const canonical = this.store.idAt(header.header.height);
    return canonical !== undefined && Hash.key(canonical) === Hash.key(id);
  }

  get genesisId(): Hash {
    return this.genesis.id;
  }

  idAt(height: number): Hash | undefined {
    return this.store.idAt(height);
  }

  // --- for the network ---------------------------------------------------------------------------------------------

  get traits(): ConsensusTraits {
    return this.#dependencies.consensus.traits;
  }

  get channels(): readonly EngineChannel[] {
    return this.#dependencies.consensus.channels ?? [];
  }

  /** What is known of a block: `waiting` for a parent, a time, a certificate or its verdict, `valid` on any branch, `invalid` for good. */
  standing(id: Hash): BlockStanding {
    return this.#network.standing(id);
  }

  /** A valid block on any branch, as `encodeBlock` made it. @throws ChainDamagedError */
  encodedBlock(id: Hash): Bytes | undefined {
    return this.#network.encodedBlock(id);
  }

  /** A block's certificate, for engines that have them. @throws ChainDamagedError */
  certificate(id: Hash): Bytes | undefined {
    return this.#network.certificate(id);
  }

  /** Whether the body is of lawful size and the one that the header names: what an invalid block's sender can be blamed for. */
  isWhole(block: Block): Promise<boolean> {
    return this.#network.isWhole(block);
  }

  /**
   * Checks consecutive headers without their bodies: rules, seals (in one batch), weight. The first one's parent must be known,
   * or have been accepted by an earlier call. Accepted ones are remembered, within bounds, so that import does not check again.
   * Only for engines with `headers: "ancestry"`.
   *
   * @throws ChainStoppedError; whatever made judging impossible
   */
  async checkHeaders(records: readonly HeaderRecord[]): Promise<HeadersVerdict> {
    this.#requireRunning();
    return this.#headers.checkHeaders(records);
  }

  /** Lowest height from which all canonical blocks have their bodies, genesis aside. */
  get bodiesFrom(): number {
    return this.store.history.bodiesFrom;
  }

  /** Blocks that these name need no rules and seals checked; others in their place are refused. See header-checks.ts. */
  trust(headers: TrustedHeaders): void {
    this.#headers.trust(headers);
  }

  /** As `checkHeaders`, for a row on a header that is trusted, also before the chain has started. Only for engines with `headers: "ancestry"`. */
  checkHeadersOver(over: TreeHeader, records: readonly HeaderRecord[]): Promise<HeadersVerdict> {
    return this.#headers.checkHeaders(records, over);
  }

  /** Cumulative weight of a header over its parent's. */
  weigh(record: HeaderRecord, parentWeight: bigint): bigint {
    return this.#dependencies.consensus.weigh?.(record, parentWeight) ?? 0n;
  }

  /** Stores canonical headers whose bodies are not kept, before a start above them. Not synced: what is lost is fetched again. */
  async storeHeaders(headers: readonly TreeHeader[]): Promise<void> {
    await this.#dependencies.storage.write(headerOperations(headers), { durable: false });
  }

  /** Calls back for each block that came in, wherever from, in order; answers the function that ends it. */
  onImported(listener: ImportListener): () => void {
    return this.#network.onImported(listener);
  }

  /** Hands a gossip message to the engine. */
  async onEngineMessage(channel: string, payload: Bytes): Promise<MessageVerdict> {
    return this.#running ? this.#network.onEngineMessage(channel, payload) : "ignore";
  }

  // --- blocks ------------------------------------------------------------------------------------------------------

  /**
   * Offers a block; resolves once it is durable and judged. Never rejects for a bad block: that is a verdict.
   *
   * @throws ChainStoppedError; whatever made judging impossible (a busy compute, a damaged record)
   */
  async import(block: Block, certificate?: Bytes): Promise<ImportVerdict> {
    this.#requireRunning();
    return this.#pipeline.import(block, certificate);
  }

  /** A certificate that came apart from its block. */
  async importCertificate(blockId: Hash, certificate: Bytes): Promise<ImportVerdict> {
    this.#requireRunning();
    return this.#pipeline.importCertificate(blockId, certificate);
  }

  /** Executes a block without importing it. @throws BlockInvalidError, BlockNotYetError */
  async execute(block: Block): Promise<Candidate> {
    this.#requireRunning();
    return this.#pipeline.execute(block);
  }

  /** Not to be awaited by an engine inside its own `onBlock` or `onInvalid`: these run in the lane that this may wait for. */
  async build(parent: Hash, fields: ProposalFields): Promise<UnsealedBlock> {
    this.#requireRunning();
    this.#metrics.builtBlocks.increment();
    if (!this.#dependencies.state.has(parent)) await this.#inLane(() => this.#pipeline.executeBranch(parent));
    return this.#executor.build(this.#tree.get(parent), parent, fields);
  }

  /** Fork choice spoke: acted upon in the lane. */
  choose(choice: Parameters<HeadKeeper["choose"]>[0]): void {
    this.#head.choose(choice);
    if (this.#running) void this.#inLane(() => this.#head.apply()).catch(() => undefined);
  }

  /** Tells a slot engine the time. A tick that is still waited for when the next is due is not doubled. */
  #startTicks(): void {
    const { consensus, clock, scheduler } = this.#dependencies;
    if (consensus.traits.clock !== "slots" || consensus.onTick === undefined) return;
    let ticking = false;
    this.#ticks = scheduler.every(Math.max(TICK_MS_MIN, consensus.tickMs ?? TICK_MS_DEFAULT), () => {
      if (ticking) return;
      ticking = true;
      // Outside the lane: an engine may well propose, and so wait for the lane, when its slot has come.
      Promise.resolve(consensus.onTick?.(clock.nowMs()))
        .catch((error: unknown) => this.#fail(error))
        .finally(() => {
          ticking = false;
        });
    });
  }

  #requireRunning(): void {
    if (!this.#running) throw new ChainStoppedError({});
  }

  /** Runs a step in the lane; a fault in it means that nothing can be promised any more. */
  async #inLane<T>(step: () => Promise<T>): Promise<T> {
    return this.#lane.run(async () => {
      this.#requireRunning();
      try {
        return await step();
      } catch (error) {
        if (!BlockInvalidError.matches(error) && !BlockNotYetError.matches(error)) this.#fail(error);
        throw error;
      }
    });
  }

  /** Storage failed, an invariant broke or the engine threw: nothing more is written over what was acknowledged. */
  #fail(error: unknown): void {
    if (!this.#running) return;
    this.#running = false;
    this.#ticks?.cancel();
    this.#pipeline.stop();
    this.#pruner.cancel();
    this.#dependencies.onFatal(error);
  }
}

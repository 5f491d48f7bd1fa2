/**
 * The chain: offers blocks to the import pipeline, keeps the head, and is the engine's host.
 *
 * Life of a block: header → seal → body → signatures run outside the lane, so that the checks of the next blocks overlap
 * the execution of this one; storing, executing, choosing and flushing run inside it, one block after the other.
 */
import { messageOf } from "../kernel/errors.js";
import type { Candidate, ImportVerdict, ProposalFields, TreeHeader, UnsealedBlock } from "../ports/consensus.js";
import type { Cancellable } from "../ports/runtime.js";
import type { Block, HeaderRecord } from "../primitives/block.js";
import { encodedBlockBytes, headerRecord } from "../primitives/block-codec.js";
import type { Bytes } from "../primitives/bytes.js";
import { Hash, type HashKey } from "../primitives/hash.js";
import { BlockStore } from "./block-store.js";
import { BlockTree } from "./block-tree.js";
import { ancestorsOf, BlockChecks, type CheckedBlock } from "./checks.js";
import { type ChainDependencies, type ChainOptions, DEFAULT_CHAIN_OPTIONS } from "./dependencies.js";
import { BlockInvalidError, BlockNotYetError, ChainStoppedError, UnknownBlockError, Verdicts } from "./errors.js";
import { EventLog } from "./event-log.js";
import { Executor } from "./executor.js";
import { HeadKeeper } from "./head-keeper.js";
import { consensusHost } from "./host.js";
import { Lane } from "./lane.js";
import { chainMetrics } from "./metrics.js";
import { Recovery } from "./recovery.js";
import { RetryTimers } from "./retry-timers.js";
import { WaitingRoom } from "./waiting-room.js";

/** Bounds and default of `Consensus.tickMs`. */
const TICK_MS_MIN = 10;
const TICK_MS_DEFAULT = 1_000;

interface Passing {
  readonly verdict: Promise<ImportVerdict>;
  /** Set once header and seal are good: children can be checked against it. */
  header: TreeHeader | undefined;
}

export class Chain {
  readonly #dependencies: ChainDependencies;
  readonly #options: ChainOptions;
  readonly #lane = new Lane();
  readonly #tree = new BlockTree();
  readonly #passing = new Map<HashKey, Passing>();
  readonly #waiting: WaitingRoom;
  readonly #retries: RetryTimers;
  readonly #metrics: ReturnType<typeof chainMetrics>;
  readonly #executor: Executor;
  readonly #checks: BlockChecks;
  readonly #head: HeadKeeper;
  #genesis: TreeHeader | undefined;
  #ticks: Cancellable | undefined;
  #running = false;
  readonly store: BlockStore;
  readonly events: EventLog;

  constructor(dependencies: ChainDependencies, options: Partial<ChainOptions> = {}) {
    this.#dependencies = dependencies;
    this.#options = { ...DEFAULT_CHAIN_OPTIONS, ...options };
    this.#metrics = chainMetrics(dependencies.metrics);
    this.#retries = new RetryTimers(dependencies, this.#options.waitingBlocks);
    this.#waiting = new WaitingRoom({ maxCount: this.#options.waitingBlocks, maxBytes: this.#options.waitingBytes });
    this.store = new BlockStore(dependencies.storage);
    this.events = new EventLog(this.store, dependencies.logger, this.#options.keptEvents);
    this.#executor = new Executor(dependencies);
    this.#checks = new BlockChecks(dependencies, this.#executor, this.#metrics);
    this.#head = new HeadKeeper({
      dependencies,
      options: this.#options,
      store: this.store,
      tree: this.#tree,
      events: this.events,
      executor: this.#executor,
      metrics: this.#metrics,
    });
  }

  // --- life --------------------------------------------------------------------------------------------------------

  /** Opens or creates the chain, recovers the acknowledged head and lets the engine choose. @throws CHAIN_*, STATE_*, STORAGE_* */
  async start(): Promise<void> {
    const { consensus } = this.#dependencies;
    const recovery = new Recovery(this.#dependencies, this.store, this.#tree, this.#executor);
    const { pointer, genesis } = await recovery.open();
    this.#genesis = genesis;
    const node = (id: Hash) => this.#tree.get(id);
    const head = node(pointer.head);
    if (head === undefined) throw new UnknownBlockError({ id: Hash.key(pointer.head) });
    this.#head.restore(head, node(pointer.justified), genesis.id);
    await this.events.open(pointer.events);
    await consensus.attach(consensusHost(this, this.#dependencies, genesis));
    await recovery.reexecute(pointer);
    for (const each of this.#tree.subtree(this.#tree.root)) if (this.#head.isCanonical(each)) each.execution = undefined;
    this.#running = true;
    const snapshot = this.store.snapshot();
    await consensus.restore({
      blocks: this.#tree.subtree(this.#tree.root).filter((each) => each.standing !== "invalid"),
      head: pointer.head,
      justified: pointer.justified,
      finalized: pointer.finalized,
      ...(snapshot === undefined ? {} : { snapshot }),
    });
    // A snapshot is of a clean stop; after a crash it would be older than the tree.
    await this.store.write([this.store.putSnapshot(undefined)]);
    await this.#inLane(() => this.#head.apply());
    this.#startTicks();
  }

  /** Ends imports, writes the engine's snapshot and all state, so that the next start has nothing to execute again. */
  async stop(): Promise<void> {
    if (!this.#running) return;
    this.#running = false;
    this.#ticks?.cancel();
    this.#retries.cancel();
    await this.#lane.idle();
    await this.#lane.run(async () => {
      await this.#head.flush();
      const snapshot = this.#dependencies.consensus.snapshot?.();
      if (snapshot !== undefined) await this.store.write([this.store.putSnapshot(snapshot)]);
    });
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
    return this.#waiting.count;
  }

  header(id: Hash): TreeHeader | undefined {
    return this.#tree.get(id) ?? this.store.header(id);
  }

  isCanonical(id: Hash): boolean {
    const header = this.header(id);
    if (header === undefined) return false;
    const canonical = this.store.idAt(header.header.height);
    return canonical !== undefined && Hash.key(canonical) === Hash.key(id);
  }

  // --- blocks ------------------------------------------------------------------------------------------------------

  /** Offers a block; resolves once it is durable and judged. Never rejects for a bad block: that is a verdict. */
  import(block: Block, certificate?: Bytes): Promise<ImportVerdict> {
    if (!this.#running) return Promise.reject(new ChainStoppedError({}));
    const record = headerRecord(block.header);
    const known = this.#known(record, certificate);
    if (known !== undefined) return Promise.resolve(known);
    const key = Hash.key(record.id);
    const passing = this.#passing.get(key);
    if (passing !== undefined) return passing.verdict;
    const parentPassing = this.#passing.get(Hash.key(block.header.parent));
    const entry: Passing = { verdict: this.#judge(block, record, certificate, parentPassing), header: undefined };
    this.#passing.set(key, entry);
    return entry.verdict;
  }

  /** A certificate that came apart from its block. */
  async importCertificate(blockId: Hash, certificate: Bytes): Promise<ImportVerdict> {
    const waiting = this.#waiting.remove(blockId);
    if (waiting !== undefined) return this.import(waiting.block, certificate);
    if (this.header(blockId) !== undefined) return { status: "known", id: blockId };
    return { status: "not-yet", id: blockId, code: Verdicts.unknownParent, reason: "its block has not arrived" };
  }

  /** Executes a block without importing it. @throws BlockInvalidError, BlockNotYetError */
  async execute(block: Block): Promise<Candidate> {
    const record = headerRecord(block.header);
    const parent = this.#tree.get(block.header.parent);
    if (parent === undefined) throw new UnknownBlockError({ id: Hash.key(block.header.parent) });
    const checked = await this.#checks.bodyAndSignatures(block, { ...record, weight: 0n }, undefined);
    await this.#inLane(() => this.#executeBranch(block.header.parent));
    const execution = await this.#executor.execute(block, record, checked.batch);
    this.#executor.keep(record.signingRoot, execution);
    return { block, record, receipts: execution.receipts };
  }

  /** Not to be awaited by an engine inside its own `onBlock` or `onInvalid`: these run in the lane that this may wait for. */
  async build(parent: Hash, fields: ProposalFields): Promise<UnsealedBlock> {
    if (!this.#running) throw new ChainStoppedError({});
    this.#metrics.builtBlocks.increment();
    if (!this.#dependencies.state.has(parent)) await this.#inLane(() => this.#executeBranch(parent));
    return this.#executor.build(this.#tree.get(parent), parent, fields);
  }

  /** Fork choice spoke: acted upon in the lane. */
  choose(choice: Parameters<HeadKeeper["choose"]>[0]): void {
    this.#head.choose(choice);
    if (this.#running) void this.#inLane(() => this.#head.apply()).catch(() => undefined);
  }

  #known(record: HeaderRecord, certificate: Bytes | undefined): ImportVerdict | undefined {
    const { id } = record;
    const node = this.#tree.get(id);
    if (node?.standing === "invalid")
      return { status: "invalid", id, code: Verdicts.invalidAncestor, reason: "it was found invalid before" };
    if (node !== undefined || this.store.header(id) !== undefined) return { status: "known", id };
    const waiting = this.#waiting.get(id);
    if (
      waiting !== undefined &&
      (certificate === undefined || waiting.certificate !== undefined) &&
      waiting.code === Verdicts.unknownParent
    )
      return { status: "not-yet", id, code: waiting.code, reason: "it waits for its parent" };
    return undefined;
  }

  async #judge(
    block: Block,
    record: HeaderRecord,
    certificate: Bytes | undefined,
    parentPassing: Passing | undefined,
  ): Promise<ImportVerdict> {
    // Everything below happens after `import` registered this block as passing.
    await Promise.resolve();
    let verdict: ImportVerdict;
    try {
      verdict = await this.#pass(block, record, certificate, parentPassing);
    } catch (error) {
      verdict = this.#refuse(block, record, certificate, error);
    } finally {
      this.#passing.delete(Hash.key(record.id));
    }
    const code = "code" in verdict ? verdict.code : "";
    this.#metrics.verdicts.increment(1, { verdict: verdict.status, code });
    this.#metrics.waitingBlocks.set(this.#waiting.count);
    if (verdict.status === "imported") this.#retryChildren(record.id);
    return verdict;
  }

  async #pass(
    block: Block,
    record: HeaderRecord,
    certificate: Bytes | undefined,
    parentPassing: Passing | undefined,
  ): Promise<ImportVerdict> {
    // Headers that are judged by state need the parent's: all checks move into the lane, behind the parent's execution.
    if (this.#dependencies.consensus.traits.headers === "state") {
      await parentPassing?.verdict.catch(() => undefined);
      return this.#inLane(async () => {
        await this.#executeBranch(block.header.parent);
        return this.#admit(await this.#check(block, record, certificate, undefined));
      });
    }
    const checked = await this.#check(block, record, certificate, parentPassing);
    // The parent's checks began earlier but may end later; it has to be in the tree first.
    await parentPassing?.verdict.catch(() => undefined);
    return this.#inLane(() => this.#admit(checked));
  }

  async #check(
    block: Block,
    record: HeaderRecord,
    certificate: Bytes | undefined,
    parentPassing: Passing | undefined,
  ): Promise<CheckedBlock> {
    const parent = this.#parentOf(record, parentPassing);
    const lookup = (id: Hash) => this.header(id) ?? this.#passing.get(Hash.key(id))?.header;
    const ancestors = ancestorsOf(parent, this.#dependencies.consensus.traits.ancestryDepth, lookup);
    const header = await this.#checks.headerAndSeal(record, parent, ancestors, certificate);
    const passing = this.#passing.get(Hash.key(record.id));
    if (passing !== undefined) passing.header = header;
    return this.#checks.bodyAndSignatures(block, header, certificate);
  }

  #parentOf(record: HeaderRecord, parentPassing: Passing | undefined): TreeHeader {
    const { parent } = record.header;
    const node = this.#tree.get(parent);
    if (node?.standing === "invalid") throw new BlockInvalidError({ code: Verdicts.invalidAncestor, reason: "its parent is invalid" });
    if (node !== undefined) return node;
    if (parentPassing?.header !== undefined) return parentPassing.header;
    if (this.store.header(parent) !== undefined)
      throw new BlockInvalidError({
        code: Verdicts.belowFinality,
        reason: "its parent lies below the finalized block or on a dropped branch",
      });
    throw new BlockNotYetError({ code: Verdicts.unknownParent, reason: "its parent is not known" });
  }

  /** In the lane: stores the block, gives it to the engine, follows its choice. */
  async #admit(checked: CheckedBlock): Promise<ImportVerdict> {
    const { block, header, batch, sizeBytes, certificate } = checked;
    const { id } = header;
    const { consensus } = this.#dependencies;
    this.#parentOf(header, undefined);
    if (this.#tree.get(id) !== undefined) return { status: "known", id };
    if (this.#tree.size >= this.#options.treeBlocks)
      throw new BlockNotYetError({ code: Verdicts.treeFull, reason: "too many blocks wait for finality" });
    const index = { header, sizeBytes, transactionCount: batch.transactions.length, invalid: false };
    await this.store.write(this.store.storeBlock(block, index, certificate));
    const node = this.#tree.add({ ...index, standing: "stored", block });
    const ready = consensus.traits.headers === "ancestry" || (await this.#head.execute(node, batch));
    if (ready) await consensus.onBlock(node);
    await this.#head.apply();
    // The engine may have looked at it and left it: then its bytes are in the store, and memory is for the head's branch.
    if (!this.#head.isCanonical(node)) node.block = undefined;
    if (node.refusal !== undefined) return { status: "invalid", id, ...node.refusal };
    return { status: "imported", id, canonical: this.#head.isCanonical(node) };
  }

  /** In the lane: makes sure that a block of the tree has its state. */
  async #executeBranch(id: Hash): Promise<void> {
    const node = this.#tree.get(id);
    if (node === undefined || this.#dependencies.state.has(id)) return;
    if (node.parent !== undefined) await this.#executeBranch(node.parent.id);
    await this.#head.execute(node);
  }

  /** What could not pass: waits, or is refused for good; a fault that is no verdict stops the node. */
  #refuse(block: Block, record: HeaderRecord, certificate: Bytes | undefined, error: unknown): ImportVerdict {
    const { id } = record;
    if (BlockInvalidError.matches(error)) {
      this.#dependencies.logger.debug({ id: Hash.key(id), ...error.data }, "refused a block");
      return { status: "invalid", id, ...error.data };
    }
    if (!BlockNotYetError.matches(error)) throw error;
    const { code, reason, retryAtMs } = error.data;
    if (code !== Verdicts.treeFull) {
      this.#waiting.add({ block, id, sizeBytes: encodedBlockBytes(block), certificate, code });
      if (retryAtMs !== undefined)
        this.#retries.at(retryAtMs, () => {
          const waiting = this.#waiting.remove(id);
          if (waiting !== undefined) this.#offer(waiting.block, waiting.certificate);
        });
    }
    return { status: "not-yet", id, code, reason };
  }

  /** Tells a slot engine the time. A tick that is still waited for when the next is due is not doubled. */
  #startTicks(): void {
    const { consensus, clock, scheduler } = this.#dependencies;
    if (consensus.traits.clock !== "slots" || consensus.onTick === undefined) return;
    let ticking = false;
    this.#ticks = scheduler.every(Math.max(TICK_MS_MIN, consensus.tickMs ?? TICK_MS_DEFAULT), () => {
      if (ticking) return;
      ticking = true;
      this.#inLane(async () => {
        await consensus.onTick?.(clock.nowMs());
        await this.#head.apply();
      })
        .catch(() => undefined)
        .finally(() => {
          ticking = false;
        });
    });
  }

  #retryChildren(parent: Hash): void {
    for (const waiting of this.#waiting.takeChildren(parent)) this.#offer(waiting.block, waiting.certificate);
  }

  /** Imports a block that nobody waits for. */
  #offer(block: Block, certificate: Bytes | undefined): void {
    if (!this.#running) return;
    this.import(block, certificate).catch((error: unknown) => {
      this.#dependencies.logger.debug({ reason: messageOf(error) }, "a waiting block was not imported");
    });
  }

  /** Runs a step in the lane; a fault in it means that nothing can be promised any more. */
  async #inLane<T>(step: () => Promise<T>): Promise<T> {
    return this.#lane.run(async () => {
      try {
        return await step();
      } catch (error) {
        if (!BlockInvalidError.matches(error) && !BlockNotYetError.matches(error)) this.#dependencies.onFatal(error);
        throw error;
      }
    });
  }
}

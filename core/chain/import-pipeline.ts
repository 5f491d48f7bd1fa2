/**
 * The way of a block into the chain: header → seal → certificate → body → signatures outside the lane, so that the checks
 * of the next blocks overlap the execution of this one; storing, executing and choosing inside it.
 *
 * Ids do not commit to who sent a block with which body or certificate. So a verdict on a forged copy never speaks for the
 * real block: neither for one that is under way at the same time, nor for one that waits.
 */
import { messageOf } from "../kernel/errors.js";
import type { Candidate, ImportVerdict, TreeHeader } from "../ports/consensus.js";
import type { TransactionBatch } from "../ports/ledger.js";
import type { StorageOperation } from "../ports/storage.js";
import type { Block, HeaderRecord } from "../primitives/block.js";
import { encodedBlockBytes, headerRecord } from "../primitives/block-codec.js";
import type { Bytes } from "../primitives/bytes.js";
import { Hash, type HashKey } from "../primitives/hash.js";
import type { BlockStore } from "./block-store.js";
import type { BlockTree } from "./block-tree.js";
import type { BlockChecks, CheckedBlock } from "./checks.js";
import type { ChainDependencies, ChainOptions } from "./dependencies.js";
import { BlockInvalidError, BlockNotYetError, ChainBusyError, Verdicts } from "./errors.js";
import type { Executor } from "./executor.js";
import type { HeadKeeper } from "./head-keeper.js";
import { ancestorsOf, type HeaderChecks } from "./header-checks.js";
import type { ChainMetrics } from "./metrics.js";
import { type AheadOf, ReadAhead } from "./read-ahead.js";
import { RetryTimers } from "./retry-timers.js";
import { Stages } from "./stages.js";
import { type WaitingBlock, WaitingRoom } from "./waiting-room.js";

/** Up to this size, a block is written together with the switch of heads. */
const DEFERRED_BLOCK_BYTES_MAX = 16 * 1024;

/** A block that is being judged. */
interface Passing {
  readonly block: Block;
  readonly record: HeaderRecord;
  readonly certificate: Bytes | undefined;
  /** The block below it, if that is being judged, too. */
  parent: Passing | undefined;
  readonly verdict: Promise<ImportVerdict>;
  /** Settles once header and seal are judged: children are checked against it. Undefined if they are not good. */
  readonly header: Promise<TreeHeader | undefined>;
  readonly tellHeader: (header: TreeHeader | undefined) => void;
  /** What `header` resolved with. */
  checked: TreeHeader | undefined;
  /** Set once its body was found good. */
  ahead: AheadOf | undefined;
}

export interface PipelineParts {
  readonly dependencies: ChainDependencies;
  readonly options: ChainOptions;
  readonly store: BlockStore;
  readonly tree: BlockTree;
  readonly head: HeadKeeper;
  readonly executor: Executor;
  readonly headers: HeaderChecks;
  readonly checks: BlockChecks;
  readonly metrics: ChainMetrics;
  /** Runs a step in the chain's lane; refuses it when the chain has stopped. */
  readonly inLane: <T>(step: () => Promise<T>) => Promise<T>;
  readonly isRunning: () => boolean;
  /** Called in the lane for each block that came in, in order. */
  readonly onImported: (header: TreeHeader, canonical: boolean) => void;
}

export class ImportPipeline {
  readonly #parts: PipelineParts;
  readonly #passing = new Map<HashKey, Passing>();
  readonly #waiting: WaitingRoom;
  readonly #retries: RetryTimers;
  readonly #readAhead: ReadAhead;

  constructor(parts: PipelineParts) {
    this.#parts = parts;
    const { state, clock } = parts.dependencies;
    this.#readAhead = new ReadAhead({
      ...parts,
      stages: new Stages(clock, parts.metrics),
      // Values of the disk are the same, whoever looks.
      viewOver: ({ header }) => state.view(header.parent) ?? state.view(parts.head.head.id),
    });
    this.#waiting = new WaitingRoom({ maxCount: parts.options.waitingBlocks, maxBytes: parts.options.waitingBytes });
    this.#retries = new RetryTimers(parts.dependencies);
  }

  get waitingCount(): number {
    return this.#waiting.count;
  }

  /** Whether a block is being judged, or waits for a parent, a time or a certificate. */
  isUnderWay(id: Hash): boolean {
    return this.#passing.has(Hash.key(id)) || this.#waiting.get(id) !== undefined;
  }

  stop(): void {
    this.#retries.cancelAll();
  }

  async import(block: Block, certificate?: Bytes): Promise<ImportVerdict> {
    const record = headerRecord(block.header);
    const known = this.#judged(record.id) ?? this.#awaitsParent(record.id, certificate);
    if (known !== undefined) return known;
    const passing = this.#passing.get(Hash.key(record.id));
    if (passing === undefined) {
      if (this.#passing.size >= this.#parts.options.passingBlocks) throw new ChainBusyError({ blocks: this.#passing.size });
      return this.#begin(block, record, certificate).verdict;
    }
    const verdict = await passing.verdict;
    const isOther = passing.block !== block || passing.certificate !== certificate;
    const isOpen = verdict.status === "invalid" || (verdict.status === "not-yet" && certificate !== undefined);
    return isOther && isOpen ? this.import(block, certificate) : verdict;
  }

  async importCertificate(blockId: Hash, certificate: Bytes): Promise<ImportVerdict> {
    // Its block may be under way without it.
    await this.#passing.get(Hash.key(blockId))?.verdict.catch(() => undefined);
    const waiting = this.#waiting.get(blockId);
    if (waiting !== undefined) return this.import(waiting.block, certificate);
    const reason = "its block has not arrived";
    return this.#judged(blockId) ?? { status: "not-yet", id: blockId, code: Verdicts.unknownParent, reason };
  }

  /** Everything that import does with a block but for certificate, storing and choosing. @throws BlockInvalidError, BlockNotYetError */
  async execute(block: Block): Promise<Candidate> {
    const { dependencies, executor, headers, checks, inLane } = this.#parts;
    const record = headerRecord(block.header);
    await inLane(() => this.executeBranch(block.header.parent));
    const parent = this.#parentOf(record);
    if (!dependencies.state.has(parent.id))
      throw new BlockNotYetError({ code: Verdicts.needsState, reason: "the state after its parent is not kept" });
    const { header } = await headers.headerAndSeal(record, parent, this.#ancestors(parent));
    let ahead: AheadOf | undefined;
    try {
      const { batch } = await checks.bodyAndSignatures(block, header, (decoded) => {
        ahead = this.#beginReading(block, record, decoded);
      });
      await ahead?.ready();
      const execution = await executor.execute(block, record, batch);
      executor.keep(record.signingRoot, execution);
      return { block, record, receipts: execution.receipts };
    } finally {
      ahead?.end();
    }
  }

  #beginReading(block: Block, record: HeaderRecord, batch: TransactionBatch): AheadOf | undefined {
    const { executor, isRunning } = this.#parts;
    const isNeeded = batch.transactions.length > 0 && !executor.isBuilt(record.signingRoot) && isRunning();
    return isNeeded ? this.#readAhead.begin(block, batch) : undefined;
  }

  /** In the lane: executes what leads to a block of the tree, as far as that can be done. */
  async executeBranch(id: Hash): Promise<void> {
    const { dependencies, tree, head } = this.#parts;
    const path = [];
    for (let node = tree.get(id); node !== undefined && !dependencies.state.has(node.id); node = node.parent) path.push(node);
    for (const node of path.reverse()) {
      // Without its parent's state: the fork lies below the undo horizon, and whoever asked finds that there is none.
      if (!dependencies.state.has(node.header.parent) || !(await head.execute(node))) return;
    }
  }

  /** What is already known of a block for good. */
  #judged(id: Hash): ImportVerdict | undefined {
    const { tree, store } = this.#parts;
    const node = tree.get(id);
    const isInvalid = node === undefined ? store.index(id)?.invalid : node.standing === "invalid";
    if (isInvalid === undefined) return undefined;
    if (!isInvalid) return { status: "known", id };
    return { status: "invalid", id, code: Verdicts.invalidAncestor, reason: "it was found invalid before" };
  }

  /** An orphan again: nothing about it has changed, unless it brings its certificate, or its parent is on its way now. */
  #awaitsParent(id: Hash, certificate: Bytes | undefined): ImportVerdict | undefined {
    const waiting = this.#waiting.get(id);
    if (waiting?.code !== Verdicts.unknownParent || certificate !== undefined) return undefined;
    if (this.#passing.has(Hash.key(waiting.block.header.parent))) return undefined;
    return { status: "not-yet", id, code: waiting.code, reason: "it waits for its parent" };
  }

  #begin(block: Block, record: HeaderRecord, certificate: Bytes | undefined): Passing {
    const key = Hash.key(record.id);
    let tellHeader: Passing["tellHeader"] = () => undefined;
    const header = new Promise<TreeHeader | undefined>((resolve) => {
      tellHeader = resolve;
    });
    const parent = this.#passing.get(Hash.key(block.header.parent));
    let begin: () => void = () => undefined;
    const begun = new Promise<void>((resolve) => {
      begin = resolve;
    });
    const verdict = begun.then(() => this.#judge(entry));
    const entry: Passing = { block, record, certificate, parent, verdict, header, tellHeader, checked: undefined, ahead: undefined };
    this.#passing.set(key, entry);
    begin();
    return entry;
  }

  async #judge(passing: Passing): Promise<ImportVerdict> {
    const { metrics } = this.#parts;
    const { id } = passing.record;
    try {
      const verdict = await this.#verdictOn(passing);
      metrics.verdicts.increment(1, { verdict: verdict.status, code: "code" in verdict ? verdict.code : "" });
      if (verdict.status === "imported") {
        this.#leave(id);
        this.#retryChildren(id);
      }
      metrics.waitingBlocks.set(this.#waiting.count);
      return verdict;
    } finally {
      passing.tellHeader(undefined);
      passing.ahead?.end();
      // Or each block would keep the one below it in memory, and that the next, for as long as imports overlap.
      passing.parent = undefined;
      this.#passing.delete(Hash.key(id));
    }
  }

  async #verdictOn(passing: Passing): Promise<ImportVerdict> {
    for (;;) {
      try {
        return await this.#pass(passing);
      } catch (error) {
        const verdict = await this.#refuse(passing, error);
        if (verdict !== undefined) return verdict;
      }
    }
  }

  async #pass(passing: Passing): Promise<ImportVerdict> {
    const { dependencies, inLane } = this.#parts;
    if (dependencies.consensus.traits.headers === "state") {
      // Such headers are judged by the parent's state: its execution comes first.
      await passing.parent?.verdict.catch(() => undefined);
      await inLane(() => this.executeBranch(passing.block.header.parent));
    }
    const checked = await this.#check(passing);
    // The parent's checks began earlier but may end later; it has to be in the tree first.
    await passing.parent?.verdict.catch(() => undefined);
    await passing.ahead?.ready();
    return inLane(() => this.#admit(checked, passing.certificate));
  }

  async #check(passing: Passing): Promise<CheckedBlock> {
    const { dependencies, tree, headers, checks } = this.#parts;
    const { block, record, certificate } = passing;
    const underWay = tree.get(block.header.parent) === undefined ? await passing.parent?.header : undefined;
    const parent = underWay ?? this.#parentOf(record);
    const { header, context } = await headers.headerAndSeal(record, parent, this.#ancestors(parent));
    if (dependencies.consensus.traits.certificates) await checks.certificate(record, certificate, context);
    passing.checked = header;
    passing.tellHeader(header);
    return checks.bodyAndSignatures(block, header, (batch) => {
      passing.ahead?.end();
      passing.ahead = this.#beginReading(block, record, batch);
    });
  }

  #ancestors(parent: TreeHeader) {
    const { dependencies, headers, tree, store } = this.#parts;
    const lookup = (id: Hash) => tree.get(id) ?? headers.accepted(id) ?? this.#passing.get(Hash.key(id))?.checked ?? store.header(id);
    return ancestorsOf(parent, dependencies.consensus.traits.ancestryDepth, lookup);
  }

  #parentOf({ header: { parent } }: HeaderRecord): TreeHeader {
    const { tree, store } = this.#parts;
    const node = tree.get(parent);
    if (node?.standing === "invalid") throw new BlockInvalidError({ code: Verdicts.invalidAncestor, reason: "its parent is invalid" });
    if (node !== undefined) return node;
    if (store.header(parent) === undefined) throw new BlockNotYetError({ code: Verdicts.unknownParent, reason: "its parent is not known" });
    throw new BlockInvalidError({
      code: Verdicts.belowFinality,
      reason: "its parent lies below the finalized block or on a dropped branch",
    });
  }

  /** In the lane: stores the block, gives it to the engine, follows its choice. */
  async #admit({ block, header, batch, sizeBytes }: CheckedBlock, certificate: Bytes | undefined): Promise<ImportVerdict> {
    const { dependencies, options, store, tree, head, headers, onImported } = this.#parts;
    const { consensus } = dependencies;
    const { id } = header;
    this.#parentOf(header);
    if (tree.get(id) !== undefined) return { status: "known", id };
    // What extends the head is always let in: only so can finality move and the tree shrink.
    if (tree.size >= options.treeBlocks && tree.get(header.header.parent) !== head.head)
      throw new BlockNotYetError({ code: Verdicts.treeFull, reason: "too many blocks wait for finality" });
    const index = { header, sizeBytes, transactionCount: batch.transactions.length, invalid: false };
    const stored = this.#store(store.storeBlock(block, index, certificate), sizeBytes);
    const node = tree.add({ ...index, standing: "stored", block });
    const ready = consensus.traits.headers === "ancestry" || (await head.execute(node, batch));
    if (ready) await consensus.onBlock(node);
    await head.apply({ node, batch });
    await stored;
    await store.settle();
    // The engine may have looked at it and left it: then its bytes are in the store, and memory is for the head's branch.
    if (!head.isCanonical(node)) node.block = undefined;
    headers.forget(id);
    if (node.refusal !== undefined) return { status: "invalid", id, ...node.refusal };
    const canonical = head.isCanonical(node);
    onImported(header, canonical);
    return { status: "imported", id, canonical };
  }

  /**
   * A large block is on its way to the disk while it is executed; for a small one, that would cost more than it brings. Either way
   * whatever follows from it (the head's pointer, an engine's journal) is never durable without it: storage keeps the order of writes.
   */
  #store(operations: readonly StorageOperation[], sizeBytes: number): Promise<void> {
    const { store } = this.#parts;
    if (sizeBytes <= DEFERRED_BLOCK_BYTES_MAX) {
      store.defer(operations);
      return Promise.resolve();
    }
    const stored = store.write(operations);
    // Whoever awaits it hears of a failure; until then nobody does.
    stored.catch(() => undefined);
    return stored;
  }

  /** What could not pass: waits, or is refused for good; undefined to try again at once. A fault that is no verdict is thrown on. */
  async #refuse(passing: Passing, error: unknown): Promise<ImportVerdict | undefined> {
    const { id } = passing.record;
    if (BlockInvalidError.matches(error)) {
      this.#parts.dependencies.logger.debug({ id: Hash.key(id), ...error.data }, "refused a block");
      // The block itself may be good: it waits for a better certificate.
      if (error.data.code === Verdicts.badCertificate) await this.#wait(passing, Verdicts.awaitingCertificate, undefined);
      else if (this.#waiting.get(id)?.block === passing.block) this.#leave(id);
      return { status: "invalid", id, ...error.data };
    }
    if (!BlockNotYetError.matches(error)) throw error;
    const { code, reason, retryAtMs } = error.data;
    if (code === Verdicts.treeFull) return { status: "not-yet", id, code, reason };
    const forged = await this.#wait(passing, code, retryAtMs);
    if (forged !== undefined) return { status: "invalid", id, ...forged };
    if (code === Verdicts.unknownParent && this.#parts.tree.get(passing.block.header.parent) !== undefined) {
      // It came in while this one's body was looked at.
      this.#leave(id);
      return undefined;
    }
    return { status: "not-yet", id, code, reason };
  }

  /** Keeps a block for later if its body is the one that its header names; answers what is wrong otherwise. */
  async #wait(
    { block, record, certificate }: Passing,
    code: string,
    retryAtMs: number | undefined,
  ): Promise<{ readonly code: string; readonly reason: string } | undefined> {
    try {
      await this.#parts.checks.isWhole(block);
    } catch (error) {
      if (!BlockInvalidError.matches(error)) throw error;
      return error.data;
    }
    const kept = code === Verdicts.awaitingCertificate ? undefined : certificate;
    const before = this.#waiting.get(record.id);
    // Nobody can tell yet which certificate is good: a later one does not displace the first, both get their turn.
    const rival = before?.certificate !== undefined && kept !== undefined ? kept : before?.rival;
    this.#leave(record.id);
    const first = before?.certificate ?? kept;
    const waiting = { block, id: record.id, sizeBytes: encodedBlockBytes(block), certificate: first, rival, code };
    for (const gone of this.#waiting.add(waiting)) this.#leave(gone.id);
    if (retryAtMs !== undefined && this.#waiting.get(record.id) !== undefined) this.#retryAt(record.id, retryAtMs);
    return undefined;
  }

  #leave(id: Hash): void {
    this.#waiting.remove(id);
    this.#retries.cancel(id);
  }

  #retryAt(id: Hash, atMs: number): void {
    this.#retries.set(id, atMs, () => {
      const waiting = this.#waiting.remove(id);
      if (waiting !== undefined) this.#offer(waiting);
    });
  }

  #retryChildren(parent: Hash): void {
    for (const waiting of this.#waiting.takeChildren(parent)) {
      this.#retries.cancel(waiting.id);
      this.#offer(waiting);
    }
  }

  /** Imports a block that nobody waits for, with each certificate that came for it. */
  #offer({ block, id, certificate, rival }: WaitingBlock): void {
    const offer = async () => {
      const verdict = this.#parts.isRunning() ? await this.import(block, certificate) : undefined;
      if (verdict?.status === "invalid" && rival !== undefined && this.#parts.isRunning()) await this.importCertificate(id, rival);
    };
    offer().catch((error: unknown) => {
      this.#parts.dependencies.logger.debug({ reason: messageOf(error) }, "a waiting block was not imported");
    });
  }
}

/**
 * The head: executes the branch that the engine chose, switches the canonical chain in one durable batch, moves finality,
 * and has the state flushed. All of it runs in the chain's lane.
 */
import { present } from "../kernel/assert.js";
import type { Choice } from "../ports/consensus.js";
import type { TransactionBatch } from "../ports/ledger.js";
import type { StorageOperation } from "../ports/storage.js";
import type { Block } from "../primitives/block.js";
import type { Bytes } from "../primitives/bytes.js";
import { Hash } from "../primitives/hash.js";
import { decodeReceipts } from "../primitives/receipt-codec.js";
import type { BlockStore } from "./block-store.js";
import type { BlockTree, ExecutionRecord, TreeNode } from "./block-tree.js";
import type { ChainDependencies, ChainOptions } from "./dependencies.js";
import { BlockInvalidError, ChainDamagedError } from "./errors.js";
import type { EventLog } from "./event-log.js";
import type { Executor } from "./executor.js";
import { FlushRhythm } from "./flush-rhythm.js";
import type { ChainMetrics } from "./metrics.js";
import { decodeTransactions } from "./transaction-pieces.js";

/** An extension of the head of so many blocks is one switch of heads: their receipts are in memory until it is written. */
const PIECE_BLOCKS = 256;

/** A block of the tree whose transactions are decoded. */
export interface DecodedBlock {
  readonly node: TreeNode;
  readonly batch: TransactionBatch;
}

export class HeadKeeper {
  readonly #dependencies: ChainDependencies;
  readonly #store: BlockStore;
  readonly #tree: BlockTree;
  readonly #events: EventLog;
  readonly #executor: Executor;
  readonly #metrics: ChainMetrics;
  readonly #flushes: FlushRhythm;
  #head: TreeNode | undefined;
  #justified: TreeNode | undefined;
  #genesisId: Hash = Hash.zero;
  #pending: Choice | undefined;
  /**
   * Off while the chain starts: users wait for it, and what was executed again costs no more after another crash. The first
   * block afterwards has the flush that is due.
   */
  flushesWhenDue = false;

  constructor(parts: {
    readonly dependencies: ChainDependencies;
    readonly options: ChainOptions;
    readonly store: BlockStore;
    readonly tree: BlockTree;
    readonly events: EventLog;
    readonly executor: Executor;
    readonly metrics: ChainMetrics;
  }) {
    this.#dependencies = parts.dependencies;
    this.#store = parts.store;
    this.#tree = parts.tree;
    this.#events = parts.events;
    this.#executor = parts.executor;
    this.#metrics = parts.metrics;
    this.#flushes = new FlushRhythm(parts);
  }

  get head(): TreeNode {
    return present(this.#head, "the head is known once the chain has started");
  }

  get justified(): TreeNode {
    return this.#justified ?? this.#tree.root;
  }

  /** Sets where the chain stood, at start. */
  restore(head: TreeNode, justified: TreeNode | undefined, genesisId: Hash): void {
    this.#head = head;
    this.#justified = justified;
    this.#genesisId = genesisId;
    this.#gauge();
  }

  isCanonical(node: TreeNode): boolean {
    return this.#tree.descendsFrom(this.head, node);
  }

  /** Remembers what fork choice said last; `apply` acts on it. */
  choose(choice: Choice): void {
    this.#pending = { ...this.#pending, ...choice };
  }

  /**
   * Acts on choices until none is pending: a failed execution makes the engine choose again.
   *
   * @param decoded a block that just came in: if it is chosen now, its transactions need not be decoded again
   */
  async apply(decoded?: DecodedBlock): Promise<void> {
    while (this.#pending !== undefined) {
      const choice = this.#pending;
      this.#pending = undefined;
      const target = this.#target(choice);
      if (target === undefined) continue;
      if (!(await this.#follow(target, choice, decoded))) this.#keepFinality(choice);
    }
  }

  /**
   * Executes what leads to the target and makes it the head; answers false where execution refuses a block.
   *
   * A long branch is followed in pieces. Until a switch is durable, the head to go back to is the one before, and the disk's undo
   * records have to reach down to it; and no more than a piece is in memory. A reorg has a head that is worse than the old one on
   * its way only if its new branch is longer than undo reaches.
   */
  async #follow(target: TreeNode, choice: Choice, decoded: DecodedBlock | undefined): Promise<boolean> {
    const reach = Math.max(1, this.#dependencies.state.undoBlocks);
    for (;;) {
      const ancestor = this.#tree.commonAncestor(this.head, target);
      const path = present(this.#tree.path(ancestor, target), "a block descends from the common ancestor");
      const piece = path.slice(0, ancestor === this.head ? Math.min(reach, PIECE_BLOCKS) : reach);
      if (!(await this.#executeAll(piece, choice, decoded))) return false;
      const isLast = piece.length === path.length;
      await this.#switch(ancestor, piece, isLast ? choice : this.#choiceWithin(choice, present(piece.at(-1), "a piece has a block")));
      if (this.flushesWhenDue && (await this.#flushes.whenDue(this.head))) this.#gauge();
      if (isLast) return true;
    }
  }

  /** What of a choice holds when its branch has been followed as far as this block. */
  #choiceWithin({ justified, finalized }: Choice, head: TreeNode): Choice {
    const holds = (id: Hash | undefined): id is Hash => {
      const node = id === undefined ? undefined : this.#tree.get(id);
      return node !== undefined && this.#tree.descendsFrom(head, node);
    };
    return { head: head.id, ...(holds(justified) ? { justified } : {}), ...(holds(finalized) ? { finalized } : {}) };
  }

  /**
   * Executes a block over its parent and registers its state; the parent is executed.
   * Answers false and marks the block where execution refuses it.
   */
  async execute(node: TreeNode, batch?: TransactionBatch): Promise<boolean> {
    const { state, clock } = this.#dependencies;
    if (node.standing === "invalid") return false;
    if (state.has(node.id)) return true;
    const block = this.#block(node);
    const decoded = batch ?? (await this.#decode(block));
    const beganMs = clock.monotonicMs();
    try {
      const execution = await this.#executor.execute(block, node, decoded);
      state.adopt(node.id, node.header.height, node.header.parent, execution.overlay);
      node.execution = execution;
      node.executionMs = execution.executionMs;
      node.standing = "executed";
      this.#flushes.noteExecution(execution.executionMs);
      return true;
    } catch (error) {
      if (!BlockInvalidError.matches(error)) throw error;
      await this.markInvalid(node, error.data.code, error.data.reason);
      return false;
    } finally {
      this.#metrics.stageSeconds.observe((clock.monotonicMs() - beganMs) / 1000, { stage: "execute" });
    }
  }

  /** Marks a block and its descendants for good and tells the engine. */
  async markInvalid(node: TreeNode, code: string, reason: string): Promise<void> {
    const operations: StorageOperation[] = [];
    for (const each of this.#tree.subtree(node)) {
      each.standing = "invalid";
      each.refusal = { code, reason };
      each.block = undefined;
      each.execution = undefined;
      this.#dependencies.state.discard(each.id);
      operations.push(
        ...this.#store.markInvalid({ header: each, sizeBytes: each.sizeBytes, transactionCount: each.transactionCount, invalid: true }),
      );
    }
    await this.#store.write(operations);
    this.#dependencies.logger.warn({ id: node.key, height: node.header.height, code, reason }, "a block failed execution");
    // An engine that judges by state has not heard of it yet.
    if (this.#dependencies.consensus.traits.headers === "ancestry") await this.#dependencies.consensus.onInvalid(node.id);
  }

  /** Writes all state up to the head to disk. */
  async flush(): Promise<void> {
    await this.#flushes.flushTo(this.head);
    this.#gauge();
  }

  /** The chosen head, if the choice can be followed; an engine that breaks the port's laws is logged, not obeyed. */
  #target(choice: Choice): TreeNode | undefined {
    const target = this.#tree.get(choice.head);
    if (target === undefined) return this.#refuse(choice, "it is not in the block tree");
    if (target.standing === "invalid") return this.#refuse(choice, "it is invalid");
    if (choice.finalized !== undefined && !this.#isOnChain(choice.finalized, target))
      return this.#refuse(choice, "it does not descend from the finalized block");
    return target;
  }

  #refuse(choice: Choice, reason: string): undefined {
    this.#dependencies.logger.error({ head: Hash.key(choice.head), reason }, "the engine's choice was not followed");
    return undefined;
  }

  /** Whether a block that the engine calls final lies on the chosen chain: in the tree, or below it, where finality does not move back to. */
  #isOnChain(finalized: Hash, target: TreeNode): boolean {
    const node = this.#tree.get(finalized);
    if (node !== undefined) return this.#tree.descendsFrom(target, node);
    const height = this.#store.header(finalized)?.header.height;
    const canonical = height === undefined ? undefined : this.#store.idAt(height);
    return canonical !== undefined && Hash.key(canonical) === Hash.key(finalized);
  }

  /** The engine chooses another head; what it said of finality before still holds, if that lies on no refused branch. */
  #keepFinality({ justified, finalized }: Choice): void {
    const holds = (id: Hash | undefined) => id !== undefined && this.#tree.get(id)?.standing !== "invalid";
    if (this.#pending === undefined) return;
    this.#pending = {
      ...(justified !== undefined && holds(justified) ? { justified } : {}),
      ...(finalized !== undefined && holds(finalized) ? { finalized } : {}),
      ...this.#pending,
    };
  }

  /** @param path no longer than undo reaches */
  async #executeAll(path: readonly TreeNode[], choice: Choice, decoded: DecodedBlock | undefined): Promise<boolean> {
    const { state } = this.#dependencies;
    for (const node of path) {
      if (!state.has(node.id) && !state.has(node.header.parent)) {
        this.#refuse(choice, "its branch leaves the chain below the undo horizon");
        await this.#dependencies.consensus.onInvalid(node.id);
        return false;
      }
      if (!(await this.execute(node, decoded?.node === node ? decoded.batch : undefined))) return false;
      await this.#flushes.spill(node);
    }
    return true;
  }

  async #switch(ancestor: TreeNode, path: readonly TreeNode[], choice: Choice): Promise<void> {
    const undone = present(this.#tree.path(ancestor, this.head), "the head descends from the common ancestor").reverse();
    const target = path.at(-1) ?? ancestor;
    const finalized = choice.finalized === undefined ? undefined : this.#tree.get(choice.finalized);
    const finalityMoves = finalized !== undefined && finalized !== this.#tree.root;
    const justified = (choice.justified === undefined ? undefined : this.#tree.get(choice.justified)) ?? this.#justified;
    if (target === this.#head && !finalityMoves && justified === this.#justified) return;
    const { clock, transactions } = this.#dependencies;
    const beganMs = clock.monotonicMs();
    // Before anyone hears of it: a restart begins at the finalized block, so its state has to be on disk by then.
    if (finalityMoves && !this.#flushes.isOnDisk(finalized)) await this.#flushes.flushTo(target);
    const undoneBlocks = undone.map((node) => this.#block(node));
    const appliedBlocks = path.map((node) => this.#block(node));
    const { operations, latest } = this.#events.prepare([
      ...undone.map((header) => ({ type: "undone" as const, header })),
      ...path.map((header) => ({ type: "applied" as const, header })),
      ...(finalityMoves ? [{ type: "finalized" as const, header: finalized }] : []),
    ]);
    const changes: StorageOperation[] = [];
    // Removals first: a transaction of an undone block may stand in an applied one.
    for (const node of undone) {
      const { transactionIds } = await this.#execution(node);
      for (const change of this.#store.unmakeCanonical(node, transactionIds)) changes.push(change);
    }
    const appliedIds: Hash[] = [];
    for (const node of path) {
      const { transactionIds, encodedReceipts } = await this.#execution(node);
      for (const id of transactionIds) appliedIds.push(id);
      for (const change of this.#store.makeCanonical(node, transactionIds, encodedReceipts)) changes.push(change);
    }
    await this.#store.write([
      ...changes,
      ...operations,
      this.#store.putPointer({
        head: target.id,
        justified: (justified ?? this.#tree.root).id,
        finalized: finalityMoves ? finalized.id : this.#tree.root.id,
        genesis: this.#genesisId,
        events: latest,
      }),
    ]);
    this.#head = target;
    this.#justified = justified;
    // It is durable, so it is told, whatever fails below: a sequence must never be given twice.
    this.#events.announce(latest);
    const changedKeys = this.#changedKeys([...undone, ...path]);
    if (finalityMoves) this.#finalize(finalized);
    for (const node of [...undone, ...path]) {
      node.block = undefined;
      node.execution = undefined;
    }
    this.#observe(undone, path);
    this.#metrics.stageSeconds.observe((clock.monotonicMs() - beganMs) / 1000, { stage: "choose" });
    if (undone.length + path.length > 0)
      await transactions.onHeadChanged({
        undone: rawsOf(undoneBlocks.reverse()),
        applied: rawsOf(appliedBlocks),
        appliedIds,
        ...(changedKeys === undefined ? {} : { changedKeys }),
      });
  }

  /** Drops everything below and beside the finalized block from memory. */
  #finalize(finalized: TreeNode): void {
    const { state } = this.#dependencies;
    const { beside } = this.#tree.advanceRoot(finalized);
    for (const node of beside) state.discard(node.id);
    state.pruneUndo(finalized.header.height);
    if (this.#justified !== undefined && this.#tree.get(this.#justified.id) === undefined) this.#justified = finalized;
  }

  /** State keys that any of these blocks changed; undefined if that is not known of all. */
  #changedKeys(nodes: readonly TreeNode[]): readonly Bytes[] | undefined {
    const keys: Bytes[] = [];
    for (const node of nodes) {
      const changed = this.#dependencies.state.changedKeys(node.id);
      if (changed === undefined) return undefined;
      for (const key of changed) keys.push(key);
    }
    return keys;
  }

  #block(node: TreeNode): Block {
    if (node.block !== undefined) return node.block;
    const block = this.#store.block(node.id);
    if (block === undefined) throw new ChainDamagedError({ record: `block ${node.key}`, reason: "it is missing" });
    return block;
  }

  /** What execution left: in memory, in the store for a block that was canonical before, or else from executing it again. */
  async #execution(node: TreeNode): Promise<ExecutionRecord> {
    if (node.execution !== undefined) return node.execution;
    const encodedReceipts = this.#store.encodedReceipts(node.id);
    if (encodedReceipts !== undefined)
      return { encodedReceipts, transactionIds: decodeReceipts(encodedReceipts).map((receipt) => receipt.transactionId) };
    // A crash after an early flush of a branch leaves its state without its receipts.
    const block = this.#block(node);
    return this.#executor.execute(block, node, await this.#decode(block));
  }

  #decode({ header, transactions }: Block): Promise<TransactionBatch> {
    const { ledger, spec, scheduler } = this.#dependencies;
    return decodeTransactions(ledger, transactions, spec.rulesAt(header.height), scheduler.slicer());
  }

  #observe(undone: readonly TreeNode[], applied: readonly TreeNode[]): void {
    if (undone.length > 0) {
      this.#metrics.reorgDepth.observe(undone.length);
      this.#dependencies.logger.info(
        { undone: undone.length, applied: applied.length, head: this.head.key, height: this.head.header.height },
        "the head moved to another branch",
      );
    }
    for (const node of applied) this.#metrics.transactions.increment(node.transactionCount);
    this.#gauge();
  }

  #gauge(): void {
    const { state } = this.#dependencies;
    this.#metrics.headHeight.set(this.head.header.height);
    this.#metrics.finalizedHeight.set(this.#tree.root.header.height);
    this.#metrics.flushedHeight.set(state.flushed?.height ?? 0);
    this.#metrics.treeBlocks.set(this.#tree.size);
    this.#metrics.unflushedBytes.set(state.unflushedBytes);
  }
}

function rawsOf(blocks: readonly Block[]): readonly Bytes[] {
  return blocks.flatMap((block) => block.transactions);
}

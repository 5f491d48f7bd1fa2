/** When the state goes to disk, and what of it stays in memory: bounds memory, and the work of a restart. In the chain's lane. */
import { Hash } from "../primitives/hash.js";
import type { BlockStore } from "./block-store.js";
import type { BlockTree, TreeNode } from "./block-tree.js";
import type { ChainDependencies, ChainOptions } from "./dependencies.js";
import type { ChainMetrics } from "./metrics.js";

export interface FlushRhythmParts {
  readonly dependencies: ChainDependencies;
  readonly options: ChainOptions;
  readonly store: BlockStore;
  readonly tree: BlockTree;
  readonly metrics: ChainMetrics;
}

export class FlushRhythm {
  readonly #parts: FlushRhythmParts;
  #unflushedMs = 0;

  constructor(parts: FlushRhythmParts) {
    this.#parts = parts;
  }

  /** A block was executed: a restart would do it again. */
  noteExecution(durationMs: number): void {
    this.#unflushedMs += durationMs;
  }

  /** Moves the disk to the state after a block. */
  async flushTo(node: TreeNode): Promise<void> {
    const { dependencies, store, metrics } = this.#parts;
    const { state, clock } = dependencies;
    if (state.flushed !== undefined && Hash.key(state.flushed.blockId) === node.key) return;
    const beganMs = clock.monotonicMs();
    // State never gets to disk before the block that it follows from.
    await store.settle();
    await state.flush(node.id);
    this.#unflushedMs = 0;
    metrics.stageSeconds.observe((clock.monotonicMs() - beganMs) / 1000, { stage: "flush" });
  }

  /** On the way along a branch that is not the head's yet: it must not pile up in memory. Undo keeps the old branch reachable. */
  async spill(node: TreeNode): Promise<void> {
    const { dependencies, options, store } = this.#parts;
    const { state } = dependencies;
    if (state.unflushedBytes <= options.flushAfterBytes) return;
    await store.settle();
    await state.flush(node.id);
  }

  /** Moves the disk to the head if that is due; answers whether it was. */
  async whenDue(head: TreeNode): Promise<boolean> {
    const { dependencies, options } = this.#parts;
    const { state } = dependencies;
    const { flushAfterBlocks, flushAfterMs, flushAfterBytes } = options;
    const isDue =
      this.#unflushedDepth(head) >= flushAfterBlocks || this.#unflushedMs >= flushAfterMs || state.unflushedBytes > flushAfterBytes;
    if (isDue) await this.flushTo(head);
    if (state.unflushedBytes > flushAfterBytes) this.#forgetSideBranches(head);
    return isDue;
  }

  /** Whether the disk's state is that of a block or of one above it. */
  isOnDisk(node: TreeNode): boolean {
    const disk = this.#disk();
    return disk !== undefined && this.#parts.tree.descendsFrom(disk, node);
  }

  /** Overlays beside the head's branch, which no flush frees. Their blocks are stored: whoever needs the state executes them again. */
  #forgetSideBranches(head: TreeNode): void {
    const { dependencies, tree } = this.#parts;
    if (dependencies.consensus.traits.headers === "state") return;
    for (const node of tree.subtree(tree.root)) if (!tree.descendsFrom(head, node)) dependencies.state.discard(node.id);
  }

  /** Blocks on the head's branch whose state is only in memory. Those of other branches stay there whatever is flushed. */
  #unflushedDepth(head: TreeNode): number {
    const { tree } = this.#parts;
    const disk = this.#disk();
    const base = disk === undefined ? tree.root : tree.commonAncestor(head, disk);
    return head.header.height - base.header.height;
  }

  #disk(): TreeNode | undefined {
    const { dependencies, tree } = this.#parts;
    const { flushed } = dependencies.state;
    return flushed === undefined ? undefined : tree.get(flushed.blockId);
  }
}

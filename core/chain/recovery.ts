/**
 * Coming up: the genesis block of a fresh database, or the way back to the head that was acknowledged.
 *
 * Blocks are stored before they are executed and the head pointer is written after, so whatever was killed, the store holds
 * the head's blocks; state is at its last flush and the blocks above it are executed again, with one state root at the end.
 */
import { messageOf } from "../kernel/errors.js";
import type { TreeHeader } from "../ports/consensus.js";
import { toHex } from "../primitives/bytes.js";
import { Hash } from "../primitives/hash.js";
import type { Overlay } from "../state/index.js";
import type { BlockStore } from "./block-store.js";
import type { BlockTree, TreeNode } from "./block-tree.js";
import type { ChainDependencies } from "./dependencies.js";
import { BlockInvalidError, ChainDamagedError, OtherChainError } from "./errors.js";
import type { Executor } from "./executor.js";
import type { HeadPointer } from "./records.js";
import { genesisOperations, makeGenesis } from "./snapshot-start.js";
import { decodeTransactions } from "./transaction-pieces.js";

/**
 * How many switches of the head are looked through at a start. They must outlast what the log of the storage can hold, since a log
 * that is replayed is where a write can vanish: a switch writes two KiB at least, storage-level's default buffers are 16 MiB.
 */
const CHECKED_SWITCHES = 8_192;
/** Re-execution that takes longer than this says how far it is. */
const PROGRESS_EVERY_MS = 1_000;

export interface Recovered {
  readonly pointer: HeadPointer;
  readonly genesis: TreeHeader;
}

export class Recovery {
  readonly #dependencies: ChainDependencies;
  readonly #store: BlockStore;
  readonly #tree: BlockTree;
  readonly #executor: Executor;

  constructor(dependencies: ChainDependencies, store: BlockStore, tree: BlockTree, executor: Executor) {
    this.#dependencies = dependencies;
    this.#store = store;
    this.#tree = tree;
    this.#executor = executor;
  }

  /** Opens what is there, or writes genesis; fills the tree. State is not executed yet. */
  async open(): Promise<Recovered> {
    const flushed = await this.#dependencies.state.open();
    this.#store.openHistory();
    const pointer = this.#store.pointer();
    if (pointer === undefined) {
      if (flushed !== undefined) throw new ChainDamagedError({ record: "head pointer", reason: "it is missing, but state is there" });
      return this.#createGenesis();
    }
    if (flushed === undefined) throw new ChainDamagedError({ record: "state", reason: "it is missing, but blocks are there" });
    const genesis = this.#checkGenesis(pointer);
    await this.#fillTree(pointer);
    await this.#checkHistory(pointer);
    return { pointer, genesis };
  }

  /** Executes again what was not flushed, up to the acknowledged head. The engine is attached. */
  async reexecute(pointer: HeadPointer): Promise<void> {
    const { state, clock, logger, consensus } = this.#dependencies;
    const head = this.#node(pointer.head, "head block");
    const path: TreeNode[] = [];
    let at: TreeNode | undefined = head;
    while (at !== undefined && !state.has(at.id)) {
      path.push(at);
      at = at === this.#tree.root ? undefined : at.parent;
    }
    path.reverse();
    if (at === undefined)
      throw new ChainDamagedError({ record: "state", reason: "it is older than the blocks and undo records that lead to the head" });
    const beganMs = clock.monotonicMs();
    let toldMs = beganMs;
    for (const [index, node] of path.entries()) {
      await this.#executeAgain(node, index === path.length - 1 ? "now" : "later");
      if (clock.monotonicMs() - toldMs > PROGRESS_EVERY_MS) {
        toldMs = clock.monotonicMs();
        logger.info({ done: index + 1, of: path.length }, "executing blocks again after an unclean stop");
      }
    }
    if (path.length > 0)
      logger.info(
        { blocks: path.length, ms: Math.round(clock.monotonicMs() - beganMs), height: head.header.height },
        "recovered the acknowledged head",
      );
    if (consensus.traits.headers === "state") await this.#executeBranches();
  }

  /** An engine whose headers need state may ask for any branch since finality. */
  async #executeBranches(): Promise<void> {
    const { state } = this.#dependencies;
    for (const node of this.#tree.subtree(this.#tree.root)) {
      // Without its parent's state: its branch is invalid, or leaves the chain below the undo horizon.
      if (state.has(node.id) || node.standing === "invalid" || !state.has(node.header.parent)) continue;
      try {
        await this.#execute(node, "now");
      } catch (error) {
        if (!BlockInvalidError.matches(error)) throw error;
        // It was stored, but had not been executed when the process ended: no promise was made about it.
        for (const each of this.#tree.subtree(node)) each.standing = "invalid";
      }
    }
  }

  /**
   * @param root `later`: a block above it, which is checked, vouches for it
   * @throws BlockInvalidError, ChainDamagedError
   */
  async #execute(node: TreeNode, root: "now" | "later"): Promise<void> {
    const { ledger, spec, state, scheduler } = this.#dependencies;
    const block = this.#store.block(node.id);
    if (block === undefined) throw new ChainDamagedError({ record: `block ${node.key}`, reason: "it is missing" });
    const batch = await decodeTransactions(ledger, block.transactions, spec.rulesAt(node.header.height), scheduler.slicer());
    const adopt = (overlay: Overlay) => state.adopt(node.id, node.header.height, node.header.parent, overlay, node.header.stateRoot);
    if (root === "later") {
      adopt(await this.#executor.executeUnchecked(block, batch));
    } else {
      const execution = await this.#executor.execute(block, node, batch);
      adopt(execution.overlay);
      node.execution = execution;
      node.executionMs = execution.executionMs;
    }
    node.standing = "executed";
  }

  /** As `#execute`, for a block that was acknowledged: it has been executed before. @throws ChainDamagedError */
  async #executeAgain(node: TreeNode, root: "now" | "later"): Promise<void> {
    try {
      await this.#execute(node, root);
    } catch (error) {
      if (!BlockInvalidError.matches(error)) throw error;
      throw new ChainDamagedError({ record: `block ${node.key}`, reason: `executing it again fails: ${messageOf(error)}` }, error);
    }
  }

  async #createGenesis(): Promise<Recovered> {
    const { state } = this.#dependencies;
    const genesis = await makeGenesis(this.#dependencies);
    const { header, index, overlay } = genesis;
    const { id } = header;
    const pointer: HeadPointer = { head: id, justified: id, finalized: id, genesis: id, events: 0 };
    state.adopt(id, 0, undefined, overlay);
    // One atomic write: a database has a whole genesis or is empty.
    await state.flush(id, [...genesisOperations(this.#store, genesis), this.#store.putPointer(pointer)]);
    this.#tree.add({ ...index, standing: "executed" });
    return { pointer, genesis: header };
  }

  #checkGenesis(pointer: HeadPointer): TreeHeader {
    const { spec } = this.#dependencies;
    const block = this.#store.block(pointer.genesis);
    const header = this.#store.header(pointer.genesis);
    if (block === undefined || header === undefined) throw new ChainDamagedError({ record: "genesis block", reason: "it is missing" });
    if (block.header.chainId !== spec.chainId || toHex(block.payload) !== Hash.key(spec.parametersHash))
      throw new OtherChainError({
        expected: `of ${spec.chainId} with parameters ${Hash.key(spec.parametersHash)}`,
        found: `of ${block.header.chainId} with parameters ${toHex(block.payload)}`,
      });
    return header;
  }

  async #fillTree(pointer: HeadPointer): Promise<void> {
    const root = this.#store.index(pointer.finalized);
    if (root === undefined) throw new ChainDamagedError({ record: "finalized block", reason: "it is missing" });
    this.#tree.add({ ...root, standing: "executed" });
    for (const record of await this.#store.fromHeight(root.header.header.height + 1)) {
      const parent = this.#tree.get(record.header.header.parent);
      // Blocks on branches that ended below finality have no parent in the tree: they are stale for good.
      if (parent === undefined) continue;
      const invalid = record.invalid || parent.standing === "invalid";
      this.#tree.add({ ...record, standing: invalid ? "invalid" : "stored" });
    }
    this.#checkIndex(this.#node(pointer.head, "head block"));
  }

  /** A switch of heads that the database lost from the middle of its log would leave holes in the canonical index. */
  #checkIndex(head: TreeNode): void {
    for (let node: TreeNode | undefined = head; node !== undefined; node = node.parent) {
      const canonical = this.#store.idAt(node.header.height);
      if (canonical === undefined || Hash.key(canonical) !== node.key)
        throw new ChainDamagedError({ record: `canonical id at height ${node.header.height}`, reason: "it is not the head's ancestor" });
    }
  }

  /** Each switch of the head wrote canonical ids and events: one that vanished from among others left a gap in either. */
  async #checkHistory(pointer: HeadPointer): Promise<void> {
    const { height } = this.#node(pointer.head, "head block").header;
    const { headersFrom } = this.#store.history;
    const gap = await this.#store.missingHeight(Math.max(headersFrom, height - CHECKED_SWITCHES), height);
    if (gap !== undefined) throw lostWrite(`canonical id at height ${gap}`);
    const oldest = (await this.#store.oldestEvent()) ?? 1;
    const event = await this.#store.missingEvent(Math.max(oldest, pointer.events - CHECKED_SWITCHES), pointer.events);
    if (event !== undefined) throw lostWrite(`event ${event}`);
  }

  #node(id: Hash, name: string): TreeNode {
    const node = this.#tree.get(id);
    if (node === undefined) throw new ChainDamagedError({ record: `${name} ${Hash.key(id)}`, reason: "it is missing" });
    return node;
  }
}

function lostWrite(record: string): Error {
  return new ChainDamagedError({ record, reason: "it is missing, though later ones are there: a write was lost" });
}

/**
 * The block tree in memory: every known block from the finalized one upward, with its standing.
 *
 * Blocks below finality are only in the store; the tree is what fork choice, reorgs and recovery walk on.
 */
import { assert, present } from "../kernel/assert.js";
import type { TreeHeader } from "../ports/consensus.js";
import type { Block } from "../primitives/block.js";
import type { Bytes } from "../primitives/bytes.js";
import { Hash, type HashKey } from "../primitives/hash.js";

/** What execution left behind, until it is written with the canonical switch. */
export interface ExecutionRecord {
  readonly transactionIds: readonly Hash[];
  /** All receipts, encoded (`encodeReceipts`). */
  readonly encodedReceipts: Bytes;
}

export interface TreeNode extends TreeHeader {
  readonly key: HashKey;
  /** Undefined for the root, and for what the tree has dropped. */
  parent: TreeNode | undefined;
  readonly children: Set<TreeNode>;
  readonly sizeBytes: number;
  readonly transactionCount: number;
  /** `stored`: checked, not executed. `executed`: was executed here once (its state may be gone). `invalid`: never again. */
  standing: "stored" | "executed" | "invalid";
  /** Why it is invalid, if that was found in this run. */
  refusal: { readonly code: string; readonly reason: string } | undefined;
  /** How long execution took, to bound the work of a restart. */
  executionMs: number;
  execution: ExecutionRecord | undefined;
  /** The block itself, while it is worth keeping (until it is canonical or dropped); the store has it anyway. */
  block: Block | undefined;
}

export interface TreeNodeFields {
  readonly header: TreeHeader;
  readonly sizeBytes: number;
  readonly transactionCount: number;
  readonly standing: TreeNode["standing"];
  readonly block?: Block | undefined;
}

export class BlockTree {
  readonly #nodes = new Map<HashKey, TreeNode>();
  #root: TreeNode | undefined;
  #isRenewed = false;

  get size(): number {
    return this.#nodes.size;
  }

  /** The lowest block in the tree: the finalized one. */
  get root(): TreeNode {
    return present(this.#root, "the tree has a root once the chain has started");
  }

  get(id: Hash): TreeNode | undefined {
    return this.#nodes.get(Hash.key(id));
  }

  /** The chain begins anew, somewhere else: the next block that is added is the root. Until then what there is stays readable. */
  renew(): void {
    this.#isRenewed = true;
  }

  /** Adds a block whose parent is in the tree, or the root. */
  add(fields: TreeNodeFields): TreeNode {
    const { header } = fields;
    if (this.#isRenewed) {
      this.#isRenewed = false;
      this.#nodes.clear();
      this.#root = undefined;
    }
    const key = Hash.key(header.id);
    assert(!this.#nodes.has(key), "a block is added to the tree once");
    const parent = this.#root === undefined ? undefined : this.get(header.header.parent);
    assert(this.#root === undefined || parent !== undefined, "a block's parent is in the tree before it");
    const node: TreeNode = {
      header: header.header,
      id: header.id,
      signingRoot: header.signingRoot,
      weight: header.weight,
      key,
      parent,
      children: new Set(),
      sizeBytes: fields.sizeBytes,
      transactionCount: fields.transactionCount,
      standing: fields.standing,
      refusal: undefined,
      executionMs: 0,
      execution: undefined,
      block: fields.block,
    };
    parent?.children.add(node);
    this.#nodes.set(key, node);
    this.#root ??= node;
    return node;
  }

  /** The node and all its descendants, parents first. */
  subtree(node: TreeNode): TreeNode[] {
    const out = [node];
    for (let i = 0; i < out.length; i++) out.push(...present(out[i], "within bounds").children);
    return out;
  }

  /** Blocks on the way from `ancestor` (not included) up to `node`; undefined if it is not an ancestor. */
  path(ancestor: TreeNode, node: TreeNode): TreeNode[] | undefined {
    const out: TreeNode[] = [];
    let at: TreeNode | undefined = node;
    while (at !== undefined && at !== ancestor && at.header.height > ancestor.header.height) {
      out.push(at);
      at = this.#parentOf(at);
    }
    return at === ancestor ? out.reverse() : undefined;
  }

  /** The highest block that both descend from. */
  commonAncestor(a: TreeNode, b: TreeNode): TreeNode {
    let x: TreeNode = a;
    let y: TreeNode = b;
    while (x !== y) {
      if (x.header.height >= y.header.height) x = present(this.#parentOf(x), "all blocks of the tree share its root");
      else y = present(this.#parentOf(y), "all blocks of the tree share its root");
    }
    return x;
  }

  descendsFrom(node: TreeNode, ancestor: TreeNode): boolean {
    return node === ancestor || this.path(ancestor, node) !== undefined;
  }

  /** Makes `root` the lowest block; answers every block that is no longer in the tree: those below and those beside. */
  advanceRoot(root: TreeNode): { readonly below: TreeNode[]; readonly beside: TreeNode[] } {
    const old = this.root;
    if (old === root) return { below: [], beside: [] };
    const path = present(this.path(old, root), "the new root descends from the old one");
    const below: TreeNode[] = [];
    const beside: TreeNode[] = [];
    let at = old;
    for (const next of path) {
      below.push(at);
      for (const child of at.children) if (child !== next) beside.push(...this.subtree(child));
      at = next;
    }
    // Cut both ways: whoever still has one dropped block (an engine what it was restored with, say) would else keep every block
    // that ever came after it in memory.
    for (const node of [...below, ...beside]) {
      this.#nodes.delete(node.key);
      node.children.clear();
      node.parent = undefined;
    }
    this.#root = root;
    root.parent = undefined;
    return { below, beside };
  }

  #parentOf(node: TreeNode): TreeNode | undefined {
    return node === this.#root ? undefined : node.parent;
  }
}

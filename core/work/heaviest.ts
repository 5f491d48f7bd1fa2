/**
 * Fork choice of proof of work: the valid branch with the most cumulative work, the first one seen among equals, and
 * no reorg deeper than `maxReorgDepth`.
 *
 * A small tree of the blocks since finality. The head is kept up to date block by block: an extension costs O(1), a reorg
 * O(its length); only when a chosen block turns out invalid are all tips looked at again. What falls behind finality, and
 * every branch that leaves the chain before it, is dropped, so memory follows `maxReorgDepth` and `maxSideBlocks`, not
 * the chain's age. A side branch that was dropped for space comes back, through `lookup`, if it ever becomes the heaviest.
 *
 * Finality moves only over *executed* blocks. Engines that judge headers alone are told of blocks before they are
 * executed; were depth counted on those, a long branch with real work and an invalid state could finalize itself.
 */
import { assert, present } from "../kernel/assert.js";
import type { Choice, TreeHeader } from "../ports/consensus.js";
import { Hash, type HashKey } from "../primitives/hash.js";

export interface HeaviestChainDependencies {
  /** The header of any block that core still knows, with its weight. */
  readonly lookup: (id: Hash) => TreeHeader | undefined;
  /** Whether a block has been executed, so that it is known to be valid. */
  readonly isExecuted: (id: Hash) => boolean;
}

export interface HeaviestChainOptions {
  /** `justified` is the block this far below the head. 0 … maxReorgDepth. */
  readonly confirmations: number;
  /** `finalized` is the block this far below the head, at least; branches that leave below it are refused. ≥ 1. */
  readonly maxReorgDepth: number;
  /** Bound on blocks kept off the head's chain; the lightest tips go first. Default 4,096. */
  readonly maxSideBlocks?: number;
  /** Bound on remembered ids of invalid blocks; the oldest go first. Default 4,096. */
  readonly maxInvalidBlocks?: number;
}

/** What became of a block that was added. */
export type Placement =
  /** The head moved to it, one step. */
  | { readonly kind: "extended" }
  /** The head moved to it from another branch; `depth` blocks were left. */
  | { readonly kind: "reorganized"; readonly depth: number }
  /** It is not heavier than the head. */
  | { readonly kind: "side" }
  | { readonly kind: "known" }
  /** It descends from a block that was found invalid. */
  | { readonly kind: "invalid" }
  /** Heavier than the head, but its branch leaves the chain below finality. */
  | { readonly kind: "refused" }
  /** It leads to no block that is known here, and it is not heavier than the head. */
  | { readonly kind: "unlinked" };

interface Node {
  readonly id: Hash;
  readonly key: HashKey;
  readonly height: number;
  readonly weight: bigint;
  /** Order of arrival: decides between equals. */
  readonly sequence: number;
  /** Undefined at the root. */
  parent: Node | undefined;
  readonly children: Set<Node>;
}

const DEFAULT_BOUND = 4_096;

export class HeaviestChain {
  readonly #dependencies: HeaviestChainDependencies;
  readonly #options: Required<HeaviestChainOptions>;
  readonly #nodes = new Map<HashKey, Node>();
  /** The head's chain by height, from the root (the finalized block) up. */
  readonly #line = new Map<number, Node>();
  readonly #invalid = new Set<HashKey>();
  #root: Node;
  #head: Node;
  #nextSequence = 0;

  /** @param root the finalized block, or genesis */
  constructor(root: TreeHeader, dependencies: HeaviestChainDependencies, options: HeaviestChainOptions) {
    assert(options.maxReorgDepth >= 1, "maxReorgDepth is at least 1");
    assert(options.confirmations >= 0 && options.confirmations <= options.maxReorgDepth, "confirmations lie within maxReorgDepth");
    this.#dependencies = dependencies;
    this.#options = { maxSideBlocks: DEFAULT_BOUND, maxInvalidBlocks: DEFAULT_BOUND, ...options };
    this.#root = this.#head = this.#plant(root);
  }

  /** What to tell core: always consistent, finalized ≤ justified ≤ head on one chain. */
  get choice(): Choice & { readonly justified: Hash; readonly finalized: Hash } {
    const justifiedHeight = Math.max(this.#root.height, this.#head.height - this.#options.confirmations);
    return { head: this.#head.id, justified: this.#at(justifiedHeight).id, finalized: this.#root.id };
  }

  /** Height of the head. */
  get height(): number {
    return this.#head.height;
  }

  /** Blocks kept: the head's chain since finality, and side branches. */
  get size(): number {
    return this.#nodes.size;
  }

  has(id: Hash): boolean {
    return this.#nodes.has(Hash.key(id));
  }

  /** Adds a block with real work; the head moves if it makes the heaviest chain. */
  add(block: TreeHeader): Placement {
    const key = Hash.key(block.id);
    if (this.#nodes.has(key)) return { kind: "known" };
    if (this.#invalid.has(key)) return { kind: "invalid" };
    const node = this.#link(block, key);
    if (!("id" in node)) return node;
    const placement = node.weight > this.#head.weight ? this.#moveTo(node) : ({ kind: "side" } as const);
    this.#finalize();
    this.#boundSides();
    return placement;
  }

  /**
   * A block failed execution: it and its descendants are out. @returns whether the head moved
   */
  invalidate(id: Hash): boolean {
    const key = Hash.key(id);
    const node = this.#nodes.get(key);
    if (node === undefined) {
      this.#remember(key);
      return false;
    }
    assert(node !== this.#root, "a finalized block has been executed, so it can't be invalid");
    const headOut = this.#line.get(node.height) === node;
    node.parent?.children.delete(node);
    this.#remove(node, (gone) => this.#remember(gone.key));
    if (headOut) this.#moveTo(this.#heaviest());
    return headOut;
  }

  /**
   * Takes in what core kept since finality, parents first; once, on a fresh chain. Core's head stays the head unless a
   * heavier block is there, so that "first seen" survives a restart.
   */
  restore(blocks: readonly TreeHeader[], head: Hash): void {
    assert(this.#nodes.size === 1, "only a fresh chain is restored");
    for (const block of blocks) {
      const key = Hash.key(block.id);
      const parent = this.#nodes.get(Hash.key(block.header.parent));
      if (parent !== undefined && !this.#nodes.has(key)) this.#grow(block, key, parent);
    }
    const kept = this.#nodes.get(Hash.key(head));
    if (kept !== undefined) this.#moveTo(kept);
    const heaviest = this.#heaviest();
    if (heaviest.weight > this.#head.weight) this.#moveTo(heaviest);
    this.#finalize();
    this.#boundSides();
  }

  #plant(root: TreeHeader): Node {
    const node = this.#enter(root, Hash.key(root.id), undefined);
    this.#line.set(node.height, node);
    return node;
  }

  #grow(block: TreeHeader, key: HashKey, parent: Node): Node {
    assert(block.header.height === parent.height + 1, "a child is one higher than its parent");
    assert(block.weight > parent.weight, "every block adds work");
    const node = this.#enter(block, key, parent);
    parent.children.add(node);
    return node;
  }

  #enter(block: TreeHeader, key: HashKey, parent: Node | undefined): Node {
    const { height } = block.header;
    const node: Node = { id: block.id, key, height, weight: block.weight, sequence: this.#nextSequence++, parent, children: new Set() };
    this.#nodes.set(key, node);
    return node;
  }

  /** Puts a block into the tree; fetches ancestors that were dropped for space where the block would be the head. */
  #link(block: TreeHeader, key: HashKey): Node | Placement {
    const missing: TreeHeader[] = [block];
    let parentKey = Hash.key(block.header.parent);
    let parent = this.#nodes.get(parentKey);
    while (parent === undefined) {
      const lowest = present(missing.at(-1), "there is at least the block itself");
      if (this.#invalid.has(parentKey)) {
        for (const descendant of missing) this.#remember(Hash.key(descendant.id));
        return { kind: "invalid" };
      }
      if (block.weight <= this.#head.weight) return { kind: "unlinked" };
      if (lowest.header.height <= this.#root.height + 1) return { kind: "refused" };
      const ancestor = this.#dependencies.lookup(lowest.header.parent);
      if (ancestor === undefined) return { kind: "unlinked" };
      missing.push(ancestor);
      parentKey = Hash.key(ancestor.header.parent);
      parent = this.#nodes.get(parentKey);
    }
    for (let i = missing.length - 1; i > 0; i--) {
      const ancestor = present(missing[i], "within the list");
      parent = this.#grow(ancestor, Hash.key(ancestor.id), parent);
    }
    return this.#grow(block, key, parent);
  }

  #moveTo(node: Node): Placement {
    const extends_ = node.parent === this.#head;
    const oldHeight = this.#head.height;
    for (let height = oldHeight; height > node.height; height--) this.#line.delete(height);
    let at: Node | undefined = node;
    while (at !== undefined && this.#line.get(at.height) !== at) {
      this.#line.set(at.height, at);
      at = at.parent;
    }
    this.#head = node;
    const fork = present(at, "every branch in the tree leaves the line somewhere");
    return extends_ ? { kind: "extended" } : { kind: "reorganized", depth: Math.max(0, oldHeight - fork.height) };
  }

  /** The best tip by weight, then by arrival. Looks at every block: only after an invalid one, or at start. */
  #heaviest(): Node {
    let best = this.#root;
    for (const node of this.#nodes.values()) {
      if (node.weight > best.weight || (node.weight === best.weight && node.sequence < best.sequence)) best = node;
    }
    return best;
  }

  /** Moves the root up to the block at `maxReorgDepth`, as far as it is executed, and drops what leaves below it. */
  #finalize(): void {
    const height = this.#head.height - this.#options.maxReorgDepth;
    if (height <= this.#root.height || !this.#dependencies.isExecuted(this.#at(height).id)) return;
    while (this.#root.height < height) {
      const next = this.#at(this.#root.height + 1);
      for (const child of this.#root.children) if (child !== next) this.#remove(child);
      this.#nodes.delete(this.#root.key);
      this.#line.delete(this.#root.height);
      this.#root = next;
    }
    // The chain of parents ends here, or all of history would be kept alive.
    this.#root.parent = undefined;
  }

  /** Removes a branch, iteratively: side branches can be long. */
  #remove(branch: Node, onGone?: (node: Node) => void): void {
    const pending = [branch];
    for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
      this.#nodes.delete(node.key);
      if (this.#line.get(node.height) === node) this.#line.delete(node.height);
      onGone?.(node);
      pending.push(...node.children);
    }
  }

  /** Drops the lightest side tips, a good part at once, so that the scan is paid for by many additions. */
  #boundSides(): void {
    const { maxSideBlocks } = this.#options;
    if (this.#nodes.size - this.#line.size <= maxSideBlocks) return;
    const kept = maxSideBlocks - (maxSideBlocks >> 3);
    while (this.#nodes.size - this.#line.size > kept) {
      const tips = [...this.#nodes.values()].filter((node) => node.children.size === 0 && this.#line.get(node.height) !== node);
      tips.sort((a, b) => (a.weight === b.weight ? b.sequence - a.sequence : a.weight < b.weight ? -1 : 1));
      for (const tip of tips) {
        if (this.#nodes.size - this.#line.size <= kept) break;
        tip.parent?.children.delete(tip);
        this.#nodes.delete(tip.key);
      }
    }
  }

  #remember(key: HashKey): void {
    this.#invalid.add(key);
    if (this.#invalid.size <= this.#options.maxInvalidBlocks) return;
    const [oldest] = this.#invalid;
    this.#invalid.delete(present(oldest, "the set is not empty"));
  }

  /** The block of the head's chain at a height between root and head. */
  #at(height: number): Node {
    return present(this.#line.get(height), `the head's chain has a block at height ${height}`);
  }
}

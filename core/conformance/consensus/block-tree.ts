/** The blocks that a conformance node keeps, over restarts, and what a lawful choice among them is. */
import type { Ancestors, Choice, TreeHeader } from "../../ports/consensus.js";
import type { Block } from "../../primitives/block.js";
import type { Bytes } from "../../primitives/bytes.js";
import { Hash, type HashKey } from "../../primitives/hash.js";
import { holds } from "../case.js";
import type { MapView } from "../harness/state.js";

export interface TreeNode {
  readonly header: TreeHeader;
  readonly block: Block;
  /** Undefined until executed. */
  view?: MapView;
  invalid: boolean;
}

export class BlockTree {
  readonly #nodes = new Map<HashKey, TreeNode>();
  /** The engine's journal lies beside the blocks: both survive a crash. */
  readonly journal = new Map<string, Bytes>();
  readonly genesis: TreeNode;
  head: TreeNode;
  justified: TreeNode;
  finalized: TreeNode;

  constructor(genesis: TreeNode) {
    this.add(genesis);
    this.genesis = genesis;
    this.head = genesis;
    this.justified = genesis;
    this.finalized = genesis;
  }

  add(node: TreeNode): void {
    this.#nodes.set(Hash.key(node.header.id), node);
  }

  find(id: Hash): TreeNode | undefined {
    return this.#nodes.get(Hash.key(id));
  }

  get(id: Hash): TreeNode {
    const node = this.find(id);
    holds(node !== undefined, "a conformance node knows every block of its chain", `no block ${Hash.key(id)}`);
    return node;
  }

  parentOf(node: TreeNode): TreeNode | undefined {
    return node === this.genesis ? undefined : this.get(node.header.header.parent);
  }

  /** @param reading called with each distance that is asked for */
  ancestorsFrom(parent: TreeHeader, reading: (distance: number) => void): Ancestors {
    return {
      at: (distance) => {
        reading(distance);
        let at: TreeNode | undefined = this.get(parent.id);
        for (let i = 1; i < distance && at !== undefined; i++) at = this.parentOf(at);
        return at?.header;
      },
    };
  }

  /** Valid blocks, parents first. */
  get valid(): readonly TreeHeader[] {
    const headers = [...this.#nodes.values()].filter(({ invalid }) => !invalid).map(({ header }) => header);
    return headers.sort((a, b) => a.header.height - b.header.height);
  }

  /** The head's chain from genesis on. */
  get canonical(): readonly TreeHeader[] {
    const chain: TreeHeader[] = [];
    for (let at: TreeNode | undefined = this.head; at !== undefined; at = this.parentOf(at)) chain.push(at.header);
    return chain.reverse();
  }

  /** Whether `ancestor` is `node` or above it on its chain. */
  isOnChainOf(ancestor: TreeNode, node: TreeNode): boolean {
    for (let at: TreeNode | undefined = node; at !== undefined; at = this.parentOf(at)) if (at === ancestor) return true;
    return false;
  }

  markInvalid(root: TreeNode): void {
    for (const node of this.#nodes.values()) if (this.isOnChainOf(root, node)) node.invalid = true;
  }

  /** What is wrong with a choice, by the laws of `Choice`; empty if nothing. */
  faultsOf(choice: Choice): readonly string[] {
    const head = this.find(choice.head);
    if (head === undefined) return [`it chose the head ${Hash.key(choice.head)}, a block that it was not given`];
    const faults: string[] = [];
    if (head.invalid) faults.push(`it chose the head ${Hash.key(choice.head)}, which is invalid`);
    if (choice.justified !== undefined && this.find(choice.justified) === undefined) {
      faults.push(`it justified ${Hash.key(choice.justified)}, a block that it was not given`);
    }
    if (choice.finalized === undefined) return faults;
    const finalized = this.find(choice.finalized);
    if (finalized === undefined) faults.push(`it finalized ${Hash.key(choice.finalized)}, a block that it was not given`);
    else if (!this.isOnChainOf(finalized, head)) faults.push("it finalized a block off the head's chain");
    else if (!this.isOnChainOf(this.finalized, finalized)) faults.push("it moved finality back or to another branch");
    return faults;
  }
}

/** A call, so that the compiler does not take what was set before for what is there after other code ran. */
export function isInvalid(node: TreeNode): boolean {
  return node.invalid;
}

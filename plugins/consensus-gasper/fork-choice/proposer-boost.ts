/**
 * Weight that a slot's first timely block has until the slot ends, as if a share of a committee had voted for it already. So who saves up
 * votes to publish them late can't outweigh an honest proposal with few of them (ex-ante reorg, balancing).
 */
import { NONE, type ProtoArray } from "./proto-array.js";

export class ProposerBoost {
  readonly #tree: ProtoArray;
  /** NONE also when the block is gone: then nobody else gets the boost of this slot. */
  #node = NONE;
  #isGiven = false;
  /** What is in the weights. */
  #appliedNode = NONE;
  #appliedScore = 0;

  constructor(tree: ProtoArray) {
    this.#tree = tree;
  }

  /** Whether this slot's boost has been given. */
  get isGiven(): boolean {
    return this.#isGiven;
  }

  get node(): number {
    return this.#node;
  }

  give(node: number): void {
    this.#node = node;
    this.#isGiven = true;
  }

  /** A new slot. */
  reset(): void {
    this.#node = NONE;
    this.#isGiven = false;
  }

  /** Puts the score into the weights, and takes out what was there. */
  apply(score: number): void {
    if (this.#appliedNode !== NONE) this.#tree.addDelta(this.#appliedNode, -this.#appliedScore);
    if (this.#node !== NONE) this.#tree.addDelta(this.#node, score);
    this.#appliedNode = this.#node;
    this.#appliedScore = score;
  }

  /** How much of the weight of `node` is boost. */
  within(node: number): number {
    return this.#appliedNode !== NONE && this.#tree.isAncestor(node, this.#appliedNode) ? this.#appliedScore : 0;
  }

  /** Loses the boosted block if it is not flagged. */
  withdraw(kept: Uint8Array): void {
    if (this.#node !== NONE && kept[this.#node] !== 1) this.#node = NONE;
  }

  /** Blocks have new numbers; what was dropped had been withdrawn, and that applied. */
  renumber(renumbered: Int32Array): void {
    if (this.#node !== NONE) this.#node = renumbered[this.#node] as number;
    this.#appliedNode = this.#node;
  }
}

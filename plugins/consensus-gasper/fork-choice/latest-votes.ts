/**
 * The latest vote of each validator, as columns by validator index, with the balance it counts for: what gives blocks their weight.
 *
 * Each change goes to the tree as a change of weight at once: a vote that moves takes its balance off one block and puts it on another.
 * So nothing has to be compared when the head is asked for. Only new balances walk through all validators.
 *
 * Costs 13 bytes a validator (4 block, 4 epoch, 1 flag, 4 balance), and doubles its columns as indices grow: 1.3 to 2.6 MB for 100,000.
 */
import { assert } from "../../../core/sdk.js";
import { NONE, type ProtoArray } from "./proto-array.js";

/** Validators that there may ever be (chain spec: at most 2^20). */
export const VALIDATORS_MAX = 2 ** 20;

/** 2^20 validators of 2^16 increments make 2^36. Below this bound, products with percents are exact. */
const TOTAL_BALANCE_BOUND = 2 ** 45;

export class LatestVotes {
  readonly #tree: ProtoArray;
  #size = 0;
  /** Block that the vote is for; NONE: none, or for one that is gone, or of an equivocator. */
  #nodes = new Int32Array(0);
  /** Target epoch + 1; 0: no vote. */
  #epochs = new Uint32Array(0);
  /** 1: equivocated. */
  #equivocated = new Uint8Array(0);
  #balances = new Uint32Array(0);
  #totalBalance = 0;

  constructor(tree: ProtoArray) {
    this.#tree = tree;
  }

  /** Indices below it have voted or equivocated, or not; from it on, none has. */
  get size(): number {
    return this.#size;
  }

  /** Sum of all balances that count, whether they voted or not. */
  get totalBalance(): number {
    return this.#totalBalance;
  }

  /** NONE: no vote, or for a block that is gone. */
  nodeOf(validator: number): number {
    return validator < this.#size ? (this.#nodes[validator] as number) : NONE;
  }

  /** Target epoch of the latest vote; undefined: has not voted. */
  epochOf(validator: number): number | undefined {
    const stored = validator < this.#size ? (this.#epochs[validator] as number) : 0;
    return stored === 0 ? undefined : stored - 1;
  }

  hasEquivocated(validator: number): boolean {
    return validator < this.#size && this.#equivocated[validator] === 1;
  }

  /** Whether a vote of this epoch would become the latest (spec: `update_latest_messages`). */
  isNews(validator: number, targetEpoch: number): boolean {
    return validator >= this.#size || (this.#equivocated[validator] === 0 && targetEpoch >= (this.#epochs[validator] as number));
  }

  /** Takes a vote if it is the latest. @param node NONE: for a block that is gone, so that no older vote takes its place */
  vote(validator: number, node: number, targetEpoch: number): void {
    if (!this.isNews(validator, targetEpoch)) return;
    this.#reach(validator);
    this.#move(validator, node);
    this.#epochs[validator] = targetEpoch + 1;
  }

  /** Takes a validator's weight away for good (spec: `equivocating_indices`). */
  equivocate(validator: number): void {
    this.#reach(validator);
    this.#move(validator, NONE);
    this.#equivocated[validator] = 1;
  }

  /** Counts votes by other balances from here on; copied. */
  rebalance(balances: Uint32Array): void {
    assert(balances.length <= VALIDATORS_MAX, "there are at most 2^20 validators");
    let total = 0;
    for (let validator = 0; validator < balances.length; validator++) total += balances[validator] as number;
    assert(total < TOTAL_BALANCE_BOUND, "balances are small enough to be multiplied by percents");
    const before = this.#balances;
    for (let validator = 0; validator < this.#size; validator++) {
      const node = this.#nodes[validator] as number;
      const change = (balances[validator] ?? 0) - (before[validator] ?? 0);
      if (node !== NONE && change !== 0) this.#tree.addDelta(node, change);
    }
    this.#balances = balances.slice();
    this.#totalBalance = total;
  }

  /** Balance of equivocators that the justified state has not slashed yet. */
  equivocatedBalance(): number {
    let sum = 0;
    for (let validator = 0; validator < this.#size; validator++)
      if (this.#equivocated[validator] === 1) sum += this.#balances[validator] ?? 0;
    return sum;
  }

  /** Takes the votes off the blocks that are not flagged; they stay the latest, for nothing. */
  withdraw(kept: Uint8Array): void {
    for (let validator = 0; validator < this.#size; validator++) {
      const node = this.#nodes[validator] as number;
      if (node !== NONE && kept[node] !== 1) this.#move(validator, NONE);
    }
  }

  /** Blocks have new numbers. */
  renumber(renumbered: Int32Array): void {
    for (let validator = 0; validator < this.#size; validator++) {
      const node = this.#nodes[validator] as number;
      if (node !== NONE) this.#nodes[validator] = renumbered[node] as number;
    }
  }

  #move(validator: number, node: number): void {
    const balance = this.#balances[validator] ?? 0;
    const before = this.#nodes[validator] as number;
    this.#nodes[validator] = node;
    if (balance === 0) return;
    if (before !== NONE) this.#tree.addDelta(before, -balance);
    if (node !== NONE) this.#tree.addDelta(node, balance);
  }

  /** Makes room up to this validator. */
  #reach(validator: number): void {
    assert(Number.isInteger(validator) && validator >= 0 && validator < VALIDATORS_MAX, "a validator's index is below 2^20");
    if (validator < this.#size) return;
    if (validator >= this.#nodes.length) {
      const capacity = Math.min(VALIDATORS_MAX, Math.max(1_024, 2 * this.#nodes.length, validator + 1));
      const [nodes, epochs, equivocated] = [this.#nodes, this.#epochs, this.#equivocated];
      this.#nodes = new Int32Array(capacity).fill(NONE);
      this.#epochs = new Uint32Array(capacity);
      this.#equivocated = new Uint8Array(capacity);
      this.#nodes.set(nodes);
      this.#epochs.set(epochs);
      this.#equivocated.set(equivocated);
    }
    this.#size = validator + 1;
  }
}

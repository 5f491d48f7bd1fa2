/** A fork choice with blocks by name, for tests. */
import { Hash, sha256Of, toHex } from "../../../../core/sdk.js";
import { ForkChoice, type ForkChoiceAnchor } from "../../../../plugins/consensus-gasper/fork-choice/fork-choice.js";
import type { ForkChoiceBlock, ForkChoiceOptions, JustifiedBalances } from "../../../../plugins/consensus-gasper/fork-choice-types.js";
import type { Checkpoint } from "../../../../plugins/consensus-gasper/types.js";

export const SLOTS_PER_EPOCH = 8;
export const OPTIONS: ForkChoiceOptions = { slotsPerEpoch: SLOTS_PER_EPOCH, proposerBoostPercent: 40 };

export const root = (name: string): Hash => sha256Of(new TextEncoder().encode(name));
export const at = (epoch: number, name: string): Checkpoint => ({ epoch, root: root(name) });
export const GENESIS = at(0, "genesis");

/** Blocks by name: what a fork choice was told, so that a child takes over what its parent's state said. */
export class Chain {
  readonly choice: ForkChoice;
  readonly #blocks = new Map<string, ForkChoiceBlock>();
  /** Checkpoints whose balances were asked for. */
  readonly asked: number[] = [];

  /** 64 validators of weight 1: a committee weighs 8, the boost 3. */
  constructor({
    options = OPTIONS,
    anchor = { root: GENESIS.root, slot: 0, justified: GENESIS, finalized: GENESIS } as ForkChoiceAnchor,
    balances = (() => new Uint32Array(64).fill(1)) as JustifiedBalances,
  } = {}) {
    this.choice = new ForkChoice(options, anchor, (checkpoint) => {
      this.asked.push(checkpoint.epoch);
      return balances(checkpoint);
    });
  }

  block(name: string, parent: string, slot: number, over: Partial<ForkChoiceBlock> = {}): ForkChoiceBlock {
    const parentBlock = this.#blocks.get(parent);
    const { justified, finalized, unrealizedJustified, unrealizedFinalized } = parentBlock ?? {
      justified: this.choice.justified,
      finalized: this.choice.finalized,
      unrealizedJustified: this.choice.justified,
      unrealizedFinalized: this.choice.finalized,
    };
    const crosses = Math.floor(slot / SLOTS_PER_EPOCH) > Math.floor((parentBlock?.slot ?? 0) / SLOTS_PER_EPOCH);
    const block: ForkChoiceBlock = {
      root: root(name),
      parentRoot: root(parent),
      slot,
      proposerIndex: slot,
      justified: crosses ? unrealizedJustified : justified,
      finalized: crosses ? unrealizedFinalized : finalized,
      unrealizedJustified,
      unrealizedFinalized,
      ...over,
    };
    this.#blocks.set(name, block);
    return block;
  }

  /** Adds a block, moving the clock to its slot if it is behind. */
  add(name: string, parent: string, slot: number, over: Partial<ForkChoiceBlock> & { isTimely?: boolean } = {}): this {
    const { isTimely = false, ...fields } = over;
    this.choice.onTick(slot);
    this.choice.onBlock(this.block(name, parent, slot, fields), isTimely);
    return this;
  }

  /** Votes of validators [from, to). */
  vote(name: string, from: number, to: number, slot: number) {
    const indices = Uint32Array.from({ length: to - from }, (_, index) => from + index);
    return this.choice.onVote({ indices, root: root(name), targetEpoch: Math.floor(slot / SLOTS_PER_EPOCH) }, slot);
  }

  get head(): string {
    return this.nameOf(this.choice.head());
  }

  nameOf(hash: Hash): string {
    const names = ["genesis", ...this.#blocks.keys()];
    return names.find((name) => toHex(root(name)) === toHex(hash)) ?? toHex(hash);
  }
}

/**
 * What is justified and final, as fork choice sees it: the newest checkpoints that any block tells of.
 *
 * A state learns of them at the end of its epoch (they are *realized*). What votes in its blocks amount to before is *unrealized*: kept beside,
 * and taken over when the epoch ends, whether or not a block comes to tell of it. So a proposer can't hold back the block that would justify,
 * and release it when it hurts (bouncing attack).
 *
 * Nothing is taken over that does not descend from what is final. Only where a third of the validators broke the rules of Casper can there be
 * such a checkpoint; the specification would follow it, but what a node told its users is final has to stay so.
 */
import type { Checkpoint } from "../types.js";
import { type BlockRecord, NONE, type ProtoArray } from "./proto-array.js";

export class CheckpointStore {
  readonly #tree: ProtoArray;
  readonly #slotsPerEpoch: number;
  #currentEpoch: number;
  #justified: Checkpoint;
  #finalized: Checkpoint;
  #unrealizedJustified: Checkpoint;
  #unrealizedFinalized: Checkpoint;

  /** @param tree with the anchor */
  constructor(tree: ProtoArray, slotsPerEpoch: number) {
    this.#tree = tree;
    this.#slotsPerEpoch = slotsPerEpoch;
    const { slot, justified, finalized } = tree.recordAt(0);
    this.#currentEpoch = Math.floor(slot / slotsPerEpoch);
    this.#justified = this.#unrealizedJustified = justified;
    this.#finalized = this.#unrealizedFinalized = finalized;
    tree.finalize(0, finalized.epoch * slotsPerEpoch);
  }

  get justified(): Checkpoint {
    return this.#justified;
  }

  get finalized(): Checkpoint {
    return this.#finalized;
  }

  get unrealizedJustified(): Checkpoint {
    return this.#unrealizedJustified;
  }

  /** A new epoch began, or many: what was unrealized holds now. */
  onEpoch(epoch: number): void {
    this.#currentEpoch = epoch;
    this.#update(this.#unrealizedJustified, this.#unrealizedFinalized);
  }

  /** Takes what a new block tells. */
  onBlock({ slot, justified, finalized, unrealizedJustified, unrealizedFinalized }: BlockRecord): void {
    this.#update(justified, finalized);
    // `compute_pulled_up_tip`
    this.#unrealizedJustified = this.#later(this.#unrealizedJustified, unrealizedJustified);
    this.#unrealizedFinalized = this.#later(this.#unrealizedFinalized, unrealizedFinalized);
    if (Math.floor(slot / this.#slotsPerEpoch) < this.#currentEpoch) this.#update(unrealizedJustified, unrealizedFinalized);
  }

  /** Checkpoints anew, from finality (which stays) and the blocks that are left. */
  revise(): void {
    this.#justified = this.#unrealizedJustified = this.#unrealizedFinalized = this.#finalized;
    for (let node = 0; node < this.#tree.size; node++) this.onBlock(this.#tree.recordAt(node));
  }

  /** `update_checkpoints` */
  #update(justified: Checkpoint, finalized: Checkpoint): void {
    const before = this.#finalized;
    this.#finalized = this.#later(before, finalized);
    if (this.#finalized !== before) {
      this.#tree.finalize(this.#tree.indexOf(this.#finalized.root), this.#finalized.epoch * this.#slotsPerEpoch);
      const others = [this.#justified, this.#unrealizedJustified, this.#unrealizedFinalized];
      if (!others.every(({ root }) => this.#tree.isFinalBranch(this.#tree.indexOf(root)))) this.revise();
    }
    this.#justified = this.#later(this.#justified, justified);
  }

  /**
   * The candidate if it is of a later epoch and descends from what is final. A block's checkpoints are among its ancestors, so one that is not
   * here is older than the oldest block, which stands for it.
   */
  #later(current: Checkpoint, candidate: Checkpoint): Checkpoint {
    if (candidate.epoch <= current.epoch) return current;
    const node = this.#tree.indexOf(candidate.root);
    if (!this.#tree.isFinalBranch(node === NONE ? 0 : node)) return current;
    return node === NONE ? { epoch: candidate.epoch, root: this.#tree.rootAt(0) } : candidate;
  }
}

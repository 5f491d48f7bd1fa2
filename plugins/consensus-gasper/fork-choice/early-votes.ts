/**
 * Votes whose slot is not over yet: they count from the next slot on (spec: `validate_on_attestation`), or a proposer could be outvoted by
 * whoever sees votes of its own slot first.
 *
 * Bounded by the validators: of each, one vote an epoch is taken, since a second one would not count anyway. A vote is of the current slot or
 * of the next, which are of two epochs at most, so that is two a validator at most. Costs 20 bytes a vote, and 8 a validator.
 */
import { NONE } from "./proto-array.js";

export interface EarlyVote {
  readonly validator: number;
  readonly node: number;
  readonly targetEpoch: number;
  readonly slot: number;
}

export class EarlyVotes {
  #count = 0;
  #validators = new Uint32Array(0);
  #nodes = new Int32Array(0);
  #epochs = new Uint32Array(0);
  #slots = new Float64Array(0);
  /** By validator, and by evenness of the epoch: target epoch + 1 of its last vote here; 0: none so far. */
  #lastEpochs = new Uint32Array(0);

  get size(): number {
    return this.#count;
  }

  /** @param validator below 2^20 */
  add(validator: number, node: number, targetEpoch: number, slot: number): void {
    const place = 2 * validator + (targetEpoch % 2);
    if (place >= this.#lastEpochs.length) {
      const before = this.#lastEpochs;
      this.#lastEpochs = new Uint32Array(Math.max(2_048, 2 * before.length, 2 * validator + 2));
      this.#lastEpochs.set(before);
    }
    if ((this.#lastEpochs[place] as number) > targetEpoch) return;
    this.#lastEpochs[place] = targetEpoch + 1;
    if (this.#count === this.#slots.length) this.#grow(Math.max(256, 2 * this.#count));
    this.#put(this.#count++, { validator, node, targetEpoch, slot });
  }

  /** Hands out the votes of slots before `slot`, in order of arrival, and forgets them. */
  release(slot: number, take: (vote: EarlyVote) => void): void {
    const count = this.#count;
    this.#count = 0;
    for (let index = 0; index < count; index++) {
      const vote = this.#at(index);
      if (vote.slot < slot) take(vote);
      else this.#put(this.#count++, vote);
    }
  }

  /** Blocks have new numbers. A vote for one that is gone stays, for nothing: no other vote takes its place. */
  renumber(renumbered: Int32Array): void {
    for (let index = 0; index < this.#count; index++) {
      const node = this.#nodes[index] as number;
      if (node !== NONE) this.#nodes[index] = renumbered[node] as number;
    }
  }

  *[Symbol.iterator](): Iterator<EarlyVote> {
    for (let index = 0; index < this.#count; index++) yield this.#at(index);
  }

  #at(index: number): EarlyVote {
    return {
      validator: this.#validators[index] as number,
      node: this.#nodes[index] as number,
      targetEpoch: this.#epochs[index] as number,
      slot: this.#slots[index] as number,
    };
  }

  #put(index: number, { validator, node, targetEpoch, slot }: EarlyVote): void {
    this.#validators[index] = validator;
    this.#nodes[index] = node;
    this.#epochs[index] = targetEpoch;
    this.#slots[index] = slot;
  }

  #grow(capacity: number): void {
    const [validators, nodes, epochs, slots] = [this.#validators, this.#nodes, this.#epochs, this.#slots];
    this.#validators = new Uint32Array(capacity);
    this.#nodes = new Int32Array(capacity);
    this.#epochs = new Uint32Array(capacity);
    this.#slots = new Float64Array(capacity);
    this.#validators.set(validators);
    this.#nodes.set(nodes);
    this.#epochs.set(epochs);
    this.#slots.set(slots);
  }
}

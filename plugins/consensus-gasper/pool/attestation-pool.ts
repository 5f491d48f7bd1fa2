/**
 * Votes that wait for inclusion in a block, or for an aggregator.
 *
 * By slot, then by signing root: one group for each vote of a committee. When it is full, what is oldest and smallest goes. All that is in
 * it was verified, so each validator can put in two votes at most before it is caught; the bound is for the sum of all.
 */
import { assert, Hash, type HashKey, present, type Slicer } from "../../../core/sdk.js";
import type { GasperState } from "../state/index.js";
import type { Attestation } from "../types.js";
import { selectAttestations } from "./inclusion.js";
import { atOnce, sliced } from "./steps.js";
import { type CheckedAttestation, VoteGroup } from "./vote-group.js";

export interface AttestationPoolOptions {
  /** Aggregates at most (`poolAttestations`); what single votes of one kind make together counts as one. */
  readonly maxAttestations: number;
  readonly slotsPerEpoch: number;
}

export class AttestationPool {
  readonly #groups = new Map<HashKey, VoteGroup>();
  readonly #slots = new Map<number, Set<VoteGroup>>();
  #entries = 0;

  constructor(private readonly options: AttestationPoolOptions) {
    assert(options.maxAttestations > 0, "a pool has room");
  }

  /** Aggregates, as `maxAttestations` counts them. */
  get size(): number {
    return this.#entries;
  }

  /** Answers whether it says something that was not known and is kept. */
  add(checked: CheckedAttestation): boolean {
    const key = Hash.key(checked.root);
    const known = this.#groups.get(key);
    const group = known ?? new VoteGroup(checked);
    const before = group.entries;
    if (!group.add(checked.attestation)) return false;
    if (known === undefined) this.#open(key, group);
    this.#entries += group.entries - before;
    while (this.#entries > this.options.maxAttestations) this.#evict();
    return this.#groups.get(key) === group;
  }

  /** The attestation with the most voters that can be made for a vote. @param root signing root of its data */
  best(root: Hash): Attestation | undefined {
    const group = this.#groups.get(Hash.key(root));
    if (group === undefined) return undefined;
    // A stable sort: candidates come in an order of their own.
    for (const candidate of [...group.candidates()].sort((a, b) => b.count - a.count)) {
      const attestation = atOnce(group.materialize(candidate));
      if (attestation !== undefined) return attestation;
    }
    return undefined;
  }

  /**
   * What a block on `state` should hold: attestations that are valid there, such that those who validate get the greatest participation
   * that is not yet in the state; greedily, so at least 1 − 1/e of the best possible choice of these candidates. The same pool and state
   * give the same answer.
   *
   * @param state at the block's slot
   */
  select(state: GasperState, limit: number): Attestation[] {
    return atOnce(selectAttestations(this.#groups.values(), state, limit));
  }

  /** The same in slices: where aggregates lack many single votes, adding these up takes hundreds of milliseconds. */
  selectSliced(state: GasperState, limit: number, slicer: Slicer): Promise<Attestation[]> {
    return sliced(selectAttestations(this.#groups.values(), state, limit), slicer);
  }

  /** Votes by slot and committee, for API and tests: groups and their voters. */
  *votes(): Iterable<VoteGroup> {
    yield* this.#groups.values();
  }

  /** Drops what no block may hold any more: votes of epochs before the previous one. */
  prune(currentSlot: number): void {
    const { slotsPerEpoch } = this.options;
    const oldest = (Math.floor(currentSlot / slotsPerEpoch) - 1) * slotsPerEpoch;
    for (const [slot, groups] of this.#slots) if (slot < oldest) for (const group of groups) this.#remove(group);
  }

  #open(key: HashKey, group: VoteGroup): void {
    this.#groups.set(key, group);
    const { slot } = group.data;
    const there = this.#slots.get(slot);
    if (there === undefined) this.#slots.set(slot, new Set([group]));
    else there.add(group);
  }

  #evict(): void {
    const groups = present(this.#slots.get(Math.min(...this.#slots.keys())), "what is full is not empty");
    let least: VoteGroup | undefined;
    for (const group of groups) if (least === undefined || group.weight < least.weight) least = group;
    this.#remove(present(least, "a slot without groups is removed"));
  }

  #remove(group: VoteGroup): void {
    this.#groups.delete(Hash.key(group.root));
    this.#entries -= group.entries;
    const there = present(this.#slots.get(group.data.slot), "a group has its slot");
    there.delete(group);
    if (there.size === 0) this.#slots.delete(group.data.slot);
  }
}

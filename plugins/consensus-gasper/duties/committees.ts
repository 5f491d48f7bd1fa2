/**
 * Committees of an epoch: its active validators, shuffled and cut into slices.
 *
 * Source: `get_committee_count_per_slot`, `compute_committee` and `get_beacon_committee` of the Ethereum consensus specification
 * (specs/phase0/beacon-chain.md). With fewer validators than slots some committees are empty.
 */
import { assert, type Bytes, type Slicer } from "../../../core/sdk.js";
import type { GasperSpec } from "../config.js";
import { type HashMessages, SwapOrNot } from "./swap-or-not.js";

/** Of the chain spec: `slotsPerEpoch`, `committees` and `shuffleRounds`. */
export interface CommitteeParameters {
  readonly slotsPerEpoch: number;
  /** Validators that a committee should have at least, while there is more than one a slot. */
  readonly targetSize: number;
  /** Committees of a slot at most. */
  readonly maxPerSlot: number;
  readonly shuffleRounds: number;
}

/** What of a chain spec decides on committees. */
export type CommitteeSpec = Pick<GasperSpec, "slotsPerEpoch" | "committees" | "shuffleRounds">;

export function committeeParametersOf({ slotsPerEpoch, committees, shuffleRounds }: CommitteeSpec): CommitteeParameters {
  return { slotsPerEpoch, targetSize: committees.targetSize, maxPerSlot: committees.maxPerSlot, shuffleRounds };
}

export interface ShufflingInput {
  readonly epoch: number;
  /** Validators that are active in `epoch`, ascending. Not changed. */
  readonly active: Uint32Array;
  /** `dutySeed(SeedDomain.attester, epoch, mix of epoch − 2)`. */
  readonly seed: Bytes;
}

/** Where a validator votes in an epoch. */
export interface CommitteePlace {
  readonly slot: number;
  readonly committeeIndex: number;
  /** Its bit in the committee's attestations. */
  readonly position: number;
}

/** Committees of a slot when so many validators are active. */
export function committeesPerSlot(activeCount: number, parameters: CommitteeParameters): number {
  const wanted = Math.floor(Math.floor(activeCount / parameters.slotsPerEpoch) / parameters.targetSize);
  return Math.max(1, Math.min(parameters.maxPerSlot, wanted));
}

/** No committee is ever larger, with up to `validators` of them: what bounds the bits of an attestation. */
export function maxCommitteeSize(validators: number, parameters: CommitteeParameters): number {
  const { slotsPerEpoch, targetSize } = parameters;
  // Of one committee a slot there are fewer than twice the target; with more of them the share above the target only shrinks, until there
  // are as many as may be and everybody who comes adds to them. So it is the end of the one or of the other.
  const alone = Math.min(validators, 2 * slotsPerEpoch * targetSize - 1);
  return Math.max(
    Math.ceil(alone / (slotsPerEpoch * committeesPerSlot(alone, parameters))),
    Math.ceil(validators / (slotsPerEpoch * committeesPerSlot(validators, parameters))),
  );
}

/** The committees of one epoch, on one branch. Immutable; safe to keep and to share. */
export class CommitteeShuffling {
  readonly firstSlot: number;
  readonly committeesPerSlot: number;
  readonly #committees: number;
  /** Place in `indices` by validator, plus 1; made when somebody asks. */
  #places: Uint32Array | undefined;

  private constructor(
    readonly epoch: number,
    /** The active validators in shuffled order. Not to be changed. */
    readonly indices: Uint32Array,
    private readonly parameters: CommitteeParameters,
  ) {
    this.firstSlot = epoch * parameters.slotsPerEpoch;
    this.committeesPerSlot = committeesPerSlot(indices.length, parameters);
    this.#committees = this.committeesPerSlot * parameters.slotsPerEpoch;
  }

  /**
   * Shuffles in slices.
   *
   * @param hashMessages `Compute.hashMessagesSync`, where there is one: takes a third off
   */
  static async compute(
    input: ShufflingInput,
    parameters: CommitteeParameters,
    slicer: Slicer,
    hashMessages?: HashMessages,
  ): Promise<CommitteeShuffling> {
    const indices = input.active.slice();
    const shuffle = new SwapOrNot(input.seed, Math.max(1, indices.length), parameters.shuffleRounds);
    if (indices.length > 1) await shuffle.applySliced(indices, slicer, hashMessages);
    return new CommitteeShuffling(input.epoch, indices, parameters);
  }

  /** The same at once: 20 ms for 100,000 validators. */
  static computeSync(input: ShufflingInput, parameters: CommitteeParameters, hashMessages?: HashMessages): CommitteeShuffling {
    const indices = input.active.slice();
    const shuffle = new SwapOrNot(input.seed, Math.max(1, indices.length), parameters.shuffleRounds);
    if (indices.length > 1) shuffle.applyTo(indices, hashMessages);
    return new CommitteeShuffling(input.epoch, indices, parameters);
  }

  get activeCount(): number {
    return this.indices.length;
  }

  /** Whether this epoch has that committee: ask before `committee` when slot or index come from outside. */
  has(slot: number, committeeIndex: number): boolean {
    return this.#hasSlot(slot) && Number.isInteger(committeeIndex) && committeeIndex >= 0 && committeeIndex < this.committeesPerSlot;
  }

  /** Members in the order of their bits: a view, not to be changed. */
  committee(slot: number, committeeIndex: number): Uint32Array {
    const number = this.#numberOf(slot, committeeIndex);
    return this.indices.subarray(this.#startOf(number), this.#startOf(number + 1));
  }

  committeeSize(slot: number, committeeIndex: number): number {
    const number = this.#numberOf(slot, committeeIndex);
    return this.#startOf(number + 1) - this.#startOf(number);
  }

  /** Everybody who votes in a slot: its committees one after another. */
  slotMembers(slot: number): Uint32Array {
    const number = this.#numberOf(slot, 0);
    return this.indices.subarray(this.#startOf(number), this.#startOf(number + this.committeesPerSlot));
  }

  /** Undefined for whoever is not active in this epoch. */
  positionOf(validator: number): CommitteePlace | undefined {
    this.#places ??= placesOf(this.indices);
    const place = (this.#places[validator] ?? 0) - 1;
    if (place < 0) return undefined;
    // The last committee that begins at or before the place: ⌊count · k / n⌋ ≤ place is k < (place + 1) · n / count. Both products stay
    // below 2^20 validators · 2^14 committees.
    const number = Math.ceil(((place + 1) * this.#committees) / this.indices.length) - 1;
    return {
      slot: this.firstSlot + Math.floor(number / this.committeesPerSlot),
      committeeIndex: number % this.committeesPerSlot,
      position: place - this.#startOf(number),
    };
  }

  #hasSlot(slot: number): boolean {
    return Number.isInteger(slot) && slot >= this.firstSlot && slot < this.firstSlot + this.parameters.slotsPerEpoch;
  }

  #numberOf(slot: number, committeeIndex: number): number {
    assert(this.has(slot, committeeIndex), `epoch ${this.epoch} has no committee ${committeeIndex} of slot ${slot}`);
    return (slot - this.firstSlot) * this.committeesPerSlot + committeeIndex;
  }

  /** First place of committee `number` of the epoch. */
  #startOf(number: number): number {
    return Math.floor((this.indices.length * number) / this.#committees);
  }
}

function placesOf(indices: Uint32Array): Uint32Array {
  let last = -1;
  for (const index of indices) if (index > last) last = index;
  const places = new Uint32Array(last + 1);
  for (let place = 0; place < indices.length; place++) places[indices[place] as number] = place + 1;
  return places;
}

/**
 * What validators voted lately, to find who votes twice for one target epoch, or around an own vote.
 *
 * A column for each target epoch names, by validator, the recorded vote: 4 bytes. Votes themselves are kept once for all who share them:
 * when an aggregate comes, the single votes in it go. Published detectors keep the least and greatest target by source epoch beside that
 * ("min-max spans"), to answer for years of history in one look-up. Here it is a few hundred epochs in memory, and a vote has to be
 * compared with few of them: those strictly between its source and its target, and those above its target. While finality works there are
 * none. Without finality all votes have the same source, and the bounds of a column's sources let it be skipped as a whole.
 *
 * Memory: 4 bytes a validator and epoch, at most `HISTORY_ENTRIES` of them, and the votes, once they are aggregates of 128: about 15 bytes a
 * validator and epoch. Measured: 10,000 validators 50 MB (256 epochs), 100,000 validators 60 MB (the 33 to 41 epochs that fit the bound).
 */
import { assert, bytesEqual, type Hash, present } from "../../../core/sdk.js";
import type { AttesterSlashing, IndexedAttestation } from "../types.js";
import { detached, offenceOf, type VoteOffence } from "./evidence.js";

/**
 * Epochs of votes that are remembered: those for which a validator stays answerable after its exit on Ethereum
 * (MIN_VALIDATOR_WITHDRAWABILITY_DELAY), so that nobody outlives what is remembered of him, leaving at once after the offence.
 */
const HISTORY_EPOCHS = 256;
/** Places of validators in all columns together; where there are more, the oldest columns go first. 16 MiB. */
const HISTORY_ENTRIES = 4_194_304;
/** Columns that stay whatever they cost: what gossip may still bring. */
const MIN_EPOCHS = 4;

export interface VoteHistoryOptions {
  readonly maxEpochs?: number;
  readonly maxEntries?: number;
}

export interface FoundOffence {
  readonly offence: VoteOffence;
  readonly slashing: AttesterSlashing;
}

interface RecordedVote {
  readonly attestation: IndexedAttestation;
  readonly root: Hash;
  /** Validators whose place names it. */
  users: number;
}

/** The votes for one target epoch. */
class EpochColumn {
  /** Number of the vote plus 1, by validator; 0: none. */
  places = new Uint32Array(0);
  minSource = Number.POSITIVE_INFINITY;
  maxSource = -1;
  readonly #votes: (RecordedVote | undefined)[] = [];
  readonly #free: number[] = [];

  of(validator: number): RecordedVote | undefined {
    const place = this.places[validator] ?? 0;
    return place === 0 ? undefined : this.#votes[place - 1];
  }

  get voteCount(): number {
    return this.#votes.length - this.#free.length;
  }

  open(attestation: IndexedAttestation, root: Hash): number {
    const vote = { attestation, root, users: 0 };
    const source = attestation.data.source.epoch;
    this.minSource = Math.min(this.minSource, source);
    this.maxSource = Math.max(this.maxSource, source);
    const place = this.#free.pop();
    if (place === undefined) return this.#votes.push(vote);
    this.#votes[place - 1] = vote;
    return place;
  }

  reserve(validators: number): void {
    if (validators <= this.places.length) return;
    const grown = new Uint32Array(Math.ceil(validators * 1.25));
    grown.set(this.places);
    this.places = grown;
  }

  point(validator: number, place: number): void {
    const before = this.places[validator] as number;
    if (before !== 0) this.#release(before);
    this.places[validator] = place;
    present(this.#votes[place - 1], "a place names a vote").users++;
  }

  /** Gives the place back if nobody's names it. */
  settle(place: number): void {
    if (this.#votes[place - 1]?.users === 0) this.#drop(place);
  }

  #release(place: number): void {
    const vote = present(this.#votes[place - 1], "a place names a vote");
    vote.users--;
    if (vote.users === 0) this.#drop(place);
  }

  #drop(place: number): void {
    this.#votes[place - 1] = undefined;
    this.#free.push(place);
  }
}

export class VoteHistory {
  readonly #columns = new Map<number, EpochColumn>();
  readonly #maxEpochs: number;
  readonly #maxEntries: number;
  #newest = 0;

  constructor({ maxEpochs = HISTORY_EPOCHS, maxEntries = HISTORY_ENTRIES }: VoteHistoryOptions = {}) {
    assert(maxEpochs >= MIN_EPOCHS, "a history has room for what gossip may bring");
    this.#maxEpochs = maxEpochs;
    this.#maxEntries = maxEntries;
  }

  /** Signing root of what a validator voted for a target epoch. */
  rootOf(validator: number, targetEpoch: number): Hash | undefined {
    return this.#columns.get(targetEpoch)?.of(validator)?.root;
  }

  /** Places of validators that are kept. */
  get entries(): number {
    let entries = 0;
    for (const column of this.#columns.values()) entries += column.places.length;
    return entries;
  }

  get votes(): number {
    let votes = 0;
    for (const column of this.#columns.values()) votes += column.voteCount;
    return votes;
  }

  /**
   * Records votes and answers what they prove together with earlier ones, once for each earlier vote. Who voted twice for one epoch stays
   * recorded with the first vote.
   *
   * @param attestation valid, of an epoch that has begun
   * @param root its signing root
   */
  record(attestation: IndexedAttestation, root: Hash): readonly FoundOffence[] {
    const { source, target } = attestation.data;
    assert(source.epoch <= target.epoch, "a valid vote's source is not after its target");
    if (target.epoch + this.#maxEpochs <= this.#newest) return [];
    const earlier = new Set<RecordedVote>();
    this.#compareAround(attestation, earlier);
    const last = attestation.indices[attestation.indices.length - 1];
    if (last === undefined) return [];
    const column = this.#columnOf(target.epoch, last + 1);
    const kept = detached(attestation);
    const place = column.open(kept, root);
    for (const validator of attestation.indices) {
      const known = column.of(validator);
      if (known === undefined) column.point(validator, place);
      else if (!bytesEqual(known.root, root)) earlier.add(known);
      else if (known.attestation.indices.length < attestation.indices.length) column.point(validator, place);
    }
    column.settle(place);
    return [...earlier].map((vote) => found(vote.attestation, kept));
  }

  /** Adds the votes of other target epochs that surround this one, or that it surrounds. */
  #compareAround({ data: { source, target }, indices }: IndexedAttestation, earlier: Set<RecordedVote>): void {
    for (const [epoch, column] of this.#columns) {
      const isInside = epoch > source.epoch && epoch < target.epoch;
      if (isInside ? column.maxSource <= source.epoch : epoch <= target.epoch || column.minSource >= source.epoch) continue;
      for (const validator of indices) {
        const vote = column.of(validator);
        if (vote === undefined) continue;
        const other = vote.attestation.data.source.epoch;
        if (isInside ? other > source.epoch : other < source.epoch) earlier.add(vote);
      }
    }
  }

  #columnOf(epoch: number, validators: number): EpochColumn {
    let column = this.#columns.get(epoch);
    if (column !== undefined && validators <= column.places.length) return column;
    if (column === undefined) {
      column = new EpochColumn();
      this.#columns.set(epoch, column);
      this.#newest = Math.max(this.#newest, epoch);
    }
    column.reserve(validators);
    this.#shrink();
    return column;
  }

  #shrink(): void {
    for (const epoch of this.#columns.keys()) if (epoch + this.#maxEpochs <= this.#newest) this.#columns.delete(epoch);
    while (this.#columns.size > MIN_EPOCHS && this.entries > this.#maxEntries) this.#columns.delete(Math.min(...this.#columns.keys()));
  }
}

function found(earlier: IndexedAttestation, later: IndexedAttestation): FoundOffence {
  const offence = offenceOf(earlier.data, later.data);
  if (offence !== undefined) return { offence, slashing: { first: earlier, second: later } };
  // The vote around the other stands first.
  const reverse = present(offenceOf(later.data, earlier.data), "votes that conflict prove an offence");
  return { offence: reverse, slashing: { first: later, second: earlier } };
}

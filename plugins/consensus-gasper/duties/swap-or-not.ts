/**
 * The swap-or-not shuffle: which validator sits where, for one seed and one number of validators.
 *
 * Source: `compute_shuffled_index` of the Ethereum consensus specification (specs/phase0/beacon-chain.md), after Hoang, Morris and
 * Rogaway, "An Enciphering Scheme Based on a Card Shuffle" (2012). In each round every index has a partner, (pivot − index) mod
 * count, and one bit of a hash says for both whether they change places:
 *
 *   pivot  = first 8 bytes of SHA-256(seed ‖ round), little-endian, mod count
 *   source = SHA-256(seed ‖ round ‖ ⌊position / 256⌋ as 4 bytes, little-endian)        position = the greater of the two
 *   bit    = bit (position mod 256) of source
 *
 * For one index that takes a hash a round (the pivots are common to all). For a whole list it is one pass a round over all pairs, whose
 * greater halves lie in two runs of positions, [pivot / 2, pivot] and [(pivot + count) / 2, count): about count / 512 hashes a round, in one batch.
 */
import { assert, type Bytes, type Compute, putUint32Little, type Slicer, sha256, uint32LittleAt } from "../../../core/sdk.js";

/** SHA-256 of many messages at once, as an engine of `Compute` has it. */
export type HashMessages = NonNullable<Compute["hashMessagesSync"]>;

export const SEED_BYTES = 32;
/** The round stands in one byte. */
export const MAX_SHUFFLE_ROUNDS = 255;
/** Indices up to here keep every sum below within 32 bits. */
const MAX_COUNT = 2 ** 31;

const HASH_BYTES = 32;
/** Positions that one hash has a bit for. */
const RUN = 256;
const MESSAGE_BYTES = SEED_BYTES + 1 + 4;

/** `Compute.hashMessagesSync` for whoever has none: node:crypto, one after another. */
const hashEach: HashMessages = (messages, offsets, output) => {
  for (let i = 0; i + 1 < offsets.length; i++)
    output.set(sha256(messages.subarray(offsets[i] as number, offsets[i + 1] as number)), HASH_BYTES * i);
};

/** One shuffle: a permutation of 0 … count − 1. */
export class SwapOrNot {
  readonly #pivots: Uint32Array;
  readonly #message = new Uint8Array(MESSAGE_BYTES);

  /**
   * @param seed 32 bytes
   * @param count 1 … 2^31
   * @param rounds 0 … 255; the specification has 90 (mainnet) and 10 (minimal)
   */
  constructor(
    private readonly seed: Bytes,
    readonly count: number,
    readonly rounds: number,
  ) {
    assert(seed.length === SEED_BYTES, "a seed has 32 bytes");
    assert(Number.isInteger(count) && count > 0 && count <= MAX_COUNT, "a shuffle has 1 to 2^31 places");
    assert(Number.isInteger(rounds) && rounds >= 0 && rounds <= MAX_SHUFFLE_ROUNDS, "a shuffle has 0 to 255 rounds");
    this.#message.set(seed);
    this.#pivots = Uint32Array.from({ length: rounds }, (_, round) => {
      this.#message[SEED_BYTES] = round;
      return pivotOf(sha256(this.#message.subarray(0, SEED_BYTES + 1)), count);
    });
  }

  /** Where `index` goes: σ(index). */
  indexOf(index: number): number {
    assert(index >= 0 && index < this.count, "an index lies within its shuffle");
    const message = this.#message;
    let at = index;
    for (let round = 0; round < this.rounds; round++) {
      const pivot = this.#pivots[round] as number;
      const partner = at <= pivot ? pivot - at : pivot - at + this.count;
      const position = Math.max(at, partner);
      message[SEED_BYTES] = round;
      putUint32Little(message, SEED_BYTES + 1, Math.floor(position / RUN));
      const source = sha256(message);
      if ((((source[(position % RUN) >>> 3] as number) >>> (position & 7)) & 1) === 1) at = partner;
    }
    return at;
  }

  /** `list`, whose length is `count`, becomes its shuffle in place: what was at σ(i) is at i then. A few milliseconds for 100,000. */
  applyTo(list: Uint32Array, hashMessages?: HashMessages): void {
    const rounds = new ListRounds(this.seed, list, hashMessages ?? hashEach);
    for (let round = this.rounds - 1; round >= 0; round--) rounds.swap(round, this.#pivots[round] as number);
  }

  /** The same with pauses between rounds, each of which is about 0.1 ms for 100,000. */
  async applySliced(list: Uint32Array, slicer: Slicer, hashMessages?: HashMessages): Promise<void> {
    const rounds = new ListRounds(this.seed, list, hashMessages ?? hashEach);
    for (let round = this.rounds - 1; round >= 0; round--) {
      if (slicer.due()) await slicer.pause();
      rounds.swap(round, this.#pivots[round] as number);
    }
  }
}

/**
 * Rounds over a whole list. A round is its own inverse; swapping values instead of moving indices composes from the inside, so that the
 * last round is applied first.
 */
class ListRounds {
  readonly #messages: Bytes;
  readonly #offsets: Uint32Array;
  readonly #source: Bytes;

  constructor(
    seed: Bytes,
    private readonly list: Uint32Array,
    private readonly hashMessages: HashMessages,
  ) {
    // Both runs of a round begin and end within a run of a hash: at most four are touched in part.
    const room = Math.ceil(list.length / (2 * RUN)) + 4;
    this.#messages = new Uint8Array(room * MESSAGE_BYTES);
    this.#offsets = Uint32Array.from({ length: room + 1 }, (_, i) => i * MESSAGE_BYTES);
    this.#source = new Uint8Array(room * HASH_BYTES);
    for (let i = 0; i < room; i++) this.#messages.set(seed, i * MESSAGE_BYTES);
  }

  swap(round: number, pivot: number): void {
    const count = this.list.length;
    // Greater halves of the pairs whose sum is the pivot, and of those whose sum is pivot + count. Halves that are their own partner
    // swap nothing and are left out.
    const low = (pivot >>> 1) + 1;
    const high = Math.floor((pivot + count) / 2) + 1;
    const lowRuns = runs(low, pivot + 1);
    const highRuns = runs(high, count);
    this.#ask(round, 0, low, lowRuns);
    this.#ask(round, lowRuns, high, highRuns);
    const total = lowRuns + highRuns;
    if (total === 0) return;
    this.hashMessages(
      this.#messages.subarray(0, total * MESSAGE_BYTES),
      this.#offsets.subarray(0, total + 1),
      this.#source.subarray(0, total * HASH_BYTES),
    );
    this.#swapPairs(low, pivot + 1, pivot, 0);
    this.#swapPairs(high, count, pivot + count, lowRuns);
  }

  /** Messages number `first` and on: those of the hashes for positions from `position` on. */
  #ask(round: number, first: number, position: number, howMany: number): void {
    const run = Math.floor(position / RUN);
    for (let i = 0; i < howMany; i++) {
      const at = (first + i) * MESSAGE_BYTES + SEED_BYTES;
      this.#messages[at] = round;
      putUint32Little(this.#messages, at + 1, run + i);
    }
  }

  /** All pairs (sum − position, position) for positions of [from, to), whose bits begin with hash number `firstHash`. */
  #swapPairs(from: number, to: number, sum: number, firstHash: number): void {
    const list = this.list;
    const source = this.#source;
    const base = firstHash * HASH_BYTES - Math.floor(from / RUN) * HASH_BYTES;
    for (let position = from; position < to; position++) {
      const bit = ((source[base + (position >>> 3)] as number) >>> (position & 7)) & 1;
      // Without a branch: whether a pair swaps is random, so that a branch would be mispredicted half of the time.
      const partner = sum - position;
      const one = list[position] as number;
      const other = list[partner] as number;
      const change = (one ^ other) & -bit;
      list[position] = one ^ change;
      list[partner] = other ^ change;
    }
  }
}

/** How many hashes the positions of [from, to) need. */
function runs(from: number, to: number): number {
  return from >= to ? 0 : Math.floor((to - 1) / RUN) - Math.floor(from / RUN) + 1;
}

/** The first 8 bytes, little-endian, mod `count`: with 16 bits at a time every step stays below 2^31 · 2^16 < 2^53. */
function pivotOf(hash: Bytes, count: number): number {
  const low = uint32LittleAt(hash, 0);
  const high = uint32LittleAt(hash, 4);
  let rest = high % count;
  rest = (rest * 0x1_0000 + (low >>> 16)) % count;
  return (rest * 0x1_0000 + (low & 0xffff)) % count;
}

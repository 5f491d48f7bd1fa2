/**
 * What a peer has, or was told of: a set of hashes that forgets its oldest half now and then, so that it never grows over its
 * bound and never costs more than O(1) for each hash.
 *
 * There is one for each peer and kind, so it is compact: 64 bits of each hash in an open-addressed table, 8 bytes a place, which
 * begins small and doubles. That two hashes are taken for one has a chance of 10^-15 at 16,384 of them; then one announcement
 * to one peer is left out. A peer chooses the hashes that it announces, so places follow from secret odd multipliers
 * (multiply-shift hashing, Dietzfelbinger et al. 1997): nobody can crowd one place on purpose.
 */
import { assert } from "../../kernel/assert.js";
import type { Entropy } from "../../ports/runtime.js";
import type { Hash } from "../../primitives/hash.js";

const PLACES_MIN_LOG2 = 6;

/** Secret of a process, for all its sets. */
export interface KnownSetSeed {
  readonly high: number;
  readonly low: number;
}

export function knownSetSeed(entropy: Entropy): KnownSetSeed {
  const bytes = entropy.bytes(8);
  const view = new DataView(bytes.buffer, bytes.byteOffset, 8);
  return { high: view.getUint32(0) | 1, low: view.getUint32(4) | 1 };
}

/** Fingerprints of one generation, high and low word in turn; two zeros are an empty place. */
interface Generation {
  words: Uint32Array;
  /** 32 less the logarithm of how many places there are. */
  shift: number;
  count: number;
}

export class KnownSet {
  readonly #seed: KnownSetSeed;
  readonly #generationCount: number;
  #young: Generation | undefined;
  #old: Generation | undefined;

  /** @param maxCount remembered at most; the newest half of it at least */
  constructor(maxCount: number, seed: KnownSetSeed) {
    assert(Number.isSafeInteger(maxCount) && maxCount >= 2, "a set holds at least two");
    this.#generationCount = Math.floor(maxCount / 2);
    this.#seed = seed;
  }

  /** Hashes in it, those that both generations have twice. */
  get size(): number {
    return (this.#young?.count ?? 0) + (this.#old?.count ?? 0);
  }

  /** Bytes of its tables. */
  get memoryBytes(): number {
    return (this.#young?.words.byteLength ?? 0) + (this.#old?.words.byteLength ?? 0);
  }

  has(hash: Hash): boolean {
    const high = wordAt(hash, 0);
    const low = lowWord(hash, high);
    return this.#holds(this.#young, high, low) || this.#holds(this.#old, high, low);
  }

  /** Answers whether it was not there. Makes it one of the newest in any case. */
  add(hash: Hash): boolean {
    const high = wordAt(hash, 0);
    const low = lowWord(hash, high);
    this.#young ??= emptyGeneration(PLACES_MIN_LOG2);
    const young = this.#young;
    const at = this.#find(young, high, low);
    if (isTaken(young, at)) return false;
    const isNew = !this.#holds(this.#old, high, low);
    young.words[at] = high;
    young.words[at + 1] = low;
    young.count++;
    if (young.count >= this.#generationCount) {
      this.#old = young;
      this.#young = undefined;
    } else if (young.count * 4 > young.words.length) this.#young = this.#doubled(young);
    return isNew;
  }

  clear(): void {
    this.#young = undefined;
    this.#old = undefined;
  }

  #holds(generation: Generation | undefined, high: number, low: number): boolean {
    return generation !== undefined && isTaken(generation, this.#find(generation, high, low));
  }

  /** Index of the words where it stands, or would. At most half of the places are taken, so there is an end. */
  #find({ words, shift }: Generation, high: number, low: number): number {
    const { high: a, low: b } = this.#seed;
    const mask = words.length - 1;
    let at = ((Math.imul(high, a) + Math.imul(low, b)) >>> shift) * 2;
    for (;;) {
      const foundHigh = words[at];
      const foundLow = words[at + 1];
      if ((foundHigh === high && foundLow === low) || (foundHigh === 0 && foundLow === 0)) return at;
      at = (at + 2) & mask;
    }
  }

  #doubled(before: Generation): Generation {
    const generation = emptyGeneration(33 - before.shift);
    for (let index = 0; index < before.words.length; index += 2) {
      const high = before.words[index] ?? 0;
      const low = before.words[index + 1] ?? 0;
      if (high === 0 && low === 0) continue;
      const at = this.#find(generation, high, low);
      generation.words[at] = high;
      generation.words[at + 1] = low;
    }
    generation.count = before.count;
    return generation;
  }
}

function emptyGeneration(placesLog2: number): Generation {
  return { words: new Uint32Array(2 ** (placesLog2 + 1)), shift: 32 - placesLog2, count: 0 };
}

function isTaken({ words }: Generation, at: number): boolean {
  return words[at] !== 0 || words[at + 1] !== 0;
}

function wordAt(hash: Hash, at: number): number {
  return (((hash[at] ?? 0) << 24) | ((hash[at + 1] ?? 0) << 16) | ((hash[at + 2] ?? 0) << 8) | (hash[at + 3] ?? 0)) >>> 0;
}

/** Never zero together with the high one. */
function lowWord(hash: Hash, high: number): number {
  const low = wordAt(hash, 4);
  return high === 0 && low === 0 ? 1 : low;
}

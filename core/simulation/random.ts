/**
 * Seeded random numbers, the same on every machine: xoshiro128** (Blackman and Vigna, "Scrambled Linear Pseudorandom Number
 * Generators", 2018), in 32-bit integer arithmetic.
 *
 * Each purpose has a stream of its own, named by text: what one part of a run draws never shifts what another part gets, so a scenario
 * with one fault less goes on as it did. Nothing here is fit for secrets.
 */
import { asciiBytes, assert, type Bytes, domainTag, sha256Of } from "../sdk.js";

const TAG = domainTag("cw/simulation/1");
/** 2^-53: a random multiple of it below 1 is as fine as a double can be everywhere in [0, 1). */
const UNIT = 1.1102230246251565e-16;

function rotated(x: number, by: number): number {
  return (x << by) | (x >>> (32 - by));
}

/** Told of each draw. */
export interface RandomGuard {
  used(what: string): void;
}

export class SeededRandom {
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  readonly #guard: RandomGuard | undefined;

  /** @param purpose ASCII; `<seed>/<what for>`, @param guard of the run that draws from it */
  constructor(purpose: string, guard?: RandomGuard) {
    this.#guard = guard;
    const state = sha256Of(TAG, asciiBytes(purpose));
    const words = new DataView(state.buffer, state.byteOffset, 16);
    this.#a = words.getInt32(0);
    this.#b = words.getInt32(4);
    this.#c = words.getInt32(8);
    // All zeros would stay zeros.
    this.#d = words.getInt32(12) | 1;
  }

  /** 0 … 2^32 − 1. */
  uint32(): number {
    this.#guard?.used("randomness");
    const result = Math.imul(rotated(Math.imul(this.#b, 5), 7), 9) >>> 0;
    const t = this.#b << 9;
    this.#c ^= this.#a;
    this.#d ^= this.#b;
    this.#b ^= this.#c;
    this.#a ^= this.#d;
    this.#c ^= t;
    this.#d = rotated(this.#d, 11);
    return result;
  }

  /** In [0, 1), with 53 bits. */
  unit(): number {
    const high = this.uint32() >>> 5;
    const low = this.uint32() >>> 6;
    return (high * 67_108_864 + low) * UNIT;
  }

  /** 0 … count − 1. @param count 1 … 2^32 */
  below(count: number): number {
    assert(Number.isInteger(count) && count >= 1 && count <= 2 ** 32, "a choice is among at least one");
    return Math.floor(this.unit() * count);
  }

  bytes(length: number): Bytes {
    const out = new Uint8Array(length);
    for (let at = 0; at < length; at += 4) {
      const word = this.uint32();
      for (let i = 0; i < 4 && at + i < length; i++) out[at + i] = (word >>> (8 * i)) & 0xff;
    }
    return out;
  }

  /** In place, each order as likely as any other (Fisher and Yates). */
  shuffle<Item>(items: Item[]): Item[] {
    for (let last = items.length - 1; last > 0; last--) {
      const other = this.below(last + 1);
      const item = items[last] as Item;
      items[last] = items[other] as Item;
      items[other] = item;
    }
    return items;
  }
}

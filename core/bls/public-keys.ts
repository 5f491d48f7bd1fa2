/**
 * The public keys of a registry by index, decompressed once each, so that the key of an aggregate is one addition a signer:
 * 1 µs natively, 12 portably, where decompressing takes sixteen times as long.
 *
 * Bytes, not the library's objects: 97 bytes a key, 10 MB of 100,000, without work for the garbage collector.
 */
import { assert, present } from "../kernel/assert.js";
import type { Slicer } from "../ports/runtime.js";
import { type Bytes, bytesEqual } from "../primitives/bytes.js";
import { compressKey, infinityKey, isKeyEncoding, PUBLIC_KEY_BYTES, UNCOMPRESSED_KEY_BYTES } from "./encoding.js";
import { blsEngine } from "./select.js";

const CHUNK_KEYS = 1_024;
/** The most that there may be: no registry is larger. */
const KEYS_MAX = 2 ** 24;

/** What lies in a key's place. */
const State = { empty: 0, compressed: 1, decompressed: 2, bad: 3 } as const;

interface Chunk {
  readonly states: Uint8Array;
  /** 96 bytes a key; of one that nobody asked for yet the first 48. */
  readonly keys: Bytes;
}

export class BlsKeys {
  readonly #chunks: (Chunk | undefined)[] = [];

  /**
   * Gives index `index` this key (48 bytes), in place of any that it had. Keys are taken as valid, as the registry has seen to when they came
   * (`blsIsValidPublicKey`, proof of possession); one that is no point makes each sum that it is in infinity.
   * Cheap: decompression is for the first who needs it. Where an index can have different keys on different branches, each has its table.
   */
  set(index: number, publicKey: Bytes): void {
    assert(publicKey.length === PUBLIC_KEY_BYTES, "a key has 48 bytes");
    assert(Number.isInteger(index) && index >= 0 && index < KEYS_MAX, "the index of a key is that of a validator");
    const chunk = this.#chunkFor(index);
    const place = index % CHUNK_KEYS;
    const key = chunk.keys.subarray(UNCOMPRESSED_KEY_BYTES * place, UNCOMPRESSED_KEY_BYTES * (place + 1));
    if (chunk.states[place] === State.decompressed && bytesEqual(compressKey(key), publicKey)) return;
    key.set(publicKey);
    chunk.states[place] = isKeyEncoding(publicKey) ? State.compressed : State.bad;
  }

  /** Whether there is a key for it. */
  has(index: number): boolean {
    return (this.#chunks[Math.floor(index / CHUNK_KEYS)]?.states[index % CHUNK_KEYS] ?? State.empty) !== State.empty;
  }

  /** The key of one, uncompressed (96 bytes): what a `BlsSet` takes without another look at the subgroup. */
  get(index: number): Bytes {
    return this.#decompressed(index)?.slice() ?? infinityKey();
  }

  /** The sum of the keys of all these, uncompressed; of none it is infinity, under which no signature is valid. Each must be there. */
  aggregate(indices: Uint32Array | readonly number[]): Bytes {
    const keys: Bytes[] = [];
    for (const index of indices) {
      const key = this.#decompressed(index);
      if (key === undefined) return infinityKey();
      keys.push(key);
    }
    const [first] = keys;
    if (first === undefined) return infinityKey();
    return keys.length === 1 ? first.slice() : new Uint8Array(blsEngine().sumKeys(keys));
  }

  /** Decompresses all that are there beforehand, in slices: 100,000 take 2 s natively, 20 s portably. */
  async decompressAll(slicer: Slicer): Promise<void> {
    for (let at = 0; at < this.#chunks.length; at++) {
      for (let place = 0; place < CHUNK_KEYS; place++) {
        if (this.#chunks[at]?.states[place] === State.compressed) this.#decompressed(CHUNK_KEYS * at + place);
        if (slicer.due()) await slicer.pause();
      }
    }
  }

  #chunkFor(index: number): Chunk {
    const at = Math.floor(index / CHUNK_KEYS);
    const existing = this.#chunks[at];
    if (existing !== undefined) return existing;
    const chunk = { states: new Uint8Array(CHUNK_KEYS), keys: new Uint8Array(UNCOMPRESSED_KEY_BYTES * CHUNK_KEYS) };
    // No holes: an array with one far out would turn into a table.
    while (this.#chunks.length < at) this.#chunks.push(undefined);
    this.#chunks[at] = chunk;
    return chunk;
  }

  /** A view of the key in its place; undefined if it is no point. */
  #decompressed(index: number): Bytes | undefined {
    const chunk = present(this.#chunks[Math.floor(index / CHUNK_KEYS)], "an index whose key is asked for was given one");
    const place = index % CHUNK_KEYS;
    const state = chunk.states[place];
    assert(state !== State.empty, "an index whose key is asked for was given one");
    if (state === State.bad) return undefined;
    const key = chunk.keys.subarray(UNCOMPRESSED_KEY_BYTES * place, UNCOMPRESSED_KEY_BYTES * (place + 1));
    if (state === State.decompressed) return key;
    const whole = blsEngine().decompress(key.slice(0, PUBLIC_KEY_BYTES));
    chunk.states[place] = whole === undefined ? State.bad : State.decompressed;
    if (whole === undefined) return undefined;
    key.set(whole);
    return key;
  }
}

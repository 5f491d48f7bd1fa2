/**
 * The check of values that were read from storage. As many as come together are hashed in one call of the engine, where it hashes many
 * messages at once; one after another where it does not.
 */
import { type Bytes, toHex } from "../primitives/index.js";
import { digestInto, type HashMessages } from "./digest.js";
import { StateDamagedError } from "./errors.js";
import type { KeyText } from "./key-text.js";
import { equalWords, HASH_WORDS } from "./page.js";
import { decodeValue } from "./records.js";

function damagedValue(valueKey: Bytes, reason: string): Error {
  return new StateDamagedError({ record: "value", key: toHex(valueKey), reason });
}

export const wrongHash = (valueKey: Bytes) => damagedValue(valueKey, "its hash is not the one in its leaf");

/** The value in a record for which the trie has a leaf. @throws STATE_DAMAGED */
export function heldBy(text: KeyText, valueKey: Bytes, stored: Bytes | undefined): Bytes {
  if (stored === undefined) throw damagedValue(valueKey, "it is missing, but the trie has a leaf for it");
  const value = decodeValue(text, stored);
  if (value === undefined) throw damagedValue(valueKey, "it holds another key");
  return value;
}

/** Most values at once, and about so many bytes: less than a tenth of a millisecond if they are short, and some tenths if not. */
const VALUES_AT_ONCE = 128;
const BYTES_AT_ONCE = 128 * 1024;
/** Longer values are hashed where they lie. */
const PACKED_VALUE_BYTES = 512;

/** Used by one caller at a time: nobody pauses between `add` and `clear`. */
const packed = new Uint8Array(VALUES_AT_ONCE * PACKED_VALUE_BYTES);
const ends = new Uint32Array(VALUES_AT_ONCE + 1);
const digests = new Uint32Array(VALUES_AT_ONCE * HASH_WORDS);
const digestBytes = new Uint8Array(digests.buffer);

export class ValueHashes {
  /** Those that were added; undefined: there is none. */
  readonly values: (Bytes | undefined)[] = [];
  #bytes = 0;

  constructor(private readonly hashMessages: HashMessages | undefined) {}

  /** No more may be added. */
  get isFull(): boolean {
    return this.values.length === VALUES_AT_ONCE || this.#bytes >= BYTES_AT_ONCE;
  }

  add(value: Bytes | undefined): void {
    const i = this.values.length;
    this.values.push(value);
    this.#bytes += value === undefined ? 0 : value.length;
    let end = ends[i] as number;
    if (value !== undefined && this.#isPacked(value)) {
      // A loop is quicker than `set` for the few bytes that most values have.
      if (value.length > 64) packed.set(value, end);
      else for (let byte = 0; byte < value.length; byte++) packed[end + byte] = value[byte] as number;
      end += value.length;
    }
    ends[i + 1] = end;
  }

  run(): void {
    const count = this.values.length;
    this.hashMessages?.(packed, ends.subarray(0, count + 1), digestBytes);
    for (let i = 0; i < count; i++) {
      const value = this.values[i];
      if (value !== undefined && !this.#isPacked(value)) digestInto(value, digestBytes, i * 32);
    }
  }

  /** Whether value `i` has the hash that stands at `words[at …]`. */
  matches(i: number, words: Uint32Array, at: number): boolean {
    return equalWords(digests, i * HASH_WORDS, words, at, HASH_WORDS);
  }

  clear(): void {
    this.values.length = 0;
    this.#bytes = 0;
  }

  #isPacked(value: Bytes): boolean {
    return this.hashMessages !== undefined && value.length <= PACKED_VALUE_BYTES;
  }
}

/**
 * The rule of the trie, as far as a verifier needs it.
 *
 * Path = SHA-256(key). A node is known by its reference of 32 bytes. Empty: all zero. Leaf: SHA-256(path ‖ SHA-256(value))
 * with the top bit of byte 0 cleared. Inner: SHA-256(left ‖ right) with it set. So a reference tells the kind of its node,
 * and no bytes are a leaf and an inner node at once.
 */
import { sha256 as nobleSha256 } from "@noble/hashes/sha2.js";
import { type Bytes, isZero } from "./bytes.js";
import { HASH_BYTES } from "./limits.js";

/** SHA-256 (FIPS 180-4) of a byte string: 32 bytes, a new array each time. */
export type Sha256 = (data: Bytes) => Bytes;

export type NodeKind = "empty" | "leaf" | "inner";

const KIND_BIT = 0x80;
const EMPTY_REFERENCE: Bytes = new Uint8Array(HASH_BYTES);

/** What a reference says that its node is. */
export function kindOf(reference: Bytes): NodeKind {
  if (((reference[0] as number) & KIND_BIT) !== 0) return "inner";
  return isZero(reference) ? "empty" : "leaf";
}

/** Makes references with one hash function. */
export class TrieHasher {
  readonly #pair = new Uint8Array(2 * HASH_BYTES);

  constructor(readonly sha256: Sha256 = nobleSha256) {}

  get empty(): Bytes {
    return EMPTY_REFERENCE;
  }

  leaf(path: Bytes, valueHash: Bytes): Bytes {
    const reference = this.#hash(path, valueHash);
    reference[0] = (reference[0] as number) & ~KIND_BIT;
    return reference;
  }

  inner(left: Bytes, right: Bytes): Bytes {
    const reference = this.#hash(left, right);
    reference[0] = (reference[0] as number) | KIND_BIT;
    return reference;
  }

  #hash(first: Bytes, second: Bytes): Bytes {
    this.#pair.set(first);
    this.#pair.set(second, HASH_BYTES);
    return this.sha256(this.#pair);
  }
}

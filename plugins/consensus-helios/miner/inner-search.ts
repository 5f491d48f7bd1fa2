/**
 * Phase 3: SHA-256 of the same 344 bytes with one inner nonce after the other. All but the last block is hashed once.
 *
 * Used for searching only: seals are judged with `node:crypto`, so a fault here could never make a node believe a wrong block.
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { type Bytes, compareBytes, nativeCounterSearch } from "../../../core/sdk.js";
import { innerNonceBytes } from "../seal.js";

export interface InnerSearch {
  /** The first of `count` inner nonces from `from` on whose hash is not above the target; undefined if none is. */
  find(from: number, count: number): number | undefined;
}

export type InnerSearchKind = "native" | "portable";

/** Once a thread. */
const NATIVE = nativeCounterSearch();

/**
 * The addon's own loop where it is, else JavaScript.
 *
 * @param prefix see `searchPrefix`
 * @param target 32 bytes, big-endian
 */
export function innerSearch(prefix: Bytes, target: Bytes, kind: InnerSearchKind = "reason" in NATIVE ? "portable" : "native"): InnerSearch {
  if (kind === "portable" || "reason" in NATIVE) return new PortableSearch(prefix, target);
  return { find: (from, count) => NATIVE.find(prefix, from, count, target) };
}

/** 1 µs a nonce. */
class PortableSearch implements InnerSearch {
  readonly #begun = sha256.create();
  readonly #hash = sha256.create();
  readonly #digest = new Uint8Array(32);
  readonly #target: Bytes;

  constructor(prefix: Bytes, target: Bytes) {
    this.#begun.update(prefix);
    this.#target = target;
  }

  find(from: number, count: number): number | undefined {
    for (let nonce = from; nonce < from + count; nonce++) {
      this.#begun._cloneInto(this.#hash);
      this.#hash.update(innerNonceBytes(nonce)).digestInto(this.#digest);
      if (compareBytes(this.#digest, this.#target) <= 0) return nonce;
    }
    return undefined;
  }
}

/** Who takes part in a generated chain: numbers, keys and addresses that follow from a seed and nothing else. */
import { Address } from "../../core/primitives/address.js";
import { asciiBytes, type Bytes, domainTag } from "../../core/primitives/bytes.js";
import { sha256Of } from "../../core/primitives/hash.js";
import type { PublicKey } from "../../core/primitives/keys.js";
import { publicKeyOf } from "../../core/primitives/signing.js";

/** An account whose key is known: it can send. */
export interface KeyedAccount {
  readonly secretKey: Bytes;
  readonly publicKey: PublicKey;
  readonly address: Address;
}

const TAG = domainTag("cw/bench/1");

/** 32 bytes that depend on the seed, a label and a number only. */
function seeded(seed: number, label: string, index: number): Bytes {
  return sha256Of(TAG, asciiBytes(label), new Uint8Array(Uint32Array.of(seed, index).buffer));
}

export function keyedAccount(seed: number, index: number): KeyedAccount {
  const secretKey = seeded(seed, "key", index);
  const publicKey = publicKeyOf(secretKey);
  return { secretKey, publicKey, address: Address.ofKey(publicKey) };
}

/** An address that nobody has the key of: it can only receive, and costs no key pair to make. */
export function keylessAddress(seed: number, label: "holder" | "newcomer" | "proposer", index: number): Address {
  return Address.from(seeded(seed, label, index).subarray(0, 20));
}

/** Xorshift32 (Marsaglia, 2003): quick, and the same on every platform. */
export class SeededNumbers {
  #state: number;

  constructor(seed: number) {
    // Multiplied, since neighbouring seeds would begin with neighbouring numbers; zero would stay zero.
    this.#state = Math.imul(seed ^ 0x5bd1e995, 0x9e3779b1) | 1;
  }

  /** 0 … limit − 1. */
  below(limit: number): number {
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    return (this.#state >>> 0) % limit;
  }
}

/**
 * Arithmetic modulo one odd number of 2,048 bits, by the addon's own code: for plugins whose proofs live in groups of unknown order. `nativeModulus` of the
 * sdk builds it where the addon is; who needs it everywhere brings another way along (node:crypto, BigInt).
 *
 * Laws: values are 256 bytes, big-endian, below the modulus; exponents are big-endian, at most 256 bytes, empty is 0. Results are fresh arrays. Everything is
 * synchronous and of the length that its inputs say; nothing is constant time. All throw NATIVE_INPUT for what does not fit.
 */
import type { Bytes } from "../primitives/bytes.js";

/** Domain tags of 16 bytes each, for the hashes that candidates and bases come from. */
export interface PrimeTags {
  readonly candidate: Bytes;
  readonly base: Bytes;
}

/** Proofs side by side, columnar: 256 bytes (values), 32 bytes (seeds) or one word each. */
export interface ProofColumns {
  readonly x: Bytes;
  readonly y: Bytes;
  readonly proof: Bytes;
  readonly squarings: Uint32Array;
  readonly seed: Bytes;
}

/** Why there is none here. `isBroken`: there should be, but the addon does not load. */
export interface ModulusAbsence {
  readonly reason: string;
  readonly isBroken: boolean;
}

export interface Modulus {
  /** `ifma`, `adx`, `portable`. */
  readonly tier: string;
  /** Of an element: a value in the form in which it is squared, meaningful to this tier alone. */
  readonly elementBytes: number;
  /** base^exponent. */
  power(base: Bytes, exponent: Bytes): Bytes;
  /** a^exponentA · b^exponentB, for the squarings of one of them. */
  powerProduct(a: Bytes, exponentA: Bytes, b: Bytes, exponentB: Bytes): Bytes;
  /** x^(2^count); `count` at most 2^30. */
  squarings(x: Bytes, count: number): Bytes;
  /** Whether gcd(value, modulus) = 1. */
  isUnit(value: Bytes): boolean;
  /** The first prime among the candidates of a seed of 32 bytes (native/src/modular/prime.h has the rule). */
  challengePrime(tags: PrimeTags, seed: Bytes): { readonly prime: Bytes; readonly counter: number };
  /** The value as an element, and an element's value. */
  enter(value: Bytes): Bytes;
  leave(element: Bytes): Bytes;
  /**
   * Squares `element`, in its place, `count` times. `done` squarings came before; the values that stand at multiples of `spacing` are kept on the way, as
   * elements, value i · spacing at place i of `kept`.
   */
  advance(element: Bytes, count: number, kept: Bytes, done: number, spacing: number): void;
  /**
   * x^⌊2^squarings / prime⌋ from the values that x's chain kept every `window` · `digitsApart` squarings (Wesolowski 2019, § 4.1): about
   * squarings / window + digitsApart · 2^(window + 1) multiplications.
   *
   * @param window 1 … 12 bits of the exponent that go together
   * @param prime 32 bytes, the top bit set
   */
  prove(kept: Bytes, squarings: number, window: number, digitsApart: number, prime: Bytes): Bytes;
  /** For each whether proof^ℓ · x^(2^squarings mod ℓ) = ±y, with ℓ the challenge prime of its seed: 1 or 0. */
  checkProofs(tags: PrimeTags, proofs: ProofColumns): Bytes;
}

/**
 * The seam between the time-lock and what computes modulo N. Engines: `native` (the addon's own Montgomery arithmetic), `crypto`
 * (raw RSA operations of node:crypto, so OpenSSL's speed without an addon) and `bigint`, the oracle. All give the same bytes and verdicts on every
 * input; which one runs shows in `kind` and `tier` and nowhere else.
 *
 * Values are 256 bytes, big-endian, below N; exponents are big-endian of any length up to `EXPONENT_BYTES_MAX`, empty is 0. Results are residues in
 * [0, N), not yet canonical (group.ts). Everything here is public, so nothing is constant time. Every method throws TimelockInputError for
 * values of another length or range, and is synchronous: whoever must not hold a thread uses `chain` in slices.
 */
import type { Bytes } from "../../../core/sdk.js";

export const ARITHMETIC_KINDS = ["native", "crypto", "bigint"] as const;
export type ArithmeticKind = (typeof ARITHMETIC_KINDS)[number];

export const EXPONENT_BYTES_MAX = 256;
/** Bound on squarings of one call or chain: at 0.1 µs each, a hundred seconds. */
export const SQUARINGS_MAX = 2 ** 30;

/** The prime ℓ of a proof. */
export interface ChallengePrime {
  /** 32 bytes, big-endian, the top bit set. */
  readonly prime: Bytes;
  /** Which candidate it was, from 0. */
  readonly counter: number;
}

/** y = ±x^(2^squarings), claimed with a proof; `seed` is what ℓ comes from (challenge.ts). */
export interface ProofClaim {
  readonly x: Bytes;
  readonly y: Bytes;
  readonly proof: Bytes;
  readonly squarings: number;
  readonly seed: Bytes;
}

export interface ModularArithmetic {
  readonly kind: ArithmeticKind;
  /** What computes inside: `ifma`, `adx`, `portable`, `openssl`, `v8`. */
  readonly tier: string;
  /** N: 256 bytes, odd, the top bit set. */
  readonly modulus: Bytes;
  /** x^(2^count) mod N. */
  squarings(x: Bytes, count: number): Bytes;
  /** base^exponent mod N. */
  power(base: Bytes, exponent: Bytes): Bytes;
  /** a^exponentA · b^exponentB mod N. */
  powerProduct(a: Bytes, exponentA: Bytes, b: Bytes, exponentB: Bytes): Bytes;
  /** Whether gcd(value, N) = 1. */
  isUnit(value: Bytes): boolean;
  /** The first prime of the seed's candidates (challenge.ts has the rule). `seed`: 32 bytes. */
  challengePrime(seed: Bytes): ChallengePrime;
  /** Squarings that can be interrupted, and proven at their end. `squarings`: 1 … SQUARINGS_MAX. */
  chain(x: Bytes, squarings: number): SquaringChain;
  /** For each claim whether proof^ℓ · x^(2^squarings mod ℓ) = ±y, with ℓ from its seed. One crossing for all natively. */
  checkProofs(claims: readonly ProofClaim[]): readonly boolean[];
}

/**
 * x, x², x⁴ … x^(2^squarings), in slices. Keeps some of the values on its way (`keptBytes`), from which `prove` makes the proof for a part of the
 * squarings' cost.
 */
export interface SquaringChain {
  readonly squarings: number;
  /** How many are done. */
  readonly done: number;
  /** Memory of the values kept, at the end of the chain. */
  readonly keptBytes: number;
  /** Does up to `count` more; answers whether all are done. */
  advance(count: number): boolean;
  /** x^(2^done) mod N. */
  value(): Bytes;
  /** x^⌊2^squarings / prime⌋ mod N. `prime`: 32 bytes with the top bit set. @throws TimelockInputError before all squarings are done */
  prove(prime: Bytes): Bytes;
}

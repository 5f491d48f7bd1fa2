/**
 * Arithmetic modulo N by node:crypto: a raw RSA public operation (no padding) is base^e mod N at OpenSSL's speed, and its exponent is ours to
 * choose. With e = 2^2046 one call does 2,046 squarings (the exponent must be below N). Products of two values are BigInt's.
 *
 * Proving takes a power of the values kept, each to about 2,046 bits: 1.2 times the squarings. Only who found a block pays that; the native engine does it for
 * a seventh.
 */
import { checkPrimeSync, constants, createPublicKey, type KeyObject, publicEncrypt } from "node:crypto";
import type { Bytes } from "../../../core/sdk.js";
import type { ChallengePrime, ModularArithmetic, ProofClaim, SquaringChain } from "./arithmetic.js";
import { findChallengePrime } from "./challenge.js";
import { demandDone, demandExponent, demandModulus, demandPrime, demandSquarings, demandValue } from "./inputs.js";
import { bytesOfInteger, greatestCommonDivisor, integerOf } from "./integers.js";
import { VALUE_BYTES } from "./modulus.js";
import { proofHolds } from "./proofs.js";
import { proofExponent } from "./quotient.js";

/** Squarings of one call: 2^2047 may exceed the modulus. */
const CALL_SQUARINGS = 2_046;
/** Keys kept, for exponents 2^count: nearly always one whole call and one remainder. */
const KEYS_MAX = 64;

const ONE = bytesOfInteger(1n, VALUE_BYTES);

export class CryptoArithmetic implements ModularArithmetic {
  readonly kind = "crypto";
  readonly tier = "openssl";
  readonly modulus: Bytes;
  readonly #n: bigint;
  readonly #squaringKeys = new Map<number, KeyObject>();

  /** @throws TimelockInputError */
  constructor(modulus: Bytes) {
    demandModulus(modulus);
    this.modulus = modulus;
    this.#n = integerOf(modulus);
  }

  squarings(x: Bytes, count: number): Bytes {
    demandValue("x", x, this.modulus);
    demandSquarings("count", count, 0);
    let value = x;
    for (let left = count; left > 0; left -= CALL_SQUARINGS) value = raised(this.#squaringKey(Math.min(left, CALL_SQUARINGS)), value);
    return new Uint8Array(value);
  }

  power(base: Bytes, exponent: Bytes): Bytes {
    demandValue("base", base, this.modulus);
    demandExponent("exponent", exponent);
    const value = integerOf(exponent);
    if (value === 0n) return ONE.slice();
    if (value === 1n) return new Uint8Array(base);
    if (value < this.#n) return raised(this.#key(exponent), base);
    // At least N, but of no more bytes: in two parts, of which OpenSSL takes each.
    const high = bytesOfInteger(value >> 8n, VALUE_BYTES - 1);
    const low = exponent.subarray(exponent.length - 1);
    return this.multiply(this.squarings(this.power(base, high), 8), this.power(base, low));
  }

  powerProduct(a: Bytes, exponentA: Bytes, b: Bytes, exponentB: Bytes): Bytes {
    return this.multiply(this.power(a, exponentA), this.power(b, exponentB));
  }

  /** a · b mod N. */
  multiply(a: Bytes, b: Bytes): Bytes {
    return bytesOfInteger((integerOf(a) * integerOf(b)) % this.#n, VALUE_BYTES);
  }

  isUnit(value: Bytes): boolean {
    demandValue("value", value, this.modulus);
    return greatestCommonDivisor(this.#n, integerOf(value)) === 1n;
  }

  challengePrime(seed: Bytes): ChallengePrime {
    return findChallengePrime(seed, isCompositeByOpenssl);
  }

  chain(x: Bytes, squarings: number): SquaringChain {
    demandValue("x", x, this.modulus);
    demandSquarings("squarings", squarings, 1);
    return new CryptoChain(this, x, squarings);
  }

  checkProofs(claims: readonly ProofClaim[]): readonly boolean[] {
    return claims.map((claim) => proofHolds(this, claim));
  }

  #squaringKey(count: number): KeyObject {
    const known = this.#squaringKeys.get(count);
    if (known !== undefined) return known;
    if (this.#squaringKeys.size >= KEYS_MAX) this.#squaringKeys.clear();
    const made = this.#key(bytesOfInteger(1n << BigInt(count), Math.ceil((count + 1) / 8)));
    this.#squaringKeys.set(count, made);
    return made;
  }

  /** 14 µs. OpenSSL asks of a public exponent only that it is below the modulus (of up to 3,072 bits). */
  #key(exponent: Bytes): KeyObject {
    return createPublicKey({ key: { kty: "RSA", n: base64url(this.modulus), e: base64url(exponent) }, format: "jwk" });
  }
}

/** x^e mod N for the key's e. */
function raised(key: KeyObject, x: Bytes): Bytes {
  const { buffer, byteOffset, length } = publicEncrypt({ key, padding: constants.RSA_NO_PADDING }, x);
  return new Uint8Array(buffer, byteOffset, length);
}

/** Miller–Rabin with OpenSSL's random bases: "composite" is proven, "prime" is not the rule's word, and so not taken. */
function isCompositeByOpenssl(candidate: Bytes): boolean {
  return !checkPrimeSync(candidate, { checks: 1 });
}

function base64url(bytes: Bytes): string {
  let first = 0;
  while (first < bytes.length - 1 && bytes[first] === 0) first++;
  return Buffer.from(bytes.buffer, bytes.byteOffset + first, bytes.length - first).toString("base64url");
}

/** Keeps the value before each call's worth of squarings; slices that end in between cost a call more. */
class CryptoChain implements SquaringChain {
  readonly squarings: number;
  readonly keptBytes: number;
  #done = 0;
  #value: Bytes;
  readonly #arithmetic: CryptoArithmetic;
  readonly #kept: Bytes[] = [];

  constructor(arithmetic: CryptoArithmetic, x: Bytes, squarings: number) {
    this.#arithmetic = arithmetic;
    this.#value = new Uint8Array(x);
    this.squarings = squarings;
    this.keptBytes = VALUE_BYTES * Math.ceil(squarings / CALL_SQUARINGS);
  }

  get done(): number {
    return this.#done;
  }

  advance(count: number): boolean {
    demandSquarings("count", count, 0);
    const end = Math.min(this.squarings, this.#done + count);
    while (this.#done < end) {
      const within = this.#done % CALL_SQUARINGS;
      if (within === 0) this.#kept.push(this.#value);
      const step = Math.min(end - this.#done, CALL_SQUARINGS - within);
      this.#value = this.#arithmetic.squarings(this.#value, step);
      this.#done += step;
    }
    return this.#done === this.squarings;
  }

  value(): Bytes {
    return new Uint8Array(this.#value);
  }

  prove(prime: Bytes): Bytes {
    demandPrime(prime);
    demandDone(this.#done, this.squarings);
    const exponent = proofExponent(this.squarings, integerOf(prime));
    let proof: Bytes = ONE;
    for (const [i, kept] of this.#kept.entries()) {
      const digit = BigInt.asUintN(CALL_SQUARINGS, exponent >> BigInt(CALL_SQUARINGS * i));
      if (digit !== 0n) proof = this.#arithmetic.multiply(proof, this.#arithmetic.power(kept, bytesOfInteger(digit, VALUE_BYTES)));
    }
    return new Uint8Array(proof);
  }
}

/** Arithmetic modulo N in plain BigInt: the oracle that the other engines are held against. About 5 µs a squaring. */
import type { Bytes } from "../../../core/sdk.js";
import type { ChallengePrime, ModularArithmetic, ProofClaim, SquaringChain } from "./arithmetic.js";
import { findChallengePrime } from "./challenge.js";
import { demandDone, demandExponent, demandModulus, demandPrime, demandSquarings, demandValue } from "./inputs.js";
import { bytesOfInteger, greatestCommonDivisor, integerOf, powerModulo } from "./integers.js";
import { VALUE_BYTES } from "./modulus.js";
import { proofHolds } from "./proofs.js";
import { type CheckpointPlan, checkpointPlan, digitOf, proofExponent } from "./quotient.js";

export class BigintArithmetic implements ModularArithmetic {
  readonly kind = "bigint";
  readonly tier = "v8";
  readonly modulus: Bytes;
  readonly #n: bigint;

  /** @throws TimelockInputError */
  constructor(modulus: Bytes) {
    demandModulus(modulus);
    this.modulus = modulus;
    this.#n = integerOf(modulus);
  }

  squarings(x: Bytes, count: number): Bytes {
    demandValue("x", x, this.modulus);
    demandSquarings("count", count, 0);
    return this.#bytes(squared(integerOf(x), count, this.#n));
  }

  power(base: Bytes, exponent: Bytes): Bytes {
    return this.#bytes(this.#power(base, exponent));
  }

  powerProduct(a: Bytes, exponentA: Bytes, b: Bytes, exponentB: Bytes): Bytes {
    return this.#bytes((this.#power(a, exponentA) * this.#power(b, exponentB)) % this.#n);
  }

  isUnit(value: Bytes): boolean {
    demandValue("value", value, this.modulus);
    return greatestCommonDivisor(this.#n, integerOf(value)) === 1n;
  }

  challengePrime(seed: Bytes): ChallengePrime {
    return findChallengePrime(seed);
  }

  chain(x: Bytes, squarings: number): SquaringChain {
    demandValue("x", x, this.modulus);
    demandSquarings("squarings", squarings, 1);
    return new BigintChain(integerOf(x), squarings, this.#n);
  }

  checkProofs(claims: readonly ProofClaim[]): readonly boolean[] {
    return claims.map((claim) => proofHolds(this, claim));
  }

  #power(base: Bytes, exponent: Bytes): bigint {
    demandValue("base", base, this.modulus);
    demandExponent("exponent", exponent);
    return powerModulo(integerOf(base), integerOf(exponent), this.#n);
  }

  #bytes(value: bigint): Bytes {
    return bytesOfInteger(value, VALUE_BYTES);
  }
}

class BigintChain implements SquaringChain {
  readonly squarings: number;
  readonly keptBytes: number;
  #done = 0;
  #value: bigint;
  readonly #n: bigint;
  readonly #plan: CheckpointPlan;
  readonly #spacing: number;
  readonly #kept: bigint[] = [];

  constructor(x: bigint, squarings: number, n: bigint) {
    this.squarings = squarings;
    this.#value = x;
    this.#n = n;
    this.#plan = checkpointPlan(squarings);
    this.#spacing = this.#plan.window * this.#plan.digitsApart;
    this.keptBytes = VALUE_BYTES * Math.ceil(squarings / this.#spacing);
  }

  get done(): number {
    return this.#done;
  }

  advance(count: number): boolean {
    demandSquarings("count", count, 0);
    const end = Math.min(this.squarings, this.#done + count);
    while (this.#done < end) {
      if (this.#done % this.#spacing === 0) this.#kept.push(this.#value);
      this.#value = (this.#value * this.#value) % this.#n;
      this.#done++;
    }
    return this.#done === this.squarings;
  }

  value(): Bytes {
    return bytesOfInteger(this.#value, VALUE_BYTES);
  }

  prove(prime: Bytes): Bytes {
    demandPrime(prime);
    demandDone(this.#done, this.squarings);
    const { window, digitsApart } = this.#plan;
    const digits = proofExponent(this.squarings, integerOf(prime)).toString(2);
    let proof = 1n;
    for (let g = digitsApart - 1; g >= 0; g--) {
      proof = squared(proof, window, this.#n);
      const buckets = new Array<bigint>(2 ** window).fill(1n);
      for (const [i, kept] of this.#kept.entries()) {
        const digit = digitOf(digits, digitsApart * i + g, window);
        buckets[digit] = ((buckets[digit] as bigint) * kept) % this.#n;
      }
      let running = 1n;
      for (let digit = buckets.length - 1; digit > 0; digit--) {
        running = (running * (buckets[digit] as bigint)) % this.#n;
        proof = (proof * running) % this.#n;
      }
    }
    return bytesOfInteger(proof, VALUE_BYTES);
  }
}

function squared(value: bigint, count: number, n: bigint): bigint {
  let result = value;
  for (let i = 0; i < count; i++) result = (result * result) % n;
  return result;
}

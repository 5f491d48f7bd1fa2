/** Arithmetic modulo N by the addon's own code (native/src/modular): a face over the sdk's `nativeModulus`. */
import { type Bytes, concatBytes, type Modulus, nativeModulus, type PrimeTags } from "../../../core/sdk.js";
import type { ChallengePrime, ModularArithmetic, ProofClaim, SquaringChain } from "./arithmetic.js";
import { BASE_TAG, CANDIDATE_TAG } from "./challenge.js";
import { ArithmeticUnavailableError } from "./errors.js";
import { demandDone, demandExponent, demandModulus, demandPrime, demandSeed, demandSquarings, demandValue } from "./inputs.js";
import { type CheckpointPlan, checkpointPlan } from "./quotient.js";

const TAGS: PrimeTags = { candidate: CANDIDATE_TAG, base: BASE_TAG };

export class NativeArithmetic implements ModularArithmetic {
  readonly kind = "native";
  readonly tier: string;
  readonly modulus: Bytes;
  readonly #native: Modulus;

  /** @throws ArithmeticUnavailableError, TimelockInputError; NATIVE_TIER_UNAVAILABLE for a tier that is not here */
  constructor(modulus: Bytes, tier?: string) {
    demandModulus(modulus);
    const made = nativeModulus(modulus, tier);
    if ("reason" in made) throw new ArithmeticUnavailableError({ kind: "native", ...made });
    this.#native = made;
    this.modulus = modulus;
    this.tier = made.tier;
  }

  squarings(x: Bytes, count: number): Bytes {
    demandValue("x", x, this.modulus);
    demandSquarings("count", count, 0);
    return this.#native.squarings(x, count);
  }

  power(base: Bytes, exponent: Bytes): Bytes {
    demandValue("base", base, this.modulus);
    demandExponent("exponent", exponent);
    return this.#native.power(base, exponent);
  }

  powerProduct(a: Bytes, exponentA: Bytes, b: Bytes, exponentB: Bytes): Bytes {
    demandValue("base", a, this.modulus);
    demandValue("base", b, this.modulus);
    demandExponent("exponent", exponentA);
    demandExponent("exponent", exponentB);
    return this.#native.powerProduct(a, exponentA, b, exponentB);
  }

  isUnit(value: Bytes): boolean {
    demandValue("value", value, this.modulus);
    return this.#native.isUnit(value);
  }

  challengePrime(seed: Bytes): ChallengePrime {
    demandSeed(seed);
    return this.#native.challengePrime(TAGS, seed);
  }

  chain(x: Bytes, squarings: number): SquaringChain {
    demandValue("x", x, this.modulus);
    demandSquarings("squarings", squarings, 1);
    return new NativeChain(this.#native, x, squarings);
  }

  checkProofs(claims: readonly ProofClaim[]): readonly boolean[] {
    for (const { x, y, proof, squarings, seed } of claims) {
      demandValue("x", x, this.modulus);
      demandValue("y", y, this.modulus);
      demandValue("proof", proof, this.modulus);
      demandSquarings("squarings", squarings, 1);
      demandSeed(seed);
    }
    const verdicts = this.#native.checkProofs(TAGS, {
      x: concatBytes(...claims.map(({ x }) => x)),
      y: concatBytes(...claims.map(({ y }) => y)),
      proof: concatBytes(...claims.map(({ proof }) => proof)),
      squarings: Uint32Array.from(claims, ({ squarings }) => squarings),
      seed: concatBytes(...claims.map(({ seed }) => seed)),
    });
    return Array.from(verdicts, (verdict) => verdict === 1);
  }
}

class NativeChain implements SquaringChain {
  readonly squarings: number;
  #done = 0;
  readonly #native: Modulus;
  readonly #plan: CheckpointPlan;
  readonly #spacing: number;
  readonly #element: Bytes;
  readonly #kept: Bytes;

  constructor(native: Modulus, x: Bytes, squarings: number) {
    this.squarings = squarings;
    this.#native = native;
    this.#plan = checkpointPlan(squarings);
    this.#spacing = this.#plan.window * this.#plan.digitsApart;
    this.#element = native.enter(x);
    this.#kept = new Uint8Array(native.elementBytes * Math.ceil(squarings / this.#spacing));
  }

  get done(): number {
    return this.#done;
  }

  get keptBytes(): number {
    return this.#kept.length;
  }

  advance(count: number): boolean {
    demandSquarings("count", count, 0);
    const step = Math.min(count, this.squarings - this.#done);
    this.#native.advance(this.#element, step, this.#kept, this.#done, this.#spacing);
    this.#done += step;
    return this.#done === this.squarings;
  }

  value(): Bytes {
    return this.#native.leave(this.#element);
  }

  prove(prime: Bytes): Bytes {
    demandPrime(prime);
    demandDone(this.#done, this.squarings);
    return this.#native.prove(this.#kept, this.squarings, this.#plan.window, this.#plan.digitsApart, prime);
  }
}

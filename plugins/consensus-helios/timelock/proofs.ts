/** What the engines in JavaScript have in common: checking proofs one by one with their own powers. */
import { type Bytes, bytesEqual } from "../../../core/sdk.js";
import type { ModularArithmetic, ProofClaim } from "./arithmetic.js";
import { demandSquarings, demandValue, PRIME_BYTES } from "./inputs.js";
import { bytesOfInteger, integerOf, powerModulo } from "./integers.js";
import { VALUE_BYTES } from "./modulus.js";

type ProofArithmetic = Pick<ModularArithmetic, "modulus" | "challengePrime" | "powerProduct">;

/** Whether proof^ℓ · x^(2^squarings mod ℓ) = ±y. @throws TimelockInputError */
export function proofHolds(arithmetic: ProofArithmetic, { x, y, proof, squarings, seed }: ProofClaim): boolean {
  const { modulus } = arithmetic;
  demandValue("x", x, modulus);
  demandValue("y", y, modulus);
  demandValue("proof", proof, modulus);
  demandSquarings("squarings", squarings, 1);
  const { prime } = arithmetic.challengePrime(seed);
  const rest = bytesOfInteger(powerModulo(2n, BigInt(squarings), integerOf(prime)), PRIME_BYTES);
  const product = arithmetic.powerProduct(proof, prime, x, rest);
  return bytesEqual(product, y) || bytesEqual(product, negated(y, modulus));
}

function negated(value: Bytes, modulus: Bytes): Bytes {
  return bytesOfInteger(integerOf(modulus) - integerOf(value), VALUE_BYTES);
}

/** What engines check before they compute: a wrong length or range is a typed error, never a wrong result. */
import { type Bytes, compareBytes } from "../../../core/sdk.js";
import { EXPONENT_BYTES_MAX, SQUARINGS_MAX } from "./arithmetic.js";
import { TimelockInputError } from "./errors.js";
import { VALUE_BYTES } from "./modulus.js";

export const PRIME_BYTES = 32;
export const SEED_BYTES = 32;

/** 256 bytes, odd, the top bit set. @throws TimelockInputError */
export function demandModulus(modulus: Bytes): void {
  demandLength("modulus", modulus, VALUE_BYTES);
  if (((modulus[0] as number) & 0x80) === 0) throw new TimelockInputError({ what: "modulus", reason: "it has less than 2,048 bits" });
  if (((modulus[VALUE_BYTES - 1] as number) & 1) === 0) throw new TimelockInputError({ what: "modulus", reason: "it is even" });
}

/** 256 bytes below the modulus. @throws TimelockInputError */
export function demandValue(what: string, value: Bytes, modulus: Bytes): void {
  demandLength(what, value, VALUE_BYTES);
  if (compareBytes(value, modulus) >= 0) throw new TimelockInputError({ what, reason: "it is not below the modulus" });
}

export function demandExponent(what: string, exponent: Bytes): void {
  if (exponent.length > EXPONENT_BYTES_MAX)
    throw new TimelockInputError({ what, reason: `it has ${exponent.length} bytes; ${EXPONENT_BYTES_MAX} are the most` });
}

/** A whole number from `min` to SQUARINGS_MAX. @throws TimelockInputError */
export function demandSquarings(what: string, count: number, min: number): void {
  if (!Number.isSafeInteger(count) || count < min || count > SQUARINGS_MAX)
    throw new TimelockInputError({ what, reason: `${count} is no whole number from ${min} to ${SQUARINGS_MAX}` });
}

export function demandSeed(seed: Bytes): void {
  demandLength("seed", seed, SEED_BYTES);
}

/** 32 bytes with the top bit set: that it is prime is its maker's to know. @throws TimelockInputError */
export function demandPrime(prime: Bytes): void {
  demandLength("prime", prime, PRIME_BYTES);
  if (((prime[0] as number) & 0x80) === 0) throw new TimelockInputError({ what: "prime", reason: "it has less than 256 bits" });
}

/** @throws TimelockInputError */
export function demandDone(done: number, squarings: number): void {
  if (done !== squarings)
    throw new TimelockInputError({
      what: "proof",
      reason: `only ${done} of ${squarings} squarings are done; advance the chain to its end`,
    });
}

function demandLength(what: string, bytes: Bytes, length: number): void {
  if (bytes.length !== length) throw new TimelockInputError({ what, reason: `it has ${bytes.length} bytes, not ${length}` });
}

/** Between big-endian byte strings, as they stand in headers, and JavaScript's integers. */
import { type Bytes, toHex } from "../../../core/sdk.js";

/** The unsigned integer that `bytes` are, big-endian; none are 0. */
export function integerOf(bytes: Bytes): bigint {
  return bytes.length === 0 ? 0n : BigInt(`0x${toHex(bytes)}`);
}

/** `value` in exactly `length` bytes, big-endian. @throws RangeError if it needs more, or is negative */
export function bytesOfInteger(value: bigint, length: number): Bytes {
  const digits = value.toString(16);
  if (value < 0n || digits.length > 2 * length) throw new RangeError(`the integer does not fit ${length} bytes`);
  return new Uint8Array(Buffer.from(digits.padStart(2 * length, "0"), "hex"));
}

/** Greatest common divisor by Euclid's algorithm. */
export function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  let [greater, less] = [a, b];
  while (less !== 0n) [greater, less] = [less, greater % less];
  return greater;
}

/** base^exponent mod modulus, by square and multiply with four bits of the exponent at a time. */
export function powerModulo(base: bigint, exponent: bigint, modulus: bigint): bigint {
  const powers = [1n % modulus, base % modulus];
  for (let i = 2; i < 16; i++) powers.push(((powers[i - 1] as bigint) * base) % modulus);
  let result = 1n % modulus;
  for (const digit of exponent.toString(16)) {
    for (let i = 0; i < 4; i++) result = (result * result) % modulus;
    result = (result * (powers[Number.parseInt(digit, 16)] as bigint)) % modulus;
  }
  return result;
}

/**
 * The group of the time-lock: Z_N* / {±1}. An element is a pair {v, N − v} of units, written as the smaller one.
 *
 * The quotient, because in Z_N* itself −1 is an element of order two that everybody knows: with it a proof of y also proves N − y, and the low order
 * assumption of the proof is false (Boneh, Bünz and Fisch, "A survey of two verifiable delay functions", 2018, § 6). That nobody finds an element of small order in
 * the quotient either is the low order assumption; no way to find one without the factors of N is known. It is not the same as factoring: N is 5 modulo 8, so both
 * primes may be 1 modulo 4, and a square root of −1, which then exists, has order two in the quotient; one of them alone does not give the factors.
 */
import { type Bytes, bytesEqual, compareBytes, concatBytes, domainTag, type Hash, sha256Of } from "../../../core/sdk.js";
import { TimelockFault } from "./errors.js";
import { bytesOfInteger, integerOf } from "./integers.js";
import { VALUE_BYTES } from "./modulus.js";

const ELEMENT_TAG = domainTag("cw/helios/x/1");
/** 9 · 256 = 2,304 bits: 256 more than N has, so that the residue is uniform but for 2^−256. */
const ELEMENT_HASHES = 9;

/** ⌊2^squarings / ℓ⌋ is 0 up to here, since ℓ is above 2^255: the proof is 1 and says nothing, the check does all squarings itself. */
const EMPTY_PROOF_SQUARINGS = 255;

/** A group with what its checks need. */
export interface Group {
  readonly modulus: Bytes;
  readonly n: bigint;
  /** (N − 1) / 2: the greatest canonical value. */
  readonly half: Bytes;
}

export function groupOf(modulus: Bytes): Group {
  const n = integerOf(modulus);
  return { modulus, n, half: bytesOfInteger(n >> 1n, VALUE_BYTES) };
}

/**
 * x: the SHA-256 of tag "cw/helios/x/1" ‖ root (32) ‖ outer nonce (8, big-endian) ‖ M (32) ‖ i (4) for i = 0 … 8, one after another as an integer of 2,304 bits,
 * modulo N, canonical. Nobody can choose x, or know its root or a relation to another x.
 */
export function elementOf(group: Group, root: Hash, outerNonce: bigint, memory: Bytes): Bytes {
  const nonce = bytesOfInteger(outerNonce, 8);
  const hashes = Array.from({ length: ELEMENT_HASHES }, (_, i) => sha256Of(ELEMENT_TAG, root, nonce, memory, bytesOfInteger(BigInt(i), 4)));
  return canonical(group, bytesOfInteger(integerOf(concatBytes(...hashes)) % group.n, VALUE_BYTES));
}

/** The smaller of v and N − v. `value`: 256 bytes below N. */
export function canonical({ n, half }: Group, value: Bytes): Bytes {
  return compareBytes(value, half) <= 0 ? value : bytesOfInteger(n - integerOf(value), VALUE_BYTES);
}

/** What is wrong with x but for a factor in common with N; undefined: nothing. */
export function elementFault(group: Group, x: Bytes): TimelockFault | undefined {
  return x.length === VALUE_BYTES && compareBytes(x, group.half) <= 0 && !isTrivial(x) ? undefined : TimelockFault.element;
}

/** What is wrong with a claimed y, by its bytes alone. */
export function outputFault(group: Group, y: Bytes): TimelockFault | undefined {
  if (y.length !== VALUE_BYTES) return TimelockFault.outputLength;
  if (isTrivial(y) || isAtLeastMinusOne(group, y)) return TimelockFault.outputRange;
  return compareBytes(y, group.half) > 0 ? TimelockFault.outputNotCanonical : undefined;
}

/** What is wrong with a claimed proof, by its bytes alone. */
export function proofFault(group: Group, proof: Bytes, squarings: number): TimelockFault | undefined {
  if (proof.length !== VALUE_BYTES) return TimelockFault.proofLength;
  if (squarings <= EMPTY_PROOF_SQUARINGS) return isOne(proof) ? undefined : TimelockFault.proofRange;
  if (isTrivial(proof) || isAtLeastMinusOne(group, proof)) return TimelockFault.proofRange;
  return compareBytes(proof, group.half) > 0 ? TimelockFault.proofNotCanonical : undefined;
}

function isOne(value: Bytes): boolean {
  return value[VALUE_BYTES - 1] === 1 && isTrivial(value);
}

/** 0 or 1. */
function isTrivial(value: Bytes): boolean {
  for (let i = 0; i < VALUE_BYTES - 1; i++) if (value[i] !== 0) return false;
  return (value[VALUE_BYTES - 1] as number) <= 1;
}

/** N − 1 or more; N is odd, so that N − 1 differs in the last bit alone. */
function isAtLeastMinusOne({ modulus }: Group, value: Bytes): boolean {
  if (compareBytes(value, modulus) >= 0) return true;
  const last = VALUE_BYTES - 1;
  return value[last] === (modulus[last] as number) - 1 && bytesEqual(value.subarray(0, last), modulus.subarray(0, last));
}

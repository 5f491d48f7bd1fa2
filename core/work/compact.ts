/**
 * Targets, their compact form and the work that they stand for.
 *
 * A target is a 256-bit unsigned integer; a proof meets it when the hash, read as a big-endian integer, is not above it.
 * Headers carry it as Bitcoin's 32-bit `nBits`: one byte of length in base 256, three bytes of signed mantissa
 * (https://developer.bitcoin.org/reference/block_chain.html#target-nbits; `arith_uint256::SetCompact` and `GetCompact` of
 * Bitcoin Core). The sign bit is a heritage of OpenSSL numbers: encoding avoids it, and decoding refuses it.
 *
 * Here a target has exactly one encoding: bits that would be re-encoded differently are refused, so that a header
 * can't be varied without changing what it says.
 */
import { type Bytes, uint32At, uint256Bytes } from "../primitives/bytes.js";
import { CompactBitsError } from "./errors.js";

/** The largest 256-bit target. */
export const MAX_TARGET = 2n ** 256n - 1n;

const SIGN_BIT = 0x0080_0000;
const MANTISSA = 0x007f_ffff;

/** What 32 bits say, before any rule: Bitcoin Core's `SetCompact` with its two flags. */
export interface CompactNumber {
  /** Absolute value; meaningless when `overflow` is set. */
  readonly magnitude: bigint;
  readonly negative: boolean;
  /** The value has more than 256 bits. */
  readonly overflow: boolean;
}

/** Reads `bits` (0 … 2^32 − 1) as Bitcoin Core does, without judging it. */
export function readCompact(bits: number): CompactNumber {
  const size = bits >>> 24;
  const mantissa = bits & MANTISSA;
  const word = size <= 3 ? mantissa >>> (8 * (3 - size)) : mantissa;
  const overflow = word !== 0 && (size > 34 || (word > 0xff && size > 33) || (word > 0xffff && size > 32));
  const magnitude = size <= 3 || overflow ? BigInt(word) : BigInt(word) << BigInt(8 * (size - 3));
  return { magnitude, negative: word !== 0 && (bits & SIGN_BIT) !== 0, overflow };
}

/**
 * The compact form of a target (0 … 2^256 − 1), rounded down to the three leading bytes as published.
 * @throws RangeError beyond that range: targets are clamped before they get here
 */
export function bitsOfTarget(target: bigint): number {
  if (target < 0n || target > MAX_TARGET) throw new RangeError("a target lies within 0 and 2^256 - 1");
  let size = byteLength(target);
  let mantissa = size <= 3 ? Number(target) << (8 * (3 - size)) : Number(target >> BigInt(8 * (size - 3)));
  if ((mantissa & SIGN_BIT) !== 0) {
    mantissa >>>= 8;
    size += 1;
  }
  return ((size << 24) | mantissa) >>> 0;
}

/**
 * The target that `bits` stand for: 1 … 2^256 − 1.
 * @throws CompactBitsError for zero, negative, overflowing and non-canonical bits
 */
export function targetOfBits(bits: number): bigint {
  const { magnitude, negative, overflow } = readCompact(bits);
  if (negative) throw refused(bits, "it is negative");
  if (overflow) throw refused(bits, "it is larger than 2^256 - 1");
  if (magnitude === 0n) throw refused(bits, "it is zero");
  const canonical = bitsOfTarget(magnitude);
  if (canonical !== bits >>> 0) throw refused(bits, `its canonical form is 0x${formatBits(canonical)}`);
  return magnitude;
}

/** Expected number of hashes to meet `target`: floor(2^256 / (target + 1)), as Bitcoin Core's `GetBlockProof`. */
export function workOfTarget(target: bigint): bigint {
  return (MAX_TARGET + 1n) / (target + 1n);
}

/** Eight lower-case hex digits, as block explorers print nBits. */
export function formatBits(bits: number): string {
  return (bits >>> 0).toString(16).padStart(8, "0");
}

const EIGHT_HEX_DIGITS = /^[0-9a-f]{8}$/;

/** Bits from eight lower-case hex digits, checked to be a target. @throws CompactBitsError */
export function parseBits(text: string): number {
  if (!EIGHT_HEX_DIGITS.test(text)) throw new CompactBitsError({ bits: text, reason: "it is not eight lower-case hex digits" });
  const bits = Number.parseInt(text, 16);
  targetOfBits(bits);
  return bits;
}

/** Four bytes, big-endian: how headers carry bits. */
export function bitsToBytes(bits: number): Bytes {
  return Uint8Array.of(bits >>> 24, (bits >>> 16) & 0xff, (bits >>> 8) & 0xff, bits & 0xff);
}

/** Reads what `bitsToBytes` wrote; undefined unless there are exactly four bytes. */
export function bitsFromBytes(bytes: Bytes): number | undefined {
  if (bytes.length !== 4) return undefined;
  return uint32At(bytes, 0);
}

/** A target as 32 bytes, big-endian: comparable to a hash byte by byte. */
export function targetToBytes(target: bigint): Bytes {
  return uint256Bytes(target);
}

function byteLength(value: bigint): number {
  return value === 0n ? 0 : (value.toString(16).length + 1) >> 1;
}

function refused(bits: number, reason: string) {
  return new CompactBitsError({ bits: formatBits(bits), reason });
}

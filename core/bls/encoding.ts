/**
 * Form of points and scalars on the wire, decided here for both engines: libraries differ in what they throw on, and might one day
 * differ in what they accept. Nothing here needs Node.
 *
 * A compressed point is x, big-endian, with three flags in the top bits of its first byte (the Zcash encoding, as in
 * draft-irtf-cfrg-pairing-friendly-curves, appendix C): 0x80 compressed, 0x40 infinity, 0x20 y is the larger root. x of G2 is c1 ‖ c0.
 * Canonical: each coordinate below p, and of infinity nothing but its flags.
 */
import type { Bytes } from "../primitives/bytes.js";

export const SECRET_KEY_BYTES = 32;
export const PUBLIC_KEY_BYTES = 48;
export const UNCOMPRESSED_KEY_BYTES = 96;
export const SIGNATURE_BYTES = 96;
/** Bytes of a coordinate in the base field. */
export const FIELD_BYTES = 48;

const COMPRESSED = 0x80;
const INFINITY = 0x40;
const LARGER = 0x20;
const FLAGS = COMPRESSED | INFINITY | LARGER;

const bytesOfHex = (hex: string): Bytes => Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));

/** p, the order of the base field. */
const P = bytesOfHex("1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab");
/** (p − 1) / 2: a root above it is the larger one. */
const HALF_P = bytesOfHex("0d0088f51cbff34d258dd3db21a5d66bb23ba5c279c2895fb39869507b587b120f55ffff58a9ffffdcff7fffffffd555");
/** r, the order of the subgroups. */
const R = bytesOfHex("73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001");

/** Whether bytes[from …] without `mask` in its first is below `bound`, by the bound's length. */
function isBelow(bytes: Bytes, from: number, bound: Bytes, mask = 0): boolean {
  for (let i = 0; i < bound.length; i++) {
    const byte = (bytes[from + i] as number) & (i === 0 ? ~mask : 0xff);
    const limit = bound[i] as number;
    if (byte !== limit) return byte < limit;
  }
  return false;
}

function isCompressed(bytes: Bytes, length: number): boolean {
  if (bytes.length !== length || ((bytes[0] as number) & (COMPRESSED | INFINITY)) !== COMPRESSED) return false;
  for (let from = 0; from < length; from += FIELD_BYTES) if (!isBelow(bytes, from, P, from === 0 ? FLAGS : 0)) return false;
  return !isXZero(bytes, length);
}

/** Points with x = 0 have order 3 on either curve, so none is in the subgroup. One library takes them for points, the other does not. */
function isXZero(bytes: Bytes, length: number): boolean {
  return ((bytes[0] as number) & ~FLAGS) === 0 && isZero(bytes, 1, length);
}

/** Whether this has the form of a compressed key other than infinity. */
export function isKeyEncoding(bytes: Bytes): boolean {
  return isCompressed(bytes, PUBLIC_KEY_BYTES);
}

/** Whether this has the form of an uncompressed key other than infinity. */
export function isUncompressedKeyEncoding(bytes: Bytes): boolean {
  if (bytes.length !== UNCOMPRESSED_KEY_BYTES || ((bytes[0] as number) & FLAGS) !== 0) return false;
  return isBelow(bytes, 0, P) && isBelow(bytes, FIELD_BYTES, P) && !isXZero(bytes, FIELD_BYTES);
}

/** Whether this has the form of a compressed signature other than infinity. */
export function isSignatureEncoding(bytes: Bytes): boolean {
  return isCompressed(bytes, SIGNATURE_BYTES);
}

/** Whether this is infinity as a compressed signature: what signatures add up to that cancel each other. */
export function isSignatureInfinity(bytes: Bytes): boolean {
  return bytes.length === SIGNATURE_BYTES && bytes[0] === (COMPRESSED | INFINITY) && isZero(bytes, 1, SIGNATURE_BYTES);
}

function isZero(bytes: Bytes, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (bytes[i] !== 0) return false;
  return true;
}

/** Why this is no secret key (32 bytes, big-endian, 1 … r − 1); undefined if it is one. */
export function secretKeyFault(bytes: Bytes): string | undefined {
  if (bytes.length !== SECRET_KEY_BYTES) return `it has 32 bytes, not ${bytes.length}`;
  if (isZero(bytes, 0, SECRET_KEY_BYTES)) return "it is zero";
  return isBelow(bytes, 0, R) ? undefined : "it is not below the order of the group";
}

/** x of a compressed point, without its flags; a copy. */
export function withoutFlags(bytes: Bytes): Bytes {
  const x = new Uint8Array(bytes);
  x[0] = (x[0] as number) & ~FLAGS;
  return x;
}

/** Whether the flag says that y is the larger root. */
export function isLargerFlagged(bytes: Bytes): boolean {
  return ((bytes[0] as number) & LARGER) !== 0;
}

/** The compressed form of an uncompressed key: infinity too. */
export function compressKey(uncompressed: Bytes): Bytes {
  const isInfinity = ((uncompressed[0] as number) & INFINITY) !== 0;
  return compressed(uncompressed.subarray(0, FIELD_BYTES), !isInfinity && isLargerRoot(uncompressed.subarray(FIELD_BYTES)));
}

/** Of the two roots y and p − y the larger one. @param y 48 bytes, not zero */
export function isLargerRoot(y: Bytes): boolean {
  return isBelow(HALF_P, 0, y);
}

/** A compressed point of x and which root y is; a copy. */
export function compressed(x: Bytes, isLarger: boolean): Bytes {
  const bytes = new Uint8Array(x);
  bytes[0] = (bytes[0] as number) | COMPRESSED | (isLarger ? LARGER : 0);
  return bytes;
}

/** Infinity as an uncompressed key: what keys add up to that cancel each other. It verifies nothing. */
export function infinityKey(): Bytes {
  const key = new Uint8Array(UNCOMPRESSED_KEY_BYTES);
  key[0] = INFINITY;
  return key;
}

/** Infinity as a compressed signature: the sum of none. It is never valid. */
export function infinitySignature(): Bytes {
  const signature = new Uint8Array(SIGNATURE_BYTES);
  signature[0] = COMPRESSED | INFINITY;
  return signature;
}

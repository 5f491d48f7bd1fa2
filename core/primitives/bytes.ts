/** Byte strings: comparison, hex, concatenation, integers. Pure; the base of all other primitives. */

export type Bytes = Uint8Array;

export const EMPTY_BYTES: Bytes = new Uint8Array(0);

/**
 * A Buffer's own slices to text, which work on any byte array: 70 ns for a hash. A Buffer over the array first costs ten times that where
 * the array is short, as its memory then has to move out of the engine's heap; so does a DataView, hence the integers below.
 */
type TextSlice = (this: Bytes, start: number, end: number) => string;
const { hexSlice, latin1Slice } = Buffer.prototype as unknown as { readonly hexSlice: TextSlice; readonly latin1Slice: TextSlice };

/** Lower-case hex of `bytes`. */
export function toHex(bytes: Bytes): string {
  return hexSlice.call(bytes, 0, bytes.length);
}

/** One character (0 to 255) a byte, of `bytes[start, end)`: as a key of maps shorter than hex, and in the order of the bytes. */
export function toLatin1(bytes: Bytes, start = 0, end = bytes.length): string {
  return latin1Slice.call(bytes, start, end);
}

const HEX = /^(?:[0-9a-fA-F]{2})*$/;

/** Bytes of a hex string of even length (upper or lower case, no prefix); undefined if it is none. */
export function fromHex(text: string): Bytes | undefined {
  if (!HEX.test(text)) return undefined;
  return new Uint8Array(Buffer.from(text, "hex"));
}

/** Whether both hold the same bytes. Not constant-time: never for secrets. */
export function bytesEqual(a: Bytes, b: Bytes): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Lexicographic order: negative, zero or positive. */
export function compareBytes(a: Bytes, b: Bytes): number {
  return Buffer.compare(a, b);
}

export function concatBytes(...parts: readonly Bytes[]): Bytes {
  let length = 0;
  for (const part of parts) length += part.length;
  const out = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** Writes an integer of 0 … 2^32 − 1 as four bytes, big-endian. */
export function putUint32(into: Bytes, at: number, value: number): void {
  into[at] = value >>> 24;
  into[at + 1] = value >>> 16;
  into[at + 2] = value >>> 8;
  into[at + 3] = value;
}

/** The same, little-endian. */
export function putUint32Little(into: Bytes, at: number, value: number): void {
  into[at] = value;
  into[at + 1] = value >>> 8;
  into[at + 2] = value >>> 16;
  into[at + 3] = value >>> 24;
}

/** Writes a safe integer as eight bytes, big-endian. */
export function putUint64(into: Bytes, at: number, value: number): void {
  putUint32(into, at, Math.floor(value / 0x1_0000_0000));
  putUint32(into, at + 4, value);
}

/** Reads what `putUint32` writes. @throws RangeError beyond the end */
export function uint32At(bytes: Bytes, at: number): number {
  if (at < 0 || at + 4 > bytes.length) throw new RangeError("an integer lies within its bytes");
  return (
    (((bytes[at] as number) << 24) | ((bytes[at + 1] as number) << 16) | ((bytes[at + 2] as number) << 8) | (bytes[at + 3] as number)) >>> 0
  );
}

/** Reads what `putUint32Little` writes. @throws RangeError beyond the end */
export function uint32LittleAt(bytes: Bytes, at: number): number {
  if (at < 0 || at + 4 > bytes.length) throw new RangeError("an integer lies within its bytes");
  return (
    ((bytes[at] as number) | ((bytes[at + 1] as number) << 8) | ((bytes[at + 2] as number) << 16) | ((bytes[at + 3] as number) << 24)) >>> 0
  );
}

/** Reads eight bytes, big-endian; rounded from 2^53 on. @throws RangeError beyond the end */
export function uint64At(bytes: Bytes, at: number): number {
  return uint32At(bytes, at) * 0x1_0000_0000 + uint32At(bytes, at + 4);
}

/** 32 bytes, big-endian. @param value 0 … 2^256 − 1 */
export function uint256Bytes(value: bigint): Bytes {
  return new Uint8Array(Buffer.from(value.toString(16).padStart(64, "0"), "hex"));
}

/** ASCII bytes of `text`; for tags and fixed keys. */
export function asciiBytes(text: string): Bytes {
  return new Uint8Array(Buffer.from(text, "latin1"));
}

/** A domain tag: ASCII text padded with zero bytes to exactly 16 bytes. */
export function domainTag(text: string): Bytes {
  if (text.length === 0 || text.length > 16) throw new RangeError(`a domain tag has 1 to 16 characters: ${text}`);
  const tag = new Uint8Array(16);
  tag.set(asciiBytes(text));
  return tag;
}

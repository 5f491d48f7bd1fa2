/** Byte strings: comparison, hex, concatenation, integers. Pure; the base of all other primitives. */

export type Bytes = Uint8Array;

export const EMPTY_BYTES: Bytes = new Uint8Array(0);

const HASH_BYTES = 32;
/** Where a hash is copied to be written as hex: a view as a Buffer for each costs more than the copy and the digits. */
const hexScratch = Buffer.alloc(HASH_BYTES);

/** Lower-case hex of `bytes`. */
export function toHex(bytes: Bytes): string {
  if (bytes.length === HASH_BYTES) {
    for (let i = 0; i < HASH_BYTES; i++) hexScratch[i] = bytes[i] as number;
    return hexScratch.toString("hex");
  }
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex");
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

/** The few things on bytes that a light client needs. */
import { sha256 } from "@noble/hashes/sha2.js";

export type Bytes = Uint8Array;

export const HASH_BYTES = 32;

export function bytesEqual(a: Bytes, b: Bytes): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

export function toHex(bytes: Bytes): string {
  let text = "";
  for (const byte of bytes) text += byte.toString(16).padStart(2, "0");
  return text;
}

/** SHA-256 of these one after another. */
export function hashOf(...parts: readonly Bytes[]): Bytes {
  const hash = sha256.create();
  for (const part of parts) hash.update(part);
  return hash.digest();
}

/** Domain tag: ASCII, filled up to 16 bytes with zeros. */
export function tagOf(text: string): Bytes {
  const tag = new Uint8Array(16);
  for (let i = 0; i < text.length; i++) tag[i] = text.charCodeAt(i);
  return tag;
}

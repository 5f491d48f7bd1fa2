/** Values that cases compare and make up. */
import { type Bytes, compareBytes } from "../../primitives/bytes.js";

/** Plain JSON: what survives a round trip unchanged. */
export function isPlainJson(value: unknown): boolean {
  if (value === null || typeof value === "boolean" || typeof value === "string") return true;
  if (typeof value === "number") return Number.isFinite(value);
  if (Array.isArray(value)) return value.every(isPlainJson);
  if (typeof value !== "object" || Object.getPrototypeOf(value) !== Object.prototype) return false;
  return Object.values(value).every(isPlainJson);
}

/** `count` deterministic bytes that look random: xorshift32 (Marsaglia, 2003). */
export function noise(count: number, seed: number): Bytes {
  let state = Math.imul(seed, 2654435761) >>> 0 || 1;
  return Uint8Array.from({ length: count }, () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state & 0xff;
  });
}

/** As `noise`, four bytes a step: for megabytes. */
export function bulkNoise(count: number, seed: number): Bytes {
  const words = new Uint32Array(Math.ceil(count / 4));
  let state = Math.imul(seed, 2654435761) >>> 0 || 1;
  for (let index = 0; index < words.length; index++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    words[index] = state;
  }
  return new Uint8Array(words.buffer, 0, count);
}

/** As `bytesEqual`, natively: for megabytes. */
export function sameBytes(a: Bytes, b: Bytes): boolean {
  return a.length === b.length && compareBytes(a, b) === 0;
}

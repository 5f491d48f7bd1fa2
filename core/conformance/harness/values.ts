/** Values that cases compare and make up. */
import type { Bytes } from "../../primitives/bytes.js";

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

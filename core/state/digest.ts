/**
 * Paths of keys and hashes of values.
 *
 * Node's one-shot hash answers a binary string in a third of the time that it needs for a buffer (measured: 0.34 µs
 * against 1.0 µs with 64 bytes on Node 20), so digests are taken as text and written where they belong.
 */
import { hash } from "node:crypto";
import type { Bytes } from "../primitives/bytes.js";
import { GenerationCache } from "./generation-cache.js";
import type { KeyText } from "./key-text.js";
import { VALUE_PREFIX } from "./records.js";

/** Writes SHA-256(data) to `out[at, at + 32)`. */
export function digestInto(data: Bytes, out: Bytes, at: number): void {
  const digest = hash("sha256", data, "binary");
  for (let i = 0; i < 32; i++) out[at + i] = digest.charCodeAt(i);
}

const ENTRY_BYTES = 160;

/** Storage keys of values (prefix ‖ SHA-256(key)), remembered for keys that come again. */
export class PathCache {
  readonly #cache: GenerationCache<KeyText, Bytes>;
  readonly #scratch = Buffer.alloc(128);

  constructor(maxBytes: number) {
    this.#cache = new GenerationCache(maxBytes, (text) => ENTRY_BYTES + text.length);
  }

  /** 33 bytes; the path begins at byte 1. Not to be changed. */
  valueKeyOf(text: KeyText): Bytes {
    const known = this.#cache.get(text);
    if (known !== undefined) return known;
    const length = this.#scratch.write(text, 0, "latin1");
    const made = new Uint8Array(33);
    made[0] = VALUE_PREFIX;
    digestInto(this.#scratch.subarray(0, length), made, 1);
    this.#cache.set(text, made);
    return made;
  }
}

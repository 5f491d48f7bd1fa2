/** SHA-256 and the branded 32-byte hash. `node:crypto` is the fastest one-shot SHA-256 that Node 20 has without an addon. */
import { hash as oneShotHash } from "node:crypto";
import { type Bytes, concatBytes, fromHex, toHex } from "./bytes.js";
import { ValueError } from "./errors.js";

declare const brand: unique symbol;

/** 32 bytes: a SHA-256 value. Made by `Hash.from`, `Hash.parse` or a hash function. Treat as immutable. */
export type Hash = Uint8Array & { readonly [brand]: "Hash" };

/** Lower-case hex of a hash: the form used as a key of maps. */
export type HashKey = string;

const ZERO = new Uint8Array(32) as Hash;

/**
 * Keys made lately, so that whoever asks again for the few hashes that are in everybody's hands (the head, its parents) gets the same
 * string, whose own hash a map need not make anew. By two bytes of the hash, the last one that had them; a power of two of places.
 */
const KEYS_KEPT = 2_048;
const keptKeys = new Array<HashKey>(KEYS_KEPT).fill("");
const keptHashes = new Uint8Array(KEYS_KEPT * 32);

export const Hash = {
  bytes: 32,
  zero: ZERO,
  /** Takes 32 bytes as they are (no copy). @throws ValueError */
  from(bytes: Bytes): Hash {
    if (bytes.length !== 32) throw new ValueError({ type: "hash", reason: `it has 32 bytes, not ${bytes.length}` });
    return bytes as Hash;
  },
  /** Parses 64 hex digits. @throws ValueError */
  parse(text: string): Hash {
    const bytes = text.length === 64 ? fromHex(text) : undefined;
    if (bytes === undefined) throw new ValueError({ type: "hash", reason: "it is written as 64 hex digits" });
    return bytes as Hash;
  },
  key(hash: Hash): HashKey {
    if (hash.length !== 32) return toHex(hash);
    const place = (((hash[14] as number) << 8) | (hash[15] as number)) & (KEYS_KEPT - 1);
    const at = 32 * place;
    let same = 0;
    while (same < 32 && keptHashes[at + same] === hash[same]) same++;
    const kept = keptKeys[place] as HashKey;
    if (same === 32 && kept !== "") return kept;
    for (let i = same; i < 32; i++) keptHashes[at + i] = hash[i] as number;
    const key = toHex(hash);
    keptKeys[place] = key;
    return key;
  },
  isZero(hash: Hash): boolean {
    for (let i = 0; i < 32; i++) if (hash[i] !== 0) return false;
    return true;
  },
};

/** SHA-256 of one byte string (FIPS 180-4). */
export function sha256(data: Bytes): Hash {
  // The digest crosses from C++ as a one-byte string, which costs less than half of what a Buffer does.
  const digest = oneShotHash("sha256", data, "binary");
  const out = new Uint8Array(32);
  for (let index = 0; index < 32; index++) out[index] = digest.charCodeAt(index);
  return out as Hash;
}

/** Where short concatenations are put together: hashing is synchronous, so one will do, and allocating costs as much as hashing. */
const SCRATCH = new Uint8Array(1024);

/** SHA-256 of the concatenation of `parts`. */
export function sha256Of(...parts: readonly Bytes[]): Hash {
  let length = 0;
  for (const part of parts) length += part.length;
  if (length > SCRATCH.length) return sha256(concatBytes(...parts));
  let at = 0;
  for (const part of parts) {
    SCRATCH.set(part, at);
    at += part.length;
  }
  return sha256(SCRATCH.subarray(0, length));
}

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
    return toHex(hash);
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

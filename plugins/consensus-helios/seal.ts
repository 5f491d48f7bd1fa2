/**
 * The seal of a header, 556 bytes, no more and no fewer, each field at its place:
 *
 *   outer nonce (8) ‖ inner nonce (4) ‖ M (32) ‖ y (256) ‖ proof (256)      integers big-endian
 *
 * And what phase 3 hashes, 348 bytes:
 *
 *   SHA-256( tag (16) ‖ root (32) ‖ outer nonce (8) ‖ M (32) ‖ y (256) ‖ inner nonce (4) )
 *
 * One SHA-256 and not two: double hashing guards protocols that publish the hash of a secret prefix (length extension), and
 * nothing here is secret, nor is the message's length free. The proof is not in it: it is computed by the winner alone.
 */
import { type Bytes, concatBytes, domainTag, sha256Of } from "../../core/sdk.js";

export const SEAL_BYTES = 556;
export const OUTER_NONCE_BYTES = 8;
export const INNER_NONCE_BYTES = 4;
/** Bytes of M. */
export const MEMORY_HASH_BYTES = 32;
/** Bytes of an element of the group. */
export const ELEMENT_BYTES = 256;

const INNER_AT = OUTER_NONCE_BYTES;
const MEMORY_AT = INNER_AT + INNER_NONCE_BYTES;
const OUTPUT_AT = MEMORY_AT + MEMORY_HASH_BYTES;
const PROOF_AT = OUTPUT_AT + ELEMENT_BYTES;

/** First in each message that phase 3 hashes. */
const TAG_SEARCH = domainTag("cw/helios/seal/1");

export interface HeliosSeal {
  readonly outerNonce: bigint;
  readonly innerNonce: number;
  /** M, of phase 1. */
  readonly memoryHash: Bytes;
  /** y, of phase 2. */
  readonly output: Bytes;
  /** Wesolowski's, for y. */
  readonly proof: Bytes;
}

export function encodeSeal(seal: HeliosSeal): Bytes {
  const bytes = concatBytes(outerNonceBytes(seal.outerNonce), innerNonceBytes(seal.innerNonce), seal.memoryHash, seal.output, seal.proof);
  if (bytes.length !== SEAL_BYTES) throw new RangeError(`a seal has ${SEAL_BYTES} bytes, these fields have ${bytes.length}`);
  return bytes;
}

/** Views on `bytes`; undefined unless they are 556. Says nothing of whether the values are any good. */
export function decodeSeal(bytes: Bytes): HeliosSeal | undefined {
  if (bytes.length !== SEAL_BYTES) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return {
    outerNonce: view.getBigUint64(0),
    innerNonce: view.getUint32(INNER_AT),
    memoryHash: bytes.subarray(MEMORY_AT, OUTPUT_AT),
    output: bytes.subarray(OUTPUT_AT, PROOF_AT),
    proof: bytes.subarray(PROOF_AT),
  };
}

/** Eight bytes, big-endian: as the seal and every hash have it. */
export function outerNonceBytes(nonce: bigint): Bytes {
  const bytes = new Uint8Array(OUTER_NONCE_BYTES);
  new DataView(bytes.buffer).setBigUint64(0, nonce);
  return bytes;
}

/** Four bytes, big-endian. */
export function innerNonceBytes(nonce: number): Bytes {
  return Uint8Array.of(nonce >>> 24, (nonce >>> 16) & 0xff, (nonce >>> 8) & 0xff, nonce & 0xff);
}

/**
 * All that phase 3 hashes but the inner nonce, 344 bytes. The first 320 are five blocks of SHA-256, the same for every inner
 * nonce of an attempt: a search hashes them once and then one block for each nonce.
 */
export function searchPrefix(root: Bytes, outerNonce: bigint, memoryHash: Bytes, output: Bytes): Bytes {
  return concatBytes(TAG_SEARCH, root, outerNonceBytes(outerNonce), memoryHash, output);
}

/** The hash that has to be at or below the target, read as a big-endian integer: 32 bytes. */
export function searchHash(root: Bytes, { outerNonce, innerNonce, memoryHash, output }: HeliosSeal): Bytes {
  return sha256Of(searchPrefix(root, outerNonce, memoryHash, output), innerNonceBytes(innerNonce));
}

/** The same of a seal that is `SEAL_BYTES` long, for headers of any origin. */
export function sealHash(root: Bytes, seal: Bytes): Bytes {
  const outer = seal.subarray(0, INNER_AT);
  return sha256Of(TAG_SEARCH, root, outer, seal.subarray(MEMORY_AT, PROOF_AT), seal.subarray(INNER_AT, MEMORY_AT));
}

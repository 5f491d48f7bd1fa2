/**
 * The proof of work of a header.
 *
 *   proof = SHA256(SHA256(signingRoot ‖ seal))      seal = nonce, 8 bytes big-endian
 *
 * It is good when `proof`, read as a 256-bit **big-endian** integer (byte 0 is the most significant), is not above the
 * target of the header's bits. (Bitcoin reads its hashes little-endian; here bytes are in the order in which they are shown.)
 * The signing root commits to every field of the header but the seal, so work can't be moved to another header, and to the
 * chain id, so it can't be moved to another chain.
 */
import { compareBytes, type HeaderRecord, sha256, sha256Of, targetToBytes } from "../../core/sdk.js";

/** Bytes of the seal: a nonce. */
export const SEAL_BYTES = 8;

/** The double hash of `signingRoot ‖ seal`, by `node:crypto`. */
export function proofHash(signingRoot: Uint8Array, seal: Uint8Array): Uint8Array {
  return sha256(sha256Of(signingRoot, seal));
}

/** Checks many headers against few targets: the bytes of the last target are kept. */
export class ProofChecker {
  #target = -1n;
  #targetBytes = new Uint8Array(32);

  /** Whether the header's seal meets `target`. */
  meets(record: HeaderRecord, target: bigint): boolean {
    if (target !== this.#target) {
      this.#target = target;
      this.#targetBytes = new Uint8Array(targetToBytes(target));
    }
    const hash = proofHash(record.signingRoot, record.header.seal);
    return compareBytes(hash, this.#targetBytes) <= 0;
  }
}

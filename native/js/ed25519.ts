/**
 * Ed25519 verification under ZIP-215 without an addon: OpenSSL says yes, or @noble/ed25519 decides.
 *
 * The verdict is exactly that of noble's `verify(…, { zip215: true })`. Noble takes 1.1 ms, `crypto.verify` 0.1 ms, and
 * OpenSSL's rule is narrower than ZIP-215. So an acceptance by OpenSSL is final and a refusal is judged again by noble.
 * That is sound because OpenSSL accepting (R, s) for key bytes A and message M implies that ZIP-215 does:
 *
 * 1. OpenSSL (`ossl_ed25519_verify`, from ref10) decodes A by taking its low 255 bits modulo p and solving for x; it does
 *    not ask for y < p, and for x = 0 it takes either sign bit, negating 0 to 0. ZIP-215 decodes the same 32 bytes to the
 *    same point by the same steps. What OpenSSL refuses to decode ends in noble.
 * 2. Both take k = SHA-512(R ‖ A ‖ M) mod L over the bytes as they were sent, never over re-encoded points.
 * 3. Both ask for s < L. We check it first ourselves, so that the argument holds for any crypto library below Node.
 * 4. OpenSSL computes P = [s]B − [k]A, encodes it canonically and compares 32 bytes with R. Equality means that R is the
 *    canonical encoding of P, which ZIP-215 decodes to P (a canonical encoding has y < p, and sign bit 0 at x = 0).
 * 5. Then [s]B = P + [k]A, hence [8][s]B = [8]P + [8][k]A: the equation that ZIP-215 asks for.
 *
 * The converse is false (non-canonical R, torsion in R or A): those are the refusals that noble turns into acceptances.
 * The tests hold this against the speccheck vectors, all pairs of small-order encodings, and random mutations. They run on
 * whichever library the Node at hand was built with.
 *
 * Cost, worst case: a refused signature costs 1.2 ms against 0.1 ms for a good one. Nobody may have us do that for free:
 * batches are judged in bounded pieces off the main thread (options.ts), a bad block or transaction costs its sender score,
 * and refused transactions are remembered by their raw hash.
 */
import { createPublicKey, hash, type KeyObject, verify as opensslVerify } from "node:crypto";
import { hashes, verify as nobleVerify } from "@noble/ed25519";
import type { Bytes } from "../../core/primitives/bytes.js";
import { KeyCache } from "./key-cache.js";

// noble's synchronous interface asks for its SHA-512; native is faster than a second implementation in JS.
hashes.sha512 = (message) => new Uint8Array(hash("sha512", message, "buffer"));

/** L = 2^252 + 27742317777372353535851937790883648493, the order of the base point, little-endian. */
const ORDER = Uint8Array.from(Buffer.from("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010", "hex"));

/** Whether s, the second half of a signature, is below L (RFC 8032 §5.1.7, ZIP-215 rule 3). */
function isCanonicalScalar(signature: Bytes): boolean {
  for (let i = 31; i >= 0; i--) {
    const difference = (signature[32 + i] as number) - (ORDER[i] as number);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

/**
 * A parsed key. By JWK, since that takes the 32 bytes as they are and costs 8 µs; SPKI DER runs through OpenSSL's
 * decoders and costs 75 µs.
 */
function parseKey(x: string): KeyObject {
  return createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" });
}

/** Verifies single signatures; keeps the parsed keys that were used last. */
export class Ed25519Verifier {
  readonly #keys: KeyCache<KeyObject>;

  constructor(keyCacheEntries: number) {
    this.#keys = new KeyCache(keyCacheEntries);
  }

  /** The ZIP-215 verdict. `publicKey` has 32 bytes, `signature` 64. */
  verify(signature: Bytes, message: Bytes, publicKey: Bytes): boolean {
    if (!isCanonicalScalar(signature)) return false;
    if (this.#opensslAccepts(signature, message, publicKey)) return true;
    return nobleVerify(signature, message, publicKey, { zip215: true });
  }

  clearKeyCache(): void {
    this.#keys.clear();
  }

  #opensslAccepts(signature: Bytes, message: Bytes, publicKey: Bytes): boolean {
    // The cache is keyed by the exact bytes: two encodings of one point hash differently.
    const x = Buffer.from(publicKey.buffer, publicKey.byteOffset, 32).toString("base64url");
    try {
      let key = this.#keys.get(x);
      if (key === undefined) {
        key = parseKey(x);
        this.#keys.set(x, key);
      }
      return opensslVerify(null, message, key, signature);
    } catch {
      // A crypto library may refuse to parse a key that ZIP-215 takes. That is a refusal like any other: noble decides.
      return false;
    }
  }
}

/**
 * The seam between our BLS signatures and the library that does their arithmetic: two engines stand behind it.
 *
 * The scheme is the one of Ethereum: BLS12-381, public keys in G1 (48 bytes), signatures in G2 (96 bytes), ciphersuite
 * BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_ (draft-irtf-cfrg-bls-signature, section 4.2.3; hashing: RFC 9380). Nothing here needs Node.
 */
import type { Bytes } from "../primitives/bytes.js";

/** Separates what is hashed here from any other use of the curve. */
export const BLS_DOMAIN = "BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_";

/** `native`: @chainsafe/blst (C and assembly). `portable`: @noble/curves. */
export type BlsEngineName = "native" | "portable";

/** One claim: that `signature` is of `message` by `publicKey`, which may be the sum of many. */
export interface BlsSet {
  /**
   * 48 bytes: a key in its compressed form, of anybody: all of it is checked. 96 bytes: a key or a sum of keys as `BlsKeys` makes them,
   * of keys that were checked when they came: encoding, curve and infinity are checked again, the subgroup is not (it would cost a
   * tenth of a verification). Were such a key outside of it, its component in the subgroup would be what counts: the pairing of the
   * rest is 1 with everything.
   */
  readonly publicKey: Bytes;
  /** Any length; 32 bytes by convention. */
  readonly message: Bytes;
  /** 96 bytes, compressed. */
  readonly signature: Bytes;
}

/**
 * Arithmetic of one library. Bytes that come here have passed encoding.ts, where all questions of form are decided, so that libraries
 * have no say in them: what is left is whether a point is on the curve, and in the subgroup.
 *
 * @typeParam Prepared a set with its points decoded; opaque to callers
 */
export interface BlsEngine<Prepared extends object = object> {
  readonly name: BlsEngineName;
  /** @param secretKey checked. Answers 48 bytes */
  publicKeyOf(secretKey: Bytes): Bytes;
  /** @param secretKey checked. Answers 96 bytes */
  sign(secretKey: Bytes, message: Bytes): Bytes;
  /** Whether these 48 bytes are a point of the subgroup. */
  isInSubgroup(publicKey: Bytes): boolean;
  /** 48 bytes to 96; undefined if they are no point. Does not look at the subgroup. */
  decompress(publicKey: Bytes): Bytes | undefined;
  /** Sum of uncompressed points on the curve, uncompressed; it may be infinity. At least one. */
  sumKeys(publicKeys: readonly Bytes[]): Bytes;
  /** Sum of compressed signatures, infinity not among them, compressed; the index of one that is no point of the curve. At least one. */
  sumSignatures(signatures: readonly Bytes[]): Bytes | number;
  /** Decodes; undefined if that alone decides that the set is invalid. */
  prepare(set: BlsSet): Prepared | undefined;
  /** The verdict on one. */
  verify(prepared: Prepared): boolean;
  /**
   * Whether all are valid, by one product of pairings over a random linear combination: true for a bad one with probability 2^-64 at
   * most, never false where all are good. At least two.
   */
  verifyAll(prepared: readonly Prepared[]): boolean;
}

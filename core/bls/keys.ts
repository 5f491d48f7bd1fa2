/** Secret and public keys, signatures, their sums, and proofs of possession: what one calls for a few keys, at once on this thread. */
import { createHmac } from "node:crypto";
import { assert } from "../kernel/assert.js";
import { asciiBytes, type Bytes, concatBytes, domainTag, fromHex } from "../primitives/bytes.js";
import { type Hash, sha256, sha256Of } from "../primitives/hash.js";
import { judge } from "./batch.js";
import { infinitySignature, isKeyEncoding, isSignatureEncoding, isSignatureInfinity, secretKeyFault } from "./encoding.js";
import type { BlsSet } from "./engine.js";
import { BlsPointError, BlsSecretKeyError, BlsSeedError } from "./errors.js";
import { rememberSigned } from "./memo.js";
import { blsEngine } from "./select.js";

const SALT = asciiBytes("BLS-SIG-KEYGEN-SALT-");
const POSSESSION_TAG = domainTag("cw/bls-pop/1");
/** L of KeyGen: ceil(3 · ceil(log2 r) / 16), so that the remainder is as good as uniform. */
const WIDE_BYTES = 48;
const SEED_BYTES_MIN = 32;
const SEED_BYTES_MAX = 1_024;
/** r, the order of the group. */
const ORDER = 0x73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001n;

/**
 * A secret key from a seed: EIP-2333's `derive_master_SK`, which is KeyGen of draft-irtf-cfrg-bls-signature-04, section 2.3, without key info.
 *
 * @param seed 32 to 1,024 bytes of which nobody else knows anything (`ENTROPY.bytes(32)`)
 * @returns 32 bytes, big-endian, 1 … r − 1
 * @throws BlsSeedError
 */
export function blsSecretKeyFromSeed(seed: Bytes): Bytes {
  if (seed.length < SEED_BYTES_MIN || seed.length > SEED_BYTES_MAX) throw new BlsSeedError({ bytes: seed.length });
  let salt: Bytes = SALT;
  for (;;) {
    salt = sha256(salt);
    const wide = hkdf(concatBytes(seed, Uint8Array.of(0)), salt, Uint8Array.of(0, WIDE_BYTES), WIDE_BYTES);
    const scalar = BigInt(`0x${Buffer.from(wide).toString("hex")}`) % ORDER;
    const secretKey = fromHex(scalar.toString(16).padStart(64, "0"));
    assert(secretKey !== undefined, "a scalar below r has 32 bytes");
    if (scalar !== 0n) return secretKey;
  }
}

/** HKDF with SHA-256 (RFC 5869). */
function hkdf(keyMaterial: Bytes, salt: Bytes, info: Bytes, length: number): Bytes {
  const pseudoRandomKey = createHmac("sha256", salt).update(keyMaterial).digest();
  const blocks: Bytes[] = [];
  for (let index = 1, previous: Bytes = new Uint8Array(0); 32 * blocks.length < length; index++) {
    previous = new Uint8Array(createHmac("sha256", pseudoRandomKey).update(previous).update(info).update(Uint8Array.of(index)).digest());
    blocks.push(previous);
  }
  return concatBytes(...blocks).subarray(0, length);
}

function checkSecretKey(secretKey: Bytes): void {
  const reason = secretKeyFault(secretKey);
  if (reason !== undefined) throw new BlsSecretKeyError({ reason });
}

/** The public key: 48 bytes, compressed. @throws BlsSecretKeyError */
export function blsPublicKeyOf(secretKey: Bytes): Bytes {
  checkSecretKey(secretKey);
  return new Uint8Array(blsEngine().publicKeyOf(secretKey));
}

/** The signature of `message` (any length; 32 bytes by convention): 96 bytes, compressed. @throws BlsSecretKeyError */
export function blsSign(secretKey: Bytes, message: Bytes): Bytes {
  checkSecretKey(secretKey);
  return new Uint8Array(blsEngine().sign(secretKey, message));
}

/**
 * Like `blsSign`, for simulations, where signers and verifiers share a thread: it knows from now on that the signature is good.
 *
 * @param publicKey the key's, in the form in which it will be verified by
 */
export function blsSignRemembered(secretKey: Bytes, publicKey: Bytes, message: Bytes): Bytes {
  const signature = blsSign(secretKey, message);
  rememberSigned({ publicKey, message, signature });
  return signature;
}

/**
 * The sum of signatures that were verified before: 96 bytes. Those that cancel each other (of keys s and −s, which one person can have)
 * add up to infinity, which is never valid, but may be added to; so may what this answers for an empty list.
 *
 * @throws BlsPointError for what is no point; whether one is in the subgroup its verification has shown
 */
export function blsAggregateSignatures(signatures: readonly Bytes[]): Bytes {
  const points: Bytes[] = [];
  const places: number[] = [];
  for (const [index, signature] of signatures.entries()) {
    if (isSignatureInfinity(signature)) continue;
    if (!isSignatureEncoding(signature)) throw new BlsPointError({ index });
    points.push(signature);
    places.push(index);
  }
  if (points.length === 0) return infinitySignature();
  const sum = blsEngine().sumSignatures(points);
  if (typeof sum === "number") throw new BlsPointError({ index: places[sum] ?? 0 });
  return new Uint8Array(sum);
}

/** Whether these are 48 bytes that encode a point of the subgroup other than infinity (KeyValidate). */
export function blsIsValidPublicKey(publicKey: Bytes): boolean {
  return isKeyEncoding(publicKey) && blsEngine().isInSubgroup(publicKey);
}

/** The verdict on one set, at once on this thread: a millisecond natively, 30 portably. Many, and all from peers: `BlsVerifier`. */
export function blsVerify(set: BlsSet): boolean {
  return judge(blsEngine(), [set])[0] === true;
}

function possessionMessage(publicKey: Bytes): Hash {
  return sha256Of(POSSESSION_TAG, publicKey);
}

/**
 * Shows that whoever brings a public key has its secret one, without which sums of keys could be forged: its signature of a tagged hash of
 * itself, which is never asked of it for anything else.
 *
 * @throws BlsSecretKeyError
 */
export function blsProvePossession(secretKey: Bytes): Bytes {
  return blsSign(secretKey, possessionMessage(blsPublicKeyOf(secretKey)));
}

/** What is to be verified of a proof of possession. */
export function blsPossessionSet(publicKey: Bytes, proof: Bytes): BlsSet {
  return { publicKey, message: possessionMessage(publicKey), signature: proof };
}

/**
 * Ed25519 signing (RFC 8032) by node:crypto. Verifying is the compute service's work: it judges by ZIP-215.
 *
 * A secret key here is RFC 8032's 32-byte seed. Key objects are made for each call: caching them would keep
 * secrets alive that their owner has wiped.
 */
import { createPrivateKey, createPublicKey, type KeyObject, sign } from "node:crypto";
import { assert, present } from "../kernel/assert.js";
import type { Bytes } from "./bytes.js";
import { ValueError } from "./errors.js";
import { PublicKey, Signature } from "./keys.js";

/**
 * A secret key from 32 bytes of entropy (`ENTROPY.bytes(32)`): its own copy of them.
 *
 * @throws ValueError
 */
export function generateSecretKey(seed32: Bytes): Bytes {
  checkSecretKey(seed32);
  return new Uint8Array(seed32);
}

/** @param secretKey 32-byte seed. @throws ValueError */
export function publicKeyOf(secretKey: Bytes): PublicKey {
  checkSecretKey(secretKey);
  return publicKeyOfObject(keyObject(secretKey));
}

/** Deterministic 64-byte signature of `message`. @param secretKey 32-byte seed. @throws ValueError */
export function signMessage(secretKey: Bytes, message: Bytes): Signature {
  checkSecretKey(secretKey);
  return Signature.from(new Uint8Array(sign(null, message, keyObject(secretKey))));
}

function checkSecretKey(secretKey: Bytes): void {
  if (secretKey.length !== 32) throw new ValueError({ type: "secret key", reason: `it has 32 bytes, not ${secretKey.length}` });
}

function publicKeyOfObject(key: KeyObject): PublicKey {
  const { x } = createPublicKey(key).export({ format: "jwk" });
  return PublicKey.from(new Uint8Array(Buffer.from(present(x, "an Ed25519 key's JWK has x (RFC 8037)"), "base64url")));
}

/** DER of PKCS #8 `OneAsymmetricKey` for id-Ed25519 up to its 32 key bytes (RFC 8410, section 7). */
const PKCS8_PREFIX = Buffer.from("302e020100300506032b657004220420", "hex");

/**
 * Importing a JWK (RFC 8037) takes 35 µs, a PKCS #8 key 360 µs, on Node 20. RFC 8037 wants the public part in the JWK,
 * too, and we don't have it; Node derives it from `d` and never looks at `x`. Should a future one look, the check
 * on the first use notices, and the slow way takes over. A signature with a wrong public part would leak the key.
 */
function keyFromJwk(secretKey: Bytes): KeyObject {
  const d = Buffer.from(secretKey.buffer, secretKey.byteOffset, secretKey.length).toString("base64url");
  return createPrivateKey({ key: { kty: "OKP", crv: "Ed25519", d, x: "" }, format: "jwk" });
}

function keyFromDer(secretKey: Bytes): KeyObject {
  const der = Buffer.concat([PKCS8_PREFIX, secretKey]);
  try {
    return createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  } finally {
    der.fill(0);
  }
}

let chosenImport: ((secretKey: Bytes) => KeyObject) | undefined;

function keyObject(secretKey: Bytes): KeyObject {
  chosenImport ??= jwkImportIsSound() ? keyFromJwk : keyFromDer;
  return chosenImport(secretKey);
}

/** Whether both ways make the same key of a known seed and sign alike. */
function jwkImportIsSound(): boolean {
  const seed = new Uint8Array(32).fill(1);
  const slow = keyFromDer(seed);
  assert(publicKeyOfObject(slow).length === PublicKey.bytes, "node:crypto knows Ed25519");
  try {
    const fast = keyFromJwk(seed);
    return fast.equals(slow) && sign(null, seed, fast).equals(sign(null, seed, slow));
  } catch {
    return false;
  }
}

/**
 * BLS12-381 signatures that add up: keys, proofs of possession, sums of keys by index, and verdicts on many at once.
 *
 * ```ts
 * const secretKey = blsSecretKeyFromSeed(entropy.bytes(32));
 * const publicKey = blsPublicKeyOf(secretKey); // 48 bytes
 * const keys = new BlsKeys();
 * keys.set(7, publicKey);
 * const verifier = new BlsVerifier({ compute, metrics });
 * const [isValid] = await verifier.verify([
 *   { publicKey: keys.aggregate([7]), message, signature: blsAggregateSignatures([blsSign(secretKey, message)]) },
 * ]);
 * ```
 */
export type { BlsEngineName, BlsSet } from "./engine.js";
export * from "./errors.js";
export {
  blsAggregateSignatures,
  blsIsValidPublicKey,
  blsPossessionSet,
  blsProvePossession,
  blsPublicKeyOf,
  blsSecretKeyFromSeed,
  blsSign,
  blsSignRemembered,
  blsVerify,
} from "./keys.js";
export { BlsKeys } from "./public-keys.js";
export { type BlsEngineInfo, loadBls } from "./select.js";
export { BLS_VERIFY_TASK, BlsVerifier, type BlsVerifierDependencies, type BlsVerifierOptions } from "./verifier.js";

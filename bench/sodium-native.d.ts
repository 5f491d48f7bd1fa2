/** The one function of sodium-native that the benchmarks call; the package brings no types. */
declare module "sodium-native" {
  const sodium: {
    /** libsodium's verification of one signature. Its rule is stricter than ZIP-215. */
    crypto_sign_verify_detached(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean;
  };
  export default sodium;
}

/** Ed25519 public keys and signatures as branded bytes (RFC 8032 encodings, judged by ZIP-215; see core/compute). */
import type { Bytes } from "./bytes.js";
import { ValueError } from "./errors.js";

declare const brand: unique symbol;

/** 32 bytes: an encoded Ed25519 public key. Any 32 bytes; whether it decodes to a point is the verifier's verdict. */
export type PublicKey = Uint8Array & { readonly [brand]: "PublicKey" };

export const PublicKey = {
  bytes: 32,
  /** Takes 32 bytes as they are (no copy). @throws ValueError */
  from(bytes: Bytes): PublicKey {
    if (bytes.length !== 32) throw new ValueError({ type: "public key", reason: `it has 32 bytes, not ${bytes.length}` });
    return bytes as PublicKey;
  },
};

/** 64 bytes: an encoded Ed25519 signature (R ‖ s). */
export type Signature = Uint8Array & { readonly [brand]: "Signature" };

export const Signature = {
  bytes: 64,
  /** Takes 64 bytes as they are (no copy). @throws ValueError */
  from(bytes: Bytes): Signature {
    if (bytes.length !== 64) throw new ValueError({ type: "signature", reason: `it has 64 bytes, not ${bytes.length}` });
    return bytes as Signature;
  },
};

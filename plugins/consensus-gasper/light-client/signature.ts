/**
 * One BLS signature of many voters for many messages: BLS12-381 min-pk, ciphersuite BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_
 * (draft-irtf-cfrg-bls-signature, 3.3.4), whose keys proved their possession when they were registered.
 */
import { bls12_381 } from "@noble/curves/bls12-381.js";
import type { Bytes } from "./bytes.js";

const DOMAIN = Uint8Array.from("BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_", (letter) => letter.charCodeAt(0));

type PublicKey = InstanceType<typeof bls12_381.G1.Point>;

/** Voters of one message. */
export interface SignedMessage {
  readonly message: Bytes;
  /** 48 bytes each; at least one. */
  readonly publicKeys: readonly Bytes[];
}

export class SignatureCheck {
  /** Keys that were decoded, which takes a millisecond each. */
  readonly #keys = new Map<string, PublicKey>();
  readonly #maxKeys: number;

  /** @param maxKeys kept decoded at most */
  constructor(maxKeys: number) {
    this.#maxKeys = maxKeys;
  }

  /** Whether it is the sum of the signatures of all these keys of their messages. False also for what is no signature or key. */
  isValid(signed: readonly SignedMessage[], signature: Bytes): boolean {
    try {
      const point = bls12_381.G2.Point.fromBytes(signature);
      point.assertValidity();
      if (point.is0()) return false;
      const pairs = [{ g1: bls12_381.G1.Point.BASE.negate(), g2: point }];
      for (const { message, publicKeys } of signed) {
        let sum = bls12_381.G1.Point.ZERO;
        for (const publicKey of publicKeys) sum = sum.add(this.#keyOf(publicKey));
        // Whoever brought keys that cancel each other signed with all of them: nothing is left to check.
        if (!sum.is0()) pairs.push({ g1: sum, g2: bls12_381.longSignatures.hash(message, DOMAIN) });
      }
      return bls12_381.fields.Fp12.eql(bls12_381.pairingBatch(pairs), bls12_381.fields.Fp12.ONE);
    } catch {
      // The library throws where bytes are no point.
      return false;
    }
  }

  #keyOf(bytes: Bytes): PublicKey {
    const name = String.fromCharCode(...bytes);
    let key = this.#keys.get(name);
    if (key === undefined) {
      key = bls12_381.G1.Point.fromBytes(bytes);
      key.assertValidity();
      if (this.#keys.size >= this.#maxKeys) this.#keys.clear();
      this.#keys.set(name, key);
    }
    return key;
  }
}

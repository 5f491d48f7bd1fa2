/**
 * Validators of conformance runs, for engines that vote by BLS12-381 signatures: the signer of a run has their keys as one key file.
 *
 * They are made when they are asked for first: most engines have no use for them, and each takes a millisecond.
 */
import type { BlsSigner } from "../../ports/runtime.js";
import { asciiBytes, type Bytes, toHex } from "../../primitives/bytes.js";
import { sha256 } from "../../primitives/hash.js";
import { blsProvePossession, blsPublicKeyOf, blsSecretKeyFromSeed, blsSign } from "../../sdk.js";

/** Name of the key file. */
export const CONFORMANCE_KEY_FILE = "conformance";
/** Keys in it. */
const COUNT = 16;

export interface ConformanceValidator {
  /** 48 bytes. */
  readonly publicKey: Bytes;
  /** 96 bytes: the key's signature of itself. */
  readonly proofOfPossession: Bytes;
}

let secretKeys: ReadonlyMap<string, Bytes> | undefined;

/** Secret keys by the hex of their public ones, in the order of the key file. */
function keys(): ReadonlyMap<string, Bytes> {
  secretKeys ??= new Map(
    Array.from({ length: COUNT }, (_, index) => {
      const secretKey = blsSecretKeyFromSeed(sha256(asciiBytes(`chainwright conformance validator ${index}`)));
      return [toHex(blsPublicKeyOf(secretKey)), secretKey] as const;
    }),
  );
  return secretKeys;
}

function publicKeys(): readonly Bytes[] {
  return [...keys().values()].map(blsPublicKeyOf);
}

/** The first of the key file `conformance`, for a chain spec. Their secret keys are known to everybody. @param count 1 to 16 */
export function conformanceValidators(count: number): readonly ConformanceValidator[] {
  return [...keys().values()]
    .slice(0, count)
    .map((secretKey) => ({ publicKey: blsPublicKeyOf(secretKey), proofOfPossession: blsProvePossession(secretKey) }));
}

export const validatorSigner: BlsSigner = {
  publicKeys: async () => publicKeys(),
  keysOf: async (name) => (name === CONFORMANCE_KEY_FILE ? publicKeys() : undefined),
  async sign(publicKey, message) {
    const secretKey = keys().get(toHex(publicKey));
    if (secretKey === undefined) throw new Error("the conformance signer does not hold this key; use one of `conformanceValidators`");
    return blsSign(secretKey, message);
  },
};

/**
 * The native engine: supranational's blst by its binding @chainsafe/blst, which comes as a binary for each platform.
 *
 * Sets of one message become one (each key and signature times a random coefficient, then added), the rest go through one product of
 * Miller loops. Both draw coefficients of 64 bits from the system, inside of the library.
 */
import type * as Blst from "@chainsafe/blst";
import { type Bytes, toLatin1 } from "../primitives/bytes.js";
import { isKeyEncoding, isSignatureEncoding, isUncompressedKeyEncoding, PUBLIC_KEY_BYTES } from "./encoding.js";
import type { BlsEngine, BlsSet } from "./engine.js";

interface NativeSet {
  readonly key: Blst.PublicKey;
  readonly message: Bytes;
  readonly encoded: Bytes;
  /** On the curve; whether it is in the subgroup, each verification looks for itself. */
  signature: Blst.Signature | undefined;
}

/** Answers undefined in place of an error: the library throws on what is no point. */
function attempt<Result>(run: () => Result): Result | undefined {
  try {
    return run();
  } catch {
    return undefined;
  }
}

/** @param blst the library; whoever calls has found it */
export function createNative(blst: typeof Blst): BlsEngine<NativeSet> {
  const { PublicKey, SecretKey, Signature } = blst;

  const signatureOf = (set: NativeSet): Blst.Signature => {
    set.signature ??= Signature.fromBytes(set.encoded, false);
    return set.signature;
  };

  /** One set that stands for all of these, which have one message. */
  const merged = (sets: readonly NativeSet[]): Blst.SignatureSet => {
    const [first] = sets as readonly [NativeSet];
    if (sets.length === 1) return { msg: first.message, pk: first.key, sig: signatureOf(first) };
    const { pk, sig } = blst.aggregateWithRandomness(sets.map(({ key, encoded }) => ({ pk: key, sig: encoded })));
    return { msg: first.message, pk, sig };
  };

  return {
    name: "native",
    publicKeyOf: (secretKey) => SecretKey.fromBytes(secretKey).toPublicKey().toBytes(true),
    sign: (secretKey, message) => SecretKey.fromBytes(secretKey).sign(message).toBytes(true),
    isInSubgroup: (publicKey) => attempt(() => PublicKey.fromBytes(publicKey, true)) !== undefined,
    decompress: (publicKey) => attempt(() => PublicKey.fromBytes(publicKey, false).toBytes(false)),
    sumKeys: (publicKeys) => blst.aggregateSerializedPublicKeys([...publicKeys], false).toBytes(false),
    sumSignatures(signatures) {
      const points: Blst.Signature[] = [];
      for (const signature of signatures) {
        const point = attempt(() => Signature.fromBytes(signature, false));
        if (point === undefined) return points.length;
        points.push(point);
      }
      return blst.aggregateSignatures(points, false).toBytes(true);
    },
    prepare({ publicKey, message, signature }: BlsSet) {
      const isCompressed = publicKey.length === PUBLIC_KEY_BYTES;
      if (!isSignatureEncoding(signature)) return undefined;
      if (!(isCompressed ? isKeyEncoding(publicKey) : isUncompressedKeyEncoding(publicKey))) return undefined;
      const key = attempt(() => PublicKey.fromBytes(publicKey, isCompressed));
      return key === undefined ? undefined : { key, message, encoded: signature, signature: undefined };
    },
    verify: (set) => attempt(() => blst.verify(set.message, set.key, signatureOf(set), false, true)) ?? false,
    verifyAll(sets) {
      const byMessage = new Map<string, NativeSet[]>();
      for (const set of sets) {
        const text = toLatin1(set.message);
        const group = byMessage.get(text);
        if (group === undefined) byMessage.set(text, [set]);
        else group.push(set);
      }
      return attempt(() => blst.verifyMultipleAggregateSignatures([...byMessage.values()].map(merged), false, true)) ?? false;
    },
  };
}

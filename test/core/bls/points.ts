/** Points and sets that tests need: good ones, and such as an attacker would send. Made by the portable library, which has the group law. */
import { bls12_381 } from "@noble/curves/bls12-381.js";
import type { BlsSet } from "../../../core/bls/engine.js";
import { blsPublicKeyOf, blsSecretKeyFromSeed, blsSign } from "../../../core/bls/index.js";
import { type Bytes, concatBytes, fromHex } from "../../../core/primitives/bytes.js";

const { G1, G2, fields } = bls12_381;
const { Fp, Fp2 } = fields;

export const filled = (length: number, value: number): Bytes => new Uint8Array(length).fill(value);
export const secretKeyOf = (number: number): Bytes => blsSecretKeyFromSeed(filled(32, number));

/** A valid set. */
export function signedSet(key: number, message: Bytes = filled(32, key)): BlsSet {
  const secretKey = secretKeyOf(key);
  return { publicKey: blsPublicKeyOf(secretKey), message, signature: blsSign(secretKey, message) };
}

export function flagged(bytes: Bytes, flags: number): Bytes {
  const copy = new Uint8Array(bytes);
  copy[0] = ((copy[0] ?? 0) & 0x1f) | flags;
  return copy;
}

export function flipped(bytes: Bytes, bit: number): Bytes {
  const copy = new Uint8Array(bytes);
  copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (0x80 >> (bit & 7));
  return copy;
}

/** The order of the base field. */
export const P = fromHex(Fp.ORDER.toString(16)) ?? filled(0, 0);

type KeyPoint = ReturnType<typeof G1.Point.fromAffine>;
type SignaturePoint = ReturnType<typeof G2.Point.fromAffine>;

/** The first point of the curve with x ≥ `from`: as good as never in the subgroup, a cofactor of 2^125 being what it is. */
export function keyOutside(from: bigint): KeyPoint {
  for (let x = from; ; x++) {
    try {
      const point = G1.Point.fromAffine({ x, y: Fp.sqrt(x ** 3n + 4n) });
      if (!point.isTorsionFree()) return point;
    } catch {
      // x³ + 4 is no square: try the next.
    }
  }
}

/** A part of a key outside of the subgroup: multiplying by the group's order leaves the rest. */
export const torsion = (): KeyPoint => {
  const point = keyOutside(2n);
  return point.multiplyUnsafe(fields.Fr.ORDER - 1n).add(point);
};

export function uncompressedKey(point: KeyPoint): Bytes {
  const { x, y } = point.toAffine();
  return concatBytes(Fp.toBytes(x), Fp.toBytes(y));
}

export function pointOfKey(publicKey: Bytes): KeyPoint {
  return G1.Point.fromBytes(publicKey);
}

export function compressedKey(point: KeyPoint): Bytes {
  const { x, y } = point.toAffine();
  return flagged(Fp.toBytes(x), y > Fp.ORDER / 2n ? 0xa0 : 0x80);
}

function twistPointOutside(from: bigint): SignaturePoint {
  for (let c0 = from; ; c0++) {
    const x = Fp2.create({ c0, c1: 1n });
    try {
      const point = G2.Point.fromAffine({ x, y: Fp2.sqrt(Fp2.add(Fp2.mul(Fp2.sqr(x), x), G2.Point.CURVE().b)) });
      if (!point.isTorsionFree()) return point;
    } catch {
      // No square: try the next.
    }
  }
}

function compressedSignature(point: SignaturePoint): Bytes {
  const { x, y } = point.toAffine();
  const root = y.c1 === 0n ? y.c0 : y.c1;
  return flagged(concatBytes(Fp.toBytes(x.c1), Fp.toBytes(x.c0)), root > Fp.ORDER / 2n ? 0xa0 : 0x80);
}

/** The first point of the twist with x = `from` + i or beyond: not in the subgroup. */
export function signatureOutside(from: bigint): Bytes {
  return compressedSignature(twistPointOutside(from));
}

function times(point: SignaturePoint, scalar: bigint): SignaturePoint {
  let sum = G2.Point.ZERO;
  for (const bit of scalar.toString(2)) {
    sum = sum.double();
    if (bit === "1") sum = sum.add(point);
  }
  return sum;
}

/**
 * A signature and a point of order 13, a prime of the twist's cofactor: one coefficient in thirteen makes that point vanish, so without a look
 * at the subgroup a batch would take it.
 */
export function signatureWithTorsion(signature: Bytes): Bytes {
  const { h, n } = G2.Point.CURVE();
  for (let from = 1n; ; from++) {
    let point = times(twistPointOutside(from), (h * n) / 169n);
    while (!times(point, 13n).is0()) point = times(point, 13n);
    if (!point.is0()) return compressedSignature(bls12_381.longSignatures.Signature.fromBytes(signature).add(point));
  }
}

/** The x of no point at all. */
export function noKey(): Bytes {
  for (let x = 3n; ; x++) {
    try {
      Fp.sqrt(x ** 3n + 4n);
    } catch {
      return flagged(Fp.toBytes(x), 0x80);
    }
  }
}

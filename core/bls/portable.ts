/**
 * The portable engine: @noble/curves, handed over by whoever calls, so that this file loads nothing, and runs in a browser as well.
 * Some thirty times slower than the native one.
 *
 * Points are decoded and encoded here, not by the library, which always looks at the subgroup then: that costs as much as the decoding.
 * Coefficients of the random linear combination are 128 bits of a hash over the whole batch: whoever makes a batch can't know them
 * before he has made it, and no source of randomness is needed.
 */
import type { bls12_381 } from "@noble/curves/bls12-381.js";
import { present } from "../kernel/assert.js";
import type { Bytes } from "../primitives/bytes.js";
import {
  compressed,
  FIELD_BYTES,
  infinityKey,
  infinitySignature,
  isKeyEncoding,
  isLargerFlagged,
  isLargerRoot,
  isSignatureEncoding,
  isUncompressedKeyEncoding,
  PUBLIC_KEY_BYTES,
  withoutFlags,
} from "./encoding.js";
import { BLS_DOMAIN, type BlsEngine, type BlsSet } from "./engine.js";

type Curve = typeof bls12_381;
type G1 = InstanceType<Curve["G1"]["Point"]>;
type G2 = InstanceType<Curve["G2"]["Point"]>;
type Pair = readonly [g1: G1, g2: G2];

interface PortableSet {
  readonly key: G1;
  readonly signature: G2;
  readonly set: BlsSet;
  /** The message's point, once it was needed. */
  hashed: G2 | undefined;
}

const COEFFICIENT_BYTES = 16;

/** Points from bytes and back. */
class Codec {
  readonly #curve: Curve;

  constructor(curve: Curve) {
    this.#curve = curve;
  }

  /** Of the form of a compressed key; undefined if there is no such point. */
  key(bytes: Bytes): G1 | undefined {
    const { Fp } = this.#curve.fields;
    const { Point } = this.#curve.G1;
    const x = Fp.fromBytes(withoutFlags(bytes));
    const y = root(Fp, Fp.add(Fp.mul(Fp.sqr(x), x), Point.CURVE().b));
    if (y === undefined) return undefined;
    return Point.fromAffine({ x, y: this.#isLarger(y) === isLargerFlagged(bytes) ? y : Fp.neg(y) });
  }

  /** Of the form of an uncompressed key; undefined if it is not on the curve. */
  wholeKey(bytes: Bytes): G1 | undefined {
    const { Fp } = this.#curve.fields;
    const { Point } = this.#curve.G1;
    const x = Fp.fromBytes(bytes.subarray(0, FIELD_BYTES));
    const y = Fp.fromBytes(bytes.subarray(FIELD_BYTES));
    const isOnCurve = Fp.eql(Fp.sqr(y), Fp.add(Fp.mul(Fp.sqr(x), x), Point.CURVE().b));
    return isOnCurve ? Point.fromAffine({ x, y }) : undefined;
  }

  keyBytes(point: G1): Bytes {
    if (point.is0()) return infinityKey();
    const { Fp } = this.#curve.fields;
    const { x, y } = point.toAffine();
    return joined(Fp.toBytes(x), Fp.toBytes(y));
  }

  /** Of the form of a compressed signature; undefined if there is no such point. */
  signature(bytes: Bytes): G2 | undefined {
    const { Fp, Fp2 } = this.#curve.fields;
    const { Point } = this.#curve.G2;
    const coordinates = withoutFlags(bytes);
    const c1 = Fp.fromBytes(coordinates.subarray(0, FIELD_BYTES));
    const c0 = Fp.fromBytes(coordinates.subarray(FIELD_BYTES));
    const x = Fp2.create({ c0, c1 });
    const y = root(Fp2, Fp2.add(Fp2.mul(Fp2.sqr(x), x), Point.CURVE().b));
    if (y === undefined) return undefined;
    return Point.fromAffine({ x, y: this.#isLarger2(y) === isLargerFlagged(bytes) ? y : Fp2.neg(y) });
  }

  signatureBytes(point: G2): Bytes {
    if (point.is0()) return infinitySignature();
    const { Fp } = this.#curve.fields;
    const { x, y } = point.toAffine();
    return compressed(joined(Fp.toBytes(x.c1), Fp.toBytes(x.c0)), this.#isLarger2(y));
  }

  #isLarger(y: bigint): boolean {
    return isLargerRoot(this.#curve.fields.Fp.toBytes(y));
  }

  #isLarger2({ c0, c1 }: { readonly c0: bigint; readonly c1: bigint }): boolean {
    return this.#isLarger(c1 === 0n ? c0 : c1);
  }
}

/** The library throws where there is no root. */
function root<Element>(field: { sqrt(element: Element): Element }, square: Element): Element | undefined {
  try {
    return field.sqrt(square);
  } catch {
    return undefined;
  }
}

/**
 * @param curve `bls12_381` of @noble/curves
 * @param sha256 of the concatenation of what it is given
 */
export function createPortable(curve: Curve, sha256: (...parts: readonly Bytes[]) => Bytes): BlsEngine<PortableSet> {
  const { longSignatures, utils, millerLoopBatch } = curve;
  const { Fp12 } = curve.fields;
  const codec = new Codec(curve);
  const minusBase = curve.G1.Point.BASE.negate();
  const hashOf = (message: Bytes): G2 => longSignatures.hash(message, asciiBytes(BLS_DOMAIN));
  const hashedOf = (prepared: PortableSet): G2 => {
    prepared.hashed ??= hashOf(prepared.set.message);
    return prepared.hashed;
  };

  /** Whether the product of these pairings is 1. Infinity contributes 1. */
  const isProductOne = (pairs: readonly Pair[]): boolean => {
    const loops = pairs
      .filter(([g1, g2]) => !g1.is0() && !g2.is0())
      .map(([g1, g2]): Parameters<typeof millerLoopBatch>[0][number] => {
        const { x, y } = g1.toAffine();
        return [utils.calcPairingPrecomputes(g2), x, y];
      });
    return loops.length === 0 || Fp12.eql(Fp12.finalExponentiate(millerLoopBatch(loops)), Fp12.ONE);
  };

  const sum = <Point extends { add(other: Point): Point }>(points: readonly Point[], start: Point): Point =>
    points.reduce((total, point) => total.add(point), start);

  return {
    name: "portable",
    publicKeyOf: (secretKey) => longSignatures.getPublicKey(secretKey).toBytes(true),
    sign: (secretKey, message) => longSignatures.sign(hashOf(message), secretKey).toBytes(true),
    isInSubgroup: (publicKey) => codec.key(publicKey)?.isTorsionFree() === true,
    decompress(publicKey) {
      const point = codec.key(publicKey);
      return point === undefined ? undefined : codec.keyBytes(point);
    },
    sumKeys: (publicKeys) =>
      codec.keyBytes(
        sum(
          publicKeys.map((key) => present(codec.wholeKey(key), "keys that are added were decoded before")),
          curve.G1.Point.ZERO,
        ),
      ),
    sumSignatures(signatures) {
      const points: G2[] = [];
      for (const signature of signatures) {
        const point = codec.signature(signature);
        if (point === undefined) return points.length;
        points.push(point);
      }
      return codec.signatureBytes(sum(points, curve.G2.Point.ZERO));
    },
    prepare(set) {
      const { publicKey, signature: encoded } = set;
      const isCompressed = publicKey.length === PUBLIC_KEY_BYTES;
      if (!isSignatureEncoding(encoded)) return undefined;
      if (!(isCompressed ? isKeyEncoding(publicKey) : isUncompressedKeyEncoding(publicKey))) return undefined;
      const key = isCompressed ? codec.key(publicKey) : codec.wholeKey(publicKey);
      if (key === undefined || (isCompressed && !key.isTorsionFree())) return undefined;
      const signature = codec.signature(encoded);
      if (signature === undefined || !signature.isTorsionFree()) return undefined;
      return { key, signature, set, hashed: undefined };
    },
    verify: (prepared) =>
      isProductOne([
        [prepared.key, hashedOf(prepared)],
        [minusBase, prepared.signature],
      ]),
    verifyAll(sets) {
      const seed = sha256(...sets.flatMap(({ set }) => [lengthsOf(set), set.publicKey, set.message, set.signature]));
      const keys = new Map<string, { key: G1; readonly first: PortableSet }>();
      let signature = curve.G2.Point.ZERO;
      for (const [index, prepared] of sets.entries()) {
        const coefficient = integerOf(sha256(seed, Uint8Array.of(index >>> 8, index)).subarray(0, COEFFICIENT_BYTES)) | 1n;
        const key = prepared.key.multiplyUnsafe(coefficient);
        signature = signature.add(prepared.signature.multiplyUnsafe(coefficient));
        const text = String.fromCharCode(...sha256(prepared.set.message));
        const same = keys.get(text);
        if (same === undefined) keys.set(text, { key, first: prepared });
        else same.key = same.key.add(key);
      }
      const pairs = [...keys.values()].map(({ key, first }): Pair => [key, hashedOf(first)]);
      return isProductOne([...pairs, [minusBase, signature]]);
    },
  };
}

/** Of key and message, so that no two batches are hashed as the same bytes; a signature has one length. */
function lengthsOf({ publicKey, message }: BlsSet): Bytes {
  const { length } = message;
  return Uint8Array.of(publicKey.length, length >>> 24, length >>> 16, length >>> 8, length);
}

function joined(a: Bytes, b: Bytes): Bytes {
  const bytes = new Uint8Array(a.length + b.length);
  bytes.set(a);
  bytes.set(b, a.length);
  return bytes;
}

function integerOf(bytes: Bytes): bigint {
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  return value;
}

function asciiBytes(text: string): Bytes {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

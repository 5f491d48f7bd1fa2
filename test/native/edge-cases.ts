/**
 * The corners of ZIP-215 (https://zips.z.cash/zip-0215), each with the oracle's verdict: small orders, mixed orders,
 * non-canonical and undecodable encodings, scalars around the order and around the digits into which engines cut them.
 */
import { Point } from "@noble/ed25519";
import type { Bytes } from "../../core/primitives/bytes.js";
import { RFC8032 } from "./rfc8032-vectors.js";
import {
  challenge,
  FIELD,
  fromLittleEndian,
  goodSignatures,
  type Judged,
  judged,
  littleEndian,
  numberedMessage,
  ORDER,
  type Signed,
  withScalarError,
} from "./signed.js";
import { SPECCHECK, SPECCHECK_ZIP215, smallOrderEncodings, smallOrderPairs } from "./zip215-vectors.js";

const IDENTITY = littleEndian(1n);

export function signatureOf(r: Bytes, s: bigint): Bytes {
  const signature = new Uint8Array(64);
  signature.set(r);
  signature.set(littleEndian(s), 32);
  return signature;
}

function basePointTimes(scalar: bigint): Point {
  return scalar % ORDER === 0n ? Point.ZERO : Point.BASE.multiply(scalar % ORDER, false);
}

/** A signature by the key [a]B + torsion, with R = [r]B + torsion: valid, whatever the torsion. */
export function mixedOrder(a: bigint, keyTorsion: Point, r: bigint, rTorsion: Point, message: Bytes): Signed {
  const publicKey = basePointTimes(a).add(keyTorsion).toBytes();
  const rBytes = basePointTimes(r).add(rTorsion).toBytes();
  return { publicKey, signature: signatureOf(rBytes, (r + challenge(rBytes, publicKey, message) * a) % ORDER), message };
}

/** A signature under a key of small order: [k]A has small order whatever k is, so that R = [s]B is right for every message. */
function underSmallKey(publicKey: Bytes, s: bigint, message: Bytes): Signed {
  return { publicKey, signature: signatureOf(basePointTimes(s).toBytes(), s), message };
}

/** s in [0, 2^256): 0 and 1, the order and its multiples, powers of two, and what is all carries in digits of any width. */
export function scalarEdges(): bigint[] {
  const edges = [0n, 1n, 2n, 7n, 8n, ORDER - 2n, ORDER - 1n, ORDER, ORDER + 1n, ORDER + 8n];
  for (let multiple = 2n; multiple * ORDER < 2n ** 256n; multiple++)
    edges.push(multiple * ORDER - 1n, multiple * ORDER, multiple * ORDER + 1n);
  for (const power of [32n, 51n, 63n, 64n, 127n, 128n, 129n, 191n, 192n, 250n, 251n, 252n, 253n, 254n, 255n, 256n])
    edges.push(2n ** power - 1n, 2n ** power, 2n ** power + 1n);
  for (let width = 3n; width <= 13n; width++) {
    const repeated = (digit: bigint) => {
      let value = 0n;
      for (let at = 0n; at < 252n; at += width) value |= digit << at;
      return value & (2n ** 252n - 1n);
    };
    const half = 2n ** (width - 1n);
    edges.push(repeated(half - 1n), repeated(half), repeated(half + 1n), repeated(2n * half - 1n));
  }
  return [...new Set(edges)].filter((edge) => edge < 2n ** 256n);
}

function smallOrders(): Judged[] {
  const [wrongR, wrongKey] = goodSignatures(2) as [Judged, Judged];
  const items: Judged[] = smallOrderPairs().map((item, i) => ({ ...item, valid: true, what: `small order, pair ${i}` }));
  for (const [i, encoding] of smallOrderEncodings().entries()) {
    items.push(judged({ ...wrongKey, publicKey: encoding }, `key ${i} of small order under another's signature`));
    items.push(judged({ ...wrongR, signature: signatureOf(encoding, 1n) }, `R ${i} of small order`));
    items.push(
      judged(underSmallKey(encoding, 12345678901234567n + BigInt(i), numberedMessage(i, 40)), `key ${i} of small order, R = [s]B`),
    );
  }
  return items;
}

function scalars(): Judged[] {
  const [good] = goodSignatures(1) as [Judged];
  const encodings = smallOrderEncodings();
  const goodS = fromLittleEndian(good.signature.subarray(32));
  const items: Judged[] = [];
  for (const [i, s] of scalarEdges().entries()) {
    const key = encodings[i % encodings.length] as Bytes;
    items.push(judged(underSmallKey(key, s, numberedMessage(i, 11)), `s = ${s}, R = [s]B`));
    if (i < 40) items.push(judged({ publicKey: key, signature: signatureOf(IDENTITY, s), message: good.message }, `s = ${s}, R = 0`));
    if (i < 40) items.push(judged({ ...good, signature: signatureOf(good.signature.subarray(0, 32), s) }, `s = ${s}, wrong`));
  }
  for (let s = goodS + ORDER; s < 2n ** 256n; s += ORDER)
    items.push(judged({ ...good, signature: signatureOf(good.signature.subarray(0, 32), s) }, `s = ${s}, right modulo L`));
  for (const error of [1n, 2n, 8n, ORDER - 1n, 2n ** 128n, 2n ** 252n]) items.push(withScalarError(good, error));
  return items;
}

function mixedOrders(): Judged[] {
  const torsion = [
    ...new Map(
      smallOrderEncodings()
        .map((bytes) => Point.fromBytes(bytes, true))
        .map((point) => [point.toHex(), point]),
    ).values(),
  ];
  const items: Judged[] = [];
  for (const [i, keyTorsion] of torsion.entries()) {
    for (const [j, rTorsion] of torsion.entries()) {
      const number = items.length;
      const item = mixedOrder(
        2n ** 250n - BigInt(number),
        keyTorsion,
        3n ** 150n + BigInt(number),
        rTorsion,
        numberedMessage(number, number),
      );
      const good = judged(item, `mixed order, torsion ${i} in the key and ${j} in R`);
      items.push(good, withScalarError(good, BigInt(number) * 8n + 1n));
    }
  }
  return items;
}

function encodings(): Judged[] {
  const [good] = goodSignatures(1) as [Judged];
  const items: Judged[] = [];
  const ys: bigint[] = [2n ** 254n, 2n ** 255n - 20n, (FIELD - 1n) / 2n, (FIELD + 1n) / 2n];
  // y below 19, whose second spelling y + p fits into 255 bits too; and the last below p.
  for (let y = 0n; y < 19n; y++) ys.push(y, y + FIELD);
  for (let below = 1n; below <= 4n; below++) ys.push(FIELD - below);
  for (const [i, y] of ys.entries()) {
    const encoding = littleEndian(y | (BigInt(i & 1) << 255n));
    items.push(judged({ ...good, publicKey: encoding }, `key encodes y = ${y}`));
    items.push(judged({ ...good, signature: signatureOf(encoding, fromLittleEndian(good.signature.subarray(32))) }, `R encodes y = ${y}`));
    items.push(judged({ publicKey: encoding, signature: signatureOf(encoding, 0n), message: good.message }, `key and R encode y = ${y}`));
    items.push(judged({ publicKey: IDENTITY, signature: signatureOf(encoding, 0n), message: good.message }, `R encodes y = ${y}, key 0`));
  }
  for (const byte of [0x00, 0x01, 0x7f, 0x80, 0xed, 0xff]) {
    const filled = { publicKey: new Uint8Array(32).fill(byte), signature: new Uint8Array(64).fill(byte), message: Uint8Array.of(byte) };
    items.push(judged(filled, `all bytes ${byte}`));
  }
  return items;
}

/** All of them; takes about a second to judge. */
export function edgeCases(): Judged[] {
  return [
    ...RFC8032.map((item, i) => ({ ...item, valid: true, what: `RFC 8032, vector ${i}` })),
    ...SPECCHECK.map((item, i) => ({ ...item, valid: SPECCHECK_ZIP215[i] === "V", what: `speccheck ${i}` })),
    ...smallOrders(),
    ...scalars(),
    ...mixedOrders(),
    ...encodings(),
  ];
}

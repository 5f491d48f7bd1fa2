/** Signatures as an adversary would make them: right ones, wrong ones, and right ones that look wrong. */
import { Point } from "@noble/ed25519";
import type { Bytes } from "../../core/primitives/bytes.js";
import type { Random } from "../fixtures/random.js";
import { edgeCases, mixedOrder, signatureOf } from "./edge-cases.js";
import { FIELD, fromLittleEndian, goodSignatures, type Judged, judged, littleEndian, ORDER, type Signed } from "./signed.js";
import { smallOrderEncodings } from "./zip215-vectors.js";

const R = (item: Signed): Bytes => item.signature.subarray(0, 32);
const S = (item: Signed): Bytes => item.signature.subarray(32);

function join(r: Bytes, s: Bytes): Bytes {
  const signature = new Uint8Array(64);
  signature.set(r);
  signature.set(s, 32);
  return signature;
}

function flipped(bytes: Bytes, bit: number): Bytes {
  const copy = bytes.slice();
  if (copy.length > 0) copy[(bit >> 3) % copy.length] = (copy[(bit >> 3) % copy.length] as number) ^ (1 << (bit & 7));
  return copy;
}

type Mutation = (item: Signed, other: Signed, adversary: Adversary) => Signed;

const MUTATIONS: Readonly<Record<string, Mutation>> = {
  none: (item) => item,
  "bit of the key": (item, _, { random }) => ({ ...item, publicKey: flipped(item.publicKey, random.below(256)) }),
  "bit of R": (item, _, { random }) => ({ ...item, signature: flipped(item.signature, random.below(256)) }),
  "bit of s": (item, _, { random }) => ({ ...item, signature: flipped(item.signature, 256 + random.below(256)) }),
  "bit of the message": (item, _, { random }) => ({ ...item, message: flipped(item.message, random.below(4096)) }),
  "sign bits": (item) => ({ ...item, publicKey: flipped(item.publicKey, 255), signature: flipped(item.signature, 255) }),
  "shorter message": (item, _, { random }) => ({ ...item, message: item.message.slice(random.below(2)) }),
  "longer message": (item) => ({ ...item, message: Uint8Array.of(...item.message, 0) }),
  "another's key": (item, other) => ({ ...item, publicKey: other.publicKey }),
  "another's R": (item, other) => ({ ...item, signature: join(R(other), S(item)) }),
  "another's s": (item, other) => ({ ...item, signature: join(R(item), S(other)) }),
  "another's message": (item, other) => ({ ...item, message: other.message }),
  "R is the key": (item) => ({ ...item, signature: join(item.publicKey, S(item)) }),
  "the key is R": (item) => ({ ...item, publicKey: R(item) }),
  "s is R": (item) => ({ ...item, signature: join(R(item), R(item)) }),
  "special key": (item, _, { encoding }) => ({ ...item, publicKey: encoding() }),
  "special R": (item, _, { encoding }) => ({ ...item, signature: join(encoding(), S(item)) }),
  "special s": (item, _, { scalar }) => ({ ...item, signature: join(R(item), scalar()) }),
  "special everything": (item, _, { encoding, scalar }) => ({ ...item, publicKey: encoding(), signature: join(encoding(), scalar()) }),
  "s plus the order": (item) => ({ ...item, signature: signatureOf(R(item), (fromLittleEndian(S(item)) + ORDER) % 2n ** 256n) }),
  "s off by a little": (item, _, { random }) => ({
    ...item,
    signature: signatureOf(R(item), (fromLittleEndian(S(item)) + BigInt(1 + random.below(16))) % ORDER),
  }),
  "s negated": (item) => ({ ...item, signature: signatureOf(R(item), (ORDER - fromLittleEndian(S(item))) % ORDER) }),
  noise: (item, _, { random }) => ({ ...item, signature: random.bytes(64) }),
  "noise everywhere": (_item, _, { random }) => ({
    publicKey: random.bytes(32),
    signature: random.bytes(64),
    message: random.bytes(random.below(200)),
  }),
  "noise below the order": (item, _, { random }) => ({
    ...item,
    signature: signatureOf(random.bytes(32), fromLittleEndian(random.bytes(32)) % ORDER),
  }),
  // Valid under ZIP-215, by construction.
  "key of small order": (item, _, { random, small }) => {
    const s = fromLittleEndian(random.bytes(32)) % ORDER;
    const r = Point.BASE.multiply(s === 0n ? 1n : s, false).add(Point.fromBytes(small(), true));
    return { ...item, publicKey: small(), signature: signatureOf(r.toBytes(), s === 0n ? 1n : s) };
  },
  "mixed order": (item, _, { random, small }) => {
    const [a, r] = [0, 1].map(() => 1n + (fromLittleEndian(random.bytes(random.pick([1, 4, 16, 32]))) % (ORDER - 1n))) as [bigint, bigint];
    return mixedOrder(a, Point.fromBytes(small(), true), r, Point.fromBytes(small(), true), item.message);
  },
  "mixed order, s off by one": (item, _, { random, small }) => {
    const a = 1n + BigInt(random.below(1 << 30));
    const made = mixedOrder(a, Point.fromBytes(small(), true), a + 1n, Point.fromBytes(small(), true), item.message);
    return { ...made, signature: signatureOf(R(made), (fromLittleEndian(S(made)) + 1n) % ORDER) };
  },
};

export class Adversary {
  readonly random: Random;
  readonly #good: readonly Judged[] = goodSignatures(400, 130);
  readonly #corners: readonly Judged[] = edgeCases();
  readonly #small: readonly Bytes[] = smallOrderEncodings();

  constructor(random: Random) {
    this.random = random;
  }

  /** An encoding of small order. */
  readonly small = (): Bytes => this.random.pick(this.#small);

  /** An encoding that is special: of small order, not canonical, without a point, or of a small or sparse y. */
  readonly encoding = (): Bytes => {
    const { random } = this;
    const sign = BigInt(random.below(2)) << 255n;
    switch (random.below(6)) {
      case 0:
        return this.small();
      case 1:
        return littleEndian((FIELD + BigInt(random.below(19))) | sign);
      case 2:
        return littleEndian(BigInt(random.below(40)) | sign);
      case 3:
        return littleEndian((FIELD - BigInt(random.below(40))) | sign);
      case 4:
        return littleEndian((1n << BigInt(random.below(255))) | sign);
      default:
        return littleEndian(((1n << 255n) - 1n - (1n << BigInt(random.below(255)))) | sign);
    }
  };

  /** A scalar near something that matters, as 32 bytes. */
  readonly scalar = (): Bytes => {
    const { random } = this;
    const near = BigInt(random.below(5)) - 2n;
    const bases = [
      0n,
      ORDER,
      2n * ORDER,
      8n * ORDER,
      1n << BigInt(random.below(256)),
      (1n << 256n) - 3n,
      ORDER >> BigInt(random.below(252)),
    ];
    const value = random.pick(bases) + near;
    return littleEndian(value < 0n ? 0n : value % (1n << 256n));
  };

  /** One signature with the oracle's verdict. */
  next(): Judged {
    const { random } = this;
    if (random.chance(10)) return random.pick(this.#corners);
    const good = random.pick(this.#good);
    if (random.chance(15)) return good;
    const what = random.pick(Object.keys(MUTATIONS));
    const mutated = (MUTATIONS[what] as Mutation)(good, random.pick(this.#good), this);
    return judged(mutated, what);
  }

  /** A good one; many of them make long batches cheap. */
  good(): Judged {
    return this.random.pick(this.#good);
  }
}

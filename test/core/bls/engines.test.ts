/** The two engines against each other: the same bytes, and the same verdicts on all that anybody may send. */
import t from "tap";
import { judge } from "../../../core/bls/batch.js";
import { compressKey, isKeyEncoding, isSignatureEncoding, isUncompressedKeyEncoding } from "../../../core/bls/encoding.js";
import type { BlsSet } from "../../../core/bls/engine.js";
import { blsEngineNamed } from "../../../core/bls/select.js";
import { concatBytes, toHex } from "../../../core/primitives/bytes.js";
import {
  compressedKey,
  filled,
  flagged,
  flipped,
  keyOutside,
  noKey,
  P,
  pointOfKey,
  secretKeyOf,
  signatureOutside,
  signatureWithTorsion,
  signedSet,
  torsion,
  uncompressedKey,
} from "./points.js";

const native = blsEngineNamed("native");
const portable = blsEngineNamed("portable");
const good = signedSet(1);
const other = signedSet(2);
const whole = uncompressedKey(pointOfKey(good.publicKey));

/** By what they are, with the verdict that the scheme has on them. */
const CASES: Readonly<Record<string, readonly [verdict: boolean, change: Partial<BlsSet>]>> = {
  "a good one": [true, {}],
  "its key uncompressed": [true, { publicKey: whole }],
  "no message": [true, signedSet(3, filled(0, 0))],
  "a long message": [true, signedSet(3, filled(1_000, 7))],
  "another key": [false, { publicKey: other.publicKey }],
  "another message": [false, { message: other.message }],
  "a shorter message": [false, { message: good.message.subarray(1) }],
  "another signature": [false, { signature: other.signature }],
  "the negated signature": [false, { signature: flipped(good.signature, 2) }],
  "the negated key": [false, { publicKey: flipped(good.publicKey, 2) }],
  "the negated key, uncompressed": [false, { publicKey: uncompressedKey(pointOfKey(good.publicKey).negate()) }],
  "key and signature negated: a good one of another key": [
    true,
    { publicKey: flipped(good.publicKey, 2), signature: flipped(good.signature, 2) },
  ],
  "infinity as key": [false, { publicKey: flagged(filled(48, 0), 0xc0) }],
  "infinity as key, uncompressed": [false, { publicKey: flagged(filled(96, 0), 0x40) }],
  "infinity as signature": [false, { signature: flagged(filled(96, 0), 0xc0) }],
  "infinity as both": [false, { publicKey: flagged(filled(48, 0), 0xc0), signature: flagged(filled(96, 0), 0xc0) }],
  "infinity as both, uncompressed": [false, { publicKey: flagged(filled(96, 0), 0x40), signature: flagged(filled(96, 0), 0xc0) }],
  "infinity that is not clean": [false, { publicKey: flagged(filled(48, 1), 0xc0) }],
  "infinity with a root": [false, { publicKey: flagged(filled(48, 0), 0xe0) }],
  "a key without its flag": [false, { publicKey: flagged(good.publicKey, 0) }],
  "a signature without its flag": [false, { signature: flagged(good.signature, 0) }],
  "an uncompressed key flagged as compressed": [false, { publicKey: flagged(whole, 0x80) }],
  "an uncompressed key with a root": [false, { publicKey: flagged(whole, 0x20) }],
  "a coordinate of p": [false, { publicKey: flagged(P, 0x80) }],
  "a signature's coordinate of p": [false, { signature: flagged(concatBytes(P, good.signature.subarray(48)), 0x80) }],
  "a signature's other coordinate of p": [false, { signature: concatBytes(good.signature.subarray(0, 48), P) }],
  "y of p": [false, { publicKey: concatBytes(whole.subarray(0, 48), P) }],
  "no point": [false, { publicKey: noKey() }],
  "no point, uncompressed": [false, { publicKey: flipped(whole, 767) }],
  "a key outside of the subgroup": [false, { publicKey: compressedKey(keyOutside(5n)) }],
  "a key outside of the subgroup, uncompressed": [false, { publicKey: uncompressedKey(keyOutside(5n)) }],
  "a key of order 3": [false, { publicKey: flagged(filled(48, 0), 0x80) }],
  "a key of order 3, uncompressed": [false, { publicKey: concatBytes(filled(95, 0), filled(1, 2)) }],
  "a key with a part outside": [false, { publicKey: compressedKey(pointOfKey(good.publicKey).add(torsion())) }],
  "the same uncompressed, where that part does not count": [
    true,
    { publicKey: uncompressedKey(pointOfKey(good.publicKey).add(torsion())) },
  ],
  "a signature outside of the subgroup": [false, { signature: signatureOutside(1n) }],
  "a signature with a part outside of it": [false, { signature: signatureWithTorsion(good.signature) }],
  "a signature with x = 0": [false, { signature: flagged(filled(96, 0), 0x80) }],
  "a short key": [false, { publicKey: good.publicKey.subarray(1) }],
  "a long key": [false, { publicKey: concatBytes(good.publicKey, filled(1, 0)) }],
  "no key": [false, { publicKey: filled(0, 0) }],
  "a short signature": [false, { signature: good.signature.subarray(0, 95) }],
  "a long signature": [false, { signature: concatBytes(good.signature, filled(96, 0)) }],
  "no signature": [false, { signature: filled(0, 0) }],
};
const sets = Object.values(CASES).map(([, change]): BlsSet => ({ ...good, ...change }));
const verdicts = Object.values(CASES).map(([verdict]) => verdict);

t.test("both give the verdict of the scheme, on one and on all in a batch", async (t) => {
  const names = Object.keys(CASES);
  for (const engine of [native, portable]) {
    const single = sets.map((set) => judge(engine, [set])[0]);
    for (const [index, verdict] of verdicts.entries()) t.equal(single[index], verdict, `${engine.name}: ${names[index]}`);
    t.same(judge(engine, sets), verdicts, `${engine.name}: in a batch`);
  }
});

t.test("a signature with a point of small order gets through no batch", async (t) => {
  const torsioned = { ...good, signature: signatureWithTorsion(good.signature) };
  t.equal(portable.prepare(torsioned), undefined);
  // Each would be taken with a chance of 1 in 13.
  for (const companion of [good, other]) {
    const taken = Array.from({ length: 60 }, () => judge(native, [companion, torsioned])[1]);
    t.notOk(taken.includes(true), companion === good ? "of one message" : "of two messages");
  }
});

t.test("bits that are flipped anywhere: the same verdicts", async (t) => {
  let state = 7;
  const draw = (below: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (state >>> 8) % below;
  };
  const mutated: BlsSet[] = [good, other];
  for (let i = 0; i < 24; i++)
    mutated.push(
      i % 2 === 0 ? { ...good, publicKey: flipped(good.publicKey, draw(384)) } : { ...good, signature: flipped(good.signature, draw(768)) },
    );
  t.same(judge(portable, mutated), judge(native, mutated));
  t.same(judge(native, mutated).slice(0, 2), [true, true]);
  t.notOk(judge(native, mutated).slice(2).includes(true));
});

t.test("form: flags, canonical coordinates, neither infinity nor order 3", async (t) => {
  t.ok(isKeyEncoding(good.publicKey) && isUncompressedKeyEncoding(whole) && isSignatureEncoding(good.signature));
  t.same(compressKey(whole), good.publicKey);
  t.same(compressKey(uncompressedKey(pointOfKey(good.publicKey).negate())), flipped(good.publicKey, 2));
  t.same(compressKey(flagged(filled(96, 0), 0x40)), flagged(filled(48, 0), 0xc0));
  for (const [index, { publicKey, signature }] of sets.entries()) {
    const isWhole = publicKey.length === 96;
    const hasForm = (isWhole ? isUncompressedKeyEncoding(publicKey) : isKeyEncoding(publicKey)) && isSignatureEncoding(signature);
    if (verdicts[index] === true) t.ok(hasForm, Object.keys(CASES)[index] ?? "");
  }
  t.notOk(isKeyEncoding(flagged(filled(48, 0), 0x80)), "(0, 2), which one library decodes");
  t.notOk(isUncompressedKeyEncoding(concatBytes(filled(95, 0), filled(1, 2))), "the same");
  t.notOk(isSignatureEncoding(flagged(filled(96, 0), 0x80)), "the same on the twist");
  for (const flags of [0, 0x20, 0x40, 0x60, 0xc0, 0xe0]) t.notOk(isKeyEncoding(flagged(good.publicKey, flags)), `flags ${flags}`);
  for (const flags of [0x20, 0x40, 0x60, 0x80, 0xa0]) t.notOk(isUncompressedKeyEncoding(flagged(whole, flags)), `flags ${flags}`);
});

t.test("keys, signatures and sums are the same bytes", async (t) => {
  const same = (what: string, of: (engine: typeof native) => unknown) => t.same(of(portable), of(native), what);
  for (const key of [1, 2, 255]) {
    const secretKey = secretKeyOf(key);
    same(`public key ${key}`, (engine) => toHex(engine.publicKeyOf(secretKey)));
    same(`signature ${key}`, (engine) => toHex(engine.sign(secretKey, filled(key, key))));
  }
  const encodings = [good, other].map(({ publicKey }) => publicKey);
  const outside = compressedKey(keyOutside(9n));
  for (const [what, key] of Object.entries({ good: encodings[0] ?? P, outside, none: noKey() })) {
    same(`decompressed: ${what}`, (engine) => {
      const bytes = engine.decompress(key);
      return bytes === undefined ? undefined : toHex(bytes);
    });
    same(`in the subgroup: ${what}`, (engine) => engine.isInSubgroup(key));
  }
  const wholes = [whole, uncompressedKey(pointOfKey(other.publicKey)), uncompressedKey(keyOutside(9n))];
  same("a sum of keys", (engine) => toHex(engine.sumKeys(wholes)));
  same("one and the same key twice", (engine) => toHex(engine.sumKeys([whole, whole])));
  const opposite = uncompressedKey(pointOfKey(good.publicKey).negate());
  same("keys that cancel each other", (engine) => toHex(engine.sumKeys([whole, opposite])));
  t.equal(toHex(native.sumKeys([whole, opposite])), `40${"00".repeat(95)}`);
  const sum = (signatures: readonly Uint8Array[]) => (engine: typeof native) => {
    const bytes = engine.sumSignatures(signatures);
    return typeof bytes === "number" ? bytes : toHex(bytes);
  };
  same("a sum of signatures", sum([good.signature, other.signature]));
  same("of such as are outside of the subgroup", sum([good.signature, signatureOutside(1n)]));
  same("signatures that cancel each other", sum([good.signature, flipped(good.signature, 2)]));
  t.equal(sum([good.signature, flipped(good.signature, 2)])(native), `c0${"00".repeat(95)}`);
  const noSignature = flagged(concatBytes(filled(95, 0), filled(1, 3)), 0x80);
  same("one that is no point is named", sum([good.signature, noSignature]));
});

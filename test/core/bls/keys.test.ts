/** Keys and signatures by the published vectors, sums, proofs of possession, keys by index, and the choice of an engine. */
import t from "tap";
import {
  BlsKeys,
  blsAggregateSignatures,
  blsIsValidPublicKey,
  blsPossessionSet,
  blsProvePossession,
  blsPublicKeyOf,
  blsSecretKeyFromSeed,
  blsSign,
  blsVerify,
  loadBls,
} from "../../../core/bls/index.js";
import { blsEngineNamed, chooseBls } from "../../../core/bls/select.js";
import { asciiBytes, type Bytes, bytesEqual, concatBytes, fromHex, toHex } from "../../../core/primitives/bytes.js";
import { sha256Of } from "../../../core/primitives/hash.js";
import {
  compressedKey,
  filled,
  flagged,
  flipped,
  keyOutside,
  noKey,
  pointOfKey,
  secretKeyOf,
  signedSet,
  uncompressedKey,
} from "./points.js";

const hex = (text: string): Bytes => fromHex(text) ?? filled(0, 0);
const GROUP_ORDER = hex("73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001");

t.test("eip-2333: master keys of its four test cases", async (t) => {
  const cases = [
    [
      "c55257c360c07c72029aebc1b53c05ed0362ada38ead3e3e9efa3708e53495531f09a6987599d18264c1e1c92f2cf141630c7a3c4ab7c81b2f001698e7463b04",
      6083874454709270928345386274498605044986640685124978867557563392430687146096n,
    ],
    [
      "3141592653589793238462643383279502884197169399375105820974944592",
      29757020647961307431480504535336562678282505419141012933316116377660817309383n,
    ],
    [
      "0099FF991111002299DD7744EE3355BBDD8844115566CC55663355668888CC00",
      27580842291869792442942448775674722299803720648445448686099262467207037398656n,
    ],
    [
      "d4e56740f876aef8c010b86a40d5f56745a118d0906a34e69aec8c0db1cb8fa3",
      19022158461524446591288038168518313374041767046816487870552872741050760015818n,
    ],
  ] as const;
  for (const [seed, key] of cases) t.equal(BigInt(`0x${toHex(blsSecretKeyFromSeed(hex(seed)))}`), key, seed.slice(0, 8));
  for (const length of [0, 31, 1_025]) t.throws(() => blsSecretKeyFromSeed(filled(length, 1)), { code: "BLS_SEED" }, `${length} bytes`);
});

// ethereum/bls12-381-tests, sign_case_*: three keys, messages of 32 bytes. The public keys are those of its fast_aggregate_verify cases.
const PUBLISHED = [
  [
    "263dbd792f5b1be47ed85f8938c0f29586af0d3ac7b977f21c278fe1462040e3",
    "a491d1b0ecd9bb917989f0e74f0dea0422eac4a873e5e2644f368dffb9a6e20fd6e10c1b77654d067c0618f6e5a7f79a",
    "b6ed936746e01f8ecf281f020953fbf1f01debd5657c4a383940b020b26507f6076334f91e2366c96e9ab279fb5158090352ea1c5b0c9274504f4f0e7053af24802e51e4568d164fe986834f41e55c8e850ce1f98458c0cfc9ab380b55285a55",
  ],
  [
    "47b8192d77bf871b62e87859d653922725724a5c031afeabc60bcef5ff665138",
    "b301803f8b5ac4a1133581fc676dfedc60d891dd5fa99028805e5ea5b08d3491af75d0707adab3b70c6a6a580217bf81",
    "b23c46be3a001c63ca711f87a005c200cc550b9429d5f4eb38d74322144f1b63926da3388979e5321012fb1a0526bcd100b5ef5fe72628ce4cd5e904aeaa3279527843fae5ca9ca675f4f51ed8f83bbf7155da9ecc9663100a885d5dc6df96d9",
  ],
  [
    "328388aff0d4a5b7dc9205abd374e7e98f3cd9f3418edb4eafda5fb16473d216",
    "b53d21a4cfd562c469cc81514d4ce5a6b577d8403d32a394dc265dd190b47fa9f829fdd7963afdf972e5e77854051f6f",
    "948a7cb99f76d616c2c564ce9bf4a519f1bea6b0a624a02276443c245854219fabb8d4ce061d255af5330b078d5380681751aa7053da2c98bae898edc218c75f07e24d8802a17cd1f6833b71e58f5eb5b94208b4d0bb3848cecb075ea21be115",
  ],
] as const;
/** Its aggregate of these three signatures. */
const PUBLISHED_SUM =
  "9683b3e6701f9a4b706709577963110043af78a5b41991b998475a3d3fd62abf35ce03b33908418efc95a058494a8ae504354b9f626231f6b3f3c849dfdeaf5017c4780e2aee1850ceaf4b4d9ce70971a3d2cfcd97b7e5ecf6759f8da5f76d31";

t.test("ethereum/bls12-381-tests: keys and signatures of 32 zero bytes, by either engine", async (t) => {
  const message = filled(32, 0);
  for (const name of ["native", "portable"] as const) {
    const engine = blsEngineNamed(name);
    for (const [secretKey, publicKey, signature] of PUBLISHED) {
      t.equal(toHex(engine.publicKeyOf(hex(secretKey))), publicKey, `${name}: key ${secretKey.slice(0, 8)}`);
      t.equal(toHex(engine.sign(hex(secretKey), message)), signature, `${name}: signature by ${secretKey.slice(0, 8)}`);
    }
    t.same(engine.sumSignatures(PUBLISHED.map(([, , signature]) => hex(signature))), hex(PUBLISHED_SUM), `${name}: their sum`);
  }
});

t.test("secret keys are 1 to r − 1", async (t) => {
  for (const [what, key] of Object.entries({
    zero: filled(32, 0),
    order: GROUP_ORDER,
    more: filled(32, 255),
    short: filled(31, 1),
    long: filled(33, 1),
  })) {
    t.throws(() => blsPublicKeyOf(key), { code: "BLS_SECRET_KEY" }, what);
    t.throws(() => blsSign(key, filled(32, 1)), { code: "BLS_SECRET_KEY" }, what);
    t.throws(() => blsProvePossession(key), { code: "BLS_SECRET_KEY" }, what);
  }
  const greatest = new Uint8Array(GROUP_ORDER);
  greatest[31] = 0;
  const one = filled(32, 0);
  one[31] = 1;
  t.same(blsPublicKeyOf(greatest), flipped(blsPublicKeyOf(one), 2), "r − 1 has the negated key of 1");
});

t.test("valid public keys", async (t) => {
  const { publicKey } = signedSet(1);
  t.ok(blsIsValidPublicKey(publicKey));
  const bad = {
    infinity: flagged(filled(48, 0), 0xc0),
    outside: compressedKey(keyOutside(5n)),
    none: noKey(),
    short: publicKey.subarray(1),
    long: concatBytes(publicKey, filled(1, 0)),
    uncompressed: uncompressedKey(pointOfKey(publicKey)),
    unflagged: flagged(publicKey, 0),
    "order 3": flagged(filled(48, 0), 0x80),
  };
  for (const [what, key] of Object.entries(bad)) t.notOk(blsIsValidPublicKey(key), what);
});

t.test("possession is proved for one key, by a message of its own domain", async (t) => {
  const proof = blsProvePossession(secretKeyOf(1));
  const publicKey = blsPublicKeyOf(secretKeyOf(1));
  const set = blsPossessionSet(publicKey, proof);
  t.same(set.message, sha256Of(asciiBytes("cw/bls-pop/1\0\0\0\0"), publicKey));
  t.ok(blsVerify(set));
  t.notOk(blsVerify(blsPossessionSet(blsPublicKeyOf(secretKeyOf(2)), proof)), "of another key it proves nothing");
  t.notOk(blsVerify({ publicKey, message: publicKey, signature: proof }));
});

t.test("a sum of signatures is one by the sum of keys", async (t) => {
  const keys = new BlsKeys();
  const message = filled(32, 9);
  const indices = [3, 70_000, 1_024];
  const signatures = indices.map((index) => {
    const secretKey = secretKeyOf(index % 256);
    keys.set(index, blsPublicKeyOf(secretKey));
    return blsSign(secretKey, message);
  });
  const signature = blsAggregateSignatures(signatures);
  t.ok(blsVerify({ publicKey: keys.aggregate(indices), message, signature }));
  t.ok(blsVerify({ publicKey: keys.aggregate(Uint32Array.from(indices).reverse()), message, signature }), "in any order");
  t.notOk(blsVerify({ publicKey: keys.aggregate(indices.slice(1)), message, signature }), "not by fewer");
  t.same(blsAggregateSignatures([signature]), signature);
  t.same(blsAggregateSignatures([...signatures].reverse()), signature);
  const infinity = blsAggregateSignatures([]);
  t.equal(toHex(infinity), `c0${"00".repeat(95)}`);
  t.same(blsAggregateSignatures([infinity, signature]), signature, "infinity adds nothing");
  for (const [what, bad] of Object.entries({ short: signature.subarray(1), unflagged: flagged(signature, 0), none: filled(96, 0x9f) }))
    t.throws(() => blsAggregateSignatures([infinity, signature, bad]), { code: "BLS_POINT", data: { index: 2 } }, what);
});

t.test("keys by index: decompressed once, replaced by another, infinity where there is nothing to verify by", async (t) => {
  const keys = new BlsKeys();
  const [one, two] = [signedSet(1), signedSet(2)];
  keys.set(5, one.publicKey);
  t.ok(keys.has(5));
  t.notOk(keys.has(4));
  t.notOk(keys.has(2_000_000));
  t.same(keys.get(5), uncompressedKey(pointOfKey(one.publicKey)));
  keys.get(5).fill(0);
  t.ok(blsVerify({ ...one, publicKey: keys.get(5) }), "what is answered is a copy");
  keys.set(5, one.publicKey);
  t.ok(blsVerify({ ...one, publicKey: keys.aggregate([5]) }), "the same once more");
  keys.set(5, flipped(one.publicKey, 2));
  t.notOk(bytesEqual(keys.get(5), uncompressedKey(pointOfKey(one.publicKey))), "the negated key is another");
  keys.set(5, two.publicKey);
  t.ok(blsVerify({ ...two, publicKey: keys.get(5) }));
  const infinity = `40${"00".repeat(95)}`;
  t.equal(toHex(keys.aggregate([])), infinity);
  keys.set(6, flipped(two.publicKey, 2));
  t.equal(toHex(keys.aggregate([5, 6])), infinity, "keys that cancel each other");
  for (const bad of [noKey(), flagged(filled(48, 0), 0xc0), filled(48, 0)]) {
    keys.set(7, bad);
    t.equal(toHex(keys.aggregate([5, 7])), infinity, "a key that is no point");
    t.equal(toHex(keys.get(7)), infinity);
  }
  t.throws(() => keys.aggregate([8]), /was given one/);
  t.throws(() => keys.set(-1, one.publicKey), /validator/);
  t.throws(() => keys.set(1, one.publicKey.subarray(1)), /48 bytes/);
  let pauses = 0;
  for (let index = 0; index < 20; index++) keys.set(3_000 + index, one.publicKey);
  await keys.decompressAll({ due: () => pauses < 3, pause: async () => void pauses++ });
  t.equal(pauses, 3, "in slices");
  t.ok(blsVerify({ ...one, publicKey: keys.get(3_019) }));
});

t.test("the choice of an engine: what is set, else the native one, unless it lacks or errs", async (t) => {
  const native = () => blsEngineNamed("native");
  const portable = () => blsEngineNamed("portable");
  const makers = { native, portable };
  t.equal(chooseBls(undefined, makers).info.name, "native");
  for (const setting of ["", "auto", "native"]) t.same(chooseBls(setting, makers).info, { name: "native" }, setting);
  t.same(chooseBls("portable", makers).info, { name: "portable" });
  t.equal(chooseBls("portable", makers).engine.name, "portable");
  t.throws(() => chooseBls("blst", makers), { code: "BLS_SETTING" });
  const absent = () => {
    throw new Error("no such module");
  };
  t.match(chooseBls("auto", { native: absent, portable }).info, { name: "portable", fallback: /no such module/ });
  t.throws(() => chooseBls("native", { native: absent, portable }), { code: "BLS_UNAVAILABLE", message: /no such module/ });
  const faults = {
    "accepts a bad": { verify: () => true },
    "refuses a good": { verify: () => false },
    "signs wrongly": { sign: () => filled(96, 0) },
    "wrong public key": { publicKeyOf: () => filled(48, 0) },
  };
  for (const [fault, wrong] of Object.entries(faults)) {
    const { info, engine } = chooseBls("auto", { native: () => ({ ...native(), ...wrong }), portable });
    t.match(info, { name: "portable", fallback: new RegExp(fault) });
    t.equal(engine.name, "portable");
  }
  t.same(loadBls(), loadBls(), "chosen once");
});

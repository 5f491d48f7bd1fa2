/** The JS engine against @noble: verdicts of ZIP-215 on every kind of input, SHA-256 of pairs, key cache, subtrees. */
import { createPublicKey, verify as opensslVerify } from "node:crypto";
import { verify as nobleVerify, Point } from "@noble/ed25519";
import { sha256 as nobleSha256 } from "@noble/hashes/sha2.js";
import fc from "fast-check";
import t from "tap";
import { mixInLength } from "../../../core/compute/merkle.js";
import type { HashTag } from "../../../core/ports/compute.js";
import { merkleRootPacked } from "../../../core/primitives/merkle.js";
import { createEngine } from "../../../native/index.js";
import { KeyCache } from "../../../native/js/key-cache.js";
import { batchOf, type Signed, signed, spoiled, verdicts } from "./fixtures.js";
import { littleEndian, ORDER, SPECCHECK, SPECCHECK_ZIP215, smallOrderEncodings, smallOrderPairs } from "./zip215-vectors.js";

const engine = createEngine({ engine: "js", keyCacheEntries: 64 });

function verify(items: readonly Signed[]): boolean[] {
  const bitmap = new Uint8Array((items.length + 7) >> 3);
  engine.verify(batchOf(items), 0, items.length, bitmap);
  return verdicts(bitmap, items.length);
}

const noble = ({ signature, message, publicKey }: Signed) => nobleVerify(signature, message, publicKey, { zip215: true });

function openssl({ signature, message, publicKey }: Signed): boolean {
  const x = Buffer.from(publicKey).toString("base64url");
  return opensslVerify(null, message, createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" }), signature);
}

t.test("speccheck: the verdicts are ZIP-215's", async (t) => {
  const letters = verify(SPECCHECK).map((valid) => (valid ? "V" : "X"));
  t.equal(letters.join(""), SPECCHECK_ZIP215);
  t.ok(
    SPECCHECK.some((item) => noble(item) && !openssl(item)),
    "some of them OpenSSL refuses: the second judge was asked",
  );
});

t.test("zip215: all 196 pairs of small-order encodings are valid", async (t) => {
  const encodings = smallOrderEncodings();
  t.equal(new Set(encodings.map((bytes) => Buffer.from(bytes).toString("hex"))).size, 14);
  const pairs = smallOrderPairs();
  t.equal(pairs.length, 196);
  t.ok(verify(pairs).every(Boolean));
  const byOpenssl = pairs.filter(openssl).length;
  t.ok(byOpenssl > 0 && byOpenssl < 196, `OpenSSL accepts some of them (${byOpenssl}), and must never be the judge of a refusal`);
});

t.test("what OpenSSL accepts, noble accepts: torsion in key and R, non-canonical encodings", async (t) => {
  // Signatures made with every torsion component in A and R, so that OpenSSL's equation holds for some of them:
  // R = [r]B + T1, A = [a]B + T2, s = r + k·a. OpenSSL accepts iff T1 + [k]T2 = 0; ZIP-215 always.
  const encodings = smallOrderEncodings();
  const { hashes } = await import("@noble/ed25519");
  const hash = hashes.sha512 as (message: Uint8Array) => Uint8Array;
  const items: Signed[] = [];
  for (const [i, first] of encodings.entries()) {
    for (const second of encodings.slice(i % 3, (i % 3) + 4)) {
      const a = 12345678901234567890n + BigInt(i);
      const r = 98765432109876543210n + BigInt(items.length);
      const publicKey = Point.BASE.multiply(a).add(Point.fromBytes(second, true)).toBytes();
      const signature = new Uint8Array(64);
      signature.set(Point.BASE.multiply(r).add(Point.fromBytes(first, true)).toBytes());
      const message = Uint8Array.of(i);
      const digest = hash(new Uint8Array([...signature.subarray(0, 32), ...publicKey, ...message]));
      const k = digest.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n) % ORDER;
      signature.set(littleEndian((r + k * a) % ORDER), 32);
      items.push({ publicKey, signature, message });
    }
  }
  const accepted = items.filter(openssl);
  t.ok(accepted.length > 0 && accepted.length < items.length, `${accepted.length} of ${items.length} by OpenSSL`);
  t.ok(accepted.every(noble));
  t.ok(verify(items).every(Boolean), "and the engine accepts all, as ZIP-215 does");
});

t.test("random mutations: the engine's verdict is noble's", async (t) => {
  const small = smallOrderEncodings();
  let accepted = 0;
  const mutation = fc.record({
    seed: fc.nat(500),
    kind: fc.constantFrom("none", "flip key", "flip R", "flip s", "flip message", "add L", "small key", "small R", "random"),
    at: fc.nat(255),
    pick: fc.nat(13),
    noise: fc.uint8Array({ minLength: 64, maxLength: 64 }),
  });
  fc.assert(
    fc.property(mutation, ({ seed, kind, at, pick, noise }) => {
      const good = signed(seed);
      const item = { publicKey: good.publicKey.slice(), signature: good.signature.slice(), message: good.message.slice() };
      const flip = (bytes: Uint8Array, bit: number) => {
        const index = bit >> 3;
        if (index < bytes.length) bytes[index] = (bytes[index] as number) ^ (1 << (bit & 7));
      };
      if (kind === "flip key") flip(item.publicKey, at);
      if (kind === "flip R") flip(item.signature.subarray(0, 32), at);
      if (kind === "flip s") flip(item.signature.subarray(32), at);
      if (kind === "flip message") flip(item.message, at);
      if (kind === "small key") item.publicKey.set(small[pick] as Uint8Array);
      if (kind === "small R") item.signature.set(small[pick] as Uint8Array);
      if (kind === "random") item.signature.set(noise);
      if (kind === "add L") {
        const s = item.signature.subarray(32).reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
        item.signature.set(littleEndian(s + ORDER), 32);
      }
      const verdict = verify([item])[0];
      if (verdict === true) accepted++;
      if (openssl(item) && verdict !== true) throw new Error("OpenSSL accepted what the engine refused");
      return verdict === noble(item);
    }),
    { numRuns: 120 },
  );
  t.ok(accepted > 5, "some were good");
  const scalars = [0n, 1n, ORDER - 1n, ORDER, ORDER + 1n, 2n ** 252n, 2n ** 253n, 2n ** 256n - 1n];
  for (const s of scalars) {
    const item = signed(7);
    const signature = item.signature.slice();
    signature.set(littleEndian(s), 32);
    signature.set(small[0] as Uint8Array);
    const edge = { ...item, publicKey: small[1] as Uint8Array, signature };
    t.equal(verify([edge])[0], noble(edge), `s = ${s}`);
  }
});

t.test("order, size and neighbours of an entry do not change its verdict; only the asked range is judged", async (t) => {
  const items = Array.from({ length: 21 }, (_, i) => (i % 5 === 3 ? spoiled(signed(i)) : signed(i, i % 4)));
  const expected = items.map(noble);
  t.same(verify(items), expected);
  t.same(verify([...items].reverse()), [...expected].reverse());
  t.same(
    items.map((item) => verify([item])[0]),
    expected,
  );
  const bitmap = new Uint8Array(3);
  t.equal(engine.verify(batchOf(items), 2, 7, bitmap), 4);
  t.same(
    verdicts(bitmap, 24),
    Array.from({ length: 24 }, (_, i) => i >= 2 && i < 7 && expected[i]),
  );
});

t.test("hashPairs: noble's SHA-256, tagged, in place, at any alignment", async (t) => {
  const tags: [HashTag, (byte: number) => number][] = [
    ["plain", (byte) => byte],
    ["leaf", (byte) => byte & 0x7f],
    ["inner", (byte) => byte | 0x80],
  ];
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 64, maxLength: 64 * 9 }), fc.nat(7), fc.constantFrom(...tags), (bytes, shift, [tag, mask]) => {
      const pairs = bytes.length >> 6;
      const buffer = new Uint8Array(shift + 64 * pairs);
      const input = buffer.subarray(shift);
      input.set(bytes.subarray(0, 64 * pairs));
      const expected = Array.from({ length: pairs }, (_, i) => {
        const digest = nobleSha256(input.slice(64 * i, 64 * i + 64));
        digest[0] = mask(digest[0] as number);
        return Buffer.from(digest).toString("hex");
      }).join("");
      const output = new Uint8Array(32 * pairs);
      engine.hashPairs(input, output, tag, 0, pairs);
      if (Buffer.from(output).toString("hex") !== expected) return false;
      engine.hashPairs(input, input, tag, 0, pairs);
      return Buffer.from(input.subarray(0, 32 * pairs)).toString("hex") === expected;
    }),
    { numRuns: 100 },
  );
  const both = new Uint8Array(128);
  engine.hashPairs(new Uint8Array(256).fill(1), both, "plain", 1, 2);
  t.same(both.subarray(0, 32), new Uint8Array(32), "places outside the range are not written");
  t.notSame(both.subarray(32, 64), new Uint8Array(32));
});

t.test("subtrees of any size make the root of the whole list", async (t) => {
  for (const count of [0, 1, 2, 3, 7, 8, 9, 33]) {
    const leaves = Uint8Array.from({ length: 32 * count }, (_, i) => (i * 31 + count) & 0xff);
    const before = leaves.slice();
    for (const depth of [0, 1, 3, 20]) {
      const per = 32 * 2 ** depth;
      const roots: number[] = [];
      for (let at = 0; at < leaves.length; at += per) roots.push(...engine.subtreeRoot(leaves.subarray(at, at + per), 0, depth));
      const root = mixInLength(engine, engine.subtreeRoot(Uint8Array.from(roots), depth, 20), count);
      t.same(Buffer.from(root), Buffer.from(merkleRootPacked(leaves)), `${count} leaves in subtrees of depth ${depth}`);
    }
    t.same(leaves, before, "the leaves are not changed");
  }
});

t.test("the key cache is bounded and forgets what was used longest ago", async (t) => {
  const cache = new KeyCache<number>(2);
  cache.set("a", 1);
  cache.set("b", 2);
  t.equal(cache.get("a"), 1);
  cache.set("c", 3);
  t.equal(cache.get("b"), undefined);
  t.equal(cache.get("a"), 1);
  cache.set("a", 4);
  t.equal(cache.get("a"), 4);
  t.equal(cache.size, 2);
  const none = new KeyCache<number>(0);
  none.set("a", 1);
  t.equal(none.size, 0);
});

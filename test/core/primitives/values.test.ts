/** Checked constructors and byte strings: hashes, addresses, amounts, heights, checksums, signature batches. */
import { createHash } from "node:crypto";
import { bech32, bech32m } from "@scure/base";
import fc from "fast-check";
import t from "tap";
import { Address } from "../../../core/primitives/address.js";
import { Amount, Height } from "../../../core/primitives/amount.js";
import {
  asciiBytes,
  type Bytes,
  bytesEqual,
  compareBytes,
  concatBytes,
  domainTag,
  fromHex,
  putUint32,
  putUint32Little,
  putUint64,
  toHex,
  toLatin1,
  uint32At,
  uint32LittleAt,
  uint64At,
  uint256Bytes,
} from "../../../core/primitives/bytes.js";
import { crc32c } from "../../../core/primitives/crc32c.js";
import { ValueError } from "../../../core/primitives/errors.js";
import { Hash, sha256, sha256Of } from "../../../core/primitives/hash.js";
import { PublicKey, Signature } from "../../../core/primitives/keys.js";
import { bitmapGet, checkSignatureBatch, type SignatureBatch, SignatureBatchBuilder } from "../../../core/primitives/signature-batch.js";

const refused = { code: ValueError.code };

t.test("byte strings", async (t) => {
  t.equal(toHex(Uint8Array.of(0, 10, 255)), "000aff");
  t.equal(toHex(Uint8Array.of(1, 2, 3, 4).subarray(1, 3)), "0203", "a view of a larger buffer");
  t.strictSame(fromHex("000aFf"), Uint8Array.of(0, 10, 255));
  for (const text of ["0", "0g", "0x00", " 00", "00\n"]) t.equal(fromHex(text), undefined, `no hex: ${JSON.stringify(text)}`);
  fc.assert(fc.property(fc.uint8Array(), (bytes) => bytesEqual(fromHex(toHex(bytes)) ?? Uint8Array.of(1, 2), bytes)));
  fc.assert(
    fc.property(fc.uint8Array(), fc.uint8Array(), (a, b) => {
      const order = compareBytes(a, b);
      return Math.sign(order) === -Math.sign(compareBytes(b, a)) && (order === 0) === bytesEqual(a, b);
    }),
  );
  t.ok(compareBytes(Uint8Array.of(0x7f), Uint8Array.of(0x80)) < 0, "bytes are unsigned");
  t.ok(compareBytes(Uint8Array.of(1), Uint8Array.of(1, 0)) < 0, "a prefix comes first");
  t.strictSame(concatBytes(Uint8Array.of(1), new Uint8Array(0), Uint8Array.of(2, 3)), Uint8Array.of(1, 2, 3));
  t.strictSame(domainTag("cw/x/1"), concatBytes(asciiBytes("cw/x/1"), new Uint8Array(10)));
  for (const text of ["", "x".repeat(17)]) t.throws(() => domainTag(text), RangeError);
});

t.test("integers and text within byte strings", async (t) => {
  fc.assert(
    fc.property(fc.nat(2 ** 32 - 1), fc.maxSafeNat(), fc.bigInt(0n, 2n ** 256n - 1n), (small, large, huge) => {
      const [own, expected] = [new Uint8Array(20).subarray(2), new Uint8Array(18)];
      const view = new DataView(expected.buffer);
      putUint32(own, 1, small);
      view.setUint32(1, small);
      putUint32Little(own, 5, small);
      view.setUint32(5, small, true);
      putUint64(own, 9, large);
      view.setBigUint64(9, BigInt(large));
      const isWritten = bytesEqual(own, expected);
      const isRead = uint32At(own, 1) === small && uint32LittleAt(own, 5) === small && uint64At(own, 9) === large;
      return isWritten && isRead && toHex(uint256Bytes(huge)) === huge.toString(16).padStart(64, "0");
    }),
  );
  t.equal(uint64At(new Uint8Array(8).fill(255), 0), 2 ** 64, "rounded as a double is");
  for (const read of [uint32At, uint32LittleAt, uint64At]) {
    t.throws(() => read(new Uint8Array(12), 9), RangeError);
    t.throws(() => read(new Uint8Array(12), -1), RangeError);
  }
  fc.assert(fc.property(fc.uint8Array(), (bytes) => toLatin1(bytes) === Buffer.from(bytes).toString("latin1")));
  t.equal(toLatin1(Uint8Array.of(1, 2, 254, 4).subarray(1), 1, 2), "\xfe", "a part of a view");
});

t.test("hashes", async (t) => {
  // FIPS 180-4 examples, as published by NIST.
  t.equal(toHex(sha256(asciiBytes("abc"))), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  t.equal(toHex(sha256(new Uint8Array(0))), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  const expected = (bytes: Bytes) => createHash("sha256").update(bytes).digest("hex");
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => toHex(sha256(bytes)) === expected(bytes)));
  const parts = fc.array(fc.uint8Array({ maxLength: 700 }), { maxLength: 4 });
  fc.assert(fc.property(parts, (list) => toHex(sha256Of(...list)) === expected(concatBytes(...list))));
  for (const length of [511, 512, 513, 5_000]) {
    const part = new Uint8Array(length).fill(length);
    t.equal(toHex(sha256Of(part, part)), expected(concatBytes(part, part)), `twice ${length} bytes`);
  }
  const first = sha256Of(asciiBytes("a"), asciiBytes("bc"));
  sha256Of(asciiBytes("x"));
  t.equal(toHex(first), toHex(sha256(asciiBytes("abc"))), "a hash does not change with the next one");
  t.equal(first.buffer.byteLength, 32, "nor does it hold on to other memory");

  t.equal(Hash.key(Hash.parse("AB".repeat(32))), "ab".repeat(32));
  // Keys are kept by two bytes in the middle: hashes that share them, and differ anywhere else.
  const bytesOfHash = fc
    .uint8Array({ minLength: 32, maxLength: 32 })
    .map((bytes) => bytes.map((byte, at) => (at === 14 || at === 15 ? 7 : byte & 1)));
  fc.assert(fc.property(fc.array(bytesOfHash), (list) => list.every((bytes) => Hash.key(Hash.from(bytes)) === toHex(bytes))));
  t.equal(Hash.key(Hash.zero), "00".repeat(32), "before and after another in its place");
  for (const at of [0, 31]) {
    const near = Hash.from(new Uint8Array(32).fill(1, at, at + 1));
    t.equal(Hash.key(near), toHex(near));
    t.equal(Hash.key(Hash.zero), "00".repeat(32));
  }
  for (const text of ["ab".repeat(31), "ab".repeat(33), "xy".repeat(32), ""]) t.throws(() => Hash.parse(text), refused);
  for (const length of [0, 31, 33]) t.throws(() => Hash.from(new Uint8Array(length)), refused);
  t.ok(Hash.isZero(Hash.zero));
  for (const index of [0, 31]) t.notOk(Hash.isZero(Hash.from(new Uint8Array(32).fill(1, index, index + 1))));
});

t.test("addresses are bech32m (BIP 350)", async (t) => {
  // BIP 350, valid strings: the one whose data are 20 bytes, the 5-bit values 31 down to 0.
  const vector = "abcdef1l7aum6echk45nj3s0wdvt2fg8x9yrzpqzd3ryx";
  const address = Address.parse(vector, "abcdef");
  const bits = Array.from({ length: 32 }, (_, index) => (31 - index).toString(2).padStart(5, "0")).join("");
  t.strictSame(
    [...address],
    Array.from({ length: 20 }, (_, index) => Number.parseInt(bits.slice(8 * index, 8 * index + 8), 2)),
  );
  t.equal(Address.format(address, "abcdef"), vector);
  t.strictSame(Address.parse(vector.toUpperCase(), "abcdef"), address, "all upper case is the same address");
  t.throws(() => Address.parse(vector.replace("l", "L"), "abcdef"), refused, "mixed case is none");
  const invalid = [
    // BIP 350, invalid strings.
    "qyrz8wqd2c9m",
    "1qyrz8wqd2c9m",
    "y1b0jsk6g",
    "lt1igcx5c0",
    "in1muywd",
    "mm1crxm3i",
    "au1s5cgom",
    "M1VUXWEZ",
    "16plkw9",
    "1p2gdwpf",
    // BIP 350, valid, but not 20 bytes.
    "a1lqfn3a",
    "split1checkupstagehandshakeupstreamerranterredcaperredlc445v",
    "",
    `${vector}q`.repeat(3),
  ];
  for (const text of invalid) t.throws(() => Address.parse(text, "abcdef"), refused, text);
  t.throws(() => Address.parse(bech32.encode("abcdef", bech32.toWords(address)), "abcdef"), /checksum/, "bech32 is not bech32m");
  t.throws(() => Address.parse(vector, "cw"), /begins with abcdef, this chain's begin with cw/);
  t.throws(() => Address.parse(bech32m.encode("abcdef", bech32m.toWords(new Uint8Array(21))), "abcdef"), /20 bytes, not 21/);
  for (const prefix of ["", "Cw", "c1", "x".repeat(17)]) t.throws(() => Address.format(address, prefix), refused, `prefix ${prefix}`);
  const typo = fc.property(
    fc.uint8Array({ minLength: 20, maxLength: 20 }),
    fc.nat(),
    fc.constantFrom(..."qpzry9x8gf2tvdw0s3jn54khce6mua7l"),
    (bytes, at, letter) => {
      const text = Address.format(Address.from(bytes), "cw");
      if (!bytesEqual(Address.parse(text, "cw"), bytes)) return false;
      const index = 3 + (at % (text.length - 3));
      const wrong = text.slice(0, index) + letter + text.slice(index + 1);
      if (wrong === text) return true;
      try {
        Address.parse(wrong, "cw");
        return false;
      } catch (error) {
        return ValueError.matches(error);
      }
    },
  );
  fc.assert(typo);
  const key = PublicKey.from(new Uint8Array(32).fill(7));
  const hashed = createHash("sha256").update("cw/addr/key/1\0\0\0").update(key).digest();
  t.strictSame([...Address.ofKey(key)], [...hashed.subarray(0, 20)], "the address of a key");
  t.ok(Address.equal(Address.zero, Address.from(new Uint8Array(20))));
  t.notOk(Address.equal(Address.zero, address));
  t.equal(Address.key(Address.zero), "00".repeat(20));
  for (const length of [0, 19, 21, 32]) t.throws(() => Address.from(new Uint8Array(length)), refused);
});

t.test("amounts and heights", async (t) => {
  fc.assert(fc.property(fc.bigInt(0n, Amount.max), (value) => Amount.parse(value.toString()) === value));
  t.equal(Amount.max, 2n ** 64n - 1n);
  for (const value of [-1n, 2n ** 64n]) t.throws(() => Amount.from(value), refused);
  for (const text of ["", "-1", "+1", "01", "1.0", "1e3", " 1", "0x1", "18446744073709551616", "١"])
    t.throws(() => Amount.parse(text), refused, text);
  t.equal(Height.next(Height.genesis), 1);
  t.throws(() => Height.next(Height.from(2 ** 53 - 1)), refused);
  for (const value of [-1, 0.5, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY]) t.throws(() => Height.from(value), refused);
});

t.test("keys and signatures have their lengths", async (t) => {
  for (const length of [31, 33, 64]) t.throws(() => PublicKey.from(new Uint8Array(length)), refused);
  for (const length of [63, 65, 32]) t.throws(() => Signature.from(new Uint8Array(length)), refused);
  t.equal(PublicKey.from(new Uint8Array(32)).length, PublicKey.bytes);
  t.equal(Signature.from(new Uint8Array(64)).length, Signature.bytes);
});

t.test("CRC-32C", async (t) => {
  // RFC 3720, appendix B.4, and the check value of the polynomial's catalogue entry.
  const ascending = Uint8Array.from({ length: 32 }, (_, index) => index);
  t.equal(crc32c(asciiBytes("123456789")), 0xe3069283);
  t.equal(crc32c(new Uint8Array(32)), 0x8a9136aa);
  t.equal(crc32c(new Uint8Array(32).fill(0xff)), 0x62a8ab43);
  t.equal(crc32c(ascending), 0x46dd794e);
  t.equal(crc32c(new Uint8Array(ascending).reverse()), 0x113fdb5c);
  t.equal(crc32c(new Uint8Array(0)), 0);
  const bitwise = (bytes: Bytes) => {
    let crc = 0xffff_ffff;
    for (const byte of bytes) {
      crc ^= byte;
      for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
    }
    return ~crc >>> 0;
  };
  fc.assert(fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => crc32c(bytes) === bitwise(bytes)));
});

t.test("signature batches", async (t) => {
  const entries = fc.array(
    fc.tuple(
      fc.uint8Array({ minLength: 32, maxLength: 32 }),
      fc.uint8Array({ minLength: 64, maxLength: 64 }),
      fc.array(fc.uint8Array({ maxLength: 400 }), { maxLength: 3 }),
    ),
    { maxLength: 20 },
  );
  fc.assert(
    fc.property(entries, fc.integer({ min: 0, max: 20 }), (list, expectedCount) => {
      const builder = new SignatureBatchBuilder(expectedCount);
      for (const [key, signature, parts] of list) builder.add(PublicKey.from(key), Signature.from(signature), ...parts);
      const batch = builder.build();
      checkSignatureBatch(batch);
      return (
        batch.count === list.length &&
        list.every(
          ([key, signature, parts], index) =>
            bytesEqual(batch.publicKeys.subarray(32 * index, 32 * index + 32), key) &&
            bytesEqual(batch.signatures.subarray(64 * index, 64 * index + 64), signature) &&
            bytesEqual(batch.messages.subarray(batch.offsets[index], batch.offsets[index + 1]), concatBytes(...parts)),
        )
      );
    }),
  );
  const good = new SignatureBatchBuilder()
    .add(PublicKey.from(new Uint8Array(32)), Signature.from(new Uint8Array(64)), Uint8Array.of(1, 2))
    .add(PublicKey.from(new Uint8Array(32)), Signature.from(new Uint8Array(64)))
    .build();
  const broken: readonly (readonly [string, object])[] = [
    ["scheme", { scheme: "ed25519" }],
    ["count", { count: -1 }],
    ["count", { count: 1.5 }],
    ["key bytes", { count: 1 }],
    ["key bytes", { publicKeys: new Uint8Array(63) }],
    ["signature bytes", { signatures: new Uint8Array(129) }],
    ["offsets", { offsets: new Uint32Array(2) }],
    ["begin with 0", { offsets: Uint32Array.of(1, 2, 2) }],
    ["ascend", { offsets: Uint32Array.of(0, 3, 2) }],
    ["last offset", { offsets: Uint32Array.of(0, 1, 1) }],
    ["last offset", { offsets: Uint32Array.of(0, 2, 3) }],
  ];
  for (const [reason, change] of broken)
    t.throws(() => checkSignatureBatch({ ...good, ...change } as SignatureBatch), { code: ValueError.code, message: new RegExp(reason) });
  const bitmap = Uint8Array.of(0b0000_0101, 0b1000_0000);
  const set = Array.from({ length: 20 }, (_, index) => index).filter((index) => bitmapGet(bitmap, index));
  t.strictSame(set, [0, 2, 15], "bits beyond the bitmap are 0");
});

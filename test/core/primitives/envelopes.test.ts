/** What the generic laws of codec.test.ts don't say: signing, ids, order of authorizations, limits of each message. */
import { createHash, createPublicKey, verify } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import t from "tap";
import { chainwright } from "#proto";
import { chainTagOf } from "../../../core/primitives/account-transaction.js";
import { Address } from "../../../core/primitives/address.js";
import type { Header } from "../../../core/primitives/block.js";
import {
  blockIdOf,
  decodeBlock,
  decodeHeader,
  encodeBlock,
  encodedBlockBytes,
  encodeHeader,
  encodeUnsealedHeader,
  headerRecord,
  isChainId,
  MAX_EXTRA_BYTES,
  MAX_HEADER_BYTES,
  MAX_SEAL_BYTES,
  payloadRootOf,
  signingRootOf,
} from "../../../core/primitives/block-codec.js";
import { asciiBytes, type Bytes, bytesEqual, compareBytes, concatBytes, fromHex, toHex } from "../../../core/primitives/bytes.js";
import { CanonicalWriter } from "../../../core/primitives/codec.js";
import { EncodingError, EncodingLimitError, ValueError } from "../../../core/primitives/errors.js";
import { Hash } from "../../../core/primitives/hash.js";
import { PublicKey, Signature } from "../../../core/primitives/keys.js";
import { merkleRoot } from "../../../core/primitives/merkle.js";
import type { Receipt } from "../../../core/primitives/receipt.js";
import {
  decodeReceipt,
  decodeReceiptPieces,
  decodeReceipts,
  encodeReceipt,
  encodeReceipts,
  MAX_EVENT_ATTRIBUTES,
  MAX_RECEIPT_EVENTS,
  receiptHash,
} from "../../../core/primitives/receipt-codec.js";
import { generateSecretKey, publicKeyOf, signMessage } from "../../../core/primitives/signing.js";
import {
  chainHashOf,
  decodeTransaction,
  encodeTransaction,
  MIN_TRANSACTION_BYTES,
  signingMessage,
  signTransaction,
  transactionId,
} from "../../../core/primitives/transaction-codec.js";
import { CHAIN_HASH, headers, TRANSACTION_LIMITS } from "./messages.js";

const hex = (text: string): Bytes => fromHex(text) ?? new Uint8Array(0);
/** SHA-256 apart from the code under test. */
const digest = (...parts: readonly Bytes[]): string =>
  createHash("sha256")
    .update(concatBytes(...parts))
    .digest("hex");
const tag = (text: string): Bytes => asciiBytes(text.padEnd(16, "\0"));
const inputError = { code: ValueError.code };

/** RFC 8032, section 7.1: secret key, public key, message, signature. */
const RFC_8032 = [
  [
    "TEST 1",
    "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
    "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
    "",
    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
  ],
  [
    "TEST 2",
    "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
    "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
    "72",
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
  ],
  [
    "TEST 3",
    "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
    "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
    "af82",
    "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
  ],
  [
    "TEST SHA(abc)",
    "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
    "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
    "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
    "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704",
  ],
] as const;

t.test("signing is RFC 8032", async (t) => {
  for (const [name, secret, publicKey, message, signature] of RFC_8032) {
    t.equal(toHex(publicKeyOf(hex(secret))), publicKey, `${name}: public key`);
    t.equal(toHex(signMessage(hex(secret), hex(message))), signature, `${name}: signature`);
  }
  const seed = new Uint8Array(32).fill(3);
  const secret = generateSecretKey(seed);
  seed.fill(0);
  t.equal(secret[0], 3, "a secret key is a copy, so the entropy can be wiped");
  const signature = signMessage(secret, asciiBytes("x"));
  secret.fill(4);
  t.notOk(bytesEqual(signMessage(secret, asciiBytes("x")), signature), "no key is remembered");
  for (const length of [0, 31, 33, 64]) {
    t.throws(() => generateSecretKey(new Uint8Array(length)), inputError);
    t.throws(() => publicKeyOf(new Uint8Array(length)), inputError);
    t.throws(() => signMessage(new Uint8Array(length), new Uint8Array(1)), inputError);
  }
});

t.test("a signed transaction", async (t) => {
  const body = asciiBytes("pay the piper");
  const secrets = [1, 2, 3, 4, 5].map((byte) => new Uint8Array(32).fill(byte));
  const raw = signTransaction(body, CHAIN_HASH, secrets);
  const transaction = decodeTransaction(raw, CHAIN_HASH, TRANSACTION_LIMITS);

  t.equal(toHex(CHAIN_HASH), digest(asciiBytes("test-1")));
  t.equal(toHex(chainTagOf(CHAIN_HASH)), toHex(CHAIN_HASH).slice(0, 8));
  t.equal(toHex(transaction.id), digest(tag("cw/tx/id/1"), CHAIN_HASH, body));
  t.equal(toHex(transactionId(CHAIN_HASH, body)), toHex(transaction.id));
  t.equal(toHex(transaction.rawHash), digest(raw));
  t.equal(transaction.raw, raw, "raw is the very input");
  t.strictSame(transaction.body, body);
  t.not(toHex(transactionId(chainHashOf("test-2"), body)), toHex(transaction.id), "another chain, another id");

  const message = signingMessage(CHAIN_HASH, body);
  t.strictSame(message, concatBytes(tag("cw/tx/sign/1"), CHAIN_HASH, body));
  t.equal(transaction.authorizations.length, 5);
  for (const [index, { publicKey, signature }] of transaction.authorizations.entries()) {
    const before = transaction.authorizations[index - 1];
    t.ok(before === undefined || compareBytes(before.publicKey, publicKey) < 0, "ascending by key");
    const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x: Buffer.from(publicKey).toString("base64url") }, format: "jwk" });
    t.ok(verify(null, message, key, signature), `authorization ${index} verifies`);
  }
  t.strictSame(signTransaction(body, CHAIN_HASH, secrets.toReversed()), raw, "whatever the order of the keys");
  t.throws(() => signTransaction(body, CHAIN_HASH, []), inputError, "no key");
  t.throws(() => signTransaction(new Uint8Array(0), CHAIN_HASH, secrets), inputError, "no body");
  t.throws(() => signTransaction(body, CHAIN_HASH, [...secrets, new Uint8Array(32).fill(1)]), inputError, "a key twice");
  t.equal(signTransaction(Uint8Array.of(1), CHAIN_HASH, secrets.slice(0, 1)).length, MIN_TRANSACTION_BYTES);
});

t.test("authorizations that can't be there", async (t) => {
  const entry = (key: number) => ({
    publicKey: PublicKey.from(new Uint8Array(32).fill(key)),
    signature: Signature.from(new Uint8Array(64)),
  });
  const decode = (bytes: Bytes, limits = TRANSACTION_LIMITS) => decodeTransaction(bytes, CHAIN_HASH, limits);
  /** Without the checks of `encodeTransaction`. */
  const encode = (keys: readonly number[]) =>
    chainwright.Transaction.encode({ body: Uint8Array.of(1), authorizations: keys.map(entry) }).finish();

  t.equal(decode(encode([1, 2, 3])).authorizations.length, 3);
  t.throws(() => decode(encode([2, 1])), /do not ascend by key/);
  t.throws(() => decode(encode([1, 2, 2])), /have the same key/);
  t.throws(() => decode(encode([])), /Transaction\.authorizations .*missing/);
  t.throws(() => encodeTransaction(Uint8Array.of(1), [entry(2), entry(1)]), inputError);
  t.throws(() => encodeTransaction(Uint8Array.of(1), [entry(1), entry(1)]), inputError);

  const limit = { ...TRANSACTION_LIMITS, authorizations: 2 };
  t.throws(() => decode(encode([1, 2, 3]), limit), {
    code: EncodingLimitError.code,
    data: { field: "authorizations", limit: 2, actual: 3 },
  });
  const long = encodeTransaction(new Uint8Array(500), [entry(1)]);
  const bytesLimit = { code: EncodingLimitError.code, data: { message: "Transaction", field: "bytes", limit: 400, actual: long.length } };
  t.throws(() => decode(long, { ...TRANSACTION_LIMITS, transactionBytes: 400 }), bytesLimit);

  const empty = concatBytes(encode([1]), Uint8Array.of(0x12, 0));
  t.throws(() => decode(empty), /Transaction\.authorizations .*empty field/, "an empty authorization");
  const flood = new Uint8Array(2 ** 20).map((_, index) => (index % 2 === 0 ? 0x12 : 0));
  flood.set([0x0a, 0x02, 1, 1]);
  t.throws(() => decode(flood, { transactionBytes: 2 ** 21, authorizations: 2 ** 20 }), { code: EncodingError.code, data: { offset: 5 } });
  t.throws(() => decode(Uint8Array.of(0x0a, 1, 1, 0x12, 2, 0x0a, 0)), /Authorization\.public_key .*empty field/);
  t.throws(
    () => decode(concatBytes(Uint8Array.of(0x0a, 1, 1, 0x12, 34, 0x0a, 32), new Uint8Array(32))),
    /Authorization\.signature .*missing/,
  );
});

const HEADER: Header = {
  chainId: "test-1",
  height: 7 as Header["height"],
  parent: Hash.zero,
  timestampMs: 1_700_000_000_000,
  transactionsRoot: Hash.zero,
  receiptsRoot: Hash.zero,
  stateRoot: Hash.zero,
  payloadRoot: Hash.zero,
  proposer: new Uint8Array(20) as Header["proposer"],
  extra: Uint8Array.of(1, 2),
  seal: Uint8Array.of(3, 4, 5),
};

t.test("ids of headers", async (t) => {
  const ids = fc.property(headers, (header) => {
    const record = headerRecord(header);
    const unsealed = encodeUnsealedHeader(header);
    const signingRoot = digest(tag("cw/header/1"), unsealed);
    const id = digest(hex(signingRoot), hex(digest(header.seal)));
    const decoded = decodeHeader(encodeHeader(header));
    return (
      toHex(record.signingRoot) === signingRoot &&
      toHex(signingRootOf(header)) === signingRoot &&
      toHex(record.id) === id &&
      toHex(blockIdOf(record.signingRoot, header.seal)) === id &&
      toHex(decoded.id) === id &&
      toHex(decoded.signingRoot) === signingRoot &&
      bytesEqual(encodeHeader(header).subarray(0, unsealed.length), unsealed)
    );
  });
  fc.assert(ids, { numRuns: 50 });
  const other = headerRecord({ ...HEADER, seal: Uint8Array.of(3, 4, 6) });
  t.strictSame(other.signingRoot, headerRecord(HEADER).signingRoot, "the seal is not what is sealed");
  t.notSame(other.id, headerRecord(HEADER).id, "but it is part of the id");
  const genesis = encodeHeader({
    ...HEADER,
    height: 0 as Header["height"],
    timestampMs: 0,
    extra: new Uint8Array(0),
    seal: new Uint8Array(0),
  });
  t.equal(genesis[8], 0x1a, "the genesis height, 0, is not written: parent follows the chain id");
  t.equal(toHex(payloadRootOf(Uint8Array.of(1))), digest(Uint8Array.of(1)));
  t.ok(Hash.isZero(payloadRootOf(new Uint8Array(0))));
});

t.test("ranges of header fields", async (t) => {
  const chainIds = ["Test", "a b", "a_b", "ä", "a\u0000", "a\n", "x".repeat(33), ""];
  for (const chainId of chainIds) {
    t.notOk(isChainId(chainId));
    t.throws(() => encodeHeader({ ...HEADER, chainId }), inputError, `chain id ${JSON.stringify(chainId)} is not written`);
    const { height: _height, timestampMs: _timestampMs, ...rest } = HEADER;
    const bytes = chainwright.Header.encode({ ...rest, chainId }).finish();
    const refused = (error: unknown) => EncodingError.matches(error) || EncodingLimitError.matches(error);
    let thrown: unknown;
    try {
      decodeHeader(bytes);
    } catch (error) {
      thrown = error;
    }
    t.ok(refused(thrown), `chain id ${JSON.stringify(chainId)} is not read`);
  }
  const longest: Header = {
    ...HEADER,
    chainId: "x".repeat(32),
    height: (2 ** 53 - 1) as Header["height"],
    timestampMs: 2 ** 53 - 1,
    extra: new Uint8Array(MAX_EXTRA_BYTES),
    seal: new Uint8Array(MAX_SEAL_BYTES),
  };
  t.equal(encodeHeader(longest).length, MAX_HEADER_BYTES);
  t.equal(decodeHeader(encodeHeader(longest)).header.height, 2 ** 53 - 1);
  t.throws(() => encodeHeader({ ...HEADER, extra: new Uint8Array(MAX_EXTRA_BYTES + 1) }), {
    code: EncodingLimitError.code,
    data: { field: "extra" },
  });
  t.throws(() => encodeHeader({ ...HEADER, seal: new Uint8Array(MAX_SEAL_BYTES + 1) }), {
    code: EncodingLimitError.code,
    data: { field: "seal" },
  });
  for (const timestampMs of [-1, 0.5, 2 ** 53]) t.throws(() => encodeHeader({ ...HEADER, timestampMs }), inputError);
  const extra = chainwright.Header.encode({
    ...longest,
    height: null,
    timestampMs: null,
    seal: null,
    extra: new Uint8Array(1_025),
  }).finish();
  t.throws(() => decodeHeader(extra), { code: EncodingLimitError.code, data: { field: "extra", limit: 1_024, actual: 1_025 } });
});

t.test("blocks", async (t) => {
  const raws = [105, 106, 300].map((length) => new Uint8Array(length).fill(1));
  const block = { header: HEADER, transactions: raws, payload: Uint8Array.of(9) };
  const bytes = encodeBlock(block);
  const limits = { blockBytes: bytes.length, transactionBytes: 300 };
  t.equal(encodedBlockBytes(block), bytes.length);
  const decoded = decodeBlock(bytes, limits);
  t.same(decoded.record.id, headerRecord(HEADER).id);
  t.equal(decoded.block.header, decoded.record.header);
  t.equal(decoded.block.transactions[0]?.buffer, bytes.buffer, "transactions are views");
  t.not(decoded.block.header.parent.buffer, bytes.buffer, "a kept header does not keep the block");
  t.throws(() => decodeBlock(bytes, { ...limits, blockBytes: bytes.length - 1 }), {
    code: EncodingLimitError.code,
    data: { field: "bytes" },
  });
  t.throws(() => decodeBlock(bytes, { ...limits, transactionBytes: 299 }), {
    code: EncodingLimitError.code,
    data: { field: "transactions", actual: 300 },
  });
  t.throws(() => decodeBlock(encodeBlock({ ...block, transactions: [new Uint8Array(104)] }), limits), /at least 105 bytes, not 104/);
  t.throws(() => encodeBlock({ ...block, transactions: [new Uint8Array(0)] }), inputError);
  const headless = new CanonicalWriter().bytes(3, Uint8Array.of(1)).finish();
  t.throws(() => decodeBlock(headless, limits), /Block\.header .*missing/);
  const nested = new CanonicalWriter().bytes(1, encodeHeader(HEADER).subarray(0, -1)).finish();
  t.throws(() => decodeBlock(nested, limits), /Header\.seal .*ends within/);
});

t.test("receipts", async (t) => {
  const receipt: Receipt = {
    transactionId: Hash.zero,
    ok: true,
    code: "",
    feePaid: 5n,
    weight: 3,
    events: [{ type: "bank.transfer", attributes: [["to", ""]] }],
  };
  t.equal(toHex(receiptHash(receipt)), digest(encodeReceipt(receipt)));
  t.strictSame(decodeReceipts(encodeReceipts([])), []);
  const many = Array.from({ length: 70 }, (_, weight) => ({ ...receipt, weight, events: receipt.events.slice(0, weight % 2) }));
  const encoded = encodeReceipts(many);
  for (const size of [1, 32, 70, 100]) {
    const pieces = [...decodeReceiptPieces(encoded, size)];
    t.strictSame(pieces.flat(), many, `in pieces of ${size}`);
    t.equal(pieces[0]?.length, Math.min(size, 70));
  }
  t.strictSame([...decodeReceiptPieces(new Uint8Array(0), 32)], []);
  for (let cut = 1; cut < encoded.length; cut += 97) {
    try {
      const found = [...decodeReceiptPieces(encoded.subarray(0, -cut), 32)].flat();
      t.ok(found.length < 70, `cut by ${cut}, between two`);
      t.strictSame(found, many.slice(0, found.length));
    } catch (error) {
      t.match(error, { code: /^ENCODING_/ }, `cut by ${cut}`);
    }
  }
  t.equal(encodeReceipts([]).length, 0);
  t.throws(() => encodeReceipt({ ...receipt, code: "X" }), inputError, "success with a code");
  t.throws(() => encodeReceipt({ ...receipt, ok: false }), inputError, "failure without a code");
  t.throws(() => encodeReceipt({ ...receipt, events: [{ type: "", attributes: [] }] }), inputError, "an event without a type");
  t.throws(() => encodeReceipt({ ...receipt, events: [{ type: "x", attributes: [["", "y"]] }] }), inputError, "an attribute without a key");
  t.throws(() => encodeReceipt({ ...receipt, feePaid: -1n }), inputError);
  const bytes = (fields: object) => chainwright.Receipt.encode({ transactionId: new Uint8Array(32), ...fields }).finish();
  t.throws(() => decodeReceipt(bytes({ ok: true, code: "X" })), /successful receipt has no code/);
  t.throws(() => decodeReceipt(bytes({})), /failed receipt has a code/);
  t.throws(() => decodeReceipt(bytes({ code: "X", events: [{ attributes: [{ key: "k" }] }] })), /LedgerEvent\.type .*missing/);
  t.throws(
    () => decodeReceipt(bytes({ code: "X", events: [{ type: "t", attributes: [{ value: "v" }] }] })),
    /EventAttribute\.key .*missing/,
  );

  const limit = { code: EncodingLimitError.code };
  const events = (count: number, attributes: number) =>
    new Array(count).fill({ type: "x", attributes: new Array(attributes).fill(["k", "v"]) }) as Receipt["events"];
  t.equal(decodeReceipt(encodeReceipt({ ...receipt, events: events(MAX_RECEIPT_EVENTS, 0) })).events.length, MAX_RECEIPT_EVENTS);
  t.throws(() => encodeReceipt({ ...receipt, events: events(MAX_RECEIPT_EVENTS + 1, 0) }), limit);
  t.throws(() => encodeReceipt({ ...receipt, events: events(1, MAX_EVENT_ATTRIBUTES + 1) }), limit);
  t.throws(() => encodeReceipt({ ...receipt, events: [{ type: "x", attributes: [["k", "v".repeat(2 ** 20)]] }] }), limit);
  const tooMany = new Array(MAX_RECEIPT_EVENTS + 1).fill({ type: "x" });
  t.throws(() => decodeReceipt(bytes({ code: "X", events: tooMany })), { ...limit, data: { field: "events", limit: MAX_RECEIPT_EVENTS } });
});

/** The README, from the sources as well as from the compiled tests. */
function readme(): string {
  let directory = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(directory, "core/primitives/README.md"))) directory = dirname(directory);
  return readFileSync(join(directory, "core/primitives/README.md"), "utf8");
}

t.test("the README's example is true", async (t) => {
  const section = readme().split("## An example to check against")[1] ?? "";
  const rows = new Map([...section.matchAll(/^- (.+): `([0-9a-z]+)`$/gm)].map(([, name = "", value]) => [name, value]));
  const [first, second] = [1, 2].map((byte) => new Uint8Array(32).fill(byte)) as [Bytes, Bytes];
  const raw = signTransaction(asciiBytes("pay the piper"), CHAIN_HASH, [first, second]);
  const transaction = decodeTransaction(raw, CHAIN_HASH, TRANSACTION_LIMITS);
  const proposer = Address.ofKey(publicKeyOf(first));
  const roots = { transactionsRoot: merkleRoot([transaction.rawHash]), receiptsRoot: merkleRoot([]) };
  const header = { ...HEADER, ...roots, proposer };
  const record = headerRecord(header);
  const expected = new Map([
    ["chain hash", toHex(CHAIN_HASH)],
    ["raw transaction", toHex(raw)],
    ["transaction id", toHex(transaction.id)],
    ["raw hash", toHex(transaction.rawHash)],
    ["address of the first key, prefix `cw`", Address.format(proposer, "cw")],
    // Known from Ethereum, too: the root of an empty List[Transaction, 2^20] in its execution payload headers.
    ["Merkle root of an empty list", "7ffe241ea60187fdb0187bfa22de35d1f9bed7ab061d9401fd47e34a54fbede1"],
    ["transactions root", toHex(roots.transactionsRoot)],
    ["header", toHex(encodeHeader(header))],
    ["signing root", toHex(record.signingRoot)],
    ["block id", toHex(record.id)],
  ]);
  t.equal(toHex(roots.receiptsRoot), expected.get("Merkle root of an empty list"));
  t.strictSame(rows, expected);
});

/**
 * Asks a new engine questions whose answers are known, before a node relies on it: a binary built by a broken compiler, or
 * run on a processor that lies about itself, must not decide what a valid block is. Takes a millisecond or two.
 *
 * The full vectors are in test/native; these few take every way through an engine once: single signatures and a batch, one
 * bad among good ones, challenges of one to four SHA-512 blocks, wide and odd Merkle levels.
 */
import { hash } from "node:crypto";
import { messageOf } from "../core/kernel/errors.js";
import type { HashTag } from "../core/ports/compute.js";
import type { Bytes } from "../core/primitives/bytes.js";
import { PublicKey, Signature } from "../core/primitives/keys.js";
import { type SignatureBatch, SignatureBatchBuilder } from "../core/primitives/signature-batch.js";
import type { ComputeEngine } from "./engine.js";
import { subtreeRoot } from "./js/merkle.js";

interface Vector {
  readonly publicKey: PublicKey;
  readonly signature: Signature;
  readonly message: Bytes;
}

const hex = (text: string): Bytes => new Uint8Array(Buffer.from(text, "hex"));
/** Bytes that differ from each other, for messages and tree nodes. */
const pattern = (length: number): Bytes => Uint8Array.from({ length }, (_, i) => (7 * i + 3) & 0xff);
const vector = (publicKey: string, r: string, s: string, message: Bytes): Vector => ({
  publicKey: PublicKey.from(hex(publicKey)),
  signature: Signature.from(hex(r + s)),
  message,
});

/** Keys of RFC 8032 §7.1, TEST 1 to 3. */
const KEY_1 = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
const KEY_2 = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c";
const KEY_3 = "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025";
/** The neutral element, written with the sign bit of its zero x: ZIP-215 takes it, RFC 8032 does not. */
const NEUTRAL_SIGNED = `01${"00".repeat(30)}80`;
/** y = 2: no point of the curve has it. */
const NO_POINT = `02${"00".repeat(31)}`;
const ZERO = "00".repeat(32);

const VALID: readonly Vector[] = [
  // RFC 8032 §7.1, TEST 1, 2 and 3.
  vector(
    KEY_1,
    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155",
    "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    pattern(0),
  ),
  vector(
    KEY_2,
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da",
    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    hex("72"),
  ),
  vector(
    KEY_3,
    "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac",
    "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    hex("af82"),
  ),
  // Signed by the same keys with node:crypto. 64 + 47 bytes are the longest challenge of one SHA-512 block.
  vector(
    KEY_1,
    "bd695e062afae732c6810e89219fd688ed610a6a3cf933414c76c6d2fe016f4a",
    "0f9ae998f5390068174fd7a13f93091cca996ad96ba057ffe41fff1208501801",
    pattern(47),
  ),
  vector(
    KEY_2,
    "a1c48730a94e4db112f6a524601542dcfe27edaa92b233ebc5693ca8277369e9",
    "7d1bcbc2510ed67f209541d2ebb278c3b8539a4cf7659460059ce7ff7dbefa03",
    pattern(48),
  ),
  vector(
    KEY_3,
    "f479f72b7fae2f01e98c0046024749a75fe1b77d91f9843d0d90d2f1760f864d",
    "db2b56733c8ff096694220c62a0dfcffb2de5570c9525762b98948d09d4bbb0b",
    pattern(300),
  ),
  vector(NEUTRAL_SIGNED, NEUTRAL_SIGNED, ZERO, pattern(9)),
];

const INVALID: readonly Vector[] = [
  // TEST 3 with another message.
  { ...(VALID[2] as Vector), message: hex("af83") },
  // TEST 2 with s + L for s: the same modulo L, but not below it.
  vector(
    KEY_2,
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da",
    "f52db7415978abc61b2c2eb6aeebfca0387b2eaeb4302aeeb00d291612bb0c10",
    hex("72"),
  ),
  vector(NO_POINT, NEUTRAL_SIGNED, ZERO, pattern(9)),
  vector(NEUTRAL_SIGNED, NO_POINT, ZERO, pattern(9)),
];

/** Enough for the way that batches take, in every tier; small enough for the slowest engine. */
const BATCH_COUNT = 64;
/** Where the one bad signature of the batch is: in the middle of a lane group, past the first. */
const BAD_POSITION = 37;
/** Wider than any tier's lanes, odd, and with a rest. */
const PAIR_COUNT = 39;
const TAGS: readonly HashTag[] = ["plain", "leaf", "inner"];

function pack(vectors: readonly Vector[]): SignatureBatch {
  const builder = new SignatureBatchBuilder(vectors.length);
  for (const { publicKey, signature, message } of vectors) builder.add(publicKey, signature, message);
  return builder.build();
}

/** The verdicts as a string of 0 and 1. */
function verdicts(engine: ComputeEngine, vectors: readonly Vector[]): string {
  const batch = pack(vectors);
  const bitmap = new Uint8Array(Math.ceil(batch.count / 8));
  const valid = engine.verify(batch, 0, batch.count, bitmap);
  const bits = vectors.map((_, i) => ((bitmap[i >> 3] as number) >> (i & 7)) & 1).join("");
  return valid === bits.replaceAll("0", "").length ? bits : `${bits}, counted as ${valid}`;
}

function signatureFault(engine: ComputeEngine): string | undefined {
  const mixed = [...VALID, ...INVALID];
  const ofMixed = "1".repeat(VALID.length) + "0".repeat(INVALID.length);
  const batch = Array.from({ length: BATCH_COUNT }, (_, i) => VALID[i % VALID.length] as Vector);
  batch[BAD_POSITION] = INVALID[0] as Vector;
  const expectations: readonly (readonly [readonly Vector[], string])[] = [
    [mixed, ofMixed],
    // Again, with keys from the cache.
    [mixed, ofMixed],
    [batch, batch.map((_, i) => (i === BAD_POSITION ? 0 : 1)).join("")],
  ];
  for (const [vectors, expected] of expectations) {
    const actual = verdicts(engine, vectors);
    if (actual !== expected) return `Ed25519 verdicts are ${actual}, not ${expected}`;
  }
  return undefined;
}

function hashFault(engine: ComputeEngine): string | undefined {
  const input = pattern(64 * PAIR_COUNT);
  for (const tag of TAGS) {
    const output = new Uint8Array(32 * PAIR_COUNT);
    engine.hashPairs(input, output, tag, 0, PAIR_COUNT);
    for (let i = 0; i < PAIR_COUNT; i++) {
      const expected = hash("sha256", input.subarray(64 * i, 64 * i + 64), "buffer");
      if (tag === "leaf") expected[0] = (expected[0] as number) & 0x7f;
      if (tag === "inner") expected[0] = (expected[0] as number) | 0x80;
      if (expected.compare(output, 32 * i, 32 * i + 32) !== 0) return `the SHA-256 of pair ${i}, tag ${tag}, is wrong`;
    }
  }
  const nodes = input.subarray(0, 32 * PAIR_COUNT);
  if (Buffer.compare(engine.subtreeRoot(nodes, 0, 8), subtreeRoot(nodes, 0, 8)) !== 0) return "the Merkle root is wrong";
  return undefined;
}

/** Lengths around which SHA-256 takes one block more. */
const MESSAGE_LENGTHS: readonly number[] = [0, 1, 55, 56, 63, 64, 119, 120, 300];

function messageFault(engine: ComputeEngine): string | undefined {
  if (engine.hashMessages === undefined) return undefined;
  const messages = pattern(MESSAGE_LENGTHS.reduce((sum, length) => sum + length, 0));
  const offsets = new Uint32Array(MESSAGE_LENGTHS.length + 1);
  for (const [i, length] of MESSAGE_LENGTHS.entries()) offsets[i + 1] = (offsets[i] as number) + length;
  const output = new Uint8Array(32 * MESSAGE_LENGTHS.length);
  engine.hashMessages(messages, offsets, output);
  for (const [i, length] of MESSAGE_LENGTHS.entries()) {
    const expected = hash("sha256", messages.subarray(offsets[i], offsets[i + 1]), "buffer");
    if (expected.compare(output, 32 * i, 32 * i + 32) !== 0) return `the SHA-256 of ${length} bytes is wrong`;
  }
  return undefined;
}

/** A node of the state trie. */
function node(tag: "leaf" | "inner", left: Bytes, right: Bytes): Bytes {
  const digest = hash("sha256", Buffer.concat([left, right]), "buffer");
  digest[0] = tag === "leaf" ? (digest[0] as number) & 0x7f : (digest[0] as number) | 0x80;
  return digest;
}

/** Three leaves, two of them in a page of their own, by the rule of the trie. */
function trieFault(engine: ComputeEngine): string | undefined {
  const walk = engine.trieWalk?.();
  if (walk === undefined) return undefined;
  const leaves = [0x81, 0x00, 0x80].map((first) => ({
    path: Uint8Array.of(first, ...pattern(31)),
    valueHash: pattern(32).map((b) => b ^ first),
  }));
  const [c, a, b] = leaves.map(({ path, valueHash }) => node("leaf", path, valueHash)) as [Bytes, Bytes, Bytes];
  let right = node("inner", b, c);
  for (let depth = 6; depth >= 1; depth--) right = node("inner", right, new Uint8Array(32));
  const expected = node("inner", a, right);
  const words = (parts: readonly Bytes[]) => new Uint32Array(new Uint8Array(Buffer.concat(parts)).buffer);
  const none = new Uint32Array(3).fill(0xffffffff);
  const output = new Uint32Array(1024);
  try {
    walk.begin(words(leaves.map(({ path }) => path)), words(leaves.map(({ valueHash }) => valueHash)), new Uint8Array(3), 3, false);
    const below = walk.descend([], none, 1, new Uint32Array(16)) + walk.descend([], none, 1, new Uint32Array(16));
    const results = new Uint32Array(12);
    const built = walk.build([], output, 0, 2, results);
    const root = new Uint8Array(output.buffer, 4 * (results[9] as number), 32);
    return below === 1 && built === 2 && results[0] === 0 && Buffer.compare(root, expected) === 0
      ? undefined
      : "the root of a state trie is wrong";
  } finally {
    walk.end();
  }
}

/** @returns what the engine got wrong, or undefined if it answered everything rightly; its key cache is empty then */
export function selfCheck(engine: ComputeEngine): string | undefined {
  try {
    const fault = signatureFault(engine) ?? hashFault(engine) ?? messageFault(engine) ?? trieFault(engine);
    engine.clearKeyCache();
    return fault;
  } catch (error) {
    return messageOf(error);
  }
}

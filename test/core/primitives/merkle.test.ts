/** SSZ Merkle roots and proofs against the definition, written out slowly and with another SHA-256. */
import { deepStrictEqual } from "node:assert";
import { sha256 as referenceSha256 } from "@noble/hashes/sha2.js";
import fc from "fast-check";
import t from "tap";
import { type Bytes, concatBytes, toHex } from "../../../core/primitives/bytes.js";
import { ValueError } from "../../../core/primitives/errors.js";
import { Hash } from "../../../core/primitives/hash.js";
import {
  hashPairsPlain,
  MERKLE_LIST_DEPTH,
  MERKLE_LIST_LIMIT,
  type MerkleProof,
  merkleProof,
  merkleRoot,
  merkleRootPacked,
  verifyMerkleProof,
} from "../../../core/primitives/merkle.js";

/** Roots of all-zero trees by depth: from the definition, and as published with Ethereum's deposit contract (first 4 bytes). */
const zeroRoots: Bytes[] = [new Uint8Array(32)];
for (let depth = 1; depth <= MERKLE_LIST_DEPTH; depth++) {
  const below = zeroRoots[depth - 1] as Bytes;
  zeroRoots.push(referenceSha256(concatBytes(below, below)));
}
const PUBLISHED_ZERO_ROOTS =
  "00000000 f5a5fd42 db56114e c78009fd 536d9883 9efde052 d88ddfee 87eb0ddb 26846476 506d8658 ffff0ad7 6cf04127 b7d05f87 df6af5f5 b58d900f d49a7502 8fe6b168 8d0d63c3 95eec8b2 f893e908 cddba7b5";

/** merkleize(chunks, limit) of simple-serialize.md, top down. */
function merkleize(chunks: readonly Bytes[], depth: number): Bytes {
  if (chunks.length === 0) return zeroRoots[depth] as Bytes;
  if (depth === 0) return chunks[0] as Bytes;
  const half = 2 ** (depth - 1);
  return referenceSha256(concatBytes(merkleize(chunks.slice(0, half), depth - 1), merkleize(chunks.slice(half), depth - 1)));
}

/** mix_in_length(root, length) of simple-serialize.md. */
function mixInLength(root: Bytes, length: number): Bytes {
  const bytes = new Uint8Array(32);
  for (let index = 0, rest = length; index < 32; index++, rest = Math.floor(rest / 256)) bytes[index] = rest % 256;
  return referenceSha256(concatBytes(root, bytes));
}

const slowRoot = (leaves: readonly Bytes[]) => mixInLength(merkleize(leaves, MERKLE_LIST_DEPTH), leaves.length);
const leafOf = (index: number): Hash => Hash.from(referenceSha256(Uint8Array.of(index & 255, index >> 8)));
const leavesOf = (count: number): Hash[] => Array.from({ length: count }, (_, index) => leafOf(index));
const hashes = fc.array(fc.uint8Array({ minLength: 32, maxLength: 32 }), { maxLength: 40 }) as unknown as fc.Arbitrary<Hash[]>;

t.test("the reference has the published roots of zero trees", async (t) => {
  t.equal(zeroRoots.map((root) => toHex(root).slice(0, 8)).join(" "), PUBLISHED_ZERO_ROOTS);
});

t.test("roots are hash_tree_root of List[Bytes32, 2^20]", async (t) => {
  for (const count of [0, 1, 2, 3, 4, 5, 7, 8, 9, 31, 32, 33, 255, 256, 257, 700]) {
    const leaves = leavesOf(count);
    t.equal(toHex(merkleRoot(leaves)), toHex(slowRoot(leaves)), `${count} leaves`);
    t.equal(toHex(merkleRootPacked(concatBytes(...leaves))), toHex(slowRoot(leaves)), `${count} packed leaves`);
  }
  fc.assert(
    fc.property(hashes, (leaves) => deepStrictEqual(toHex(merkleRoot(leaves)), toHex(slowRoot(leaves)))),
    { numRuns: 50 },
  );
  t.not(toHex(merkleRoot([Hash.zero])), toHex(merkleRoot([])), "padding is no element");
  t.not(toHex(merkleRoot([Hash.zero, Hash.zero])), toHex(merkleRoot([Hash.zero])));
});

t.test("whole levels go through the pair hasher, also in place", async (t) => {
  const leaves = concatBytes(...leavesOf(100));
  const levels: number[] = [];
  const root = merkleRootPacked(leaves, (input, output) => {
    levels.push(input.length / 64);
    hashPairsPlain(input, output);
  });
  t.strictSame(levels.slice(0, 8), [50, 25, 13, 7, 4, 2, 1, 1]);
  t.equal(toHex(root), toHex(merkleRootPacked(leaves)));
  const pairs = new Uint8Array(leaves.subarray(0, 256));
  const apart = new Uint8Array(128);
  hashPairsPlain(pairs, apart);
  hashPairsPlain(pairs, pairs);
  t.strictSame(pairs.subarray(0, 128), apart);
});

t.test("every element has a proof, and it proves nothing else", async (t) => {
  for (const count of [1, 2, 5, 8, 33]) {
    const leaves = leavesOf(count);
    const root = merkleRoot(leaves);
    for (let index = 0; index < count; index++) {
      const proof = merkleProof(leaves, index);
      t.equal(proof.siblings.length, MERKLE_LIST_DEPTH);
      t.ok(verifyMerkleProof(root, leafOf(index), proof), `element ${index} of ${count}`);
      t.notOk(verifyMerkleProof(root, leafOf(index + 1), proof), "another leaf");
      t.notOk(verifyMerkleProof(root, leafOf(index), { ...proof, index: index ^ 1 }), "another index");
      t.notOk(verifyMerkleProof(root, leafOf(index), { ...proof, count: count + 1 }), "another length");
      t.notOk(verifyMerkleProof(leafOf(7), leafOf(index), proof), "another root");
    }
  }
  const changed = fc.property(
    fc.integer({ min: 0, max: 19 }),
    fc.integer({ min: 0, max: 31 }),
    fc.integer({ min: 1, max: 255 }),
    (level, byte, bits) => {
      const leaves = leavesOf(9);
      const proof = merkleProof(leaves, 8);
      const siblings = proof.siblings.map((sibling) => new Uint8Array(sibling) as Hash);
      const sibling = siblings[level] as Hash;
      sibling[byte] = (sibling[byte] as number) ^ bits;
      return !verifyMerkleProof(merkleRoot(leaves), leafOf(8), { ...proof, siblings });
    },
  );
  fc.assert(changed);
});

t.test("padding and inner nodes can't be proved as elements", async (t) => {
  const leaves = leavesOf(3);
  const root = merkleRoot(leaves);
  const padding = merkleProof([...leaves, Hash.zero], 3);
  t.notOk(verifyMerkleProof(root, Hash.zero, { ...padding, count: 3 }), "an index beyond the length");
  t.notOk(verifyMerkleProof(root, Hash.zero, { ...padding, count: 4 }), "a longer length");
  const inner = Hash.from(referenceSha256(concatBytes(leafOf(0), leafOf(1))));
  const cut = merkleProof(leaves, 0).siblings.slice(1);
  t.notOk(verifyMerkleProof(root, inner, { index: 0, count: 3, siblings: cut }), "a proof that begins a level higher");
});

t.test("verification never throws", async (t) => {
  const leaves = leavesOf(3);
  const root = merkleRoot(leaves);
  const proof = merkleProof(leaves, 1);
  const broken: readonly unknown[] = [
    null,
    undefined,
    1,
    {},
    { ...proof, siblings: undefined },
    { ...proof, siblings: "x".repeat(20) },
    { ...proof, siblings: proof.siblings.slice(1) },
    { ...proof, siblings: [...proof.siblings, Hash.zero] },
    { ...proof, siblings: proof.siblings.map((sibling) => toHex(sibling)) },
    { ...proof, siblings: proof.siblings.map((sibling) => sibling.subarray(1)) },
    { ...proof, siblings: new Array(20) },
    ...[-1, 0.5, 3, 2 ** 32 + 1, Number.NaN, 1n, "1", null].map((index) => ({ ...proof, index })),
    ...[-1, 0, 1, MERKLE_LIST_LIMIT + 1, 2 ** 60, Number.NaN, 3n, "3"].map((count) => ({ ...proof, count })),
  ];
  for (const [index, candidate] of broken.entries())
    t.notOk(verifyMerkleProof(root, leafOf(1), candidate as MerkleProof), `broken proof ${index}`);
  t.notOk(verifyMerkleProof(undefined as unknown as Hash, leafOf(1), proof));
  t.notOk(verifyMerkleProof(root, new Uint8Array(31) as Hash, proof));
  const anything = fc.property(fc.anything(), fc.anything(), (index, siblings) => {
    return !verifyMerkleProof(root, leafOf(1), { index, count: 3, siblings } as unknown as MerkleProof);
  });
  fc.assert(anything, { numRuns: 300 });
});

t.test("lists beyond their limits are refused", async (t) => {
  const refused = { code: ValueError.code };
  t.throws(() => merkleRootPacked(new Uint8Array(32 * (MERKLE_LIST_LIMIT + 1))), refused, "2^20 + 1 elements");
  t.throws(() => merkleRootPacked(new Uint8Array(33)), refused, "a length that is no multiple of 32");
  for (const index of [-1, 3, 0.5, Number.NaN]) t.throws(() => merkleProof(leavesOf(3), index), refused, `index ${index}`);
});

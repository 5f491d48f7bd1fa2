/**
 * SSZ-compatible Merkle roots and proofs: `hash_tree_root` of `List[Bytes32, 2^20]`.
 *
 * The leaves are padded with zero leaves to 2^20, nodes are SHA-256(left ‖ right), and the root is SHA-256(tree ‖ length),
 * length as 32 little-endian bytes. Whole levels are hashed at once, each as a run of 64-byte pairs, so that compute can hand
 * them to native code; subtrees of padding come from a table. Any SSZ library checks these roots and proofs.
 * Source: https://github.com/ethereum/consensus-specs/blob/master/ssz/simple-serialize.md#merkleization
 */
import { assert } from "../kernel/assert.js";
import { type Bytes, bytesEqual } from "./bytes.js";
import { ValueError } from "./errors.js";
import { Hash, sha256, sha256Of } from "./hash.js";

/** Depth of the padded tree: lists have at most 2^20 elements. */
export const MERKLE_LIST_DEPTH = 20;

/** How many elements a list can have. */
export const MERKLE_LIST_LIMIT = 2 ** MERKLE_LIST_DEPTH;

/**
 * That a value is element `index` of a list of `count` elements. `siblings` has `MERKLE_LIST_DEPTH` hashes, from the
 * leaf's level upward, padding included; the length that is mixed in at the end follows from `count`.
 */
export interface MerkleProof {
  readonly index: number;
  readonly count: number;
  readonly siblings: readonly Hash[];
}

/** Writes SHA-256 of each 64-byte pair of `input` to `output`, 32 bytes each; `output` may be the front of `input`. */
export type PairHasher = (input: Bytes, output: Bytes) => void;

/** Root of an all-padding subtree, by its depth. */
const ZERO_HASHES: readonly Hash[] = zeroHashes();

function zeroHashes(): Hash[] {
  const hashes = [Hash.zero];
  for (let depth = 0; depth < MERKLE_LIST_DEPTH; depth++) {
    const below = hashes[depth] as Hash;
    hashes.push(sha256Of(below, below));
  }
  return hashes;
}

/** Root of the list of `leaves`. @throws ValueError for more than 2^20 */
export function merkleRoot(leaves: readonly Hash[]): Hash {
  return merkleRootPacked(packLeaves(leaves));
}

/**
 * Root of the list whose elements lie in `leaves`, 32 bytes each.
 *
 * @throws ValueError for more than 2^20 or a length that is no multiple of 32
 */
export function merkleRootPacked(leaves: Bytes, hashPairs: PairHasher = hashPairsPlain): Hash {
  const count = leafCount(leaves);
  if (count === 0) return mixInLength(zeroHash(MERKLE_LIST_DEPTH), 0);
  let level: Bytes = leaves;
  for (let depth = 0; depth < MERKLE_LIST_DEPTH; depth++) level = parentLevel(level, depth, hashPairs);
  return mixInLength(level.slice(0, Hash.bytes) as unknown as Hash, count);
}

/** Proof for element `index`. @throws ValueError for more than 2^20 leaves or an index outside */
export function merkleProof(leaves: readonly Hash[], index: number): MerkleProof {
  if (!Number.isSafeInteger(index) || index < 0 || index >= leaves.length)
    throw new ValueError({ type: "Merkle index", reason: `${index} is not an element of a list of ${leaves.length}` });
  const siblings: Hash[] = [];
  let level = packLeaves(leaves);
  for (let depth = 0; depth < MERKLE_LIST_DEPTH; depth++) {
    const at = (Math.floor(index / 2 ** depth) ^ 1) * Hash.bytes;
    siblings.push(at < level.length ? (level.slice(at, at + Hash.bytes) as unknown as Hash) : zeroHash(depth));
    level = parentLevel(level, depth, hashPairsPlain);
  }
  return { index, count: leaves.length, siblings };
}

/** Whether `proof` shows that `leaf` is in the list with this root. Never throws, whatever the proof holds. */
export function verifyMerkleProof(root: Hash, leaf: Hash, proof: MerkleProof): boolean {
  // Proofs come from strangers, perhaps through JSON: types alone promise nothing here.
  if (typeof proof !== "object" || proof === null || !isHash(root) || !isHash(leaf)) return false;
  const { index, count, siblings } = proof;
  if (!Number.isSafeInteger(count) || count < 1 || count > MERKLE_LIST_LIMIT) return false;
  if (!Number.isSafeInteger(index) || index < 0 || index >= count) return false;
  if (!Array.isArray(siblings) || siblings.length !== MERKLE_LIST_DEPTH) return false;
  let node = leaf;
  for (const [depth, sibling] of siblings.entries()) {
    if (!isHash(sibling)) return false;
    node = (index >> depth) & 1 ? sha256Of(sibling, node) : sha256Of(node, sibling);
  }
  return bytesEqual(mixInLength(node, count), root);
}

/** The plain pair hasher on this thread. */
export function hashPairsPlain(input: Bytes, output: Bytes): void {
  assert(input.length % 64 === 0 && output.length >= input.length / 2, "pairs of 64 bytes and room for 32 each");
  for (let from = 0, to = 0; from < input.length; from += 64, to += 32) output.set(sha256(input.subarray(from, from + 64)), to);
}

function isHash(value: unknown): value is Hash {
  return value instanceof Uint8Array && value.length === Hash.bytes;
}

function zeroHash(depth: number): Hash {
  return ZERO_HASHES[depth] as Hash;
}

function packLeaves(leaves: readonly Hash[]): Bytes {
  const packed = new Uint8Array(leaves.length * Hash.bytes);
  for (const [index, leaf] of leaves.entries()) packed.set(leaf, index * Hash.bytes);
  leafCount(packed);
  return packed;
}

function leafCount(packed: Bytes): number {
  const count = packed.length / Hash.bytes;
  if (!Number.isInteger(count)) throw new ValueError({ type: "Merkle list", reason: "its packed leaves have 32 bytes each" });
  if (count > MERKLE_LIST_LIMIT) throw new ValueError({ type: "Merkle list", reason: `it has ${count} elements, at most 2^20` });
  return count;
}

/** The level above `level`, which stands `depth` levels above the leaves; an odd end is paired with padding. */
function parentLevel(level: Bytes, depth: number, hashPairs: PairHasher): Bytes {
  let pairs = level;
  if (level.length % 64 !== 0) {
    pairs = new Uint8Array(level.length + Hash.bytes);
    pairs.set(level);
    pairs.set(zeroHash(depth), level.length);
  }
  const parents = new Uint8Array(pairs.length / 2);
  hashPairs(pairs, parents);
  return parents;
}

function mixInLength(root: Hash, count: number): Hash {
  const pair = new Uint8Array(64);
  pair.set(root);
  new DataView(pair.buffer).setUint32(32, count, true);
  return sha256(pair);
}

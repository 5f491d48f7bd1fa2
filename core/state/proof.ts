/**
 * Checks single-key state proofs. Pure, and free of everything else of this folder, so that a light client can take it.
 *
 * The verifier walks down from a root that it trusts. The kind of each node is read from the reference that it holds at
 * that moment (32 zero bytes: empty; top bit clear: leaf; set: inner), never from what the prover offers: hashes of inner
 * nodes and leaves lie in disjoint halves, so a 64-byte value or an inner node can't pass for a leaf, nor a leaf for an
 * inner node. Recomputing from the end upward and comparing with the root is the same walk, as each step forces the bit.
 */
import type { StateProof } from "../ports/state.js";
import { type Bytes, bytesEqual, Hash, sha256, sha256Of } from "../primitives/index.js";

const MAX_DEPTH = 256;
const MAX_KEY_BYTES = 128;

function isHash(value: unknown): value is Hash {
  return value instanceof Uint8Array && value.length === 32;
}

/** SHA-256 of both halves with the kind in the top bit. */
function nodeHash(kind: "leaf" | "inner", left: Bytes, right: Bytes): Bytes {
  const digest = sha256Of(left, right).slice();
  const first = digest[0] as number;
  digest[0] = kind === "inner" ? first | 0x80 : first & 0x7f;
  return digest;
}

function isInner(reference: Bytes): boolean {
  return ((reference[0] as number) & 0x80) !== 0;
}

function bitOf(path: Bytes, depth: number): number {
  return ((path[depth >> 3] as number) >> (7 - (depth & 7))) & 1;
}

function sharesBits(a: Bytes, b: Bytes, count: number): boolean {
  for (let depth = 0; depth < count; depth++) if (bitOf(a, depth) !== bitOf(b, depth)) return false;
  return true;
}

export interface StateProofClaim {
  /** A state root that is trusted (from a header). */
  readonly root: Hash;
  readonly key: Bytes;
  /** Undefined claims that the key is absent. */
  readonly value: Bytes | undefined;
  readonly proof: StateProof;
}

/** Whether `proof` shows that `key` has `value` (or is absent) under `root`. Never throws, whatever the prover sent. */
export function verifyStateProof({ root, key, value, proof }: StateProofClaim): boolean {
  // Proofs come as JSON from strangers: what TypeScript rules out may stand here all the same.
  if (typeof proof !== "object" || proof === null || proof.leaf === null) return false;
  const { siblings, leaf } = proof;
  if (!isHash(root) || key.length === 0 || key.length > MAX_KEY_BYTES || value?.length === 0) return false;
  if (!Array.isArray(siblings) || siblings.length > MAX_DEPTH || !siblings.every(isHash)) return false;
  const path = sha256(key);
  const depth = siblings.length;
  let reference: Bytes = Hash.zero;
  if (leaf !== undefined) {
    if (!isHash(leaf.path) || !isHash(leaf.valueHash) || !sharesBits(leaf.path, path, depth)) return false;
    reference = nodeHash("leaf", leaf.path, leaf.valueHash);
  }
  const isKeysLeaf = leaf !== undefined && bytesEqual(leaf.path, path);
  if (value === undefined ? isKeysLeaf : !isKeysLeaf || !bytesEqual(leaf.valueHash, sha256(value))) return false;
  if (!standsHighest(leaf !== undefined, siblings[depth - 1])) return false;
  for (let at = depth - 1; at >= 0; at--) {
    const sibling = siblings[at] as Hash;
    reference = bitOf(path, at) === 1 ? nodeHash("inner", sibling, reference) : nodeHash("inner", reference, sibling);
  }
  return bytesEqual(reference, root);
}

/**
 * An inner node has two leaves or more below it, so beside an end that is a leaf stands something, and beside an empty
 * end stands an inner node.
 */
function standsHighest(endsInLeaf: boolean, sibling: Hash | undefined): boolean {
  if (sibling === undefined) return true;
  return endsInLeaf ? !Hash.isZero(sibling) : isInner(sibling);
}

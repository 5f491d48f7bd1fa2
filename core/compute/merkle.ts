/**
 * SSZ merkleization over an engine: `hash_tree_root` of `List[Bytes32, 2^20]` from packed leaves.
 *
 * The tree is cut into subtrees of one size, which are independent pieces of work; their roots and the zero-hash
 * padding make the top. Source: Ethereum consensus specs, ssz/simple-serialize.md, "Merkleization".
 */
import type { Bytes } from "../primitives/bytes.js";
import { MERKLE_LIST_DEPTH } from "../primitives/merkle.js";
import type { ComputeEngine } from "./engine.js";

/** Root of an all-zero subtree at each depth, 0 (a leaf) to MERKLE_LIST_DEPTH. Built on first use: 20 hashes. */
let zeroRoots: readonly Bytes[] | undefined;

function zeroRootAt(engine: ComputeEngine, depth: number): Bytes {
  if (zeroRoots === undefined) {
    const roots: Bytes[] = [new Uint8Array(32)];
    for (let level = 1; level <= MERKLE_LIST_DEPTH; level++) {
      const pair = new Uint8Array(64);
      pair.set(roots[level - 1] as Bytes, 0);
      pair.set(roots[level - 1] as Bytes, 32);
      const root = new Uint8Array(32);
      engine.hashPairs(pair, root, "plain", 0, 1);
      roots.push(root);
    }
    zeroRoots = roots;
  }
  return zeroRoots[depth] as Bytes;
}

/**
 * Root of packed nodes that lie `fromDepth` levels above the leaves, padded with zero subtrees up to `toDepth`.
 *
 * @param nodes 32 bytes each; not changed
 */
export function subtreeRoot(engine: ComputeEngine, nodes: Bytes, fromDepth: number, toDepth: number): Bytes {
  if (nodes.length === 0) return zeroRootAt(engine, toDepth).slice();
  let level = nodes;
  let count = nodes.length / 32;
  for (let depth = fromDepth; depth < toDepth; depth++) {
    const pairs = (count + 1) >> 1;
    if (count % 2 === 1) {
      const padded = new Uint8Array(64 * pairs);
      padded.set(level.subarray(0, 32 * count));
      padded.set(zeroRootAt(engine, depth), 32 * count);
      level = padded;
    }
    // The first level goes to fresh memory, later ones in place: the caller's buffer stays as it is.
    const above = level === nodes ? new Uint8Array(32 * pairs) : level;
    engine.hashPairs(level, above, "plain", 0, pairs);
    level = above.subarray(0, 32 * pairs);
    count = pairs;
  }
  return level.slice(0, 32);
}

/** `mix_in_length`: the list's root from its tree's root and its count. */
export function mixInLength(engine: ComputeEngine, root: Bytes, count: number): Bytes {
  const pair = new Uint8Array(64);
  pair.set(root);
  new DataView(pair.buffer).setUint32(32, count, true);
  const mixed = new Uint8Array(32);
  engine.hashPairs(pair, mixed, "plain", 0, 1);
  return mixed;
}

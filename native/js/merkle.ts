/**
 * SSZ merkleization over the JS pair hash (Ethereum consensus specs, ssz/simple-serialize.md, "Merkleization").
 */
import type { Bytes } from "../../core/primitives/bytes.js";
import { hashPairs } from "./sha256-pairs.js";

/** Root of an all-zero subtree at each depth, 0 (a leaf) upwards; grows on use. */
const zeroRoots: Bytes[] = [new Uint8Array(32)];

function zeroRootAt(depth: number): Bytes {
  for (let level = zeroRoots.length; level <= depth; level++) {
    const pair = new Uint8Array(64);
    pair.set(zeroRoots[level - 1] as Bytes, 0);
    pair.set(zeroRoots[level - 1] as Bytes, 32);
    const root = new Uint8Array(32);
    hashPairs(pair, root, "plain", 0, 1);
    zeroRoots.push(root);
  }
  return zeroRoots[depth] as Bytes;
}

/** As `ComputeEngine.subtreeRoot`. */
export function subtreeRoot(nodes: Bytes, fromDepth: number, toDepth: number): Bytes {
  if (nodes.length === 0) return zeroRootAt(toDepth).slice();
  let level = nodes;
  let count = nodes.length / 32;
  for (let depth = fromDepth; depth < toDepth; depth++) {
    const pairs = (count + 1) >> 1;
    if (count % 2 === 1) {
      const padded = new Uint8Array(64 * pairs);
      padded.set(level.subarray(0, 32 * count));
      padded.set(zeroRootAt(depth), 32 * count);
      level = padded;
    }
    // The first level goes to fresh memory, later ones in place: the caller's buffer stays as it is.
    const above = level === nodes ? new Uint8Array(32 * pairs) : level;
    hashPairs(level, above, "plain", 0, pairs);
    level = above.subarray(0, 32 * pairs);
    count = pairs;
  }
  return level.slice(0, 32);
}

/** What the service adds to an engine's subtrees to get the root of an SSZ list. */
import type { ComputeEngine } from "../../native/engine.js";
import { type Bytes, putUint32Little } from "../primitives/bytes.js";

/** `mix_in_length`: the list's root from its tree's root and its count. */
export function mixInLength(engine: ComputeEngine, root: Bytes, count: number): Bytes {
  const pair = new Uint8Array(64);
  pair.set(root);
  putUint32Little(pair, 32, count);
  const mixed = new Uint8Array(32);
  engine.hashPairs(pair, mixed, "plain", 0, 1);
  return mixed;
}

/** SSZ-compatible Merkle roots and proofs. */
import type { Hash } from "./hash.js";

export interface MerkleProof {
  readonly index: number;
  readonly count: number;
  readonly siblings: readonly Hash[];
}

/** SSZ Merkle roots and proofs, beside the obvious way: @noble/hashes, one node at a time. */
import { sha256 as nobleSha256 } from "@noble/hashes/sha2.js";
import { type Bytes, concatBytes } from "../../core/primitives/bytes.js";
import { Hash, sha256Of } from "../../core/primitives/hash.js";
import { MERKLE_LIST_DEPTH, merkleProof, merkleRoot, merkleRootPacked, verifyMerkleProof } from "../../core/primitives/merkle.js";
import type { BenchSuite } from "../suite.js";

/** hash_tree_root by the definition, with one call and one allocation for each node. */
function naiveRoot(leaves: readonly Bytes[]): Bytes {
  let level = leaves;
  let zero: Bytes = Hash.zero;
  for (let depth = 0; depth < MERKLE_LIST_DEPTH; depth++) {
    const parents: Bytes[] = [];
    for (let index = 0; index < level.length; index += 2)
      parents.push(nobleSha256(concatBytes(level[index] as Bytes, level[index + 1] ?? zero)));
    zero = nobleSha256(concatBytes(zero, zero));
    level = parents;
  }
  const length = new Uint8Array(32);
  new DataView(length.buffer).setUint32(0, leaves.length, true);
  return nobleSha256(concatBytes(level[0] as Bytes, length));
}

const suite: BenchSuite = {
  name: "merkle",
  description: "SSZ Merkle roots and proofs of lists of hashes",
  async run(context) {
    for (const count of context.quick ? [1_024] : [1_024, 65_536]) {
      const leaves = Array.from({ length: count }, (_, index) => sha256Of(new Uint8Array(new Uint32Array([context.seed, index]).buffer)));
      const packed = concatBytes(...leaves);
      const naive = `noble, naive: root of ${count}`;
      const unit = { unit: "leaves/s", operations: count };
      await context.measure(naive, () => void naiveRoot(leaves), unit);
      await context.measure(`root of ${count}`, () => void merkleRoot(leaves), { ...unit, reference: naive });
      await context.measure(`root of ${count}, packed`, () => void merkleRootPacked(packed), { ...unit, reference: naive });
    }
    const leaves = Array.from({ length: 1_024 }, (_, index) => sha256Of(new Uint8Array(new Uint32Array([context.seed, index]).buffer)));
    const leaf = leaves[500] as Hash;
    const [root, proof] = [merkleRoot(leaves), merkleProof(leaves, 500)];
    const operations = context.quick ? 5 : 2_000;
    const verify = () => {
      for (let index = 0; index < operations; index++) verifyMerkleProof(root, leaf, proof);
    };
    await context.measure("verify a proof", verify, { unit: "ops/s", operations });
  },
};

export default suite;

// SSZ merkleization (Ethereum consensus specifications, ssz/simple-serialize.md, "Merkleization").
//
// Level by level over the whole tree would send every level of a large one through memory. So the leaves go block by block:
// a block of 4,096 is taken up seven levels while it lies in the cache and leaves 32 nodes, which still fill a tier's lanes;
// what the blocks left is a tree 128 times smaller, done the same way.
#include "merkle.h"

#include <cstring>

#include "zero_roots.h"

namespace chainwright {
namespace {

constexpr unsigned kBlockLevels = 7;
constexpr size_t kBlockNodes = 4096;
static_assert(kBlockNodes >> kBlockLevels >= 32, "what a block leaves fills two groups of 16 lanes");

// Hashes one level of `count` nodes `depth` levels above the leaves to `above`, which may be `nodes` itself. An odd last node
// is paired with the zero subtree of its depth. Returns how many nodes there are above.
size_t hash_level(Sha256PairsFn pairs, const uint8_t* nodes, size_t count, unsigned depth, uint8_t* above) {
  const size_t whole = count / 2;
  // Copied before the whole pairs are hashed: in place, their output comes no further than half of the input, but a level
  // of one node is its own output.
  uint8_t last[64];
  if (count % 2 == 1) {
    memcpy(last, nodes + 32 * (count - 1), 32);
    memcpy(last + 32, sha256::kZeroRoots.roots[depth], 32);
  }
  pairs(nodes, above, whole, 0xff, 0x00);
  if (count % 2 == 1) pairs(last, above + 32 * whole, 1, 0xff, 0x00);
  return whole + count % 2;
}

}  // namespace

void merkle_subtree_root(Sha256PairsFn pairs, const uint8_t* nodes, size_t count, unsigned from_depth, unsigned to_depth,
                         uint8_t* scratch, uint8_t root[32]) {
  if (count == 0) {
    memcpy(root, sha256::kZeroRoots.roots[to_depth], 32);
    return;
  }
  unsigned depth = from_depth;
  // While there are several blocks: each is reduced on its own, and what it leaves is packed behind what the earlier ones
  // left. The levels of a block lie right there, in at most 32 * kBlockNodes / 2 bytes: never past the end of `scratch`,
  // and from the second time on never past the block that is being read.
  while (count > kBlockNodes) {  // which by the contract means that 13 levels or more are left
    size_t left = 0;
    for (size_t at = 0; at < count; at += kBlockNodes) {
      size_t size = count - at < kBlockNodes ? count - at : kBlockNodes;
      uint8_t* above = scratch + 32 * left;
      const uint8_t* level = nodes + 32 * at;
      for (unsigned i = 0; i < kBlockLevels; i++) {
        size = hash_level(pairs, level, size, depth + i, above);
        level = above;
      }
      left += size;
    }
    nodes = scratch;
    count = left;
    depth += kBlockLevels;
  }
  for (; depth < to_depth; depth++) {
    count = hash_level(pairs, nodes, count, depth, scratch);
    nodes = scratch;
  }
  memcpy(root, nodes, 32);
}

}  // namespace chainwright

// Pair hashes and Merkle roots of every tier: digests that node:crypto made, and roots by the plainest recursion over them.
#include <cstring>
#include <memory>

#include "../src/engine.h"
#include "checks.h"

namespace chainwright::test {

namespace {

struct Named {
  const char* name;
  std::unique_ptr<Engine> engine;
};

void check_pairs(const Named& named, const std::vector<Pair>& pairs, Random& random, size_t size) {
  const size_t first = random.below(pairs.size() - size + 1);
  const size_t from = random.chance(60) ? 0 : random.below(size + 1);
  const size_t to = random.chance(60) ? size : from + random.below(size - from + 1);
  const HashTag tag = static_cast<HashTag>(random.below(3));
  const bool in_place = random.chance(40);
  Exact input(64 * size, random.below(64));
  Exact separate(32 * size, random.below(64));
  uint8_t* const output = in_place ? input.data() : separate.data();
  for (size_t i = 0; i < size; ++i) std::memcpy(input.data() + 64 * i, pairs[first + i].bytes, 64);
  named.engine->hash_pairs(input.data(), output, tag, from, to);
  for (size_t i = from; i < to; ++i) {
    uint8_t expected[32];
    std::memcpy(expected, pairs[first + i].digest, 32);
    if (tag != HashTag::kPlain) expected[0] &= 0x7f;
    if (tag == HashTag::kInner) expected[0] |= 0x80;
    if (std::memcmp(output + 32 * i, expected, 32) != 0)
      fail("sha256 %s: pair %zu of %zu to %zu, tag %d, %s", named.name, i, from, to, static_cast<int>(tag), in_place ? "in place" : "apart");
  }
  count("pairs", to - from);
}

// By the portable tier, one pair a call: its single hashes are checked against node:crypto above.
std::vector<uint8_t> plain_root(Engine& engine, std::vector<uint8_t> level, unsigned from_depth, unsigned to_depth) {
  std::vector<uint8_t> zero(32, 0);
  for (unsigned depth = 0; depth < to_depth; ++depth) {
    if (depth >= from_depth) {
      if (level.empty()) return {};
      if (level.size() % 64 != 0) level.insert(level.end(), zero.begin(), zero.end());
      std::vector<uint8_t> above(level.size() / 2);
      for (size_t at = 0; at < above.size(); at += 32) engine.hash_pairs(level.data() + 2 * at, above.data() + at, HashTag::kPlain, 0, 1);
      level = above;
    }
    uint8_t pair[64];
    std::memcpy(pair, zero.data(), 32);
    std::memcpy(pair + 32, zero.data(), 32);
    engine.hash_pairs(pair, zero.data(), HashTag::kPlain, 0, 1);
  }
  return level;
}

}  // namespace

void check_hashing(const Vectors& vectors, Random& random, double seconds) {
  std::vector<Named> all;
  for (const Tier tier : {Tier::kPortable, Tier::kShaNi, Tier::kAvx512}) {
    if (!has_sha256_tier(tier)) continue;
    all.push_back({sha256_tier_name(tier), std::unique_ptr<Engine>(Engine::create({{Tier::kPortable, tier, Tier::kPortable}, 0}))});
    count(std::string("sha256 tier ") + all.back().name);
  }
  for (const Named& named : all) {
    for (size_t size = 0; size <= 130; ++size) {
      for (int round = 0; round < 4; ++round) check_pairs(named, vectors.pairs, random, size);
    }
  }
  const double end = processor_seconds() + seconds;
  size_t rounds = 0;
  do {
    for (const Named& named : all) check_pairs(named, vectors.pairs, random, random.below(vectors.pairs.size()));
    size_t size = rounds < 131 ? rounds : random.below(random.chance(3) ? 9000 : 300);
    const unsigned from_depth = static_cast<unsigned>(random.below(20));
    unsigned to_depth = from_depth;
    while (size_t{1} << (to_depth - from_depth) < size) ++to_depth;
    to_depth += static_cast<unsigned>(random.below(5));
    std::vector<uint8_t> nodes(32 * size);
    for (uint8_t& byte : nodes) byte = static_cast<uint8_t>(random.next());
    const std::vector<uint8_t> expected = size == 0 ? std::vector<uint8_t>() : plain_root(*all[0].engine, nodes, from_depth, to_depth);
    for (const Named& named : all) {
      Exact memory(nodes.size(), random.below(64));
      if (size != 0) std::memcpy(memory.data(), nodes.data(), nodes.size());
      Exact root(32, random.below(16));
      if (!named.engine->subtree_root(memory.data(), size, from_depth, to_depth, root.data())) fail("sha256 %s: memory is short", named.name);
      if (size != 0 && std::memcmp(root.data(), expected.data(), 32) != 0)
        fail("sha256 %s: the root of %zu nodes from %u to %u", named.name, size, from_depth, to_depth);
      if (size != 0 && std::memcmp(memory.data(), nodes.data(), nodes.size()) != 0) fail("sha256 %s: the nodes were changed", named.name);
      count("roots");
    }
  } while (++rounds < 140 || processor_seconds() < end);
}

}  // namespace chainwright::test

// Which messages are hashed side by side: the part of the multi-lane tiers that has nothing to do with their vectors.
//
// All lanes of a group take as many blocks as its longest message, so messages are sorted by block count, longest first: the
// last group, which may have lanes to spare, then is the cheapest one. The counting sort has a class for each count up to 31
// and 16 classes for each power of two above, so that lanes of one class differ by 6 % at most, however long the messages are.
//
// In an unnamed namespace, since each tier's file compiles it with its own instruction set.
#ifndef CHAINWRIGHT_SHA512_LANES_H
#define CHAINWRIGHT_SHA512_LANES_H

#include <cstddef>
#include <cstdint>

#include "tiers.h"

namespace chainwright::sha512 {
namespace {

// What one lane hashes: r[0..32) || a[0..32) || message[0..length), padded.
struct Lane {
  const uint8_t* r;
  const uint8_t* a;
  const uint8_t* message;
  size_t length;
  size_t blocks;
  uint8_t* digest;
};

// 64 bytes of R and A, the message, and 17 bytes or more of padding.
inline size_t block_count(size_t length) { return (length + 64 + 17 + 127) / 128; }

// Lengths are below 2^32, so block counts are at most 2^25 + 1 and classes below 32 + 16 * 21.
constexpr size_t kClasses = 32 + 16 * 21;

inline size_t class_of(size_t blocks) {
  if (blocks < 32) return blocks;
  const unsigned exponent = 31 - static_cast<unsigned>(__builtin_clz(static_cast<uint32_t>(blocks)));
  return 32 + 16 * (exponent - 5) + ((blocks >> (exponent - 4)) & 15);
}

// Tier: kLanes; kAloneFactor, from which ratio of block counts on a message is cheaper hashed alone than as the longest of a
// group (from the cost of a block of all lanes and a block in plain C++); hash_group(const Lane lanes[kLanes], size_t used).
// Lanes from `used` on repeat the first one; their digests are not stored.
template <typename Tier>
inline void challenges(const uint8_t* signatures, const uint8_t* public_keys, const uint8_t* messages, const uint32_t* offsets,
                       const uint32_t* indices, size_t count, uint32_t* order, uint8_t* digests) {
  const auto length_of = [&](size_t j) -> size_t { return offsets[indices[j] + 1] - offsets[indices[j]]; };
  uint32_t starts[kClasses] = {};
  for (size_t j = 0; j < count; j++) starts[class_of(block_count(length_of(j)))]++;
  uint32_t start = 0;
  for (size_t c = kClasses; c-- > 0;) {
    const uint32_t size = starts[c];
    starts[c] = start;
    start += size;
  }
  for (size_t j = 0; j < count; j++) order[starts[class_of(block_count(length_of(j)))]++] = static_cast<uint32_t>(j);

  for (size_t at = 0; at < count;) {
    const size_t first_blocks = block_count(length_of(order[at]));
    const size_t next_blocks = at + 1 < count ? block_count(length_of(order[at + 1])) : 0;
    if (first_blocks > Tier::kAloneFactor * next_blocks) {
      const size_t j = order[at++];
      challenges_portable(signatures, public_keys, messages, offsets, indices + j, 1, nullptr, digests + 64 * j);
      continue;
    }
    Lane lanes[Tier::kLanes];
    const size_t used = count - at < Tier::kLanes ? count - at : Tier::kLanes;
    for (size_t lane = 0; lane < Tier::kLanes; lane++) {
      const size_t j = order[lane < used ? at + lane : at];
      const size_t i = indices[j];
      const size_t length = length_of(j);
      lanes[lane] = {signatures + 64 * i, public_keys + 32 * i, messages + offsets[i], length, block_count(length), digests + 64 * j};
    }
    Tier::hash_group(lanes, used);
    at += used;
  }
}

}  // namespace
}  // namespace chainwright::sha512

#endif

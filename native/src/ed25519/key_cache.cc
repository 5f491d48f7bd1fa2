// One block for points, tags and keys, taken at the first insertion.
#include "key_cache.h"

#include <cstdlib>
#include <cstring>

#include "../random.h"
#include "scalar.h"

namespace chainwright::ed25519 {

namespace {

// High word of the product xor its low one: each bit of the result hangs on all bits of both.
inline uint64_t fold_product(uint64_t a, uint64_t b) {
#if defined(__wasm__)
  const uint64_t a_low = a & 0xffffffff, a_high = a >> 32;
  const uint64_t b_low = b & 0xffffffff, b_high = b >> 32;
  const uint64_t low = a_low * b_low;
  const uint64_t middle = a_high * b_low + (low >> 32);
  const uint64_t other = a_low * b_high + (middle & 0xffffffff);
  return (a_high * b_high + (middle >> 32) + (other >> 32)) ^ (other << 32 | (low & 0xffffffff));
#else
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(a) * b;
  return static_cast<uint64_t>(product >> 64) ^ static_cast<uint64_t>(product);
#endif
}

}  // namespace

KeyHash::KeyHash() {
  if (!system_random(reinterpret_cast<uint8_t*>(secrets_), sizeof(secrets_))) {
    for (int i = 0; i < 6; ++i) secrets_[i] = 0x9e3779b97f4a7c15 * static_cast<uint64_t>(2 * i + 1);
  }
}

uint64_t KeyHash::operator()(const uint8_t key[32]) const {
  const Scalar words = load_scalar(key);
  const uint64_t left = fold_product(words.words[0] ^ secrets_[0], words.words[1] ^ secrets_[1]);
  const uint64_t right = fold_product(words.words[2] ^ secrets_[2], words.words[3] ^ secrets_[3]);
  return fold_product(left ^ secrets_[4], right ^ secrets_[5]);
}

KeyCache::KeyCache(uint32_t capacity)
    : sets_(capacity < kWays ? (capacity != 0 ? 1 : 0) : capacity / kWays), ways_(capacity < kWays ? capacity : kWays) {}

KeyCache::~KeyCache() { std::free(memory_); }

bool KeyCache::allocate() {
  const size_t entries = size_t{sets_} * kWays;
  if (entries > SIZE_MAX / 256) return false;
  const size_t points_bytes = entries * sizeof(PackedPoint);
  const size_t tags_bytes = (sets_ * sizeof(Tags) + 63) & ~size_t{63};
  memory_ = static_cast<uint8_t*>(std::aligned_alloc(64, points_bytes + tags_bytes + entries * 32));
  if (memory_ == nullptr) {
    sets_ = 0;  // go on without a cache
    return false;
  }
  points_ = reinterpret_cast<PackedPoint*>(memory_);
  tags_ = reinterpret_cast<Tags*>(memory_ + points_bytes);
  keys_ = memory_ + points_bytes + tags_bytes;
  std::memset(static_cast<void*>(tags_), 0, tags_bytes);
  return true;
}

// The set by the hash's upper half, the tag by its lower bits.
size_t KeyCache::set_of(uint64_t hash) const { return static_cast<size_t>((hash >> 32) * sets_ >> 32); }
uint16_t KeyCache::tag_of(uint64_t hash) { return static_cast<uint16_t>(hash | 1); }

KeyCache::Found KeyCache::find(const uint8_t key[32], uint64_t hash, const PackedPoint** point) {
  if (size_ == 0) return Found::kAbsent;
  const size_t set = set_of(hash);
  Tags& tags = tags_[set];
  const uint16_t tag = tag_of(hash);
  for (uint32_t way = 0; way < ways_; ++way) {
    if (tags.tag[way] != tag) continue;
    const size_t entry = set * kWays + way;
    if (std::memcmp(keys_ + 32 * entry, key, 32) != 0) continue;
    tags.marks = static_cast<uint8_t>(tags.marks | 1u << way);
    if ((tags.undecodable >> way & 1) != 0) return Found::kUndecodable;
    *point = points_ + entry;
    return Found::kPoint;
  }
  return Found::kAbsent;
}

void KeyCache::insert(const uint8_t key[32], uint64_t hash, const PackedPoint* point) {
  if (sets_ == 0 || (memory_ == nullptr && !allocate())) return;
  const size_t set = set_of(hash);
  Tags& tags = tags_[set];
  uint32_t way = ways_;
  for (uint32_t free = 0; free < ways_ && way == ways_; ++free) {
    if (tags.tag[free] == 0) way = free;
  }
  if (way < ways_) {
    ++size_;
  } else {
    while ((tags.marks >> tags.hand & 1) != 0) {
      tags.marks = static_cast<uint8_t>(tags.marks & ~(1u << tags.hand));
      tags.hand = static_cast<uint8_t>((tags.hand + 1u) % ways_);
    }
    way = tags.hand;
    tags.hand = static_cast<uint8_t>((tags.hand + 1u) % ways_);
  }
  const uint8_t bit = static_cast<uint8_t>(1u << way);
  const size_t entry = set * kWays + way;
  tags.tag[way] = tag_of(hash);
  tags.marks = static_cast<uint8_t>(tags.marks & ~bit);
  tags.undecodable = static_cast<uint8_t>(point == nullptr ? tags.undecodable | bit : tags.undecodable & ~bit);
  std::memcpy(keys_ + 32 * entry, key, 32);
  if (point != nullptr) points_[entry] = *point;
}

void KeyCache::clear() {
  if (memory_ != nullptr) std::memset(static_cast<void*>(tags_), 0, sets_ * sizeof(Tags));
  size_ = 0;
}

}  // namespace chainwright::ed25519

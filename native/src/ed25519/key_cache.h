// Decompressed public keys of an engine: decoding a point costs as much as half of a batch's other work, and the same keys
// sign again and again.
//
// A cache of sets of eight: an entry may only lie in the set that a keyed hash of the exact 32 bytes names, so that a lookup
// touches one line of tags and, mostly, one entry. The hash is keyed at random in each engine: who sends keys can't aim at a
// set. Within a set the clock rule decides (second chance): a new entry starts unreferenced, a hit marks it, the hand clears
// marks until it finds an unmarked entry to replace. Keys seen once thus drive out each other, not those in use; and insertion
// is at most two rounds of eight steps.
//
// Undecodable keys are remembered too. Both encodings of a point are two keys: what counts is the bytes.
#ifndef CHAINWRIGHT_ED25519_KEY_CACHE_H
#define CHAINWRIGHT_ED25519_KEY_CACHE_H

#include <cstddef>
#include <cstdint>

#include "tier.h"

namespace chainwright::ed25519 {

// Hash of 32 bytes under a secret. Not cryptographic: it only has to keep outsiders, who never see its values, from making
// collisions.
class KeyHash {
 public:
  // Secrets from the system's randomness; fixed ones where it has none (then an outsider could slow lookups down, no more).
  KeyHash();
  uint64_t operator()(const uint8_t key[32]) const;

 private:
  uint64_t secrets_[6];
};

class KeyCache {
 public:
  // Allocates nothing before the first insertion.
  explicit KeyCache(uint32_t capacity);
  ~KeyCache();
  KeyCache(const KeyCache&) = delete;
  KeyCache& operator=(const KeyCache&) = delete;

  enum class Found : uint8_t { kAbsent, kPoint, kUndecodable };
  // `hash` is that of `key` under the engine's KeyHash; `point` is set for kPoint and holds until the next insertion.
  Found find(const uint8_t key[32], uint64_t hash, const PackedPoint** point);
  // nullptr: the key doesn't decode. The key must be absent.
  void insert(const uint8_t key[32], uint64_t hash, const PackedPoint* point);
  void clear();
  size_t size() const { return size_; }

 private:
  static constexpr uint32_t kWays = 8;
  struct Tags {            // of one set
    uint16_t tag[kWays];   // 0: free; else bits of the hash, never 0
    uint8_t marks;         // bit w: way w was hit since the hand passed
    uint8_t undecodable;   // bit w: no point
    uint8_t hand;
    uint8_t spare[13];
  };
  static_assert(sizeof(Tags) == 32, "two sets a cache line");

  bool allocate();
  size_t set_of(uint64_t hash) const;
  static uint16_t tag_of(uint64_t hash);

  uint32_t sets_;
  uint32_t ways_;  // 8, or fewer where the whole capacity is smaller
  size_t size_ = 0;
  uint8_t* memory_ = nullptr;
  PackedPoint* points_ = nullptr;
  uint8_t* keys_ = nullptr;
  Tags* tags_ = nullptr;
};

}  // namespace chainwright::ed25519

#endif

// The cache of decoded keys (../src/ed25519/key_cache.h) where hashes collide, which no caller can bring about: a key is its 32
// bytes, and what is found is what was put there last, or nothing.
#include "../src/ed25519/key_cache.h"

#include <cstring>
#include <map>

#include "checks.h"

namespace chainwright::test {

namespace {

using ed25519::KeyCache;
using ed25519::PackedPoint;

struct Key {
  uint8_t bytes[32];
};

// One of few keys, which differ in few bits.
Key some_key(Random& random) {
  Key key = {};
  key.bytes[random.below(32)] = static_cast<uint8_t>(1u << random.below(8));
  return key;
}

PackedPoint point_of(uint64_t number) {
  PackedPoint point = {};
  point.y_plus_x[0] = number;
  point.xy2d[4] = ~number & 0xffff;
  return point;
}

}  // namespace

void check_key_cache(Random& random) {
  for (const uint32_t capacity : {0u, 1u, 2u, 3u, 7u, 8u, 9u, 64u, 1000u}) {
    for (const unsigned hash_bits : {0u, 1u, 3u, 64u}) {
      KeyCache cache(capacity);
      // What each key was last given; 0 stands for a key without a point.
      std::map<std::string, uint64_t> given;
      size_t hits = 0;
      for (uint64_t step = 1; step < 3000; ++step) {
        const Key key = some_key(random);
        const std::string name(reinterpret_cast<const char*>(key.bytes), 32);
        uint64_t hash = 0x9e3779b97f4a7c15;
        for (const uint8_t byte : key.bytes) hash = (hash ^ byte) * 0x100000001b3;
        if (hash_bits < 64) hash &= (uint64_t{1} << hash_bits) - 1;
        const PackedPoint* point = nullptr;
        const KeyCache::Found found = cache.find(key.bytes, hash, &point);
        if (found == KeyCache::Found::kAbsent) {
          const bool decodes = random.chance(70);
          const PackedPoint value = point_of(step);
          cache.insert(key.bytes, hash, decodes ? &value : nullptr);
          given[name] = decodes ? step : 0;
          continue;
        }
        ++hits;
        const auto known = given.find(name);
        if (known == given.end()) fail("a cache of %u keys finds one that it was never given", capacity);
        if ((found == KeyCache::Found::kUndecodable) != (known->second == 0)) fail("a cache of %u keys mistakes whether a key decodes", capacity);
        if (found != KeyCache::Found::kPoint) continue;
        const PackedPoint expected = point_of(known->second);
        if (std::memcmp(point, &expected, sizeof(expected)) != 0) fail("a cache of %u keys gives another key's point", capacity);
      }
      if (cache.size() > capacity) fail("a cache of %u keys holds %zu", capacity, static_cast<size_t>(cache.size()));
      if ((hits > 0) != (capacity > 0)) fail("a cache of %u keys has %zu hits", capacity, hits);
      cache.clear();
      const PackedPoint* point = nullptr;
      for (const auto& [name, number] : given) {
        (void)number;
        if (cache.find(reinterpret_cast<const uint8_t*>(name.data()), 0, &point) != KeyCache::Found::kAbsent) fail("a cleared cache finds a key");
      }
      count("hits of key caches", hits);
    }
  }
}

}  // namespace chainwright::test

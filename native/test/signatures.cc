// Whole engines: vectors with known verdicts and mutations of them, in batches of any size, with buffers of their exact size,
// in every combination of tiers and with key caches of several sizes.
#include <cstring>
#include <memory>

#include "../src/engine.h"
#include "checks.h"

namespace chainwright::test {

namespace {

struct Named {
  std::string name;
  std::unique_ptr<Engine> engine;
};

std::vector<Named> engines() {
  std::vector<Named> all;
  for (const Tier ed25519 : {Tier::kPortable, Tier::kAvx2, Tier::kAvx512}) {
    if (!has_ed25519_tier(ed25519)) continue;
    for (const Tier sha512 : {Tier::kPortable, Tier::kAvx2, Tier::kAvx512}) {
      if (!has_sha512_tier(sha512)) continue;
      for (const uint32_t entries : {0u, 1u, 6u, 5000u}) {
        // All sizes of the cache with one hash are enough.
        if (sha512 != ed25519 && entries != 6) continue;
        const EngineOptions options = {{ed25519, Tier::kPortable, sha512}, entries};
        all.push_back({std::string(ed25519_tier_name(ed25519)) + ", sha512 " + sha512_tier_name(sha512) + ", " +
                           std::to_string(entries) + " keys",
                       std::unique_ptr<Engine>(Engine::create(options))});
        if (all.back().engine == nullptr) fail("%s: not created", all.back().name.c_str());
      }
    }
  }
  return all;
}

// A batch in four buffers that end where it ends.
struct Packed {
  Packed(const std::vector<const Signed*>& items, Random& random)
      : keys(32 * items.size(), random.below(9)),
        signatures(64 * items.size(), random.below(9)),
        offsets(4 * (items.size() + 1), 0),
        messages(total(items), random.below(9)) {
    uint32_t at = 0;
    for (size_t i = 0; i < items.size(); ++i) {
      std::memcpy(keys.data() + 32 * i, items[i]->key, 32);
      std::memcpy(signatures.data() + 64 * i, items[i]->signature, 64);
      std::memcpy(offsets.data() + 4 * i, &at, 4);
      if (!items[i]->message.empty()) std::memcpy(messages.data() + at, items[i]->message.data(), items[i]->message.size());
      at += static_cast<uint32_t>(items[i]->message.size());
    }
    std::memcpy(offsets.data() + 4 * items.size(), &at, 4);
  }

  SignatureBatch batch() const {
    return {keys.data(), signatures.data(), messages.data(), reinterpret_cast<const uint32_t*>(offsets.data())};
  }

  static size_t total(const std::vector<const Signed*>& items) {
    size_t bytes = 0;
    for (const Signed* item : items) bytes += item->message.size();
    return bytes;
  }

  Exact keys, signatures, offsets, messages;
};

void ask(const Named& named, const std::vector<const Signed*>& items, size_t from, size_t to, Random& random, const char* what) {
  const Packed packed(items, random);
  const size_t bytes = (items.size() + 7) / 8;
  Exact bitmap(bytes, random.below(3));
  std::vector<uint8_t> before(bytes);
  for (size_t i = 0; i < bytes; ++i) before[i] = static_cast<uint8_t>(random.next());
  for (size_t i = from; i < to; ++i) before[i / 8] = static_cast<uint8_t>(before[i / 8] & ~(1u << (i % 8)));
  if (bytes != 0) std::memcpy(bitmap.data(), before.data(), bytes);
  const size_t valid = named.engine->verify(packed.batch(), from, to, bitmap.data());
  size_t expected = 0;
  for (size_t i = 0; i < 8 * bytes; ++i) {
    const bool inside = i >= from && i < to;
    const bool bit = (bitmap.data()[i / 8] >> (i % 8) & 1) != 0;
    const bool wanted = inside ? items[i]->valid : (before[i / 8] >> (i % 8) & 1) != 0;
    if (bit != wanted) fail("%s: %s: entry %zu of %zu to %zu of %zu", named.name.c_str(), what, i, from, to, items.size());
    if (inside && wanted) ++expected;
  }
  if (valid != expected) fail("%s: %s: counts %zu valid ones, not %zu", named.name.c_str(), what, valid, expected);
  count("verdicts", to - from);
  count("batches");
}

void ask_all(const Named& named, const std::vector<const Signed*>& items, Random& random, const char* what) {
  ask(named, items, 0, items.size(), random, what);
}

std::vector<const Signed*> pointers(const std::vector<Signed>& items) {
  std::vector<const Signed*> all;
  for (const Signed& item : items) all.push_back(&item);
  return all;
}

std::vector<const Signed*> chosen(const std::vector<const Signed*>& from, size_t size, Random& random) {
  std::vector<const Signed*> some;
  for (size_t i = 0; i < size; ++i) some.push_back(from[random.below(from.size())]);
  return some;
}

// Changes bits of one field, or takes it from another.
Signed mutated(const std::vector<Signed>& items, Random& random) {
  Signed item = items[random.below(items.size())];
  const Signed& other = items[random.below(items.size())];
  switch (random.below(8)) {
    case 0: item.key[random.below(32)] ^= static_cast<uint8_t>(1u << random.below(8)); break;
    case 1: item.signature[random.below(64)] ^= static_cast<uint8_t>(1u << random.below(8)); break;
    case 2: item.message.push_back(static_cast<uint8_t>(random.next())); break;
    case 3: std::memcpy(item.key, other.key, 32); break;
    case 4: std::memcpy(item.signature, other.signature, 32); break;
    case 5: std::memcpy(item.signature + 32, other.signature + 32, 32); break;
    case 6: item.message = other.message; break;
    default:
      for (size_t i = random.below(64); i < 64; ++i) item.signature[i] = static_cast<uint8_t>(random.next());
  }
  return item;
}

}  // namespace

void check_signatures(const Vectors& vectors, Random& random, double seconds) {
  const std::vector<Named> all = engines();
  const std::vector<const Signed*> every = pointers(vectors.signatures);
  std::vector<const Signed*> good;
  for (const Signed* item : every) {
    if (item->valid) good.push_back(item);
  }
  if (good.size() == every.size() || good.empty()) fail("the vectors are all alike");

  for (const Named& named : all) {
    ask_all(named, every, random, "all vectors");
    ask_all(named, good, random, "all good vectors");
    for (size_t i = 0; i < every.size(); i += 3) ask_all(named, {every[i]}, random, "a vector alone");
    for (size_t size = 0; size < 40; ++size) ask_all(named, chosen(random.chance(50) ? good : every, size, random), random, "some vectors");
    count("engine " + named.name);
  }

  // Mutations: one engine judges each alone, all others must agree with it in batches.
  const double end = processor_seconds() + seconds;
  size_t rounds = 0;
  do {
    std::vector<Signed> mutants;
    const size_t mutants_wanted = 1 + random.below(40);
    for (size_t i = 0; i < mutants_wanted; ++i) {
      Signed mutant = mutated(vectors.signatures, random);
      const Packed packed({&mutant}, random);
      uint8_t bit = 0;
      const Named& judge = all[random.below(all.size())];
      mutant.valid = judge.engine->verify(packed.batch(), 0, 1, &bit) == 1;
      if ((bit == 1) != mutant.valid || bit > 1) fail("%s: count and bit differ", judge.name.c_str());
      mutants.push_back(mutant);
    }
    const size_t good_wanted = random.pick_size();
    std::vector<const Signed*> items = chosen(good, good_wanted, random);
    for (const Signed& mutant : mutants) items.push_back(&mutant);
    for (size_t i = items.size(); i-- > 1;) std::swap(items[i], items[random.below(i + 1)]);
    for (const Named& named : all) {
      if (!random.chance(40)) continue;
      const size_t from = random.chance(50) ? 0 : random.below(items.size() + 1);
      const size_t to = random.chance(50) ? items.size() : from + random.below(items.size() - from + 1);
      ask(named, items, from, to, random, "mutations");
      if (random.chance(5)) named.engine->clear_key_cache();
    }
    count("mutations", mutants.size());
  } while (++rounds < 10 || processor_seconds() < end);
}

}  // namespace chainwright::test

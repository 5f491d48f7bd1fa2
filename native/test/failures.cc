// What the engine does where the system fails it: no memory, no randomness. A verdict may be missing then, never wrong.
//
// The linker replaces `aligned_alloc` and `getrandom` by the functions here (--wrap, native/test/sanitize.js).
#include <cerrno>
#include <cstring>
#include <memory>

#include <sys/types.h>

#include "../src/engine.h"
#include "checks.h"

namespace chainwright::test {

thread_local Faults faults = {0, false, 0};

}  // namespace chainwright::test

extern "C" {

void* __real_aligned_alloc(size_t alignment, size_t size);
void* __wrap_aligned_alloc(size_t alignment, size_t size) {
  using chainwright::test::faults;
  if (faults.allocation != 0 && --faults.allocation == 0) return nullptr;
  return __real_aligned_alloc(alignment, size);
}

ssize_t __real_getrandom(void* bytes, size_t length, unsigned flags);
ssize_t __wrap_getrandom(void* bytes, size_t length, unsigned flags) {
  using chainwright::test::faults;
  ++faults.random_calls;
  if (faults.randomness) {
    errno = ENOSYS;
    return -1;
  }
  return __real_getrandom(bytes, length, flags);
}

}  // extern "C"

namespace chainwright::test {

namespace {

struct Batch {
  std::vector<uint8_t> keys, signatures, messages;
  std::vector<uint32_t> offsets = {0};
  std::vector<bool> valid;

  void add(const Signed& item) {
    keys.insert(keys.end(), item.key, item.key + 32);
    signatures.insert(signatures.end(), item.signature, item.signature + 64);
    messages.insert(messages.end(), item.message.begin(), item.message.end());
    offsets.push_back(static_cast<uint32_t>(messages.size()));
    valid.push_back(item.valid);
  }
  SignatureBatch view() const { return {keys.data(), signatures.data(), messages.data(), offsets.data()}; }
};

void demand_right(const char* what, const Batch& batch, const std::vector<uint8_t>& bitmap, size_t valid, bool may_be_missing) {
  if (valid == SIZE_MAX && may_be_missing) {
    for (const uint8_t byte : bitmap) {
      if (byte != 0) fail("%s: bits are set though memory was short", what);
    }
    return;
  }
  size_t expected = 0;
  for (size_t i = 0; i < batch.valid.size(); ++i) {
    if ((bitmap[i / 8] >> (i % 8) & 1) != (batch.valid[i] ? 1 : 0)) fail("%s: entry %zu", what, i);
    expected += batch.valid[i] ? 1 : 0;
  }
  if (valid != expected) fail("%s: counts %zu, not %zu", what, valid, expected);
}

}  // namespace

void check_failures(const Vectors& vectors, Random& random) {
  for (const Tier tier : {Tier::kPortable, Tier::kAvx2, Tier::kAvx512}) {
    if (!has_ed25519_tier(tier)) continue;
    for (const bool mixed : {false, true}) {
      Batch batch;
      for (size_t i = 0; i < 300;) {
        const Signed& item = vectors.signatures[random.below(vectors.signatures.size())];
        if (!mixed && !item.valid) continue;
        batch.add(item);
        ++i;
      }
      std::vector<uint8_t> bitmap((batch.valid.size() + 7) / 8);
      const auto ask = [&](Engine& engine, const char* what, bool may_be_missing) {
        std::fill(bitmap.begin(), bitmap.end(), uint8_t{0});
        demand_right(what, batch, bitmap, engine.verify(batch.view(), 0, batch.valid.size(), bitmap.data()), may_be_missing);
      };
      for (size_t failing = 1; failing <= 8; ++failing) {
        const std::unique_ptr<Engine> engine(Engine::create({{tier, Tier::kPortable, Tier::kPortable}, 64}));
        faults = {failing, false, 0};
        ask(*engine, "an allocation fails", true);
        ask(*engine, "an allocation may fail", true);
        faults = {};
        ask(*engine, "memory is there again", false);
        count("failing allocations");
      }
      const std::unique_ptr<Engine> engine(Engine::create({{tier, Tier::kPortable, Tier::kPortable}, 64}));
      faults = {0, true, 0};
      ask(*engine, "there is no randomness", false);
      const size_t asked = faults.random_calls;
      if (asked == 0) fail("coefficients are not asked from the system");
      faults = {};
      // Fresh ones for each batch.
      for (int round = 0; round < 3; ++round) ask(*engine, "randomness is there again", false);
      if (faults.random_calls < 3) fail("three batches asked for randomness %zu times", faults.random_calls);
      faults = {};
      count("batches without randomness");
    }
  }
}

}  // namespace chainwright::test

// Engines of several threads at the same time: each has its own, tables that are built at the first use are shared.
#include <cstring>
#include <memory>
#include <thread>

#include "../src/engine.h"
#include "checks.h"

namespace chainwright::test {

void check_threads(const Vectors& vectors, Random& random) {
  constexpr size_t kThreads = 4;
  std::vector<uint8_t> keys, signatures, messages;
  std::vector<uint32_t> offsets = {0};
  std::vector<bool> valid;
  for (size_t i = 0; i < 100; ++i) {
    const Signed& item = vectors.signatures[random.below(vectors.signatures.size())];
    keys.insert(keys.end(), item.key, item.key + 32);
    signatures.insert(signatures.end(), item.signature, item.signature + 64);
    messages.insert(messages.end(), item.message.begin(), item.message.end());
    offsets.push_back(static_cast<uint32_t>(messages.size()));
    valid.push_back(item.valid);
  }
  const SignatureBatch batch = {keys.data(), signatures.data(), messages.data(), offsets.data()};
  std::vector<std::thread> threads;
  for (size_t thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      for (const Tier tier : {Tier::kAvx512, Tier::kAvx2, Tier::kPortable}) {
        if (!has_ed25519_tier(tier)) continue;
        const std::unique_ptr<Engine> engine(Engine::create({{tier, Tier::kPortable, Tier::kPortable}, 16}));
        const size_t sizes[] = {1, 2, 100, 99, 3};
        for (const size_t size : sizes) {
          uint8_t bitmap[13] = {};
          engine->verify(batch, thread % 2, size, bitmap);
          for (size_t i = thread % 2; i < size; ++i) {
            if ((bitmap[i / 8] >> (i % 8) & 1) != (valid[i] ? 1 : 0)) fail("thread %zu: entry %zu of %zu", thread, i, size);
          }
        }
        const std::vector<uint8_t> nodes(32 * 77, static_cast<uint8_t>(thread));
        uint8_t root[32];
        engine->subtree_root(nodes.data(), 77, 0, 9, root);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  count("threads", kThreads);
}

}  // namespace chainwright::test

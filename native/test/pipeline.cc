// How much the pipeline asks of a curve tier. A wrong sum of a good batch would not show in any verdict, since what fails
// together is verified one by one: it would only make everything dear, and so would a search for culprits without bound.
#include <cstring>
#include <memory>

#include "../src/ed25519/verify.h"
#include "checks.h"

namespace chainwright::test {

namespace {

using namespace ed25519;

struct Asked {
  size_t sums, terms, lanes;
};
Asked asked;
const CurveTier* counted;

int counted_sum(const PackedPoint* points, const ShortTerm* short_terms, size_t short_count, const LongTerm* long_terms,
                size_t long_count, Scratch& scratch, PackedPoint* sum) {
  ++asked.sums;
  asked.terms += short_count + long_count;
  return counted->sum_is_small_order(points, short_terms, short_count, long_terms, long_count, scratch, sum);
}

void counted_each(const PackedPoint* points, const uint32_t* a_points, const uint32_t* r_points, const Scalar* s_scalars,
                  const Scalar* k_scalars, size_t count, uint8_t* ok, Scratch& scratch) {
  asked.lanes += count;
  counted->verify_each(points, a_points, r_points, s_scalars, k_scalars, count, ok, scratch);
}

// Takes `count` signatures of `items`, of which every `bad_every`th (0: none) has its s changed, and counts what is asked.
Asked ask(Verifier& verifier, const std::vector<const Signed*>& items, size_t count, size_t bad_every, Random& random) {
  std::vector<uint8_t> keys, signatures, messages;
  std::vector<uint32_t> offsets = {0};
  size_t good = 0;
  for (size_t i = 0; i < count; ++i) {
    const Signed& item = *items[random.below(items.size())];
    keys.insert(keys.end(), item.key, item.key + 32);
    signatures.insert(signatures.end(), item.signature, item.signature + 64);
    messages.insert(messages.end(), item.message.begin(), item.message.end());
    offsets.push_back(static_cast<uint32_t>(messages.size()));
    const bool spoil = bad_every != 0 && i % bad_every == bad_every - 1;
    if (spoil) signatures[64 * i + 32] ^= 1;
    good += spoil ? 0 : 1;
  }
  std::vector<uint8_t> bitmap((count + 7) / 8);
  asked = {};
  const size_t valid = verifier.verify({keys.data(), signatures.data(), messages.data(), offsets.data()}, 0, count, bitmap.data());
  if (valid != good) fail("%s: %zu of %zu are valid, not %zu", counted->name, valid, count, good);
  return asked;
}

}  // namespace

void check_pipeline(const Vectors& vectors, Random& random) {
  // s below 2^252, so that a changed bit leaves it below L.
  std::vector<const Signed*> items;
  for (const Signed& item : vectors.signatures) {
    if (item.valid && item.signature[63] < 0x10) items.push_back(&item);
  }
  for (const Tier tier : {Tier::kPortable, Tier::kAvx2, Tier::kAvx512}) {
    if (curve_tier(tier) == nullptr) continue;
    counted = curve_tier(tier);
    CurveTier counting = *counted;
    counting.sum_is_small_order = counted_sum;
    counting.verify_each = counted_each;
    for (const uint32_t entries : {0u, 100u}) {
      const std::unique_ptr<Verifier> verifier(new Verifier(counting, sha512_challenges(Tier::kPortable), entries));
      for (const size_t distinct : {size_t{1}, size_t{3}, items.size()}) {
        const std::vector<const Signed*> some(items.begin(), items.begin() + static_cast<std::ptrdiff_t>(distinct));
        for (const size_t size : {100, 300, 1000}) {
          Asked of = ask(*verifier, some, size, 0, random);
          if (of.sums != 1 || of.lanes != 0) fail("%s: %zu good ones take %zu sums and %zu alone", counted->name, size, of.sums, of.lanes);
          of = ask(*verifier, some, size, size, random);
          // In a small batch, all alone may be cheaper than a probe.
          if (of.terms > 6 * size || of.lanes > (size < 1000 ? size : size / 4)) fail("%s: a bad one of %zu takes %zu terms and %zu alone", counted->name, size, of.terms, of.lanes);
          for (const size_t every : {1, 2, 7, 20, 50}) {
            of = ask(*verifier, some, size, every, random);
            // The batch, at most as much again in probes, and each of them alone.
            if (of.terms > 16 * size || of.lanes > size) fail("%s: %zu bad ones of %zu take %zu terms and %zu alone", counted->name, size / every, size, of.terms, of.lanes);
          }
          count("batches whose cost was counted", 7);
        }
      }
    }
  }
}

}  // namespace chainwright::test

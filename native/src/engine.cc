// The engine: tiers of each primitive, put together.
#include "engine.h"

#include <new>

#include "ed25519/tier.h"
#include "ed25519/verify.h"
#include "sha256/merkle.h"
#include "sha256/messages.h"
#include "sha256/sha256.h"
#include "sha512/sha512.h"

namespace chainwright {

namespace {

// What Engine promises, over one tier of each primitive.
class TierEngine final : public Engine {
 public:
  TierEngine(const ed25519::CurveTier& curve, Sha512ChallengesFn challenges, Sha256PairsFn pairs, Sha256BlocksFn blocks,
             uint32_t key_cache_entries)
      : pairs_(pairs), blocks_(blocks), verifier_(curve, challenges, key_cache_entries) {}

  size_t verify(const SignatureBatch& batch, size_t from, size_t to, uint8_t* bitmap) override {
    return verifier_.verify(batch, from, to, bitmap);
  }

  void hash_pairs(const uint8_t* input, uint8_t* output, HashTag tag, size_t from, size_t to) override {
    const uint8_t and_mask = tag == HashTag::kPlain ? 0xff : 0x7f;
    const uint8_t or_mask = tag == HashTag::kInner ? 0x80 : 0x00;
    pairs_(input + 64 * from, output + 32 * from, to - from, and_mask, or_mask);
  }

  void hash_messages(const uint8_t* messages, const uint32_t* offsets, size_t count, uint8_t* output) override {
    sha256_messages(blocks_, messages, offsets, count, output);
  }

  bool subtree_root(const uint8_t* nodes, size_t count, unsigned from_depth, unsigned to_depth, uint8_t root[32]) override {
    uint8_t* const levels = levels_.reserve(32 * ((count + 1) / 2 + 1));
    if (levels == nullptr) return false;
    merkle_subtree_root(pairs_, nodes, count, from_depth, to_depth, levels, root);
    return true;
  }

  void clear_key_cache() override { verifier_.clear_key_cache(); }
  size_t cached_keys() const override { return verifier_.cached_keys(); }

 private:
  const Sha256PairsFn pairs_;
  const Sha256BlocksFn blocks_;
  ed25519::Verifier verifier_;
  ed25519::Scratch levels_;
};

}  // namespace

Engine* Engine::create(const EngineOptions& options) {
  const ed25519::CurveTier* const curve = ed25519::curve_tier(options.tiers.ed25519);
  const Sha512ChallengesFn challenges = sha512_challenges(options.tiers.sha512);
  const Sha256PairsFn pairs = sha256_pairs(options.tiers.sha256);
  const Sha256BlocksFn blocks = sha256_blocks(options.tiers.sha256);
  if (curve == nullptr || challenges == nullptr || pairs == nullptr || blocks == nullptr) return nullptr;
  return new (std::nothrow) TierEngine(*curve, challenges, pairs, blocks, options.key_cache_entries);
}

}  // namespace chainwright

// The pipeline of a batch: bytes in, an exact ZIP-215 verdict for each signature out.
//
// parse, s < L -> look keys up, decode R and the rest of the keys -> hash, k -> one random combination of all
//   (many: sum_is_small_order; if it fails, culprits.h)
//   (few: verify_each)
// An encoding that doesn't decode, or s >= L, drops the signature that has it, never the batch.
#ifndef CHAINWRIGHT_ED25519_VERIFY_H
#define CHAINWRIGHT_ED25519_VERIFY_H

#include <cstddef>
#include <cstdint>

#include "../engine.h"
#include "../random.h"
#include "../sha512/sha512.h"
#include "key_cache.h"
#include "tier.h"

namespace chainwright::ed25519 {

class Verifier {
 public:
  Verifier(const CurveTier& tier, Sha512ChallengesFn challenges, uint32_t key_cache_entries)
      : tier_(tier), challenges_(challenges), cache_(key_cache_entries) {}

  // As Engine::verify.
  size_t verify(const SignatureBatch& batch, size_t from, size_t to, uint8_t* bitmap);
  void clear_key_cache() { cache_.clear(); }
  size_t cached_keys() const { return cache_.size(); }

 private:
  struct Workspace;

  bool verify_single(const SignatureBatch& batch, uint32_t index);
  void verify_chunk(const SignatureBatch& batch, size_t from, size_t count, Workspace& work);
  size_t parse(const SignatureBatch& batch, size_t from, size_t count, Workspace& work) const;
  size_t find_keys(const SignatureBatch& batch, size_t count, Workspace& work);
  size_t decode(const SignatureBatch& batch, size_t count, size_t misses, Workspace& work);
  void hash(const SignatureBatch& batch, size_t count, Workspace& work) const;
  void judge(size_t count, Workspace& work);

  const CurveTier& tier_;
  const Sha512ChallengesFn challenges_;
  const KeyHash key_hash_;
  KeyCache cache_;
  RandomStream random_;
  Scratch work_scratch_;
  Scratch tier_scratch_;
};

}  // namespace chainwright::ed25519

#endif

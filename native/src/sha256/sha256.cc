// Which pair hash a tier means on this processor.
#include "sha256.h"

#include "tiers.h"

namespace chainwright {

Sha256PairsFn sha256_pairs(Tier tier) {
  switch (tier) {
    case Tier::kPortable:
#if defined(__wasm_simd128__)
      return sha256::pairs_simd128;
#else
      return sha256::pairs_portable;
#endif
#if defined(__x86_64__)
    case Tier::kShaNi:
      return cpu_features().sha_ni ? sha256::pairs_sha_ni : nullptr;
    case Tier::kAvx512:
      if (!cpu_features().avx512) return nullptr;
      return cpu_features().sha_ni ? sha256::pairs_avx512 : sha256::pairs_avx512_alone;
#endif
    default:
      return nullptr;
  }
}

}  // namespace chainwright

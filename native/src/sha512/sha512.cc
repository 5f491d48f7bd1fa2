// Which challenge hash a tier means on this processor.
#include "sha512.h"

#include "tiers.h"

namespace chainwright {

Sha512ChallengesFn sha512_challenges(Tier tier) {
  switch (tier) {
    case Tier::kPortable:
      return sha512::challenges_portable;
#if defined(__x86_64__)
    case Tier::kAvx2:
      return has_sha512_tier(tier) ? sha512::challenges_avx2 : nullptr;
    case Tier::kAvx512:
      return has_sha512_tier(tier) ? sha512::challenges_avx512 : nullptr;
#endif
    default:
      return nullptr;
  }
}

}  // namespace chainwright

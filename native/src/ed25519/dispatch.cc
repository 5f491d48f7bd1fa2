// Which curve arithmetic a tier means on this processor.
#include "tier.h"

namespace chainwright::ed25519 {

const CurveTier* curve_tier(Tier tier) {
  if (!has_ed25519_tier(tier)) return nullptr;
  switch (tier) {
    case Tier::kPortable:
      return &kPortableTier;
#if defined(__x86_64__)
    case Tier::kAvx2:
      return &kAvx2Tier;
    case Tier::kAvx512:
      return &kIfmaTier;
#endif
    default:
      return nullptr;
  }
}

}  // namespace chainwright::ed25519

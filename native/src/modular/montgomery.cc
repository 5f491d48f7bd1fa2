// Which multiplication a tier means on this processor.
#include "montgomery.h"

namespace chainwright::modular {

const MontgomeryTier* montgomery_tier(Tier tier) {
  switch (tier) {
    case Tier::kPortable:
      return &kMontgomeryPortable;
#if defined(__x86_64__)
    case Tier::kAvx2:
      return cpu_features().bmi2 && cpu_features().adx ? &montgomery_adx() : nullptr;
    case Tier::kAvx512:
      return has_ed25519_tier(Tier::kAvx512) ? &kMontgomeryIfma : nullptr;
#endif
    default:
      return nullptr;
  }
}

bool has_montgomery_tier(Tier tier) { return montgomery_tier(tier) != nullptr; }

const char* montgomery_tier_name(Tier tier) {
  const MontgomeryTier* const known = montgomery_tier(tier);
  return known == nullptr ? "unknown" : known->name;
}

Tier best_montgomery_tier() {
  if (has_montgomery_tier(Tier::kAvx512)) return Tier::kAvx512;
  return has_montgomery_tier(Tier::kAvx2) ? Tier::kAvx2 : Tier::kPortable;
}

}  // namespace chainwright::modular

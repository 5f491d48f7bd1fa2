// Tiers: which implementation of each primitive runs, by what the processor and its operating system allow.
#ifndef CHAINWRIGHT_CPU_H
#define CHAINWRIGHT_CPU_H

#include <cstdint>

namespace chainwright {

// `kAvx512` means AVX-512 F, DQ, BW, VL and IFMA for Ed25519; F, BW, VL for SHA-256 and SHA-512. `kShaNi` is SHA-256 only.
enum class Tier : uint8_t { kPortable = 0, kAvx2 = 1, kShaNi = 2, kAvx512 = 3 };

// What the processor has and the operating system saves (XCR0), read once. All false away from x86-64.
struct CpuFeatures {
  bool avx2, bmi2, adx, sha_ni, avx512, avx512_ifma, avx512_vbmi;
};
const CpuFeatures& cpu_features();

// One tier for each primitive.
struct TierChoice {
  Tier ed25519;  // kPortable, kAvx2 or kAvx512
  Tier sha256;   // kPortable, kShaNi or kAvx512: levels too narrow for 16 lanes go to SHA-NI where it is
  Tier sha512;   // kPortable, kAvx2 or kAvx512
};

// The fastest that this processor has and this build contains.
TierChoice best_tiers();

// Whether this build contains the tier and this processor runs it.
bool has_ed25519_tier(Tier tier);
bool has_sha256_tier(Tier tier);
bool has_sha512_tier(Tier tier);

// `portable`, `avx2`, `sha-ni`, `avx512`; for Ed25519 the last is called `ifma`.
const char* ed25519_tier_name(Tier tier);
const char* sha256_tier_name(Tier tier);
const char* sha512_tier_name(Tier tier);

}  // namespace chainwright

#endif

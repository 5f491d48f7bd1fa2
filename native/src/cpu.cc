// Reads what the processor has by CPUID, and whether the operating system saves the registers by XGETBV: a processor with
// AVX-512 under a system that doesn't save zmm registers would lose data at the first task switch (Intel SDM vol. 1, §13.3
// and §15.2).
#include "cpu.h"

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace chainwright {

namespace {

#if defined(__x86_64__)

bool bit(uint32_t word, int position) { return (word >> position & 1) != 0; }

// XCR0: which register states the operating system saves. Only to be read where CPUID says that XGETBV exists.
uint64_t saved_states() {
  uint32_t low = 0, high = 0;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return static_cast<uint64_t>(high) << 32 | low;
}

CpuFeatures read_features() {
  CpuFeatures features = {};
  uint32_t a = 0, b = 0, c = 0, d = 0;
  if (__get_cpuid(1, &a, &b, &c, &d) == 0) return features;
  const bool ssse3 = bit(c, 9), sse41 = bit(c, 19), popcnt = bit(c, 23), osxsave = bit(c, 27), avx = bit(c, 28);
  if (__get_cpuid_count(7, 0, &a, &b, &c, &d) == 0) return features;
  features.sha_ni = bit(b, 29) && sse41 && ssse3;
  if (!osxsave || !avx || !popcnt) return features;
  constexpr uint64_t kYmmState = 0x06;   // SSE and AVX
  constexpr uint64_t kZmmState = 0xe0;   // opmask, upper halves of zmm0..15, zmm16..31
  const uint64_t states = saved_states();
  if ((states & kYmmState) != kYmmState) return features;
  features.bmi2 = bit(b, 8);
  features.adx = bit(b, 19);
  features.avx2 = bit(b, 5);
  if ((states & kZmmState) != kZmmState || !features.avx2) return features;
  features.avx512 = bit(b, 16) && bit(b, 17) && bit(b, 30) && bit(b, 31);  // F, DQ, BW, VL
  features.avx512_ifma = features.avx512 && bit(b, 21);
  features.avx512_vbmi = features.avx512 && bit(c, 1);
  return features;
}

#else

CpuFeatures read_features() { return {}; }

#endif

}  // namespace

const CpuFeatures& cpu_features() {
  static const CpuFeatures features = read_features();
  return features;
}

// All but the portable tiers are off away from x86-64, where no feature is ever set. The conditions name everything that
// the compiler may use in the tier's file (sources.js, binding.gyp).
bool has_ed25519_tier(Tier tier) {
  const CpuFeatures& cpu = cpu_features();
  switch (tier) {
    case Tier::kPortable:
      return true;
    case Tier::kAvx2:
      return cpu.avx2 && cpu.bmi2 && cpu.adx;
    case Tier::kAvx512:
      return cpu.avx512_ifma && cpu.bmi2 && cpu.adx;
    case Tier::kShaNi:
      return false;
  }
  return false;
}

bool has_sha256_tier(Tier tier) {
  switch (tier) {
    case Tier::kPortable:
      return true;
    case Tier::kShaNi:
      return cpu_features().sha_ni;
    case Tier::kAvx512:
      return cpu_features().avx512;
    case Tier::kAvx2:
      return false;
  }
  return false;
}

bool has_sha512_tier(Tier tier) {
  switch (tier) {
    case Tier::kPortable:
      return true;
    case Tier::kAvx2:
      // All files that end in avx2.cc get the same instructions; a hypervisor may hide some of them.
      return has_ed25519_tier(Tier::kAvx2);
    case Tier::kAvx512:
      return cpu_features().avx512;
    case Tier::kShaNi:
      return false;
  }
  return false;
}

TierChoice best_tiers() {
  TierChoice best = {Tier::kPortable, Tier::kPortable, Tier::kPortable};
  if (has_ed25519_tier(Tier::kAvx2)) best.ed25519 = Tier::kAvx2;
  if (has_ed25519_tier(Tier::kAvx512)) best.ed25519 = Tier::kAvx512;
  if (has_sha256_tier(Tier::kShaNi)) best.sha256 = Tier::kShaNi;
  if (has_sha256_tier(Tier::kAvx512)) best.sha256 = Tier::kAvx512;
  if (has_sha512_tier(Tier::kAvx2)) best.sha512 = Tier::kAvx2;
  if (has_sha512_tier(Tier::kAvx512)) best.sha512 = Tier::kAvx512;
  return best;
}

namespace {

const char* name(Tier tier) {
  switch (tier) {
    case Tier::kPortable:
      return "portable";
    case Tier::kAvx2:
      return "avx2";
    case Tier::kShaNi:
      return "sha-ni";
    case Tier::kAvx512:
      return "avx512";
  }
  return "unknown";
}

}  // namespace

const char* ed25519_tier_name(Tier tier) { return tier == Tier::kAvx512 ? "ifma" : name(tier); }
const char* sha256_tier_name(Tier tier) { return name(tier); }
const char* sha512_tier_name(Tier tier) { return name(tier); }

}  // namespace chainwright

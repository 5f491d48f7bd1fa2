// The AVX2 tier of the curve arithmetic: four lanes of radix 2^25.5 (field_avx2.h).
#if defined(__x86_64__)

#include "field_avx2.h"
#include "multiscalar.h"
#include "multiscalar_avx2.h"
#include "point.h"
#include "single.h"
#include "tier.h"

namespace chainwright::ed25519 {

namespace {

// Measured: among 1.8, 2.7 and 3.6 the first was quickest with 64 signatures (by 6 %) and with 1,024 (by 1 %).
struct Costs {
  static constexpr double kBucketAdd = 1;
  static constexpr double kBucketFold = 1.8;
};

}  // namespace

const CurveTier kAvx2Tier = {
    "avx2", FieldAvx2::kLanes, decompress<FieldAvx2>, sum_is_small_order<FieldAvx2, Costs>, verify_each<FieldAvx2>,
    verify_one_avx2,
};

}  // namespace chainwright::ed25519

#endif

// The portable tier of the curve arithmetic: one lane of five 51-bit limbs (field_portable.h). WebAssembly has its own
// (tier_wasm.cc).
#if !defined(__wasm__)

#include "field_portable.h"
#include "multiscalar.h"
#include "point.h"
#include "single.h"
#include "tier.h"

namespace chainwright::ed25519 {

namespace {

// Measured: adding an affine point to a bucket, and folding a bucket into its window's sum.
struct Costs {
  static constexpr double kBucketAdd = 1;
  static constexpr double kBucketFold = 2.5;
};

}  // namespace

const CurveTier kPortableTier = {
    "portable",
    FieldPortable::kLanes,
    decompress<FieldPortable>,
    sum_is_small_order<FieldPortable, Costs>,
    verify_each<FieldPortable>,
    verify_one_portable,
};

}  // namespace chainwright::ed25519

#endif

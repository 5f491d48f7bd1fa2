// The portable tier of the curve arithmetic where words multiply to 64 bits only: WebAssembly (field_wasm.h). Elsewhere it is
// tier_portable.cc.
#if defined(__wasm__)

#include "field_wasm.h"
#include "multiscalar.h"
#include "point.h"
#include "single.h"
#include "tier.h"

namespace chainwright::ed25519 {

namespace {

struct Costs {
  static constexpr double kBucketAdd = 1;
  static constexpr double kBucketFold = 2.5;
};

}  // namespace

const CurveTier kPortableTier = {
    "portable", FieldWasm::kLanes, decompress<FieldWasm>, sum_is_small_order<FieldWasm, Costs>, verify_each<FieldWasm>,
    verify_one_lane<FieldWasm>,
};

}  // namespace chainwright::ed25519

#endif

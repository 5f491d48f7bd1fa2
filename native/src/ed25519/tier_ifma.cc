// The AVX-512 IFMA tier: eight elements side by side, and two or three vectors of them interleaved where chains are long.
#if defined(__x86_64__)

#include "each_ifma.h"
#include "field_ifma.h"
#include "field_ifma_triple.h"
#include "field_pair.h"
#include "multiscalar.h"
#include "multiscalar_ifma.h"
#include "point.h"
#include "single_ifma.h"
#include "tier.h"

namespace chainwright::ed25519 {

namespace {

// As many lanes at a time as there is work for: three vectors cost less than three times one.
void decompress_points(const uint8_t* const* encodings, size_t count, PackedPoint* points, uint8_t* ok) {
  const size_t tail = count % 24;
  const size_t in_threes = tail > 16 ? count : count - tail;
  if (in_threes != 0) decompress<FieldIfmaTriple>(encodings, in_threes, points, ok);
  const size_t rest = count - in_threes;
  if (rest > 8) {
    decompress<FieldPair<FieldIfma>>(encodings + in_threes, rest, points + in_threes, ok + in_threes);
  } else if (rest != 0) {
    decompress<FieldIfma>(encodings + in_threes, rest, points + in_threes, ok + in_threes);
  }
}

}  // namespace

const CurveTier kIfmaTier = {
    "ifma", FieldIfma::kLanes, decompress_points, sum_is_small_order_ifma, verify_each_ifma,
    verify_one_ifma,
};

}  // namespace chainwright::ed25519

#endif

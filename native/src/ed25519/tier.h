// The seam between the verification pipeline (verify.cc: parsing, hashing, coefficients, bisection, cache) and the curve
// arithmetic of an instruction-set tier. Four coarse calls, so that dispatch costs nothing and each tier keeps its own
// number format, lane count and memory layout behind them.
//
// Everything here is variable time: all inputs are public.
#ifndef CHAINWRIGHT_ED25519_TIER_H
#define CHAINWRIGHT_ED25519_TIER_H

#include <cstddef>
#include <cstdint>

#include "../cpu.h"

namespace chainwright::ed25519 {

// A point of edwards25519, affine, as (y + x, y - x, 2dxy) modulo p = 2^255 - 19 ("affine Niels"), each five little-endian
// limbs of 51 bits, weakly reduced: limb < 2^52 - 1 is NOT enough for every tier, so stored limbs are < 2^51 exactly (values
// below 2^255, not necessarily below p). The form in which points rest between steps and in the key cache, for all tiers:
// 128 bytes, two cache lines.
struct alignas(64) PackedPoint {
  uint64_t y_plus_x[5];
  uint64_t y_minus_x[5];
  uint64_t xy2d[5];
  uint64_t spare;  // 0; gives lanes a multiple of 64 bytes to load
};
static_assert(sizeof(PackedPoint) == 128, "two cache lines");

// 0 <= value < L = 2^252 + 27742317777372353535851937790883648493 (or < 2^128 where said), little-endian 64-bit words.
struct Scalar {
  uint64_t words[4];
};

// One term of a multi-scalar multiplication: scalar * points[point].
struct ShortTerm {   // scalar < 2^128
  uint64_t scalar[2];
  uint32_t point;
};
struct LongTerm {    // scalar < L
  Scalar scalar;
  uint32_t point;
};

// Grow-only memory of one engine (one thread), 64-byte aligned, so that hot calls don't allocate.
class Scratch {
 public:
  Scratch() = default;
  ~Scratch();
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  // At least `bytes` bytes, 64-byte aligned, contents undefined; the same memory every time. nullptr if memory is short.
  uint8_t* reserve(size_t bytes);

 private:
  uint8_t* data_ = nullptr;
  size_t size_ = 0;
};

struct CurveTier {
  const char* name;  // `portable`, `avx2`, `ifma`
  // How many independent items the tier works on side by side (1, 4, 8): the pipeline's thresholds use it.
  unsigned lanes;

  // Decodes `count` 32-byte encodings, encoding j at encodings[j] (unaligned), under ZIP-215: the low 255 bits are y,
  // y >= p is taken modulo p, x = 0 with sign bit 1 is accepted (x stays 0). ok[j] = 1 and points[j] set, or ok[j] = 0
  // where no x exists. (RFC 8032 §5.1.3 without its canonicity checks; ZIP 215.)
  void (*decompress)(const uint8_t* const* encodings, size_t count, PackedPoint* points, uint8_t* ok);

  // Whether [8] (sum of all terms) is the neutral element. `points` is indexed by the terms. Every count from 0 up works.
  // Returns 1, 0, or -1 if memory is short. Where it returns 0 and `sum` is not nullptr, *sum receives [8] (sum of all
  // terms), affine: the pipeline finds the culprit of a failed batch from such sums (verify.cc).
  int (*sum_is_small_order)(const PackedPoint* points, const ShortTerm* short_terms, size_t short_count,
                            const LongTerm* long_terms, size_t long_count, Scratch& scratch, PackedPoint* sum);

  // ok[j] = 1 exactly if [8]([s]B - [k]A - [1]R) is the neutral element, with s = s_scalars[j], k = k_scalars[j],
  // A = points[a_points[j]], R = points[r_points[j]]. Lanes work on independent signatures: exact, no randomness.
  void (*verify_each)(const PackedPoint* points, const uint32_t* a_points, const uint32_t* r_points, const Scalar* s_scalars,
                      const Scalar* k_scalars, size_t count, uint8_t* ok, Scratch& scratch);

  // The same question for one signature from its bytes (key and R undecoded, s < L checked by the caller), tuned for
  // latency: decodes A and R together, halves the scalars. Exact. `a_cached` is A decoded, or nullptr; where it is
  // nullptr and the key decodes, *a_decoded receives it (for the cache) and *a_decodes is 1; 0 if it doesn't decode.
  bool (*verify_one)(const uint8_t key[32], const PackedPoint* a_cached, const uint8_t r[32], const Scalar& s, const Scalar& k,
                     PackedPoint* a_decoded, uint8_t* a_decodes);
};

// nullptr where the build or the processor lacks the tier.
const CurveTier* curve_tier(Tier tier);

// One a file tier_*.cc, where the build has it.
extern const CurveTier kPortableTier;
#if defined(__x86_64__)
extern const CurveTier kAvx2Tier;
extern const CurveTier kIfmaTier;
#endif

}  // namespace chainwright::ed25519

#endif

// One signature with AVX-512 IFMA: the method of single.h with the four coordinates of one point in the four lanes of a
// register (the parallel form of Hisil, Wong, Carter and Dawson 2008, §4), so that every doubling and every addition is two
// multiplications one after the other. A and R are decoded in two lanes of the same registers.
//
// Lanes, lowest first:
//   a point              (Z, Y, X, T)
//   about to be added    (Z, Y + X, Y - X, T)
//   an addend            (2Z, Y + X, Y - X, 2dT), negated by swapping lanes 1 and 2 and negating lane 3
//   factors              (G, H, F, E), of which Z = G F, Y = H G, X = F E, T = E H
// Sums and differences are made on Wides (field_quad.h), before the carry that a product needs anyway.
#ifndef CHAINWRIGHT_ED25519_SINGLE_IFMA_H
#define CHAINWRIGHT_ED25519_SINGLE_IFMA_H

#include "field_quad.h"
#include "single.h"

namespace chainwright::ed25519 {

namespace {

using Quad = FieldQuad::Tight;
using WideQuad = FieldQuad::Wide;

// Lane i of the result is lane kI of x.
template <int k0, int k1, int k2, int k3, class X>
CHAINWRIGHT_INLINE X lanes(const X& x) {
  X r;
  for (int i = 0; i < FieldQuad::kLimbs; ++i) r.v[i] = _mm256_permute4x64_epi64(x.v[i], k0 | k1 << 2 | k2 << 4 | k3 << 6);
  return r;
}

// Where lanes 0, 1 are raised by 2^10 p, which exceeds any column of a product of a Tight and a factor.
CHAINWRIGHT_INLINE Quad sum_factors(const WideQuad& products) {  // (D, B, A, C)
  const WideQuad first = lanes<0, 1, 0, 1>(products);
  const WideQuad second = lanes<3, 2, 3, 2>(products);
  WideQuad r;
  for (int i = 0; i < FieldQuad::kLimbs; ++i) {
    const __m256i sum = _mm256_add_epi64(first.v[i], second.v[i]);
    r.v[i] = _mm256_mask_sub_epi64(sum, 0xc, first.v[i], second.v[i]);
  }
  return FieldQuad::reduce(r);  // (D + C, B + A, D - C, B - A)
}

// A point and an addend to the factors of their sum.
CHAINWRIGHT_INLINE Quad add_quad(const Quad& about_to_be_added, const Quad& addend) {
  return sum_factors(FieldQuad::mul_from(FieldQuad::raised<0x3>(), about_to_be_added, addend));
}

// A point to the factors of its double: from (XX, YY, ZZ, XY), G = YY - XX, H = YY + XX, F = 2ZZ - G, E = 2XY. YY and ZZ are
// raised by 2^10 p > XX, so G is not negative, and with YY < 2^59 it is below 2^10 p + 2^59 <= 2 ZZ.
CHAINWRIGHT_INLINE Quad double_quad(const Quad& point) {
  const WideQuad products = FieldQuad::mul_from(FieldQuad::raised<0x6>(), lanes<2, 1, 0, 2>(point), lanes<2, 1, 0, 1>(point));
  WideQuad r;
  for (int i = 0; i < FieldQuad::kLimbs; ++i) {
    const __m256i x = products.v[i];
    const __m256i swapped = _mm256_shuffle_epi32(x, 0x4e);
    __m256i sum = _mm256_add_epi64(x, swapped);
    sum = _mm256_mask_sub_epi64(sum, 0x1, swapped, x);
    sum = _mm256_mask_add_epi64(sum, 0xc, x, x);
    const __m256i g = _mm256_maskz_permutex_epi64(0x4, sum, 0);
    r.v[i] = _mm256_sub_epi64(sum, g);
  }
  return FieldQuad::reduce(r);
}

// Factors to the point.
CHAINWRIGHT_INLINE Quad to_point(const Quad& factors) { return FieldQuad::mul(factors, lanes<2, 0, 3, 1>(factors)); }

// Factors to the point, about to be added.
CHAINWRIGHT_INLINE Quad to_summand(const Quad& factors) {
  const WideQuad point = FieldQuad::mul_from(FieldQuad::raised<0x2>(), factors, lanes<2, 0, 3, 1>(factors));
  const WideQuad swapped = lanes<0, 2, 1, 3>(point);
  WideQuad r;
  for (int i = 0; i < FieldQuad::kLimbs; ++i) {
    const __m256i sum = _mm256_mask_add_epi64(point.v[i], 0x2, point.v[i], swapped.v[i]);
    r.v[i] = _mm256_mask_sub_epi64(sum, 0x4, swapped.v[i], point.v[i]);
  }
  return FieldQuad::reduce(r);
}

CHAINWRIGHT_INLINE Quad to_addend(const Quad& summand) {
  const uint64_t* const d = kEdwards2D;
  Quad scale;
  for (int i = 0; i < FieldQuad::kLimbs; ++i) {
    scale.v[i] = _mm256_setr_epi64x(i == 0 ? 2 : 0, i == 0 ? 1 : 0, i == 0 ? 1 : 0, static_cast<long long>(d[i]));
  }
  return FieldQuad::mul(summand, scale);
}

// An affine point at rest as an addend.
CHAINWRIGHT_INLINE Quad load_addend(const PackedPoint& point) {
  Quad r;
  for (int i = 0; i < FieldQuad::kLimbs; ++i) {
    r.v[i] = _mm256_setr_epi64x(i == 0 ? 2 : 0, static_cast<long long>(point.y_plus_x[i]),
                                static_cast<long long>(point.y_minus_x[i]), static_cast<long long>(point.xy2d[i]));
  }
  return r;
}

// The table's entry for an odd digit, negated where the digit is negative: 2p - limb is below 2^52, a factor but not a Tight.
CHAINWRIGHT_INLINE Quad signed_entry(const Quad table[], int digit) {
  const bool negative = digit < 0;
  const Quad& entry = table[(negative ? -digit : digit) >> 1];
  const __m256i order = _mm256_setr_epi64x(0, negative ? 2 : 1, negative ? 1 : 2, 3);
  const __mmask8 turned = negative ? 0x8 : 0;
  Quad r;
  for (int i = 0; i < FieldQuad::kLimbs; ++i) {
    const __m256i twice_p = FieldQuad::set(2 * (i == 0 ? FieldQuad::kMask51 - 18 : FieldQuad::kMask51));
    const __m256i moved = _mm256_permutexvar_epi64(order, entry.v[i]);
    r.v[i] = _mm256_mask_sub_epi64(moved, turned, twice_p, moved);
  }
  return r;
}

// P, [3]P .. [15]P for two points, step by step in each other's gaps.
static inline void odd_multiples_quad(const PackedPoint points[2], Quad table[2][kSinglePointEntries]) {
  Quad multiple[2], twice[2];  // about to be added; an addend
  for (int which = 0; which < 2; ++which) {
    table[which][0] = load_addend(points[which]);
    // The neutral element about to be added is (1, 1, 1, 0).
    Quad neutral = FieldQuad::zero();
    neutral.v[0] = _mm256_setr_epi64x(1, 1, 1, 0);
    const Quad factors = add_quad(neutral, table[which][0]);
    multiple[which] = to_summand(factors);
    twice[which] = to_addend(to_summand(double_quad(to_point(factors))));
  }
  for (int entry = 1; entry < kSinglePointEntries; ++entry) {
    const Quad factors[2] = {add_quad(multiple[0], twice[0]), add_quad(multiple[1], twice[1])};
    multiple[0] = to_summand(factors[0]);
    multiple[1] = to_summand(factors[1]);
    table[0][entry] = to_addend(multiple[0]);
    table[1][entry] = to_addend(multiple[1]);
  }
}

struct QuadBaseTable {
  Quad low[kSingleBaseEntries];
  Quad high[kSingleBaseEntries];
};
static inline QuadBaseTable make_quad_base_table() {
  const SingleBaseTable& base = single_base_table<FieldPortable>();
  QuadBaseTable table;
  for (int entry = 0; entry < kSingleBaseEntries; ++entry) {
    table.low[entry] = load_addend(base.low[entry]);
    table.high[entry] = load_addend(base.high[entry]);
  }
  return table;
}
static inline const QuadBaseTable& quad_base_table() {
  static const QuadBaseTable table = make_quad_base_table();
  return table;
}

// As decode_single: A in lane 0 and R in lane 1 (R in all lanes where A is at hand).
static inline bool decode_quad(const uint8_t key[32], const PackedPoint* a_cached, const uint8_t r[32], PackedPoint points[2],
                               PackedPoint* a_decoded, uint8_t* a_decodes) {
  PackedPoint spill;
  const uint8_t* const first = a_cached == nullptr ? key : r;
  const uint8_t* const encodings[4] = {first, r, r, r};
  PackedPoint* const targets[4] = {&points[0], &points[1], &spill, &spill};
  const uint32_t decoded = decompress_lanes<FieldQuad>(encodings, targets);
  if (a_cached != nullptr) {
    points[0] = *a_cached;
    return (decoded & 2) != 0;
  }
  *a_decodes = static_cast<uint8_t>(decoded & 1);
  if (*a_decodes != 0) *a_decoded = points[0];
  return (decoded & 3) == 3;
}

static inline bool verify_one_ifma(const uint8_t key[32], const PackedPoint* a_cached, const uint8_t r[32], const Scalar& s,
                                   const Scalar& k, PackedPoint* a_decoded, uint8_t* a_decodes) {
  PackedPoint points[2];
  if (!decode_quad(key, a_cached, r, points, a_decoded, a_decodes)) return false;
  SingleDigits digits;
  make_single_digits(s, k, &digits);
  const QuadBaseTable& base = quad_base_table();
  Quad table[2][kSinglePointEntries];
  odd_multiples_quad(points, table);

  Quad sum = FieldQuad::zero();  // (1, 1, 0, 0)
  sum.v[0] = _mm256_setr_epi64x(1, 1, 0, 0);
  for (int place = digits.top; place >= 0; --place) {
    Quad factors = double_quad(sum);
    if (const int digit = digits.key[place]) {
      factors = add_quad(to_summand(factors), signed_entry(table[0], digits.key_negative ? digit : -digit));
    }
    if (const int digit = digits.commitment[place]) factors = add_quad(to_summand(factors), signed_entry(table[1], -digit));
    if (const int digit = digits.base_low[place]) factors = add_quad(to_summand(factors), signed_entry(base.low, digit));
    if (const int digit = digits.base_high[place]) factors = add_quad(to_summand(factors), signed_entry(base.high, digit));
    sum = to_point(factors);
  }
  for (int bit = 0; bit < 3; ++bit) sum = to_point(double_quad(sum));
  // Neutral: X = 0 and Y = Z. Z is never 0.
  const Quad value = FieldQuad::canonical(sum);
  __m256i wrong = _mm256_setzero_si256();
  for (int i = 0; i < FieldQuad::kLimbs; ++i) {
    const __m256i other = _mm256_maskz_permutex_epi64(0x3, value.v[i], 0x01);  // (Y, Z, 0, 0)
    wrong = _mm256_or_si256(wrong, _mm256_xor_si256(value.v[i], other));
  }
  return (_mm256_test_epi64_mask(wrong, wrong) & 0x7) == 0;
}

}  // namespace

}  // namespace chainwright::ed25519

#endif

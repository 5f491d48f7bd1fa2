// One signature with AVX-512 IFMA: the method of single.h with the four coordinates of one point in the four lanes of a
// register (the parallel form of Hisil, Wong, Carter and Dawson 2008, §4), so that every doubling and every addition is two
// multiplications one after the other. A and R are decoded in two lanes of the same registers, and the scalar is halved by the
// integer units meanwhile.
//
// Digits have fixed places here, every four bits, unlike single.h's sparse ones: so that what a window adds (a multiple of A, one
// of R, one of B and [2^127]B together from a table of 153) can be summed up beside the doublings of the window before.
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

#define CHAINWRIGHT_QUAD_METHOD inline __attribute__((always_inline))

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

// Factors to the point, about to be added. The products have Y raised, from which X is taken.
CHAINWRIGHT_INLINE Quad summand_of(const WideQuad& products) {
  const WideQuad swapped = lanes<0, 2, 1, 3>(products);
  WideQuad r;
  for (int i = 0; i < FieldQuad::kLimbs; ++i) {
    const __m256i sum = _mm256_mask_add_epi64(products.v[i], 0x2, products.v[i], swapped.v[i]);
    r.v[i] = _mm256_mask_sub_epi64(sum, 0x4, swapped.v[i], products.v[i]);
  }
  return FieldQuad::reduce(r);
}
CHAINWRIGHT_INLINE Quad to_summand(const Quad& factors) {
  return summand_of(FieldQuad::mul_from(FieldQuad::raised<0x2>(), factors, lanes<2, 0, 3, 1>(factors)));
}

// What turns a point about to be added into an addend.
CHAINWRIGHT_INLINE Quad addend_scale() {
  const uint64_t* const d = kEdwards2D;
  Quad scale;
  for (int i = 0; i < FieldQuad::kLimbs; ++i) {
    scale.v[i] = _mm256_setr_epi64x(i == 0 ? 2 : 0, i == 0 ? 1 : 0, i == 0 ? 1 : 0, static_cast<long long>(d[i]));
  }
  return scale;
}
CHAINWRIGHT_INLINE Quad to_addend(const Quad& summand) { return FieldQuad::mul(summand, addend_scale()); }

// An affine point at rest as an addend.
CHAINWRIGHT_INLINE Quad load_addend(const PackedPoint& point) {
  Quad r;
  for (int i = 0; i < FieldQuad::kLimbs; ++i) {
    r.v[i] = _mm256_setr_epi64x(i == 0 ? 2 : 0, static_cast<long long>(point.y_plus_x[i]),
                                static_cast<long long>(point.y_minus_x[i]), static_cast<long long>(point.xy2d[i]));
  }
  return r;
}

// The negative of an addend or of a point about to be added, where `negative` (0 or 1). 2p - limb is below 2^52: lane 3 is a
// factor then, but not a Tight. No branch: signs are as good as random, and a wrongly predicted one costs more than an entry.
CHAINWRIGHT_INLINE Quad negated_entry(const Quad& entry, unsigned negative) {
  const __m256i swap = _mm256_and_si256(FieldQuad::set(uint64_t{0} - negative), _mm256_setr_epi64x(0, 3, 3, 0));
  const __m256i order = _mm256_xor_si256(_mm256_setr_epi64x(0, 1, 2, 3), swap);
  const __mmask8 turned = static_cast<__mmask8>(negative << 3);
  Quad r;
  for (int i = 0; i < FieldQuad::kLimbs; ++i) {
    const __m256i twice_p = FieldQuad::set(2 * (i == 0 ? FieldQuad::kMask51 - 18 : FieldQuad::kMask51));
    const __m256i moved = _mm256_permutexvar_epi64(order, entry.v[i]);
    r.v[i] = _mm256_mask_sub_epi64(moved, turned, twice_p, moved);
  }
  return r;
}
// 1 where x is negative; x without its sign if `negative` is that.
CHAINWRIGHT_INLINE unsigned is_negative(int x) { return static_cast<unsigned>(x) >> 31; }
CHAINWRIGHT_INLINE int negate_if(unsigned negative, int x) {
  const int mask = -static_cast<int>(negative);
  return (x ^ mask) - mask;
}

// Digits of four bits, from -8 to 7 (the highest one from 0 to 8): a number below 2^127 plus kDigitOffset, whose nibbles are the
// digits plus 8, except for the highest one, which is below 2^127 / 2^124 + 1.
constexpr int kQuadWidth = 4;
constexpr int kQuadWindows = 32;
constexpr int kQuadEntries = (1 << (kQuadWidth - 1)) + 1;  // [0]P .. [8]P
struct QuadDigits {
  uint64_t words[2];
};
CHAINWRIGHT_INLINE QuadDigits quad_digits(Wide scalar) {
  const Wide offset = static_cast<Wide>(0x0888888888888888) << 64 | 0x8888888888888888;
  const Wide sum = scalar + offset;
  return {{static_cast<uint64_t>(sum), static_cast<uint64_t>(sum >> 64)}};
}
CHAINWRIGHT_INLINE int quad_digit(const QuadDigits& digits, int window) {
  const int nibble = static_cast<int>(digits.words[window >> 4] >> (kQuadWidth * (window & 15)) & 15);
  return window == kQuadWindows - 1 ? nibble : nibble - 8;
}

CHAINWRIGHT_INLINE Quad neutral_summand() {
  Quad r = FieldQuad::zero();
  r.v[0] = _mm256_setr_epi64x(1, 1, 1, 0);
  return r;
}
CHAINWRIGHT_INLINE Quad neutral_addend() {
  Quad r = FieldQuad::zero();
  r.v[0] = _mm256_setr_epi64x(2, 1, 1, 0);
  return r;
}

// [0]P .. [8]P of two points, step by step in each other's gaps: of the first as points about to be added, of the second as
// addends.
static inline void multiples_quad(const Quad points[2], Quad summands[kQuadEntries], Quad addends[kQuadEntries]) {
  summands[0] = neutral_summand();
  addends[0] = neutral_addend();
  Quad multiple[2];
  for (int which = 0; which < 2; ++which) multiple[which] = to_summand(add_quad(neutral_summand(), points[which]));
  summands[1] = multiple[0];
  addends[1] = points[1];
  for (int entry = 2; entry < kQuadEntries; ++entry) {
    const Quad factors[2] = {add_quad(multiple[0], points[0]), add_quad(multiple[1], points[1])};
    multiple[0] = to_summand(factors[0]);
    multiple[1] = to_summand(factors[1]);
    summands[entry] = multiple[0];
    addends[entry] = to_addend(multiple[1]);
  }
}

// [low]B + [high][2^127]B as addends, for low from 0 to 8 and high from -8 to 8 (at high + 8).
struct QuadBaseTable {
  Quad sums[kQuadEntries][2 * kQuadEntries - 1];
};
static inline QuadBaseTable make_quad_base_table() {
  Quad raised = to_point(add_quad(neutral_summand(), load_addend(kPackedBase)));
  Quad factors = raised;
  for (int bit = 0; bit < kBaseSplit; ++bit) {
    factors = double_quad(raised);
    raised = to_point(factors);
  }
  const Quad points[2] = {load_addend(kPackedBase), to_addend(to_summand(factors))};
  Quad low[kQuadEntries];
  Quad high[kQuadEntries];
  multiples_quad(points, low, high);
  QuadBaseTable table;
  for (int i = 0; i < kQuadEntries; ++i) {
    for (int j = 1 - kQuadEntries; j < kQuadEntries; ++j) {
      const Quad addend = negated_entry(high[j < 0 ? -j : j], is_negative(j));
      table.sums[i][j + kQuadEntries - 1] = to_addend(to_summand(add_quad(low[i], addend)));
    }
  }
  return table;
}
// Built at the first use in the process, which takes 0.05 ms; the language makes that safe among threads.
static inline const QuadBaseTable& quad_base_table() {
  static const QuadBaseTable table = make_quad_base_table();
  return table;
}

// Squarings, and beside each a step of halving: they wait for different parts of the processor.
struct SquaresAndHalving {
  Halving* halving;
  CHAINWRIGHT_QUAD_METHOD Quad operator()(Quad x, int n) const { return run(x, n, halving); }
  static __attribute__((noinline)) Quad run(Quad x, int n, Halving* halving) {
    do {
      // No call in this loop, so that x stays in registers.
      bool taken;
      do {
        x = FieldQuad::square(x);
        taken = halving->take_step();
      } while (--n > 0 && taken);
      if (!taken) halving->apply();
    } while (n > 0);
    return x;
  }
};

// As decode_single: A in lane 0 and R in lane 1 (R in all lanes where A is at hand). Halves the scalar meanwhile.
static inline bool decode_quad(const uint8_t key[32], const PackedPoint* a_cached, const uint8_t r[32], Halving* halving,
                               PackedPoint points[2], PackedPoint* a_decoded, uint8_t* a_decodes) {
  PackedPoint spill;
  const uint8_t* const first = a_cached == nullptr ? key : r;
  const uint8_t* const encodings[4] = {first, r, r, r};
  PackedPoint* const targets[4] = {&points[0], &points[1], &spill, &spill};
  const uint32_t decoded = decompress_lanes<FieldQuad>(encodings, targets, SquaresAndHalving{halving});
  if (a_cached != nullptr) {
    points[0] = *a_cached;
    return (decoded & 2) != 0;
  }
  *a_decodes = static_cast<uint8_t>(decoded & 1);
  if (*a_decodes != 0) *a_decoded = points[0];
  return (decoded & 3) == 3;
}

// The terms of one signature, and what each window adds to the sum. Entries are factors, not Tights: the product of two of them
// is within what sum_factors() takes (field_quad.h).
struct QuadTerms {
  Quad key[kQuadEntries];         // about to be added
  Quad commitment[kQuadEntries];  // addends
  QuadDigits key_digits, commitment_digits, low_digits, high_digits;
  unsigned key_positive;  // 1 where the key's digits count for A, 0 where for -A

  CHAINWRIGHT_QUAD_METHOD Quad key_entry(int window) const {
    const int digit = quad_digit(key_digits, window);
    const unsigned negative = is_negative(digit);
    return negated_entry(key[negate_if(negative, digit)], negative ^ key_positive ^ 1);
  }
  CHAINWRIGHT_QUAD_METHOD Quad commitment_entry(int window) const {
    const int digit = quad_digit(commitment_digits, window);
    const unsigned negative = is_negative(digit);
    return negated_entry(commitment[negate_if(negative, digit)], negative ^ 1);
  }
  CHAINWRIGHT_QUAD_METHOD Quad base_entry(const QuadBaseTable& table, int window) const {
    const int low = quad_digit(low_digits, window);
    const int high = quad_digit(high_digits, window);
    const unsigned negative = is_negative(low);
    return negated_entry(table.sums[negate_if(negative, low)][negate_if(negative, high) + kQuadEntries - 1], negative);
  }
  // A's and R's, added up and about to be added.
  CHAINWRIGHT_QUAD_METHOD Quad two_entries(int window) const {
    return to_summand(add_quad(key_entry(window), commitment_entry(window)));
  }
};

// One step of Horner's rule: factors = [16] factors + addend; and the addend of the next window.
//
// The sum's ten multiplications wait for each other, at 64 cycles each, of which the multipliers are busy for 25. The next
// addend's five fill these gaps, half of one in each: with whole ones, the processor's window (97 waiting instructions) is full
// of what has to wait, and a step takes 800 cycles instead of 706.
CHAINWRIGHT_INLINE void shift_and_add(const QuadTerms& terms, const QuadBaseTable& table, int window, Quad& factors, Quad& addend) {
  using F = FieldQuad;
  const int next = window == 0 ? 0 : window - 1;  // behind the last window some addend is made that nobody uses
  const Quad key = terms.key_entry(next);
  const Quad commitment = terms.commitment_entry(next);
  Quad sum = to_point(factors);
  F::Upper upper = F::mul_upper(key, commitment);
  factors = double_quad(sum);
  Quad beside = sum_factors(F::mul_lower(F::raised<0x3>(), upper, key, commitment));

  sum = to_point(factors);
  Quad turned = lanes<2, 0, 3, 1>(beside);
  upper = F::mul_upper(beside, turned);
  factors = double_quad(sum);
  beside = summand_of(F::mul_lower(F::raised<0x2>(), upper, beside, turned));

  sum = to_point(factors);
  const Quad base = terms.base_entry(table, next);
  upper = F::mul_upper(beside, base);
  factors = double_quad(sum);
  beside = sum_factors(F::mul_lower(F::raised<0x3>(), upper, beside, base));

  sum = to_point(factors);
  turned = lanes<2, 0, 3, 1>(beside);
  upper = F::mul_upper(beside, turned);
  factors = double_quad(sum);
  beside = summand_of(F::mul_lower(F::raised<0x2>(), upper, beside, turned));

  sum = to_summand(factors);
  const Quad scale = addend_scale();
  upper = F::mul_upper(beside, scale);
  factors = add_quad(sum, addend);
  addend = F::reduce(F::mul_lower(F::raised<0>(), upper, beside, scale));
}

static inline bool verify_one_ifma(const uint8_t key[32], const PackedPoint* a_cached, const uint8_t r[32], const Scalar& s,
                                   const Scalar& k, PackedPoint* a_decoded, uint8_t* a_decodes) {
  PackedPoint points[2];
  Halving halving(k);
  if (!decode_quad(key, a_cached, r, &halving, points, a_decoded, a_decodes)) return false;
  const HalvedScalar halved = halving.result();
  const Scalar base = multiply_modulo_order(halved.v, s);
  QuadTerms terms;
  terms.key_digits = quad_digits(halved.u);
  terms.commitment_digits = quad_digits(halved.v);
  terms.low_digits = quad_digits(base_low(base));
  terms.high_digits = quad_digits(base_high(base));
  terms.key_positive = halved.v_negative ? 1 : 0;  // halve_scalar gives |v|: where v is negative, u changes its sign instead
  const QuadBaseTable& table = quad_base_table();
  const Quad loaded[2] = {load_addend(points[0]), load_addend(points[1])};
  multiples_quad(loaded, terms.key, terms.commitment);

  Quad factors = add_quad(terms.two_entries(kQuadWindows - 1), terms.base_entry(table, kQuadWindows - 1));
  Quad addend = to_addend(to_summand(add_quad(terms.two_entries(kQuadWindows - 2), terms.base_entry(table, kQuadWindows - 2))));
  for (int window = kQuadWindows - 2; window >= 0; --window) shift_and_add(terms, table, window, factors, addend);
  for (int bit = 0; bit < 3; ++bit) factors = double_quad(to_point(factors));
  // Neutral: X = 0 and Y = Z. Z is never 0.
  const Quad value = FieldQuad::canonical(to_point(factors));
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

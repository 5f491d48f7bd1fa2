// One signature from its bytes with the least latency (CurveTier::verify_one), for a Field of one lane. single_ifma.h has the
// form for AVX-512 IFMA.
//
// The key A and the commitment R are decoded side by side (FieldPair: two chains of squarings fill each other's gaps), and
// the scalars are halved (halve.h), which leaves
//   [8]([low]B + [high][2^127]B - [u]A - [v]R) = 0,  all four scalars below 2^127,
// computed with 127 shared doublings (Straus 1964) and signed sparse digits: width 8 for B and [2^127]B, whose tables are
// built at the first use in the process (16 KiB, about 0.4 ms, immutable), width 5 for A and R.
#ifndef CHAINWRIGHT_ED25519_SINGLE_H
#define CHAINWRIGHT_ED25519_SINGLE_H

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "field.h"
#include "field_pair.h"
#include "field_portable.h"
#include "halve.h"
#include "point.h"
#include "tier.h"

namespace chainwright::ed25519 {

namespace {

constexpr int kSingleBaseWidth = 8;
constexpr int kSinglePointWidth = 5;
constexpr int kSingleBaseEntries = 1 << (kSingleBaseWidth - 2);    // odd multiples below 2^(width - 1)
constexpr int kSinglePointEntries = 1 << (kSinglePointWidth - 2);
static_assert(digit_steps(kSingleBaseWidth) <= digit_steps(kSinglePointWidth), "make_single_digits counts on it");

// [1]B, [3]B .. [127]B, and the same of [2^127]B.
struct SingleBaseTable {
  PackedPoint low[kSingleBaseEntries];
  PackedPoint high[kSingleBaseEntries];
};

template <class F>
inline void odd_multiples_at_rest(Extended<F> point, PackedPoint table[kSingleBaseEntries]) {
  const ProjectiveNiels<F> twice = to_niels<F>(double_point<F>(point));
  for (int entry = 0; entry < kSingleBaseEntries; ++entry) {
    if (entry != 0) point = add_niels<F>(point, twice);
    PackedPoint* const targets[1] = {&table[entry]};
    scatter_affine<F>(point, targets);
  }
}

template <class F>
inline SingleBaseTable make_single_base_table() {
  SingleBaseTable table;
  const PackedPoint* const base[1] = {&kPackedBase};
  Extended<F> point = add_affine<F>(extended_identity<F>(), gather_points<F>(base));
  odd_multiples_at_rest<F>(point, table.low);
  for (int bit = 0; bit < kBaseSplit; ++bit) point = double_point<F>(point);
  odd_multiples_at_rest<F>(point, table.high);
  return table;
}

// Built at the first use in the process; the language makes that safe among threads.
template <class F>
inline const SingleBaseTable& single_base_table() {
  static const SingleBaseTable table = make_single_base_table<F>();
  return table;
}

// The scalars of one verification, cut into digits.
struct SingleDigits {
  int8_t base_low[kSignedPlaces], base_high[kSignedPlaces], key[kSignedPlaces], commitment[kSignedPlaces];
  bool key_negative;  // the key's digits count for A where set, for -A where not
  int top;            // the highest place with a digit, -1 if there is none
};

static inline void make_single_digits(const Scalar& s, const Scalar& k, SingleDigits* digits) {
  const HalvedScalar halved = halve_scalar(k);
  const Scalar base = multiply_modulo_order(halved.v, s);
  std::memset(digits, 0, sizeof *digits);
  DigitWalk low = {base_low(base), 0, digits->base_low};
  DigitWalk high = {base_high(base), 0, digits->base_high};
  DigitWalk key = {halved.u, 0, digits->key};
  DigitWalk commitment = {halved.v, 0, digits->commitment};
  for (int step = 0; step < digit_steps(kSinglePointWidth); ++step) {
    digit_step<kSinglePointWidth>(&key);
    digit_step<kSinglePointWidth>(&commitment);
    if (step >= digit_steps(kSingleBaseWidth)) continue;
    digit_step<kSingleBaseWidth>(&low);
    digit_step<kSingleBaseWidth>(&high);
  }
  CHAINWRIGHT_ASSERT(low.rest == 0 && high.rest == 0 && key.rest == 0 && commitment.rest == 0);
  // halve_scalar gives |v|: where v is negative, the whole equation changes its sign, and only u stays as it was.
  digits->key_negative = halved.v_negative;
  int top = kSignedPlaces - 1;
  while (top >= 0 && (digits->base_low[top] | digits->base_high[top] | digits->key[top] | digits->commitment[top]) == 0) --top;
  digits->top = top;
}

// Decodes A and R into points[0] and points[1], or only R where A is at hand. False if a wanted one doesn't decode.
template <class F>
inline bool decode_single(const uint8_t key[32], const PackedPoint* a_cached, const uint8_t r[32], PackedPoint points[2],
                          PackedPoint* a_decoded, uint8_t* a_decodes) {
  if (a_cached != nullptr) {
    points[0] = *a_cached;
    const uint8_t* const encodings[1] = {r};
    PackedPoint* const targets[1] = {&points[1]};
    return decompress_lanes<F>(encodings, targets) == 1;
  }
  const uint8_t* const encodings[2] = {key, r};
  PackedPoint* const targets[2] = {&points[0], &points[1]};
  const uint32_t decoded = decompress_lanes<FieldPair<F>>(encodings, targets);
  *a_decodes = static_cast<uint8_t>(decoded & 1);
  if (*a_decodes != 0) *a_decoded = points[0];
  return decoded == 3;
}

// A sum before its last multiplications: X = E F, Y = G H, Z = F G, T = E H, with whatever bounds the factors have.
template <class E, class X, class G, class H>
struct Completed {
  E e;
  X f;
  G g;
  H h;
};
template <class E, class X, class G, class H>
CHAINWRIGHT_INLINE Completed<E, X, G, H> completed(const E& e, const X& f, const G& g, const H& h) {
  return {e, f, g, h};
}
// T is wanted only where an addition follows.
template <class F, class C>
CHAINWRIGHT_INLINE void complete_to(Extended<F>& sum, const C& c, bool with_t) {
  sum.x = F::mul(c.e, c.f);
  sum.y = F::mul(c.g, c.h);
  sum.z = F::mul(c.f, c.g);
  if (with_t) sum.t = F::mul(c.e, c.h);
}

// As double_point (point.h), with all four of E, F, G, H negated.
template <class F, class P>
CHAINWRIGHT_INLINE auto double_projective(const P& p) {
  const auto xx = F::square(p.x);
  const auto yy = F::square(p.y);
  const auto zz = F::square(p.z);
  const auto s = F::square(F::add(p.x, p.y));
  const auto h = F::carry(F::add(yy, xx));
  const auto g = F::carry(F::sub(yy, xx));
  return completed(F::sub(s, h), F::sub(F::carry(F::add(zz, zz)), g), g, h);
}

template <class F>
CHAINWRIGHT_INLINE auto add_completed(const Extended<F>& p, const AffineNiels<F>& q) {
  const auto a = F::mul(F::sub(p.y, p.x), q.y_minus_x);
  const auto b = F::mul(F::add(p.y, p.x), q.y_plus_x);
  const auto c = F::mul(p.t, q.xy2d);
  const auto d = F::carry(F::add(p.z, p.z));
  return completed(F::sub(b, a), F::sub(d, c), F::add(d, c), F::add(b, a));
}
template <class F>
CHAINWRIGHT_INLINE auto add_completed(const Extended<F>& p, const ProjectiveNiels<F>& q) {
  const auto a = F::mul(F::sub(p.y, p.x), q.y_minus_x);
  const auto b = F::mul(F::add(p.y, p.x), q.y_plus_x);
  const auto c = F::mul(p.t, q.t2d);
  const auto d = F::mul(p.z, q.z2);
  return completed(F::sub(b, a), F::sub(d, c), F::add(d, c), F::add(b, a));
}

// P, [3]P .. [15]P.
template <class F>
inline void odd_multiples(const PackedPoint& point, ProjectiveNiels<F> table[kSinglePointEntries]) {
  const PackedPoint* const points[1] = {&point};
  Extended<F> multiple = add_affine<F>(extended_identity<F>(), gather_points<F>(points));
  const ProjectiveNiels<F> twice = to_niels<F>(double_point<F>(multiple));
  table[0] = to_niels<F>(multiple);
  for (int entry = 1; entry < kSinglePointEntries; ++entry) {
    multiple = add_niels<F>(multiple, twice);
    table[entry] = to_niels<F>(multiple);
  }
}

// digit * P, from a table of P's odd multiples.
template <class F>
CHAINWRIGHT_INLINE ProjectiveNiels<F> entry_of(const ProjectiveNiels<F> table[kSinglePointEntries], int digit) {
  return negate_where<F>(F::mask_from_bits(digit < 0 ? 1 : 0), table[(digit < 0 ? -digit : digit) >> 1]);
}
template <class F>
CHAINWRIGHT_INLINE AffineNiels<F> entry_of(const PackedPoint table[kSingleBaseEntries], int digit) {
  const PackedPoint* const entry[1] = {&table[(digit < 0 ? -digit : digit) >> 1]};
  return negate_where<F>(F::mask_from_bits(digit < 0 ? 1 : 0), gather_points<F>(entry));
}

template <class F>
inline bool verify_one_lane(const uint8_t key[32], const PackedPoint* a_cached, const uint8_t r[32], const Scalar& s,
                            const Scalar& k, PackedPoint* a_decoded, uint8_t* a_decodes) {
  PackedPoint points[2];
  if (!decode_single<F>(key, a_cached, r, points, a_decoded, a_decodes)) return false;
  SingleDigits digits;
  make_single_digits(s, k, &digits);
  const SingleBaseTable& base = single_base_table<F>();
  ProjectiveNiels<F> key_table[kSinglePointEntries];
  ProjectiveNiels<F> commitment_table[kSinglePointEntries];
  odd_multiples<F>(points[0], key_table);
  odd_multiples<F>(points[1], commitment_table);

  Extended<F> sum = extended_identity<F>();
  for (int place = digits.top; place >= 0; --place) {
    const int of_key = digits.key_negative ? digits.key[place] : -digits.key[place];
    const int of_commitment = -digits.commitment[place];
    const int of_low = digits.base_low[place];
    const int of_high = digits.base_high[place];
    complete_to<F>(sum, double_projective<F>(sum), (of_key | of_commitment | of_low | of_high) != 0);
    if (of_key != 0) {
      complete_to<F>(sum, add_completed<F>(sum, entry_of<F>(key_table, of_key)), (of_commitment | of_low | of_high) != 0);
    }
    if (of_commitment != 0) {
      complete_to<F>(sum, add_completed<F>(sum, entry_of<F>(commitment_table, of_commitment)), (of_low | of_high) != 0);
    }
    if (of_low != 0) complete_to<F>(sum, add_completed<F>(sum, entry_of<F>(base.low, of_low)), of_high != 0);
    if (of_high != 0) complete_to<F>(sum, add_completed<F>(sum, entry_of<F>(base.high, of_high)), false);
  }
  for (int bit = 0; bit < 3; ++bit) complete_to<F>(sum, double_projective<F>(sum), false);
  // Neutral: X = 0 and Y = Z. Z is never 0.
  return F::mask_to_bits(F::is_zero(sum.x)) == 1 && F::mask_to_bits(F::is_zero(F::sub(sum.y, sum.z))) == 1;
}

// The portable tier's, and the AVX2 tier's: one lane of 64 x 64 -> 128-bit products (mulx there) beats four coordinates in
// 32 x 32 -> 64-bit ones.
static inline bool verify_one_portable(const uint8_t key[32], const PackedPoint* a_cached, const uint8_t r[32], const Scalar& s,
                                       const Scalar& k, PackedPoint* a_decoded, uint8_t* a_decodes) {
  return verify_one_lane<FieldPortable>(key, a_cached, r, s, k, a_decoded, a_decodes);
}
static inline bool verify_one_avx2(const uint8_t key[32], const PackedPoint* a_cached, const uint8_t r[32], const Scalar& s,
                                   const Scalar& k, PackedPoint* a_decoded, uint8_t* a_decodes) {
  return verify_one_lane<FieldPortable>(key, a_cached, r, s, k, a_decoded, a_decodes);
}

}  // namespace

}  // namespace chainwright::ed25519

#endif

// Eight signatures side by side, exactly (verify_each of multiscalar.h, the same digits and tables), with the point formulas of
// multiscalar_ifma.h: sums and differences of products before the carry, points loaded as rows and transposed.
#ifndef CHAINWRIGHT_ED25519_EACH_IFMA_H
#define CHAINWRIGHT_ED25519_EACH_IFMA_H

#include <immintrin.h>

#include <cstddef>
#include <cstdint>

#include "field_ifma.h"
#include "multiscalar.h"
#include "multiscalar_ifma.h"
#include "point.h"
#include "point_ifma.h"
#include "tier.h"

namespace chainwright::ed25519 {
namespace {

// 2P. With s = Y + X and d = Y - X: s^2 - d^2 = 4XY, s^2 + d^2 = 2(X^2 + Y^2), s d = Y^2 - X^2. So E, F, G, H of the doubling
// (Hisil, Wong, Carter, Dawson 2008, §3.3), each twice as large and F, H with their signs turned, which scales the result:
//   E = s^2 - d^2, H = s^2 + d^2, G = 2 s d, F = 4 Z^2 - G.
// Squares and products of Tights are < 2^59, the limbs of 2^10 p at least 2^60 and below 2^61: E < 2^61 + 2^59 and
// F < 2^61 + 2^61. T is needed only where an addition follows.
template <bool kWithT>
CHAINWRIGHT_INLINE void double_lanes(LaneSum& p) {
  const Ifma::Wide ss = Ifma::square_wide(p.s);
  const Ifma::Wide dd = Ifma::square_wide(p.d);
  const Ifma::Wide zz = Ifma::square_wide(p.z);
  const Ifma::Wide g_wide = twice_wide(Ifma::mul_wide(p.s, p.d));
  Ifma::Wide ss_raised, f_wide;
  for (int limb = 0; limb < 5; ++limb) {
    ss_raised.v[limb] = Ifma::plus(ss.v[limb], Ifma::multiple_of_p(limb, 10));
    f_wide.v[limb] = Ifma::plus(Ifma::shift_left(zz.v[limb], 2), Ifma::multiple_of_p(limb, 10));
  }
  const Ifma::Tight e = reduce_difference(ss_raised, dd);
  const Ifma::Tight h = reduce_sum(ss, dd);
  const Ifma::Tight f = reduce_difference(f_wide, g_wide);
  const Ifma::Tight g = Ifma::reduce(g_wide);
  const Ifma::Wide x = Ifma::mul_wide(e, f);
  const Ifma::Wide y = Ifma::mul_wide<true>(g, h);
  p.s = reduce_sum(y, x);
  p.d = reduce_difference(y, x);
  p.z = Ifma::mul(f, g);
  if (kWithT) p.t = Ifma::mul(e, h);
}

// An affine point to a sum whose Z is Tight: D = 2Z + 2^10 p, which exceeds C < 2^60.
CHAINWRIGHT_INLINE void add_lane_points(LaneSum& p, const LanePoint& q) {
  const Ifma::Wide a = Ifma::mul_wide(p.d, q.y_minus_x);
  const Ifma::Wide b = Ifma::mul_wide<true>(p.s, q.y_plus_x);
  const Ifma::Wide c = Ifma::mul_wide(p.t, q.xy2d);
  Ifma::Wide d;
  for (int limb = 0; limb < 5; ++limb) {
    d.v[limb] = Ifma::plus(Ifma::plus(p.z.v[limb], Ifma::multiple_of_p(limb, 10)), p.z.v[limb]);
  }
  finish_addition(p, a, b, c, d);
}

// Where the mask is set, -Q. 2p - 2dT is Loose, which a factor may be.
CHAINWRIGHT_INLINE void subtract_or_add_lane_sums(LaneSum& p, const LaneSum& q_2dt, __mmask8 negative) {
  LaneSum q;
  Ifma::Loose t;
  for (int limb = 0; limb < 5; ++limb) {
    q.s.v[limb] = _mm512_mask_blend_epi64(negative, q_2dt.s.v[limb], q_2dt.d.v[limb]);
    q.d.v[limb] = _mm512_mask_blend_epi64(negative, q_2dt.d.v[limb], q_2dt.s.v[limb]);
    t.v[limb] = _mm512_mask_sub_epi64(q_2dt.t.v[limb], negative, Ifma::multiple_of_p(limb, 1), q_2dt.t.v[limb]);
  }
  const Ifma::Wide a = Ifma::mul_wide(p.d, q.d);
  const Ifma::Wide b = Ifma::mul_wide<true>(p.s, q.s);
  const Ifma::Wide c = Ifma::mul_wide(p.t, t);
  finish_addition(p, a, b, c, twice_wide(Ifma::mul_wide<true>(p.z, q_2dt.z)));
}

// [1..16]A a lane, 2dT in place of T.
struct KeyTable {
  RestingSum multiples[kEachKeyEntries][8];
};

__attribute__((noinline)) static void fill_key_table(const uint64_t* keys, KeyTable& table) {
  const Ifma::Tight d2 = Ifma::broadcast(kEdwards2D);
  const LanePoint key = load_lane_points(keys);
  LaneSum multiple = lane_identity();
  for (int entry = 0; entry < kEachKeyEntries; ++entry) {
    add_lane_points(multiple, key);
    RestingSum* targets[8];
    for (int lane = 0; lane < 8; ++lane) targets[lane] = &table.multiples[entry][lane];
    store_lane_sums({multiple.s, multiple.d, multiple.z, Ifma::mul(multiple.t, d2)}, targets);
  }
}

__attribute__((noinline)) static void add_key_digits(LaneSum& sum, const KeyTable& table, const int16_t digits[][8], int place) {
  const RestingSum* sources[8];
  uint32_t negative = 0;
  for (int lane = 0; lane < 8; ++lane) {
    const int digit = digits[place][lane];
    sources[lane] = digit == 0 ? &kRestingIdentity : &table.multiples[(digit < 0 ? -digit : digit) - 1][lane];
    negative |= (digit > 0 ? 1u : 0u) << lane;  // -[k]A
  }
  subtract_or_add_lane_sums(sum, load_lane_sums(sources), static_cast<__mmask8>(negative));
}

__attribute__((noinline)) static void add_base_digits(LaneSum& sum, const BaseTable& base, const int16_t digits[][8], int place) {
  alignas(64) uint64_t addresses[8];
  for (int lane = 0; lane < 8; ++lane) {
    const int digit = digits[place][lane];
    const PackedPoint* const point = digit == 0 ? &kPackedIdentity : &base.multiples[(digit < 0 ? -digit : digit) - 1];
    addresses[lane] = reinterpret_cast<uint64_t>(point) | (digit < 0 ? 1 : 0);
  }
  add_lane_points(sum, load_lane_points(addresses));
}

__attribute__((noinline)) static void double_lanes_times(LaneSum& p, int n) {
  LaneSum q = p;
  for (int i = 1; i < n; ++i) double_lanes<false>(q);
  double_lanes<true>(q);
  p = q;
}

}  // namespace

// As CurveTier::verify_each.
inline void verify_each_ifma(const PackedPoint* points, const uint32_t* a_points, const uint32_t* r_points, const Scalar* s_scalars,
                             const Scalar* k_scalars, size_t count, uint8_t* ok, Scratch&) {
  const BaseTable& base = base_table<FieldIfma>();
  const WindowPlan key_plan = {kEachKeyWidth, kEachKeyDigits, kEachKeyWidth, 0};
  const WindowPlan base_plan = {kEachBaseWidth, kEachBaseDigits, kEachBaseWidth, 0};
  KeyTable table;
  for (size_t from = 0; from < count; from += 8) {
    int16_t key_digits[kEachKeyDigits][8];
    int16_t base_digits[kEachBaseDigits][8];
    alignas(64) uint64_t keys[8];
    alignas(64) uint64_t commitments[8];  // to be subtracted
    for (size_t lane = 0; lane < 8; ++lane) {
      const size_t at = from + lane < count ? from + lane : count - 1;
      recode<4>(key_plan, k_scalars[at].words, kEachKeyDigits, &key_digits[0][lane], 8);
      recode<4>(base_plan, s_scalars[at].words, kEachBaseDigits, &base_digits[0][lane], 8);
      keys[lane] = reinterpret_cast<uint64_t>(points + a_points[at]);
      commitments[lane] = reinterpret_cast<uint64_t>(points + r_points[at]) | 1;
    }
    fill_key_table(keys, table);

    LaneSum sum = lane_identity();
    int doublings = 0;
    for (int bit = kEachKeyDigits * kEachKeyWidth; bit >= 0; --bit) {
      if (bit != kEachKeyDigits * kEachKeyWidth) ++doublings;
      const bool key_due = bit % kEachKeyWidth == 0 && bit / kEachKeyWidth < kEachKeyDigits;
      const bool base_due = bit % kEachBaseWidth == 0 && bit / kEachBaseWidth < kEachBaseDigits;
      if (!key_due && !base_due) continue;
      if (doublings != 0) double_lanes_times(sum, doublings);
      doublings = 0;
      if (key_due) add_key_digits(sum, table, key_digits, bit / kEachKeyWidth);
      if (base_due) add_base_digits(sum, base, base_digits, bit / kEachBaseWidth);
    }
    add_lane_points(sum, load_lane_points(commitments));
    // (2X : 2Y : 2Z) from (Y + X, Y - X, Z); the check doesn't look at T.
    const Extended<FieldIfma> total = {Ifma::carry(Ifma::sub(sum.s, sum.d)), Ifma::carry(Ifma::add(sum.s, sum.d)),
                                       Ifma::carry(Ifma::add(sum.z, sum.z)), Ifma::zero()};
    const uint32_t good = small_order_bits<FieldIfma>(total);
    for (size_t lane = 0; lane < 8 && from + lane < count; ++lane) ok[from + lane] = static_cast<uint8_t>((good >> lane) & 1);
  }
}

}  // namespace chainwright::ed25519

#endif

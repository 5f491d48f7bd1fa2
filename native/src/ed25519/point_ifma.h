// Points of edwards25519, eight side by side, for IFMA: additions whose sums and differences of products are made before the
// carry, and the way between rows of memory and lanes.
//
// A sum is kept as (Y + X, Y - X, Z, T), because that is what the next addition wants; that costs eight carries (seven where Z is
// left uncarried) instead of the thirteen of point.h's formulas (Hisil, Wong, Carter and Dawson 2008, §3.1; complete).
#ifndef CHAINWRIGHT_ED25519_POINT_IFMA_H
#define CHAINWRIGHT_ED25519_POINT_IFMA_H

#include <immintrin.h>

#include <cstddef>
#include <cstdint>

#include "field_ifma.h"
#include "point.h"
#include "tier.h"

namespace chainwright::ed25519 {
namespace {

// 1 / (2d), which turns 2dxy into xy.
constexpr uint64_t kInverse2D[5] = {0x793b66e4fc18, 0x184279542e25e, 0x3739ecc16bbad, 0x390cac5884533, 0x60483f690a6ae};

// (Y + X, Y - X, Z, T) of a point, eight lanes. All Tight; while points are added to a bucket, Z stays a raised Wide, because
// an addition of an affine point only adds to it.
template <class Z>
struct LanesOf {
  FieldIfma::Tight s, d;
  Z z;
  FieldIfma::Tight t;
};
using LaneSum = LanesOf<FieldIfma::Tight>;
using BucketSum = LanesOf<FieldIfma::Wide>;

// A bucket's or window's sum at rest: (Y + X, Y - X, Z, 2dT), limbs as Tight as the lanes had them. Three cache lines.
struct alignas(64) RestingSum {
  uint64_t limbs[24];  // 4 x 5, and four unused
};

alignas(64) constexpr RestingSum kRestingIdentity = {{1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1}};

using Ifma = FieldIfma;

// Sums and differences of products before the carry. Bounds (field_ifma.h): a product with a Tight factor is < 2^60, one of two
// Tights < 2^59, a raised one of two Tights between 2^60 and 2^60 + 2^59 + 2^59 = 2^61; twice that, plus 2^60, is < 2^63,
// which reduce() takes.
CHAINWRIGHT_INLINE Ifma::Tight reduce_sum(const Ifma::Wide& a, const Ifma::Wide& b) {
  Ifma::Wide r;
  for (int limb = 0; limb < 5; ++limb) r.v[limb] = Ifma::plus(a.v[limb], b.v[limb]);
  return Ifma::reduce(r);
}
CHAINWRIGHT_INLINE Ifma::Tight reduce_difference(const Ifma::Wide& raised, const Ifma::Wide& b) {
  Ifma::check(b, uint64_t{1} << 60);
  Ifma::Wide r;
  for (int limb = 0; limb < 5; ++limb) r.v[limb] = Ifma::minus(raised.v[limb], b.v[limb]);
  return Ifma::reduce(r);
}
CHAINWRIGHT_INLINE Ifma::Wide twice_wide(const Ifma::Wide& a) {
  Ifma::Wide r;
  for (int limb = 0; limb < 5; ++limb) r.v[limb] = Ifma::twice(a.v[limb]);
  return r;
}

// The second half of every addition: from A = (Y1 - X1)(Y2 - X2), B = (Y1 + X1)(Y2 + X2), C = 2d T1 T2, D = 2 Z1 Z2 to
// E = B - A, F = D - C, G = D + C, H = B + A and X3 = E F, Y3 = G H, Z3 = F G, T3 = E H. B and D come raised.
CHAINWRIGHT_INLINE void set_z(Ifma::Tight& z, const Ifma::Tight& f, const Ifma::Tight& g) { z = Ifma::mul(f, g); }
CHAINWRIGHT_INLINE void set_z(Ifma::Wide& z, const Ifma::Tight& f, const Ifma::Tight& g) { z = Ifma::mul_wide<true>(f, g); }
template <class Z>
CHAINWRIGHT_INLINE void finish_addition(LanesOf<Z>& p, const Ifma::Wide& a, const Ifma::Wide& b, const Ifma::Wide& c, const Ifma::Wide& d) {
  const Ifma::Tight e = reduce_difference(b, a);
  const Ifma::Tight h = reduce_sum(b, a);
  const Ifma::Tight f = reduce_difference(d, c);
  const Ifma::Tight g = reduce_sum(d, c);
  const Ifma::Wide x = Ifma::mul_wide(e, f);
  const Ifma::Wide y = Ifma::mul_wide<true>(g, h);
  p.s = reduce_sum(y, x);
  p.d = reduce_difference(y, x);
  set_z(p.z, f, g);
  p.t = Ifma::mul(e, h);
}

// An affine point a lane: y + x and y - x Tight, 2dxy Loose.
struct LanePoint {
  Ifma::Tight y_plus_x, y_minus_x;
  Ifma::Loose xy2d;
};

CHAINWRIGHT_INLINE void add_lane_points(BucketSum& p, const LanePoint& q) {
  const Ifma::Wide a = Ifma::mul_wide(p.d, q.y_minus_x);
  const Ifma::Wide b = Ifma::mul_wide<true>(p.s, q.y_plus_x);
  const Ifma::Wide c = Ifma::mul_wide(p.t, q.xy2d);
  finish_addition(p, a, b, c, twice_wide(p.z));
}

// As LaneSum, with T already multiplied by 2d.
CHAINWRIGHT_INLINE void add_lane_sums(LaneSum& p, const LaneSum& q_2dt) {
  const Ifma::Wide a = Ifma::mul_wide(p.d, q_2dt.d);
  const Ifma::Wide b = Ifma::mul_wide<true>(p.s, q_2dt.s);
  const Ifma::Wide c = Ifma::mul_wide(p.t, q_2dt.t);
  finish_addition(p, a, b, c, twice_wide(Ifma::mul_wide<true>(p.z, q_2dt.z)));
}

CHAINWRIGHT_INLINE LaneSum lane_identity() { return {Ifma::one(), Ifma::one(), Ifma::one(), Ifma::zero()}; }

// The compilers' own shuffles: gcc 12's intrinsics for these start from an undefined register, which it then warns about.
CHAINWRIGHT_INLINE __m512i unpack_low(__m512i a, __m512i b) { return __builtin_shufflevector(a, b, 0, 8, 2, 10, 4, 12, 6, 14); }
CHAINWRIGHT_INLINE __m512i unpack_high(__m512i a, __m512i b) { return __builtin_shufflevector(a, b, 1, 9, 3, 11, 5, 13, 7, 15); }

// 1 + 2^9 p: a one from which a product can be taken even before it is doubled.
CHAINWRIGHT_INLINE Ifma::Wide raised_one() {
  Ifma::Wide r;
  for (int limb = 0; limb < 5; ++limb) r.v[limb] = Ifma::multiple_of_p(limb, 9);
  r.v[0] = Ifma::plus(r.v[0], Ifma::set(1));
  return r;
}

// Transposes 4 x 8 words: quarter rows of 32 bytes, row i at rows[i] + offset bytes. Rows i and i + 4 meet in one register by a
// load that inserts, which leaves the shuffle port half the work of a plain 8 x 8 transposition.
CHAINWRIGHT_INLINE void load_transposed(const uint8_t* const rows[8], size_t offset, __m512i out[4]) {
  __m512i r[4];
  for (int i = 0; i < 4; ++i) {
    const __m256i low = _mm256_load_si256(reinterpret_cast<const __m256i*>(rows[i] + offset));
    const __m256i high = _mm256_load_si256(reinterpret_cast<const __m256i*>(rows[i + 4] + offset));
    r[i] = _mm512_maskz_inserti64x4(0xff, _mm512_castsi256_si512(low), high, 1);
  }
  const __m512i a = unpack_low(r[0], r[1]);  // words 0 and 2 of rows 0, 1 | 4, 5
  const __m512i b = unpack_high(r[0], r[1]);  // words 1 and 3
  const __m512i c = unpack_low(r[2], r[3]);
  const __m512i d = unpack_high(r[2], r[3]);
  out[0] = __builtin_shufflevector(a, c, 0, 1, 8, 9, 4, 5, 12, 13);
  out[1] = __builtin_shufflevector(b, d, 0, 1, 8, 9, 4, 5, 12, 13);
  out[2] = __builtin_shufflevector(a, c, 2, 3, 10, 11, 6, 7, 14, 15);
  out[3] = __builtin_shufflevector(b, d, 2, 3, 10, 11, 6, 7, 14, 15);
}

// The way back: four columns to quarter rows.
CHAINWRIGHT_INLINE void store_transposed(const __m512i in[4], uint8_t* const rows[8], size_t offset) {
  const __m512i a = unpack_low(in[0], in[1]);  // words 0, 1 of rows 0, 2, 4, 6
  const __m512i b = unpack_high(in[0], in[1]);  // words 0, 1 of rows 1, 3, 5, 7
  const __m512i c = unpack_low(in[2], in[3]);
  const __m512i d = unpack_high(in[2], in[3]);
  const __m512i rows_02 = __builtin_shufflevector(a, c, 0, 1, 8, 9, 2, 3, 10, 11);
  const __m512i rows_46 = __builtin_shufflevector(a, c, 4, 5, 12, 13, 6, 7, 14, 15);
  const __m512i rows_13 = __builtin_shufflevector(b, d, 0, 1, 8, 9, 2, 3, 10, 11);
  const __m512i rows_57 = __builtin_shufflevector(b, d, 4, 5, 12, 13, 6, 7, 14, 15);
  const __m512i pairs[4] = {rows_02, rows_13, rows_46, rows_57};
  for (int pair = 0; pair < 4; ++pair) {
    const int row = (pair & 1) + (pair >> 1) * 4;
    _mm256_store_si256(reinterpret_cast<__m256i*>(rows[row] + offset), __builtin_shufflevector(pairs[pair], pairs[pair], 0, 1, 2, 3));
    _mm256_store_si256(reinterpret_cast<__m256i*>(rows[row + 2] + offset), __builtin_shufflevector(pairs[pair], pairs[pair], 4, 5, 6, 7));
  }
}

// Eight points by address, negated where bit 0 of the address is set: y + x and y - x change places, and 2p - 2dxy stays
// Loose because stored limbs are below 2^51.
CHAINWRIGHT_INLINE LanePoint load_lane_points(const uint64_t* addresses) {
  const uint8_t* rows[8];
  for (int lane = 0; lane < 8; ++lane) rows[lane] = reinterpret_cast<const uint8_t*>(addresses[lane] & ~uint64_t{1});
  const __mmask8 negative = _mm512_test_epi64_mask(_mm512_load_si512(addresses), Ifma::set(1));
  __m512i w[16];
  for (int quarter = 0; quarter < 4; ++quarter) load_transposed(rows, 32 * static_cast<size_t>(quarter), w + 4 * quarter);
  LanePoint q;
  for (int limb = 0; limb < 5; ++limb) {
    q.y_plus_x.v[limb] = _mm512_mask_blend_epi64(negative, w[limb], w[5 + limb]);
    q.y_minus_x.v[limb] = _mm512_mask_blend_epi64(negative, w[5 + limb], w[limb]);
    q.xy2d.v[limb] = _mm512_mask_sub_epi64(w[10 + limb], negative, Ifma::multiple_of_p(limb, 1), w[10 + limb]);
  }
  return q;
}

CHAINWRIGHT_INLINE void store_lane_sums(const LaneSum& p_2dt, RestingSum* const targets[8]) {
  uint8_t* rows[8];
  for (int lane = 0; lane < 8; ++lane) rows[lane] = reinterpret_cast<uint8_t*>(targets[lane]);
  __m512i w[20];
  for (int limb = 0; limb < 5; ++limb) {
    w[limb] = p_2dt.s.v[limb];
    w[5 + limb] = p_2dt.d.v[limb];
    w[10 + limb] = p_2dt.z.v[limb];
    w[15 + limb] = p_2dt.t.v[limb];
  }
  for (int quarter = 0; quarter < 5; ++quarter) store_transposed(w + 4 * quarter, rows, 32 * static_cast<size_t>(quarter));
}

CHAINWRIGHT_INLINE LaneSum load_lane_sums(const RestingSum* const sources[8]) {
  const uint8_t* rows[8];
  for (int lane = 0; lane < 8; ++lane) rows[lane] = reinterpret_cast<const uint8_t*>(sources[lane]);
  __m512i w[20];
  for (int quarter = 0; quarter < 5; ++quarter) load_transposed(rows, 32 * static_cast<size_t>(quarter), w + 4 * quarter);
  LaneSum p;
  for (int limb = 0; limb < 5; ++limb) {
    p.s.v[limb] = w[limb];
    p.d.v[limb] = w[5 + limb];
    p.z.v[limb] = w[10 + limb];
    p.t.v[limb] = w[15 + limb];
  }
  return p;
}

}  // namespace
}  // namespace chainwright::ed25519

#endif

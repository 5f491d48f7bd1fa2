// Points of edwards25519 (-x^2 + y^2 = 1 + d x^2 y^2 over GF(2^255 - 19)), Field::kLanes of them side by side, and the
// formulas on them, as templates over a tier's Field (field.h).
//
// All additions are the unified, complete formulas of Hisil, Wong, Carter and Dawson 2008 ("Twisted Edwards curves
// revisited", §3.1 and §3.2 with a = -1): because -1 is a square and d is not, they hold for every pair of points on the
// curve, the neutral element, doublings and points of small order included. Attackers choose these points, so nothing
// here may depend on their being in general position.
#ifndef CHAINWRIGHT_ED25519_POINT_H
#define CHAINWRIGHT_ED25519_POINT_H

#include <cstddef>
#include <cstdint>

#include "field.h"
#include "tier.h"

namespace chainwright::ed25519 {

namespace {

// Constants as five limbs of 51 bits, canonical (RFC 8032 §5.1).
constexpr uint64_t kEdwardsD[5] = {0x34dca135978a3, 0x1a8283b156ebd, 0x5e7a26001c029, 0x739c663a03cbb, 0x52036cee2b6ff};
constexpr uint64_t kEdwards2D[5] = {0x69b9426b2f159, 0x35050762add7a, 0x3cf44c0038052, 0x6738cc7407977, 0x2406d9dc56dff};
constexpr uint64_t kSqrtMinusOne[5] = {0x61b274a0ea0b0, 0x0d5a5fc8f189d, 0x7ef5e9cbd0c60, 0x78595a6804c9e, 0x2b8324804fc1d};

// The neutral element (0, 1) and the base point B at rest.
alignas(64) constexpr PackedPoint kPackedIdentity = {{1, 0, 0, 0, 0}, {1, 0, 0, 0, 0}, {0, 0, 0, 0, 0}, 0};
alignas(64) constexpr PackedPoint kPackedBase = {
    {0x493c6f58c3b85, 0x0df7181c325f7, 0x0f50b0b3e4cb7, 0x5329385a44c32, 0x7cf9d3a33d4b},
    {0x03905d740913e, 0x0ba2817d673a2, 0x23e2827f4e67c, 0x133d2e0c21a34, 0x44fd2f9298f81},
    {0x11205877aaa68, 0x479955893d579, 0x50d66309b67a0, 0x2d42d0dbee5ee, 0x6f117b689f0c6},
    0};

}  // namespace

// (X : Y : Z : T) with x = X/Z, y = Y/Z, xy = T/Z.
template <class F>
struct Extended {
  typename F::Tight x, y, z, t;
};

// (y + x, y - x, 2dxy): what an addition wants of an affine point. In memory: PackedPoint.
template <class F>
struct AffineNiels {
  typename F::Tight y_plus_x, y_minus_x, xy2d;
};

// (Y + X, Y - X, 2Z, 2dT): the same of a projective one.
template <class F>
struct ProjectiveNiels {
  typename F::Tight y_plus_x, y_minus_x, z2, t2d;
};

// A projective Niels point at rest, one lane's.
struct alignas(64) PackedNiels {
  uint64_t y_plus_x[5], y_minus_x[5], z2[5], t2d[5];
  uint64_t spare[4];
};

template <class F>
CHAINWRIGHT_INLINE Extended<F> extended_identity() {
  return {F::zero(), F::one(), F::one(), F::zero()};
}

// (E : F : G : H) completed: x = E/G... of the paper's dedicated steps: X = E F, Y = G H, T = E H, Z = F G.
template <class F, class E, class X, class G, class H>
CHAINWRIGHT_INLINE Extended<F> complete(const E& e, const X& f, const G& g, const H& h) {
  return {F::mul(e, f), F::mul(g, h), F::mul(f, g), F::mul(e, h)};
}

// 2P: A = X^2, B = Y^2, C = 2 Z^2, H = A + B, E = H - (X + Y)^2, G = A - B, F = C + G (§3.3, all four signs flipped).
// The carries make sums of sums legal for every Field.
template <class F>
CHAINWRIGHT_INLINE Extended<F> double_point(const Extended<F>& p) {
  const auto a = F::square(p.x);
  const auto b = F::square(p.y);
  const auto zz = F::square(p.z);
  const auto s = F::square(F::add(p.x, p.y));
  const auto h = F::carry(F::add(a, b));
  const auto g = F::carry(F::sub(a, b));
  const auto e = F::sub(h, s);
  const auto f = F::add(F::carry(F::add(zz, zz)), g);
  return complete<F>(e, f, g, h);
}

// P + Q, Q affine (7 multiplications, §3.1 with Z2 = 1).
template <class F>
CHAINWRIGHT_INLINE Extended<F> add_affine(const Extended<F>& p, const AffineNiels<F>& q) {
  const auto a = F::mul(F::sub(p.y, p.x), q.y_minus_x);
  const auto b = F::mul(F::add(p.y, p.x), q.y_plus_x);
  const auto c = F::mul(p.t, q.xy2d);
  const auto d = F::carry(F::add(p.z, p.z));
  return complete<F>(F::sub(b, a), F::sub(d, c), F::add(d, c), F::add(b, a));
}

// P + Q, Q projective (8 multiplications).
template <class F>
CHAINWRIGHT_INLINE Extended<F> add_niels(const Extended<F>& p, const ProjectiveNiels<F>& q) {
  const auto a = F::mul(F::sub(p.y, p.x), q.y_minus_x);
  const auto b = F::mul(F::add(p.y, p.x), q.y_plus_x);
  const auto c = F::mul(p.t, q.t2d);
  const auto d = F::mul(p.z, q.z2);
  return complete<F>(F::sub(b, a), F::sub(d, c), F::add(d, c), F::add(b, a));
}

template <class F>
CHAINWRIGHT_INLINE ProjectiveNiels<F> to_niels(const Extended<F>& p) {
  return {F::carry(F::add(p.y, p.x)), F::carry(F::sub(p.y, p.x)), F::carry(F::add(p.z, p.z)),
          F::mul(p.t, F::broadcast(kEdwards2D))};
}

template <class F>
CHAINWRIGHT_INLINE Extended<F> add_points(const Extended<F>& p, const Extended<F>& q) {
  return add_niels<F>(p, to_niels<F>(q));
}

// Where the mask is set, -Q: swaps y + x with y - x and negates the third coordinate.
template <class F>
CHAINWRIGHT_INLINE AffineNiels<F> negate_where(typename F::Mask mask, const AffineNiels<F>& q) {
  return {F::select(mask, q.y_minus_x, q.y_plus_x), F::select(mask, q.y_plus_x, q.y_minus_x),
          F::select(mask, F::carry(F::negate(q.xy2d)), q.xy2d)};
}

template <class F>
CHAINWRIGHT_INLINE ProjectiveNiels<F> negate_where(typename F::Mask mask, const ProjectiveNiels<F>& q) {
  return {F::select(mask, q.y_minus_x, q.y_plus_x), F::select(mask, q.y_plus_x, q.y_minus_x), q.z2,
          F::select(mask, F::carry(F::negate(q.t2d)), q.t2d)};
}

// Bit i: P of lane i is the neutral element (X = 0 and Y = Z; Z is never 0, and (0, -1) has Y = -Z).
template <class F>
CHAINWRIGHT_INLINE uint32_t neutral_bits(const Extended<F>& p) {
  return F::mask_to_bits(F::is_zero(p.x)) & F::mask_to_bits(F::is_zero(F::sub(p.y, p.z)));
}

// Bit i: [8]P of lane i is the neutral element.
template <class F>
CHAINWRIGHT_INLINE uint32_t small_order_bits(Extended<F> p) {
  for (int bit = 0; bit < 3; ++bit) p = double_point<F>(p);
  return neutral_bits<F>(p);
}

// One packed point a lane, from anywhere.
template <class F>
CHAINWRIGHT_INLINE AffineNiels<F> gather_points(const PackedPoint* const points[]) {
  const uint64_t* a[F::kLanes];
  const uint64_t* b[F::kLanes];
  const uint64_t* c[F::kLanes];
  for (int lane = 0; lane < F::kLanes; ++lane) {
    a[lane] = points[lane]->y_plus_x;
    b[lane] = points[lane]->y_minus_x;
    c[lane] = points[lane]->xy2d;
  }
  return {F::gather(a), F::gather(b), F::gather(c)};
}

template <class F>
CHAINWRIGHT_INLINE ProjectiveNiels<F> gather_niels(const PackedNiels* const points[]) {
  const uint64_t* a[F::kLanes];
  const uint64_t* b[F::kLanes];
  const uint64_t* c[F::kLanes];
  const uint64_t* d[F::kLanes];
  for (int lane = 0; lane < F::kLanes; ++lane) {
    a[lane] = points[lane]->y_plus_x;
    b[lane] = points[lane]->y_minus_x;
    c[lane] = points[lane]->z2;
    d[lane] = points[lane]->t2d;
  }
  return {F::gather(a), F::gather(b), F::gather(c), F::gather(d)};
}

template <class F>
CHAINWRIGHT_INLINE void scatter_niels(const ProjectiveNiels<F>& value, PackedNiels* const points[]) {
  uint64_t* a[F::kLanes];
  uint64_t* b[F::kLanes];
  uint64_t* c[F::kLanes];
  uint64_t* d[F::kLanes];
  for (int lane = 0; lane < F::kLanes; ++lane) {
    a[lane] = points[lane]->y_plus_x;
    b[lane] = points[lane]->y_minus_x;
    c[lane] = points[lane]->z2;
    d[lane] = points[lane]->t2d;
  }
  F::scatter(value.y_plus_x, a);
  F::scatter(value.y_minus_x, b);
  F::scatter(value.z2, c);
  F::scatter(value.t2d, d);
}

// x^((p - 5) / 8) = x^(2^252 - 3): 251 squarings and 11 multiplications. `x_2_n` is x^(2^n - 1). square_times(x, n) squares n times;
// whoever waits for these squarings may have it do something else besides (single_ifma.h).
template <class F, class SquareTimes>
CHAINWRIGHT_INLINE typename F::Tight power_p58(const typename F::Tight& x, SquareTimes square_times) {
  const auto x_2 = F::square(x);
  const auto x_9 = F::mul(x, square_times(x_2, 2));
  const auto x_11 = F::mul(x_2, x_9);
  const auto x_2_5 = F::mul(x_9, F::square(x_11));
  const auto x_2_10 = F::mul(x_2_5, square_times(x_2_5, 5));
  const auto x_2_20 = F::mul(x_2_10, square_times(x_2_10, 10));
  const auto x_2_40 = F::mul(x_2_20, square_times(x_2_20, 20));
  const auto x_2_50 = F::mul(x_2_10, square_times(x_2_40, 10));
  const auto x_2_100 = F::mul(x_2_50, square_times(x_2_50, 50));
  const auto x_2_200 = F::mul(x_2_100, square_times(x_2_100, 100));
  const auto x_2_250 = F::mul(x_2_50, square_times(x_2_200, 50));
  return F::mul(x, square_times(x_2_250, 2));
}
template <class F>
struct PlainSquares {
  inline __attribute__((always_inline)) typename F::Tight operator()(const typename F::Tight& x, int n) const {
    return F::square_times(x, n);
  }
};
template <class F>
CHAINWRIGHT_INLINE typename F::Tight power_p58(const typename F::Tight& x) {
  return power_p58<F>(x, PlainSquares<F>());
}

// x^(p - 2), the inverse (0 of 0).
template <class F>
CHAINWRIGHT_INLINE typename F::Tight invert(const typename F::Tight& x) {
  // p - 2 = 8 (2^252 - 3) + 3.
  return F::mul(F::square_times(power_p58<F>(x), 3), F::mul(x, F::square(x)));
}

// Writes (x, y) of each lane to its place at rest.
template <class F>
CHAINWRIGHT_INLINE void scatter_affine_xy(const typename F::Tight& x, const typename F::Tight& y, PackedPoint* const points[F::kLanes]) {
  uint64_t* a[F::kLanes];
  uint64_t* b[F::kLanes];
  uint64_t* c[F::kLanes];
  for (int lane = 0; lane < F::kLanes; ++lane) {
    a[lane] = points[lane]->y_plus_x;
    b[lane] = points[lane]->y_minus_x;
    c[lane] = points[lane]->xy2d;
    points[lane]->spare = 0;
  }
  F::scatter(F::carry(F::add(y, x)), a);
  F::scatter(F::carry(F::sub(y, x)), b);
  F::scatter(F::mul(F::mul(x, y), F::broadcast(kEdwards2D)), c);
}

template <class F>
inline void scatter_affine(const Extended<F>& p, PackedPoint* const points[F::kLanes]) {
  const typename F::Tight z_inverse = invert<F>(p.z);
  scatter_affine_xy<F>(F::mul(p.x, z_inverse), F::mul(p.y, z_inverse), points);
}

// Decodes one 32-byte encoding a lane (RFC 8032 §5.1.3 without its canonicity checks, as ZIP 215 has it) and writes the
// lanes' points. Returns the lanes that decoded, as bits; the others receive some point that is not on the curve.
//
// With u = y^2 - 1 and v = d y^2 + 1, x = u v^3 (u v^7)^((p-5)/8) satisfies v x^2 = u or -u if u/v is a square; in the
// second case x sqrt(-1) is the root. v is never 0 because -1/d is not a square.
template <class F, class SquareTimes = PlainSquares<F>>
inline uint32_t decompress_lanes(const uint8_t* const encodings[F::kLanes], PackedPoint* const points[F::kLanes],
                                 SquareTimes square_times = SquareTimes()) {
  using Tight = typename F::Tight;
  const Tight y = F::from_bytes(encodings);
  const Tight one = F::one();
  const Tight yy = F::square(y);
  const Tight u = F::carry(F::sub(yy, one));
  const Tight v = F::carry(F::add(F::mul(yy, F::broadcast(kEdwardsD)), one));
  const Tight v3 = F::mul(F::square(v), v);
  const Tight uv3 = F::mul(u, v3);
  const Tight uv7 = F::mul(uv3, F::square(F::square(v)));
  Tight x = F::mul(uv3, power_p58<F>(uv7, square_times));

  const Tight check = F::mul(v, F::square(x));
  const uint32_t direct = F::mask_to_bits(F::is_zero(F::sub(check, u)));
  const uint32_t turned = F::mask_to_bits(F::is_zero(F::add(check, u)));
  x = F::select(F::mask_from_bits(direct), x, F::mul(x, F::broadcast(kSqrtMinusOne)));

  uint32_t sign = 0;
  for (int lane = 0; lane < F::kLanes; ++lane) sign |= static_cast<uint32_t>(encodings[lane][31] >> 7) << lane;
  // x = 0 with the sign bit: -0 is 0, which is ZIP 215's reading.
  const uint32_t flip = sign ^ F::mask_to_bits(F::is_odd(x));
  x = F::select(F::mask_from_bits(flip), F::carry(F::negate(x)), x);

  scatter_affine_xy<F>(x, y, points);
  return direct | turned;
}

// Any number of encodings; lanes beyond the last work on a copy of it.
template <class F>
inline void decompress(const uint8_t* const* encodings, size_t count, PackedPoint* points, uint8_t* ok) {
  for (size_t from = 0; from < count; from += F::kLanes) {
    const uint8_t* lane_encodings[F::kLanes];
    PackedPoint* lane_points[F::kLanes];
    PackedPoint spill;
    for (int lane = 0; lane < F::kLanes; ++lane) {
      const bool used = from + static_cast<size_t>(lane) < count;
      lane_encodings[lane] = used ? encodings[from + static_cast<size_t>(lane)] : encodings[count - 1];
      lane_points[lane] = used ? points + from + lane : &spill;
    }
    const uint32_t decoded = decompress_lanes<F>(lane_encodings, lane_points);
    for (int lane = 0; lane < F::kLanes && from + static_cast<size_t>(lane) < count; ++lane) {
      ok[from + static_cast<size_t>(lane)] = static_cast<uint8_t>((decoded >> lane) & 1);
    }
  }
}

}  // namespace chainwright::ed25519

#endif

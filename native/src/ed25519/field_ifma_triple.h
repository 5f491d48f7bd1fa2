// Three vectors of FieldIfma side by side as one Field of 24 lanes, for decompression, which is one long chain of squarings:
// three chains in radix 2^52 keep the multiplier busy where two in radix 2^51 do not (36 cycles a squaring against 43).
#ifndef CHAINWRIGHT_ED25519_FIELD_IFMA_TRIPLE_H
#define CHAINWRIGHT_ED25519_FIELD_IFMA_TRIPLE_H

#include <immintrin.h>

#include <cstdint>

#include "field_ifma.h"

namespace chainwright::ed25519 {
namespace {

// The field with a second representation for chains of squarings.
struct FieldIfmaRadix52 : FieldIfma {
  // Radix 2^52, in which halves of products meet without doublings, so that a squaring is 68 instructions instead of 77; but its
  // carries are serial, which three chains side by side hide. Five limbs hold 260 bits, of which a value uses 256. Its limbs
  // are not cleaned: limbs 0 to 3 are the low 52 bits of their registers, and whatever is above them the multiplier doesn't
  // read; limb 4 is its register.
  struct Radix52 {
    __m512i v[5];
  };

  // Columns < 2^62 at 2^(52 k) to limbs, serially: the part of column 4 from 2^255 on returns as 19 times that (< 2^20), and
  // each register's bits from 52 on are added to the next. Limb 4 ends below 2^47 + 2^12.
  CHAINWRIGHT_INLINE Radix52 reduce52(__m512i r0, __m512i r1, __m512i r2, __m512i r3, __m512i r4) {
    r0 = lo(r0, shift_right(r4, 47), set(19));
    r4 = _mm512_and_si512(r4, set((uint64_t{1} << 47) - 1));
    r1 = plus(r1, shift_right(r0, 52));
    r2 = plus(r2, shift_right(r1, 52));
    r3 = plus(r3, shift_right(r2, 52));
    r4 = plus(r4, shift_right(r3, 52));
#if defined(CHAINWRIGHT_CHECK_BOUNDS)
    CHAINWRIGHT_ASSERT(_mm512_cmplt_epu64_mask(r4, set((uint64_t{1} << 47) + (uint64_t{1} << 12))) == 0xff);
#endif
    Radix52 r;
    r.v[0] = r0;
    r.v[1] = r1;
    r.v[2] = r2;
    r.v[3] = r3;
    r.v[4] = r4;
    return r;
  }

  // Limb k of radix 2^51 stands at 2^(52 k - k): its low k bits belong to the limb below. Columns are below 2^53.
  CHAINWRIGHT_INLINE Radix52 to_radix52(const Tight& x) {
    check(x, kTightBound);
    const __m512i one = set(1);
    return reduce52(lo(x.v[0], shift_left(x.v[1], 51), one), lo(shift_right(x.v[1], 1), shift_left(x.v[2], 50), one),
                    lo(shift_right(x.v[2], 2), shift_left(x.v[3], 49), one), lo(shift_right(x.v[3], 3), shift_left(x.v[4], 48), one),
                    shift_right(x.v[4], 4));
  }

  // And back. The top limb is below 2^(47 + 4) + 2^(12 + 4), the others below 2^51.
  CHAINWRIGHT_INLINE Tight from_radix52(const Radix52& x) {
    const __m512i mask = set(kMask51);
    const __m512i mask52 = set((uint64_t{1} << 52) - 1);
    __m512i w[4];
    for (int limb = 0; limb < 4; ++limb) w[limb] = _mm512_and_si512(x.v[limb], mask52);
    Tight r;
    r.v[0] = _mm512_and_si512(w[0], mask);
    r.v[1] = _mm512_and_si512(_mm512_or_si512(shift_right(w[0], 51), shift_left(w[1], 1)), mask);
    r.v[2] = _mm512_and_si512(_mm512_or_si512(shift_right(w[1], 50), shift_left(w[2], 2)), mask);
    r.v[3] = _mm512_and_si512(_mm512_or_si512(shift_right(w[2], 49), shift_left(w[3], 3)), mask);
    r.v[4] = _mm512_or_si512(shift_right(w[3], 48), shift_left(x.v[4], 4));
    check(r, kTightBound);
    return r;
  }

  // Column k is the sum of low halves of x_i x_j with i + j = k and of high halves with i + j = k - 1, at most nine of them, each
  // < 2^52. Columns 5 to 9 stand at 2^260 = 608 2^0 (mod p). Carried serially, their low 52 bits are multiplied by 608 and
  // land in columns k - 5 and, as high halves, k - 4; column 9 holds the high half of x_4^2 < 2^(2 * 47.1) and a carry below
  // 2^4, so it is < 2^44 and 19 times it fits the multiplier's low half, leaving 2^5 for a shift: < 2^54. All columns end below
  // 11 * 2^52 + 2^54 < 2^56.
  CHAINWRIGHT_INLINE Radix52 square52(const Radix52& x) {
    const __m512i* const a = x.v;
    const __m512i zero = _mm512_setzero_si512();
    const __m512i fold = set(608);
    __m512i z5 = hi(zero, a[0], a[4]);
    __m512i z6 = hi(zero, a[1], a[4]);
    __m512i z7 = hi(zero, a[2], a[4]);
    __m512i z8 = hi(zero, a[3], a[4]);
    __m512i r4 = hi(zero, a[0], a[3]);
    __m512i r3 = hi(zero, a[0], a[2]);
    z5 = hi(z5, a[1], a[3]);
    z6 = hi(z6, a[2], a[3]);
    z7 = lo(z7, a[3], a[4]);
    __m512i r2 = hi(zero, a[0], a[1]);
    z5 = lo(z5, a[1], a[4]);
    z6 = lo(z6, a[2], a[4]);
    r4 = hi(r4, a[1], a[2]);
    z5 = lo(z5, a[2], a[3]);
    r3 = lo(r3, a[0], a[3]);
    z8 = twice(z8);
    z7 = twice(z7);
    r4 = lo(r4, a[0], a[4]);
    z6 = twice(z6);
    __m512i z9 = hi(zero, a[4], a[4]);
    z5 = twice(z5);
    z8 = lo(z8, a[4], a[4]);
    z7 = hi(z7, a[3], a[3]);
    z6 = lo(z6, a[3], a[3]);
    z5 = hi(z5, a[2], a[2]);
    __m512i r1 = lo(zero, a[0], a[1]);
    r2 = lo(r2, a[0], a[2]);
    r3 = lo(r3, a[1], a[2]);
    r4 = lo(r4, a[1], a[3]);
    __m512i r0 = lo(zero, a[0], a[0]);
    r1 = twice(r1);
    z6 = plus(z6, shift_right(z5, 52));
    r2 = twice(r2);
    r3 = twice(r3);
    z7 = plus(z7, shift_right(z6, 52));
    r4 = twice(r4);
    r1 = hi(r1, a[0], a[0]);
    z8 = plus(z8, shift_right(z7, 52));
    r2 = lo(r2, a[1], a[1]);
    r3 = hi(r3, a[1], a[1]);
    z9 = plus(z9, shift_right(z8, 52));
    r4 = lo(r4, a[2], a[2]);
#if defined(CHAINWRIGHT_CHECK_BOUNDS)
    CHAINWRIGHT_ASSERT(_mm512_cmplt_epu64_mask(z9, set(uint64_t{1} << 44)) == 0xff);
#endif
    r0 = lo(r0, z5, fold);
    r1 = hi(r1, z5, fold);
    r2 = hi(r2, z6, fold);
    r1 = lo(r1, z6, fold);
    r3 = hi(r3, z7, fold);
    r2 = lo(r2, z7, fold);
    r4 = hi(r4, z8, fold);
    r3 = lo(r3, z8, fold);
    r4 = plus(r4, shift_left(lo(zero, z9, set(19)), 5));
    return reduce52(r0, r1, r2, r3, r4);
  }
};

// Three vectors of it.
struct FieldIfmaTriple {
  using F = FieldIfmaRadix52;
  static constexpr int kLanes = 3 * F::kLanes;

  template <class X>
  struct Three {
    X a, b, c;
  };
  using Tight = Three<F::Tight>;
  using Loose = Three<F::Loose>;
  using Mask = Three<F::Mask>;

  template <class X, class Y>
  CHAINWRIGHT_INLINE Tight mul(const X& x, const Y& y) {
    return {F::mul(x.a, y.a), F::mul(x.b, y.b), F::mul(x.c, y.c)};
  }
  template <class X>
  CHAINWRIGHT_INLINE Tight square(const X& x) {
    return {F::square(x.a), F::square(x.b), F::square(x.c)};
  }
  // Out of line: a chain needs all registers, and there are nine.
  static __attribute__((noinline)) Tight square_times(Tight x, int n) {
    F::Radix52 a = F::to_radix52(x.a);
    F::Radix52 b = F::to_radix52(x.b);
    F::Radix52 c = F::to_radix52(x.c);
    for (int i = 0; i < n; ++i) {
      a = F::square52(a);
      b = F::square52(b);
      c = F::square52(c);
    }
    return {F::from_radix52(a), F::from_radix52(b), F::from_radix52(c)};
  }
  CHAINWRIGHT_INLINE Loose add(const Tight& x, const Tight& y) { return {F::add(x.a, y.a), F::add(x.b, y.b), F::add(x.c, y.c)}; }
  CHAINWRIGHT_INLINE Loose sub(const Tight& x, const Tight& y) { return {F::sub(x.a, y.a), F::sub(x.b, y.b), F::sub(x.c, y.c)}; }
  CHAINWRIGHT_INLINE Loose negate(const Tight& x) { return {F::negate(x.a), F::negate(x.b), F::negate(x.c)}; }
  CHAINWRIGHT_INLINE Tight carry(const Loose& x) { return {F::carry(x.a), F::carry(x.b), F::carry(x.c)}; }
  CHAINWRIGHT_INLINE Tight zero() { return {F::zero(), F::zero(), F::zero()}; }
  CHAINWRIGHT_INLINE Tight one() { return {F::one(), F::one(), F::one()}; }
  CHAINWRIGHT_INLINE Tight broadcast(const uint64_t limbs[5]) {
    const F::Tight x = F::broadcast(limbs);
    return {x, x, x};
  }
  template <class X>
  CHAINWRIGHT_INLINE Mask is_zero(const X& x) {
    return {F::is_zero(x.a), F::is_zero(x.b), F::is_zero(x.c)};
  }
  template <class X>
  CHAINWRIGHT_INLINE Mask is_odd(const X& x) {
    return {F::is_odd(x.a), F::is_odd(x.b), F::is_odd(x.c)};
  }
  CHAINWRIGHT_INLINE Tight select(const Mask& mask, const Tight& if_set, const Tight& if_clear) {
    return {F::select(mask.a, if_set.a, if_clear.a), F::select(mask.b, if_set.b, if_clear.b),
            F::select(mask.c, if_set.c, if_clear.c)};
  }
  CHAINWRIGHT_INLINE uint32_t mask_to_bits(const Mask& mask) {
    return F::mask_to_bits(mask.a) | F::mask_to_bits(mask.b) << 8 | F::mask_to_bits(mask.c) << 16;
  }
  CHAINWRIGHT_INLINE Mask mask_from_bits(uint32_t bits) {
    return {F::mask_from_bits(bits & 0xff), F::mask_from_bits(bits >> 8 & 0xff), F::mask_from_bits(bits >> 16 & 0xff)};
  }
  CHAINWRIGHT_INLINE Tight gather(const uint64_t* const limbs[kLanes]) {
    return {F::gather(limbs), F::gather(limbs + 8), F::gather(limbs + 16)};
  }
  CHAINWRIGHT_INLINE void scatter(const Tight& x, uint64_t* const limbs[kLanes]) {
    F::scatter(x.a, limbs);
    F::scatter(x.b, limbs + 8);
    F::scatter(x.c, limbs + 16);
  }
  CHAINWRIGHT_INLINE Tight from_bytes(const uint8_t* const bytes[kLanes]) {
    return {F::from_bytes(bytes), F::from_bytes(bytes + 8), F::from_bytes(bytes + 16)};
  }
};

}  // namespace
}  // namespace chainwright::ed25519

#endif

// GF(2^255 - 19), eight elements side by side: five limbs of 51 bits, one limb of all lanes a 512-bit register, multiplied
// with AVX-512 IFMA (vpmadd52luq, vpmadd52huq).
//
// Those instructions read only the low 52 bits of each factor, so bounds are everything here:
//   Tight  limbs < 2^51 + 2^18. What carrying gives.
//   Loose  limbs < 2^52: the most that the multiplier can read. Sums of two Tights may exceed it, so this Field's add and
//          sub carry at once, and their results are as small as Tights.
//   Wide   columns < 2^63 of a product folded modulo p but not yet carried. Sums and differences of products are made on
//          Wides, so that E = B - A, H = B + A and so on cost one carry each and none for A and B (point_ifma.h).
//
// Why a product fits. With factors below 2^52, a low half is < 2^52 and a high half < 2^52; high halves stand at 2^52 =
// 2 * 2^51, so they count double in the next column. A column k of the folded product therefore is at most
//   2^52 (k + 1 + 19 (4 - k)) + 2 * 2^52 (k + 19 (5 - k)),
// largest for k = 0: 2^52 (77 + 190) = 267 * 2^52 < 2^61 for Loose factors. With two Tights high halves are < 2^50 + 2^19,
// which gives 77 * 2^52 + 95 * (2^51 + 2^20) < 125 * 2^52 < 2^59; with one Tight and one Loose, < 2^51 + 2^19, which gives
// 77 * 2^52 + 95 * (2^52 + 2^20) < 173 * 2^52 < 2^60.
#ifndef CHAINWRIGHT_ED25519_FIELD_IFMA_H
#define CHAINWRIGHT_ED25519_FIELD_IFMA_H

#include <immintrin.h>

#include <cstdint>

#include "field.h"

namespace chainwright::ed25519 {
namespace {

struct FieldIfma {
  static constexpr int kLanes = 8;
  static constexpr uint64_t kMask51 = (uint64_t{1} << 51) - 1;
  static constexpr uint64_t kTightBound = (uint64_t{1} << 51) + (uint64_t{1} << 18);
  static constexpr uint64_t kLooseBound = uint64_t{1} << 52;
  static constexpr uint64_t kWideBound = uint64_t{1} << 62;  // of one product, raised or not

  struct Tight {
    __m512i v[5];
  };
  struct Loose {
    __m512i v[5];
  };
  struct Wide {
    __m512i v[5];
  };
  using Mask = __mmask8;
  typedef uint64_t Words __attribute__((vector_size(64)));

  template <class X>
  CHAINWRIGHT_INLINE void check(const X& x, uint64_t bound) {
#if defined(CHAINWRIGHT_CHECK_BOUNDS)
    for (int limb = 0; limb < 5; ++limb) {
      CHAINWRIGHT_ASSERT(_mm512_cmplt_epu64_mask(x.v[limb], set(bound)) == 0xff);
    }
#else
    (void)x;
    (void)bound;
#endif
  }

  CHAINWRIGHT_INLINE __m512i set(uint64_t value) { return _mm512_set1_epi64(static_cast<long long>(value)); }
  CHAINWRIGHT_INLINE __m512i plus(__m512i a, __m512i b) { return _mm512_add_epi64(a, b); }
  CHAINWRIGHT_INLINE __m512i minus(__m512i a, __m512i b) { return _mm512_sub_epi64(a, b); }
  CHAINWRIGHT_INLINE __m512i twice(__m512i a) { return _mm512_add_epi64(a, a); }
  // Plain vector shifts: gcc 12's own intrinsics for them start from an undefined register, which it then warns about.
  CHAINWRIGHT_INLINE __m512i shift_left(__m512i a, int bits) {
    return reinterpret_cast<__m512i>(reinterpret_cast<Words>(a) << static_cast<uint64_t>(bits));
  }
  CHAINWRIGHT_INLINE __m512i shift_right(__m512i a, int bits) {
    return reinterpret_cast<__m512i>(reinterpret_cast<Words>(a) >> static_cast<uint64_t>(bits));
  }
  CHAINWRIGHT_INLINE __m512i lo(__m512i sum, __m512i a, __m512i b) { return _mm512_madd52lo_epu64(sum, a, b); }
  CHAINWRIGHT_INLINE __m512i hi(__m512i sum, __m512i a, __m512i b) { return _mm512_madd52hi_epu64(sum, a, b); }

  // Limb `limb` of 2^shift * p.
  CHAINWRIGHT_INLINE __m512i multiple_of_p(int limb, int shift) {
    return set((limb == 0 ? kMask51 - 18 : kMask51) << shift);
  }

  // One parallel carry: columns < 2^63 give carries < 2^12, so limbs < 2^51 + 2^12, and limb 0, which receives 19 times the
  // top carry, < 2^51 + 19 * 2^12 < 2^51 + 2^17.
  template <class X>
  CHAINWRIGHT_INLINE Tight reduce(const X& x) {
    check(x, uint64_t{1} << 63);
    const __m512i mask = set(kMask51);
    __m512i c[5];
    Tight r;
    for (int limb = 0; limb < 5; ++limb) {
      c[limb] = shift_right(x.v[limb], 51);
      r.v[limb] = _mm512_and_si512(x.v[limb], mask);
    }
    r.v[0] = lo(r.v[0], c[4], set(19));
    for (int limb = 1; limb < 5; ++limb) r.v[limb] = plus(r.v[limb], c[limb - 1]);
    check(r, kTightBound);
    return r;
  }

  // The columns of a product, folded. High columns first: they enter the low ones as 19 z = 2 * 9 z + z, where the doubling
  // is the one that the high halves need anyway.
  //
  // A raised product is larger by 608 p (its limbs are above 2^60 and below 2^60 + 2^59), so that another product, which is
  // below 2^60, can be taken from it. That costs nothing: high columns start from 16 p instead of 0 and count 2 * 19 times.
  template <bool kRaised = false, class X, class Y>
  CHAINWRIGHT_INLINE Wide mul_wide(const X& x, const Y& y) {
    check(x, kLooseBound);
    check(y, kLooseBound);
    const __m512i* const a = x.v;
    const __m512i* const b = y.v;
    const __m512i start_0 = kRaised ? multiple_of_p(0, 4) : _mm512_setzero_si512();
    const __m512i start = kRaised ? multiple_of_p(1, 4) : _mm512_setzero_si512();
    __m512i z5, z6, z7, z8, z9;
    z5 = hi(start_0, a[0], b[4]);
    z6 = hi(start, a[1], b[4]);
    z7 = hi(start, a[2], b[4]);
    z8 = hi(start, a[3], b[4]);
    z9 = hi(start, a[4], b[4]);
    z5 = hi(z5, a[1], b[3]);
    z6 = hi(z6, a[2], b[3]);
    z7 = hi(z7, a[3], b[3]);
    z8 = hi(z8, a[4], b[3]);
    z5 = hi(z5, a[2], b[2]);
    z6 = hi(z6, a[3], b[2]);
    z7 = hi(z7, a[4], b[2]);
    z5 = hi(z5, a[3], b[1]);
    z6 = hi(z6, a[4], b[1]);
    z5 = hi(z5, a[4], b[0]);
    z9 = twice(z9);
    z8 = twice(z8);
    z7 = twice(z7);
    z6 = twice(z6);
    z5 = twice(z5);
    z8 = lo(z8, a[4], b[4]);
    z7 = lo(z7, a[3], b[4]);
    z6 = lo(z6, a[2], b[4]);
    z5 = lo(z5, a[1], b[4]);
    z7 = lo(z7, a[4], b[3]);
    z6 = lo(z6, a[3], b[3]);
    z5 = lo(z5, a[2], b[3]);
    z6 = lo(z6, a[4], b[2]);
    z5 = lo(z5, a[3], b[2]);
    z5 = lo(z5, a[4], b[1]);

    Wide r;
    __m512i r1 = plus(shift_left(z6, 3), z6);
    __m512i r2 = plus(shift_left(z7, 3), z7);
    __m512i r3 = plus(shift_left(z8, 3), z8);
    __m512i r4 = plus(shift_left(z9, 3), z9);
    r4 = hi(r4, a[0], b[3]);
    r3 = hi(r3, a[0], b[2]);
    r2 = hi(r2, a[0], b[1]);
    r1 = hi(r1, a[0], b[0]);
    r4 = hi(r4, a[1], b[2]);
    r3 = hi(r3, a[1], b[1]);
    r2 = hi(r2, a[1], b[0]);
    r4 = hi(r4, a[2], b[1]);
    r3 = hi(r3, a[2], b[0]);
    r4 = hi(r4, a[3], b[0]);
    __m512i r0 = plus(plus(shift_left(z5, 4), twice(z5)), z5);
    r1 = plus(twice(r1), z6);
    r2 = plus(twice(r2), z7);
    r3 = plus(twice(r3), z8);
    r4 = plus(twice(r4), z9);
    r4 = lo(r4, a[0], b[4]);
    r3 = lo(r3, a[0], b[3]);
    r2 = lo(r2, a[0], b[2]);
    r1 = lo(r1, a[0], b[1]);
    r4 = lo(r4, a[1], b[3]);
    r3 = lo(r3, a[1], b[2]);
    r2 = lo(r2, a[1], b[1]);
    r1 = lo(r1, a[1], b[0]);
    r4 = lo(r4, a[2], b[2]);
    r3 = lo(r3, a[2], b[1]);
    r2 = lo(r2, a[2], b[0]);
    r0 = lo(r0, a[0], b[0]);
    r4 = lo(r4, a[3], b[1]);
    r3 = lo(r3, a[3], b[0]);
    r4 = lo(r4, a[4], b[0]);
    r.v[0] = r0;
    r.v[1] = r1;
    r.v[2] = r2;
    r.v[3] = r3;
    r.v[4] = r4;
    check(r, kRaised ? kWideBound : uint64_t{1} << 61);
    return r;
  }

  // The same of a square: products of unequal limbs count twice. A column is d + 2 (e + 2 f), where f holds high halves of
  // unequal limbs, e their low halves and the high halves of squared limbs, d the low halves of squared limbs; 19 z enters as
  // 4 * 4 z + 2 z + z.
  template <class X>
  CHAINWRIGHT_INLINE Wide square_wide(const X& x) {
    check(x, kLooseBound);
    const __m512i* const a = x.v;
    const __m512i zero = _mm512_setzero_si512();
    __m512i z5 = hi(zero, a[0], a[4]);
    __m512i z6 = hi(zero, a[1], a[4]);
    __m512i z7 = hi(zero, a[2], a[4]);
    __m512i z8 = hi(zero, a[3], a[4]);
    __m512i z9 = hi(zero, a[4], a[4]);
    z5 = hi(z5, a[1], a[3]);
    z6 = hi(z6, a[2], a[3]);
    z7 = twice(z7);
    z8 = twice(z8);
    z9 = twice(z9);
    z5 = twice(z5);
    z6 = twice(z6);
    z8 = twice(z8);
    z7 = lo(z7, a[3], a[4]);
    z6 = lo(z6, a[2], a[4]);
    z5 = lo(z5, a[1], a[4]);
    z8 = lo(z8, a[4], a[4]);
    z7 = hi(z7, a[3], a[3]);
    z6 = twice(z6);
    z5 = lo(z5, a[2], a[3]);
    z7 = twice(z7);
    z6 = lo(z6, a[3], a[3]);
    z5 = hi(z5, a[2], a[2]);

    __m512i r4 = shift_left(z9, 2);
    __m512i r3 = shift_left(z8, 2);
    __m512i r2 = shift_left(z7, 2);
    __m512i r1 = plus(shift_left(z6, 3), z6);
    r4 = hi(r4, a[0], a[3]);
    r3 = hi(r3, a[0], a[2]);
    r2 = hi(r2, a[0], a[1]);
    r1 = lo(r1, a[0], a[1]);
    z5 = twice(z5);
    r4 = hi(r4, a[1], a[2]);
    r3 = plus(twice(r3), z8);
    r2 = plus(twice(r2), z7);
    r1 = hi(r1, a[0], a[0]);
    __m512i r0 = plus(plus(shift_left(z5, 4), twice(z5)), z5);
    r3 = lo(r3, a[0], a[3]);
    r2 = lo(r2, a[0], a[2]);
    r4 = plus(twice(r4), z9);
    r3 = lo(r3, a[1], a[2]);
    r4 = lo(r4, a[0], a[4]);
    r0 = lo(r0, a[0], a[0]);
    r3 = hi(r3, a[1], a[1]);
    r4 = lo(r4, a[1], a[3]);
    r2 = plus(twice(r2), z7);
    r1 = plus(twice(r1), z6);
    r2 = lo(r2, a[1], a[1]);
    r3 = plus(twice(r3), z8);
    r4 = plus(twice(r4), z9);
    r4 = lo(r4, a[2], a[2]);
    Wide r;
    r.v[0] = r0;
    r.v[1] = r1;
    r.v[2] = r2;
    r.v[3] = r3;
    r.v[4] = r4;
    check(r, uint64_t{1} << 61);
    return r;
  }

  template <class X, class Y>
  CHAINWRIGHT_INLINE Tight mul(const X& x, const Y& y) {
    return reduce(mul_wide(x, y));
  }
  template <class X>
  CHAINWRIGHT_INLINE Tight square(const X& x) {
    return reduce(square_wide(x));
  }
  // In radix 2^51: a lone chain waits for results, and serial carries take longer.
  CHAINWRIGHT_INLINE Tight square_times(Tight x, int n) {
    for (int i = 0; i < n; ++i) x = square(x);
    return x;
  }

  // a + b < 2^52 + 2^19 and a + 2p - b < 2^53 a limb before the carry; 2p's limbs (at least 2^52 - 38) exceed b's.
  CHAINWRIGHT_INLINE Loose add(const Tight& a, const Tight& b) {
    check(a, kTightBound);
    check(b, kTightBound);
    Loose r;
    for (int limb = 0; limb < 5; ++limb) r.v[limb] = plus(a.v[limb], b.v[limb]);
    return as_loose(reduce(r));
  }
  CHAINWRIGHT_INLINE Loose sub(const Tight& a, const Tight& b) {
    check(a, kTightBound);
    check(b, kTightBound);
    Loose r;
    for (int limb = 0; limb < 5; ++limb) r.v[limb] = minus(plus(a.v[limb], multiple_of_p(limb, 1)), b.v[limb]);
    return as_loose(reduce(r));
  }
  CHAINWRIGHT_INLINE Loose negate(const Tight& a) { return sub(zero(), a); }
  CHAINWRIGHT_INLINE Tight carry(const Loose& x) {
    check(x, kTightBound);  // carried already
    Tight r;
    for (int limb = 0; limb < 5; ++limb) r.v[limb] = x.v[limb];
    return r;
  }

  CHAINWRIGHT_INLINE Tight zero() {
    Tight r;
    for (int limb = 0; limb < 5; ++limb) r.v[limb] = _mm512_setzero_si512();
    return r;
  }
  CHAINWRIGHT_INLINE Tight one() {
    Tight r = zero();
    r.v[0] = set(1);
    return r;
  }
  CHAINWRIGHT_INLINE Tight broadcast(const uint64_t limbs[5]) {
    Tight r;
    for (int limb = 0; limb < 5; ++limb) r.v[limb] = set(limbs[limb]);
    return r;
  }

  // The representative below p, limbs below 2^51. A pass of serial carries brings the value below 2^255 + 2^255 / 2^40, a
  // second one below 2^255 + 19; then p is taken off where adding 19 reaches 2^255, which is where the value is >= p. A value
  // of 2^255 .. 2^255 + 18 after the second pass can't be: its carry out of the top limb would have been added back, and what
  // remains then is below 2^255.
  template <class X>
  CHAINWRIGHT_INLINE Tight canonical(const X& x) {
    check(x, kLooseBound);
    const __m512i mask = set(kMask51);
    Tight r;
    for (int limb = 0; limb < 5; ++limb) r.v[limb] = x.v[limb];
    for (int pass = 0; pass < 2; ++pass) {
      for (int limb = 0; limb < 4; ++limb) {
        r.v[limb + 1] = plus(r.v[limb + 1], shift_right(r.v[limb], 51));
        r.v[limb] = _mm512_and_si512(r.v[limb], mask);
      }
      r.v[0] = lo(r.v[0], shift_right(r.v[4], 51), set(19));
      r.v[4] = _mm512_and_si512(r.v[4], mask);
    }
    __m512i c = shift_right(plus(r.v[0], set(19)), 51);
    for (int limb = 1; limb < 5; ++limb) c = shift_right(plus(r.v[limb], c), 51);
    r.v[0] = lo(r.v[0], c, set(19));
    for (int limb = 0; limb < 4; ++limb) {
      r.v[limb + 1] = plus(r.v[limb + 1], shift_right(r.v[limb], 51));
      r.v[limb] = _mm512_and_si512(r.v[limb], mask);
    }
    r.v[4] = _mm512_and_si512(r.v[4], mask);
    return r;
  }
  template <class X>
  CHAINWRIGHT_INLINE Mask is_zero(const X& x) {
    const Tight r = canonical(x);
    const __m512i any = _mm512_or_si512(_mm512_or_si512(_mm512_or_si512(r.v[0], r.v[1]), _mm512_or_si512(r.v[2], r.v[3])), r.v[4]);
    return _mm512_testn_epi64_mask(any, any);
  }
  template <class X>
  CHAINWRIGHT_INLINE Mask is_odd(const X& x) {
    return _mm512_test_epi64_mask(canonical(x).v[0], set(1));
  }
  CHAINWRIGHT_INLINE Tight select(Mask mask, const Tight& if_set, const Tight& if_clear) {
    Tight r;
    for (int limb = 0; limb < 5; ++limb) r.v[limb] = _mm512_mask_blend_epi64(mask, if_clear.v[limb], if_set.v[limb]);
    return r;
  }
  CHAINWRIGHT_INLINE uint32_t mask_to_bits(Mask mask) { return mask; }
  CHAINWRIGHT_INLINE Mask mask_from_bits(uint32_t bits) { return static_cast<Mask>(bits); }

  CHAINWRIGHT_INLINE Tight gather(const uint64_t* const limbs[kLanes]) {
    alignas(64) uint64_t columns[5][kLanes];
    for (int lane = 0; lane < kLanes; ++lane) {
      for (int limb = 0; limb < 5; ++limb) columns[limb][lane] = limbs[lane][limb];
    }
    Tight r;
    for (int limb = 0; limb < 5; ++limb) r.v[limb] = _mm512_load_si512(columns[limb]);
    return r;
  }
  CHAINWRIGHT_INLINE void scatter(const Tight& x, uint64_t* const limbs[kLanes]) {
    const Tight r = canonical(x);
    alignas(64) uint64_t columns[5][kLanes];
    for (int limb = 0; limb < 5; ++limb) _mm512_store_si512(columns[limb], r.v[limb]);
    for (int lane = 0; lane < kLanes; ++lane) {
      for (int limb = 0; limb < 5; ++limb) limbs[lane][limb] = columns[limb][lane];
    }
  }
  CHAINWRIGHT_INLINE Tight from_bytes(const uint8_t* const bytes[kLanes]) {
    alignas(64) uint64_t columns[4][kLanes];
    for (int lane = 0; lane < kLanes; ++lane) {
      for (int word = 0; word < 4; ++word) __builtin_memcpy(&columns[word][lane], bytes[lane] + 8 * word, 8);
    }
    const __m512i mask = set(kMask51);
    const __m512i w0 = _mm512_load_si512(columns[0]);
    const __m512i w1 = _mm512_load_si512(columns[1]);
    const __m512i w2 = _mm512_load_si512(columns[2]);
    const __m512i w3 = _mm512_load_si512(columns[3]);
    Tight r;
    r.v[0] = _mm512_and_si512(w0, mask);
    r.v[1] = _mm512_and_si512(_mm512_or_si512(shift_right(w0, 51), shift_left(w1, 13)), mask);
    r.v[2] = _mm512_and_si512(_mm512_or_si512(shift_right(w1, 38), shift_left(w2, 26)), mask);
    r.v[3] = _mm512_and_si512(_mm512_or_si512(shift_right(w2, 25), shift_left(w3, 39)), mask);
    r.v[4] = _mm512_and_si512(shift_right(w3, 12), mask);
    return r;
  }

 private:
  CHAINWRIGHT_INLINE Loose as_loose(const Tight& x) {
    Loose r;
    for (int limb = 0; limb < 5; ++limb) r.v[limb] = x.v[limb];
    return r;
  }
};

}  // namespace
}  // namespace chainwright::ed25519

#endif

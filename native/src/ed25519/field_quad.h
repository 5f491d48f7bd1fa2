// GF(2^255 - 19), four elements side by side in 256-bit registers with AVX-512 IFMA: the Field of a single signature.
//
// A single verification waits for results rather than for the multiplier, and on 256-bit registers the simple instructions
// take one cycle where the 512-bit ones take two: one multiplication is done after 46 cycles instead of 59, a squaring after 39
// instead of 53. Representation and bounds are those of field_ifma.h:
//   Tight  limbs < 2^51 + 2^18.
//   a factor may have limbs up to 2^52 - 1, all that vpmadd52 reads; sums carry at once, so Loose is Tight here.
//   Wide   columns < 2^63 of a product folded modulo p, or of a sum of such, not yet carried. field_ifma.h proves that
//          Tight x Tight gives columns < 2^59 and Tight x (2^52 - 1) columns < 2^60. Any two factors give columns below
//          (1 + 19 * (4 + 2 * 5)) 2^52 = 267 * 2^52 < 2^60.1: column 0 takes one low word, and 19 times four low and five high ones.
#ifndef CHAINWRIGHT_ED25519_FIELD_QUAD_H
#define CHAINWRIGHT_ED25519_FIELD_QUAD_H

#include <immintrin.h>

#include <cstdint>

#include "field.h"

namespace chainwright::ed25519 {
namespace {

struct FieldQuad {
  static constexpr int kLanes = 4;
  static constexpr int kLimbs = 5;
  static constexpr uint64_t kMask51 = (uint64_t{1} << 51) - 1;
  static constexpr uint64_t kTightBound = (uint64_t{1} << 51) + (uint64_t{1} << 18);
  static constexpr uint64_t kFactorBound = uint64_t{1} << 52;
  static constexpr uint64_t kWideBound = uint64_t{1} << 63;

  struct Tight {
    __m256i v[kLimbs];
  };
  using Loose = Tight;
  struct Wide {
    __m256i v[kLimbs];
  };
  using Mask = __mmask8;

  CHAINWRIGHT_INLINE __m256i set(uint64_t value) { return _mm256_set1_epi64x(static_cast<long long>(value)); }
  CHAINWRIGHT_INLINE __m256i plus(__m256i a, __m256i b) { return _mm256_add_epi64(a, b); }
  CHAINWRIGHT_INLINE __m256i twice(__m256i a) { return _mm256_add_epi64(a, a); }

  template <class X>
  CHAINWRIGHT_INLINE void check([[maybe_unused]] const X& x, [[maybe_unused]] uint64_t bound) {
#if defined(CHAINWRIGHT_CHECK_BOUNDS)
    for (int i = 0; i < kLimbs; ++i) CHAINWRIGHT_ASSERT(_mm256_cmplt_epu64_mask(x.v[i], set(bound)) == 0xf);
#endif
  }

  // 2^10 p in the lanes of kLaneBits, 0 elsewhere: what keeps a difference of columns (< 2^60.1) from going below zero, for its limbs
  // exceed 2^60.9. Sums of two raised columns and two others stay below 2^63. Columns of
  // a product start from it, which costs nothing.
  template <int kLaneBits>
  CHAINWRIGHT_INLINE Wide raised() {
    Wide r;
    for (int i = 0; i < kLimbs; ++i) {
      r.v[i] = _mm256_maskz_mov_epi64(kLaneBits, set((i == 0 ? kMask51 - 18 : kMask51) << 10));
    }
    return r;
  }

  // Columns < 2^63 give carries < 2^12: limb 0 < 2^51 + 19 * 2^12 < 2^51 + 2^17, the others < 2^51 + 2^12.
  CHAINWRIGHT_INLINE Tight reduce(const Wide& x) {
    check(x, kWideBound);
    const __m256i mask = set(kMask51);
    __m256i over[kLimbs];
    Tight r;
    for (int i = 0; i < kLimbs; ++i) {
      over[i] = _mm256_srli_epi64(x.v[i], 51);
      r.v[i] = _mm256_and_si256(x.v[i], mask);
    }
    r.v[0] = _mm256_madd52lo_epu64(r.v[0], over[4], set(19));
    for (int i = 1; i < kLimbs; ++i) r.v[i] = plus(r.v[i], over[i - 1]);
    check(r, kTightBound);
    return r;
  }

  // start + x y, in two halves of 25 multiplications: first the upper columns, which still have to be multiplied by 19, then the
  // lower ones. Low and high words have sums of their own (short chains); high words stand at 2^52 = 2 * 2^51 and count double
  // in the next column.
  struct Upper {
    __m256i v[kLimbs];  // what goes round: 19 times the columns 5 to 9
  };
  CHAINWRIGHT_INLINE Upper mul_upper(const Tight& x, const Tight& y) {
    check(x, kFactorBound);
    check(y, kFactorBound);
    __m256i low[kLimbs], high[kLimbs];
    for (int i = 0; i < kLimbs; ++i) low[i] = high[i] = _mm256_setzero_si256();
#pragma GCC unroll 9
    for (int k = 8; k >= 4; --k) {
#pragma GCC unroll 5
      for (int i = k - 4; i < kLimbs; ++i) {
        high[k - 4] = _mm256_madd52hi_epu64(high[k - 4], x.v[i], y.v[k - i]);
        if (k > 4) low[k - 5] = _mm256_madd52lo_epu64(low[k - 5], x.v[i], y.v[k - i]);
      }
    }
    Upper r;
#pragma GCC unroll 5
    for (int k = 0; k < kLimbs; ++k) r.v[k] = times19(plus(low[k], twice(high[k])));
    return r;
  }
  CHAINWRIGHT_INLINE Wide mul_lower(const Wide& start, const Upper& upper, const Tight& x, const Tight& y) {
    __m256i low[kLimbs], high[kLimbs];
    for (int i = 0; i < kLimbs; ++i) {
      low[i] = start.v[i];
      high[i] = _mm256_setzero_si256();
    }
#pragma GCC unroll 5
    for (int k = 4; k >= 0; --k) {
#pragma GCC unroll 5
      for (int i = 0; i <= k; ++i) {
        if (k < 4) high[k + 1] = _mm256_madd52hi_epu64(high[k + 1], x.v[i], y.v[k - i]);
        low[k] = _mm256_madd52lo_epu64(low[k], x.v[i], y.v[k - i]);
      }
    }
    Wide r;
    r.v[0] = plus(low[0], upper.v[0]);
#pragma GCC unroll 4
    for (int k = 1; k < kLimbs; ++k) r.v[k] = plus(plus(low[k], twice(high[k])), upper.v[k]);
    check(r, kWideBound);
    return r;
  }
  CHAINWRIGHT_INLINE Wide mul_from(const Wide& start, const Tight& x, const Tight& y) {
    return mul_lower(start, mul_upper(x, y), x, y);
  }

  // Products of unequal limbs once, counted twice.
  CHAINWRIGHT_INLINE Wide square_wide(const Tight& x) {
    check(x, kTightBound);
    __m256i low[10], high[10], low2[10], high2[10];
    for (int i = 0; i < 10; ++i) low[i] = high[i] = low2[i] = high2[i] = _mm256_setzero_si256();
#pragma GCC unroll 9
    for (int k = 8; k >= 0; --k) {
#pragma GCC unroll 5
      for (int i = 0; i < kLimbs; ++i) {
        const int j = k - i;
        if (j < i || j >= kLimbs) continue;
        if (i == j) {
          high[k + 1] = _mm256_madd52hi_epu64(high[k + 1], x.v[i], x.v[i]);
          low[k] = _mm256_madd52lo_epu64(low[k], x.v[i], x.v[i]);
        } else {
          high2[k + 1] = _mm256_madd52hi_epu64(high2[k + 1], x.v[i], x.v[j]);
          low2[k] = _mm256_madd52lo_epu64(low2[k], x.v[i], x.v[j]);
        }
      }
    }
    __m256i column[10];
#pragma GCC unroll 10
    for (int k = 0; k < 10; ++k) column[k] = plus(low[k], twice(plus(plus(high[k], low2[k]), twice(high2[k]))));
    Wide r;
#pragma GCC unroll 5
    for (int k = 0; k < kLimbs; ++k) r.v[k] = plus(column[k], times19(column[k + 5]));
    check(r, kWideBound);
    return r;
  }

  CHAINWRIGHT_INLINE Tight mul(const Tight& x, const Tight& y) { return reduce(mul_from(raised<0>(), x, y)); }
  CHAINWRIGHT_INLINE Tight square(const Tight& x) { return reduce(square_wide(x)); }
  static __attribute__((noinline)) Tight square_times(Tight x, int n) {
    do {
      x = square(x);
    } while (--n > 0);
    return x;
  }

  CHAINWRIGHT_INLINE Tight add(const Tight& a, const Tight& b) {
    Wide r;
    for (int i = 0; i < kLimbs; ++i) r.v[i] = plus(a.v[i], b.v[i]);
    return reduce(r);
  }
  // a + 2p - b, whose limbs are not below zero: those of 2p are at least 2^52 - 38.
  CHAINWRIGHT_INLINE Tight sub(const Tight& a, const Tight& b) {
    Wide r;
    for (int i = 0; i < kLimbs; ++i) {
      r.v[i] = _mm256_sub_epi64(plus(a.v[i], set(2 * (i == 0 ? kMask51 - 18 : kMask51))), b.v[i]);
    }
    return reduce(r);
  }
  CHAINWRIGHT_INLINE Tight negate(const Tight& a) { return sub(zero(), a); }
  CHAINWRIGHT_INLINE Tight carry(const Tight& x) { return x; }

  CHAINWRIGHT_INLINE Tight zero() {
    Tight r;
    for (int i = 0; i < kLimbs; ++i) r.v[i] = _mm256_setzero_si256();
    return r;
  }
  CHAINWRIGHT_INLINE Tight one() {
    Tight r = zero();
    r.v[0] = set(1);
    return r;
  }
  CHAINWRIGHT_INLINE Tight broadcast(const uint64_t limbs[5]) {
    Tight r;
    for (int i = 0; i < kLimbs; ++i) r.v[i] = set(limbs[i]);
    return r;
  }

  // The representative below p. A Tight is below 2p, so q = floor((x + 19) / 2^255) is 0 or 1 and says whether x >= p; x - qp
  // = x + 19 q - q 2^255.
  CHAINWRIGHT_INLINE Tight canonical(const Tight& x) {
    check(x, kTightBound);
    __m256i q = _mm256_srli_epi64(plus(x.v[0], set(19)), 51);
    for (int i = 1; i < kLimbs; ++i) q = _mm256_srli_epi64(plus(x.v[i], q), 51);
    __m256i over = _mm256_madd52lo_epu64(_mm256_setzero_si256(), q, set(19));
    Tight r;
    for (int i = 0; i < kLimbs; ++i) {
      const __m256i limb = plus(x.v[i], over);
      r.v[i] = _mm256_and_si256(limb, set(kMask51));
      over = _mm256_srli_epi64(limb, 51);
    }
    return r;
  }
  CHAINWRIGHT_INLINE Mask is_zero(const Tight& x) {
    const Tight value = canonical(x);
    __m256i any = value.v[0];
    for (int i = 1; i < kLimbs; ++i) any = _mm256_or_si256(any, value.v[i]);
    return _mm256_testn_epi64_mask(any, any);
  }
  CHAINWRIGHT_INLINE Mask is_odd(const Tight& x) { return _mm256_test_epi64_mask(canonical(x).v[0], set(1)); }
  CHAINWRIGHT_INLINE Tight select(Mask mask, const Tight& if_set, const Tight& if_clear) {
    Tight r;
    for (int i = 0; i < kLimbs; ++i) r.v[i] = _mm256_mask_blend_epi64(mask, if_clear.v[i], if_set.v[i]);
    return r;
  }
  CHAINWRIGHT_INLINE uint32_t mask_to_bits(Mask mask) { return mask; }
  CHAINWRIGHT_INLINE Mask mask_from_bits(uint32_t bits) { return static_cast<Mask>(bits); }

  CHAINWRIGHT_INLINE Tight gather(const uint64_t* const limbs[kLanes]) {
    Tight r;
    for (int i = 0; i < kLimbs; ++i) r.v[i] = words(limbs[0][i], limbs[1][i], limbs[2][i], limbs[3][i]);
    return r;
  }
  CHAINWRIGHT_INLINE void scatter(const Tight& x, uint64_t* const limbs[kLanes]) {
    const Tight value = canonical(x);
    for (int i = 0; i < kLimbs; ++i) {
      alignas(32) uint64_t lanes[kLanes];
      _mm256_store_si256(reinterpret_cast<__m256i*>(lanes), value.v[i]);
      for (int lane = 0; lane < kLanes; ++lane) limbs[lane][i] = lanes[lane];
    }
  }
  CHAINWRIGHT_INLINE Tight from_bytes(const uint8_t* const bytes[kLanes]) {
    uint64_t limbs[kLanes][kLimbs];
    const uint64_t* lanes[kLanes];
    for (int lane = 0; lane < kLanes; ++lane) {
      uint64_t w[4];
      __builtin_memcpy(w, bytes[lane], sizeof w);
      limbs[lane][0] = w[0] & kMask51;
      limbs[lane][1] = (w[0] >> 51 | w[1] << 13) & kMask51;
      limbs[lane][2] = (w[1] >> 38 | w[2] << 26) & kMask51;
      limbs[lane][3] = (w[2] >> 25 | w[3] << 39) & kMask51;
      limbs[lane][4] = (w[3] >> 12) & kMask51;
      lanes[lane] = limbs[lane];
    }
    return gather(lanes);
  }

 private:
  CHAINWRIGHT_INLINE __m256i words(uint64_t a, uint64_t b, uint64_t c, uint64_t d) {
    return _mm256_setr_epi64x(static_cast<long long>(a), static_cast<long long>(b), static_cast<long long>(c), static_cast<long long>(d));
  }
  CHAINWRIGHT_INLINE __m256i times19(__m256i x) { return plus(plus(x, twice(x)), _mm256_slli_epi64(x, 4)); }
};

}  // namespace
}  // namespace chainwright::ed25519

#endif

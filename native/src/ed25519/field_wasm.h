// GF(2^255 - 19) where a multiplication of 64-bit words gives 64 bits and no more: WebAssembly.
//
// An element is nine signed limbs of 29 bits: value = sum of limb[i] 2^(29 i), and 2^261 = 64 * 19 = 1216. Nine limbs make 81
// products of 64 bits; the usual ten of 25.5 bits make 100, and two lanes of i64x2.extmul in V8 cost as much an element as
// the scalar form, since each extmul takes two shuffles besides its multiplication (native/README.md has the figures).
//
// Limbs are balanced around 0, so that a difference needs no multiple of p added and a sum of several elements can be
// multiplied without carrying first. How far limbs may reach is in the type: `Sum<K>` has |limb| <= K * kTightBound. A
// product of Sum<J> and Sum<K> wants J * K <= 12, which the compiler checks:
//
//   a column has at most 9 products:    9 * 12 * (2^28 + 2^16)^2       < 2^62.76
//   carries and folded high columns:    2^34 + 1216 * 2^31 + 2^28      < 2^42
//   together below 2^63.
#ifndef CHAINWRIGHT_ED25519_FIELD_WASM_H
#define CHAINWRIGHT_ED25519_FIELD_WASM_H

#include <cstdint>
#include <cstring>

#include "field.h"

namespace chainwright::ed25519 {

namespace {

struct FieldWasm {
  static constexpr int kLanes = 1;
  static constexpr int kLimbs = 9;
  static constexpr int kBits = 29;
  static constexpr int64_t kMask = (int64_t{1} << kBits) - 1;
  static constexpr int64_t kHalf = int64_t{1} << (kBits - 1);
  static constexpr int64_t kFold = 1216;  // 2^261 modulo p
  static constexpr int64_t kTightBound = kHalf + (1 << 16);
  static constexpr int kMaximumProduct = 12;
  using Limbs = int64_t[kLimbs];

  template <int K>
  struct Sum {
    static_assert(K >= 1 && K <= kMaximumProduct, "too many elements added up without a carry");
    int64_t limb[kLimbs];

    // Carried where a Tight is wanted.
    operator Sum<1>() const { return carried(*this); }
  };
  using Tight = Sum<1>;
  using Loose = Sum<2>;

  template <int K>
  CHAINWRIGHT_INLINE void check([[maybe_unused]] const Sum<K>& x) {
#if defined(CHAINWRIGHT_CHECK_BOUNDS)
    for (int i = 0; i < kLimbs; ++i) {
      CHAINWRIGHT_ASSERT(x.limb[i] <= K * kTightBound);
      CHAINWRIGHT_ASSERT(x.limb[i] >= -K * kTightBound);
    }
#endif
  }

  template <int J, int K>
  CHAINWRIGHT_INLINE Tight mul(const Sum<J>& x, const Sum<K>& y) {
    static_assert(J * K <= kMaximumProduct, "a column would overflow");
    check(x);
    check(y);
    Tight product;
    multiply(x.limb, y.limb, product.limb);
    check(product);
    return product;
  }

  template <int K>
  CHAINWRIGHT_INLINE Tight square(const Sum<K>& x) {
    static_assert(K * K <= kMaximumProduct, "a column would overflow");
    check(x);
    Tight result;
    square_repeatedly(x.limb, 1, result.limb);
    check(result);
    return result;
  }

  CHAINWRIGHT_INLINE Tight square_times(const Tight& x, int n) {
    check(x);
    Tight result;
    square_repeatedly(x.limb, n, result.limb);
    check(result);
    return result;
  }

  template <int J, int K>
  CHAINWRIGHT_INLINE Sum<J + K> add(const Sum<J>& x, const Sum<K>& y) {
    Sum<J + K> sum;
    for (int i = 0; i < kLimbs; ++i) sum.limb[i] = x.limb[i] + y.limb[i];
    return sum;
  }

  template <int J, int K>
  CHAINWRIGHT_INLINE Sum<J + K> sub(const Sum<J>& x, const Sum<K>& y) {
    Sum<J + K> difference;
    for (int i = 0; i < kLimbs; ++i) difference.limb[i] = x.limb[i] - y.limb[i];
    return difference;
  }

  template <int K>
  CHAINWRIGHT_INLINE Sum<K> negate(const Sum<K>& x) {
    Sum<K> negative;
    for (int i = 0; i < kLimbs; ++i) negative.limb[i] = -x.limb[i];
    return negative;
  }

  // Formulas carry where some tier needs it. Here two elements may stay added up: whoever wants a Tight gets it carried.
  template <int K>
  CHAINWRIGHT_INLINE auto carry(const Sum<K>& x) {
    if constexpr (K <= 2) {
      return x;
    } else {
      return carried(x);
    }
  }

  CHAINWRIGHT_INLINE Tight zero() { return {}; }
  CHAINWRIGHT_INLINE Tight one() { return {{1, 0, 0, 0, 0, 0, 0, 0, 0}}; }

  // Five limbs of 51 bits to nine of 29, balanced: each is cut out with its top bit as its sign, and where that was
  // negative, the next one is 1 larger. All are in [-2^28, 2^28].
  CHAINWRIGHT_INLINE Tight broadcast(const uint64_t limbs[5]) {
    const uint64_t a = limbs[0], b = limbs[1], c = limbs[2], d = limbs[3], e = limbs[4];
    return balanced(a, a >> 29 | b << 22, b >> 7, b >> 36 | c << 15, c >> 14, c >> 43 | d << 8, d >> 21, d >> 50 | e << 1, e >> 28);
  }

  using Mask = bool;
  CHAINWRIGHT_INLINE uint32_t mask_to_bits(Mask mask) { return mask ? 1 : 0; }
  CHAINWRIGHT_INLINE Mask mask_from_bits(uint32_t bits) { return (bits & 1) != 0; }

  template <int K>
  CHAINWRIGHT_INLINE Mask is_zero(const Sum<K>& x) {
    uint64_t words[5];
    canonical(x, words);
    return (words[0] | words[1] | words[2] | words[3] | words[4]) == 0;
  }

  template <int K>
  CHAINWRIGHT_INLINE Mask is_odd(const Sum<K>& x) {
    uint64_t words[5];
    canonical(x, words);
    return (words[0] & 1) != 0;
  }

  CHAINWRIGHT_INLINE Tight select(Mask mask, const Tight& if_set, const Tight& if_clear) {
    Tight chosen;
    for (int i = 0; i < kLimbs; ++i) chosen.limb[i] = mask ? if_set.limb[i] : if_clear.limb[i];
    return chosen;
  }

  CHAINWRIGHT_INLINE Tight gather(const uint64_t* const limbs[1]) { return broadcast(limbs[0]); }

  // Below 2^51 a limb and below 2^255 together, but not always below p.
  CHAINWRIGHT_INLINE void scatter(const Tight& x, uint64_t* const limbs[1]) {
    check(x);
    int64_t t[kLimbs];
    below_2_255(x, t);
    pack(t, limbs[0]);
  }

  CHAINWRIGHT_INLINE Tight from_bytes(const uint8_t* const bytes[1]) {
    uint64_t a, b, c, d;
    std::memcpy(&a, bytes[0], 8);
    std::memcpy(&b, bytes[0] + 8, 8);
    std::memcpy(&c, bytes[0] + 16, 8);
    std::memcpy(&d, bytes[0] + 24, 8);
    return balanced(a, a >> 29, a >> 58 | b << 6, b >> 23, b >> 52 | c << 12, c >> 17, c >> 46 | d << 18, d >> 11,
                    (d & 0x7fffffffffffffff) >> 40);
  }

 private:
  CHAINWRIGHT_INLINE int64_t signed_low_bits(uint64_t x) { return static_cast<int64_t>(x << (64 - kBits)) >> (64 - kBits); }

  // The low 29 bits of each word, but `i`, which is below 2^28 whole.
  CHAINWRIGHT_INLINE Tight balanced(uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e, uint64_t f, uint64_t g, uint64_t h,
                                    uint64_t i) {
    int64_t t[kLimbs] = {signed_low_bits(a), signed_low_bits(b), signed_low_bits(c), signed_low_bits(d), signed_low_bits(e),
                         signed_low_bits(f), signed_low_bits(g), signed_low_bits(h), static_cast<int64_t>(i)};
    Tight x;
    x.limb[0] = t[0];
    for (int k = 1; k < kLimbs; ++k) x.limb[k] = t[k] + static_cast<int64_t>(static_cast<uint64_t>(t[k - 1]) >> 63);
    return x;
  }

  // One round of carries, to the nearest multiple: |limb| <= 12 * kTightBound < 2^32 before, so that a carry is below 2^4 and
  // what comes around to limb 0 below 2^15, which moves limb 1 by 1 at most.
  template <int K>
  CHAINWRIGHT_INLINE Tight carried(const Sum<K>& x) {
    check(x);
    Tight t;
    int64_t carry = 0;
    for (int i = 0; i < kLimbs; ++i) {
      const int64_t sum = x.limb[i] + carry + kHalf;
      t.limb[i] = (sum & kMask) - kHalf;
      carry = sum >> kBits;
    }
    const int64_t sum = t.limb[0] + kFold * carry + kHalf;
    t.limb[0] = (sum & kMask) - kHalf;
    t.limb[1] += sum >> kBits;
    check(t);
    return t;
  }

  // The columns of a product to a Tight. The high ones are carried plainly and folded; the low ones are rounded to the
  // nearest multiple by adding half a limb before and taking it off after. |c| < 2^62.76 on entry (see above). The last
  // carry, out of limb 8, is below 2^34, times 1216 below 2^45, and moves limb 1 by less than 2^16.
  CHAINWRIGHT_INLINE void reduce(int64_t c[2 * kLimbs], int64_t* out) {
    for (int k = kLimbs; k < 2 * kLimbs - 1; ++k) {
      const int64_t carry = c[k] >> kBits;
      c[k] &= kMask;
      if (k == 2 * kLimbs - 2) {
        c[k + 1] = carry;
      } else {
        c[k + 1] += carry;
      }
    }
    for (int k = 0; k < kLimbs; ++k) c[k] += kFold * c[k + kLimbs] + kHalf;
    for (int k = 0; k < kLimbs - 1; ++k) {
      c[k + 1] += c[k] >> kBits;
      c[k] = (c[k] & kMask) - kHalf;
    }
    const int64_t carry = c[kLimbs - 1] >> kBits;
    c[kLimbs - 1] = (c[kLimbs - 1] & kMask) - kHalf;
    c[0] += kFold * carry + kHalf;
    c[1] += c[0] >> kBits;
    c[0] = (c[0] & kMask) - kHalf;
    for (int k = 0; k < kLimbs; ++k) out[k] = c[k];
  }

  // Calls, not inlined: they cost 2 % of a multiplication, and the point formulas stay small enough for V8's optimizer and
  // the instruction cache.
  __attribute__((noinline)) static void multiply(const int64_t* x, const int64_t* y, int64_t* out) {
    int64_t c[2 * kLimbs];
#pragma GCC unroll 32
    for (int k = 0; k < 2 * kLimbs - 1; ++k) {
      int64_t sum = 0;
#pragma GCC unroll 32
      for (int i = 0; i < kLimbs; ++i) {
        if (k - i >= 0 && k - i < kLimbs) sum += x[i] * y[k - i];
      }
      c[k] = sum;
    }
    reduce(c, out);
  }

  __attribute__((noinline)) static void square_repeatedly(const int64_t* in, int times, int64_t* out) {
    int64_t x[kLimbs];
    for (int i = 0; i < kLimbs; ++i) x[i] = in[i];
    do {
      int64_t c[2 * kLimbs];
#pragma GCC unroll 32
      for (int k = 0; k < 2 * kLimbs - 1; ++k) {
        int64_t sum = 0;
#pragma GCC unroll 32
        for (int i = 0; i < kLimbs; ++i) {
          if (k - i > i && k - i < kLimbs) sum += x[i] * x[k - i];
        }
        sum *= 2;
        if (k % 2 == 0) sum += x[k / 2] * x[k / 2];
        c[k] = sum;
      }
      reduce(c, x);
    } while (--times > 0);
    for (int i = 0; i < kLimbs; ++i) out[i] = x[i];
  }

  // The same element with limbs in [0, 2^29), the last one below 2^23: a value in [0, 2^255).
  //
  // |value| < 12 * 2^261 at first. A round carries upwards and folds the bits from 255 on back, times 19. The first fold is
  // below 19 * 2^10 in absolute value and leaves a value that far outside [0, 2^255) at most; the second is then -19, 0 or
  // 19, -19 only where the rest lies close below 2^255 and 19 only where it lies close above 0. Then limb 0 is carried.
  template <int K>
  CHAINWRIGHT_INLINE void below_2_255(const Sum<K>& x, int64_t t[kLimbs]) {
    for (int i = 0; i < kLimbs; ++i) t[i] = x.limb[i];
    for (int round = 0; round < 3; ++round) {
      for (int i = 0; i < kLimbs - 1; ++i) {
        t[i + 1] += t[i] >> kBits;
        t[i] &= kMask;
      }
      if (round == 2) break;
      t[0] += 19 * (t[kLimbs - 1] >> 23);
      t[kLimbs - 1] &= (1 << 23) - 1;
    }
    CHAINWRIGHT_ASSERT(t[kLimbs - 1] >= 0 && t[kLimbs - 1] < 1 << 23);
  }

  CHAINWRIGHT_INLINE void pack(const int64_t s[kLimbs], uint64_t limbs[5]) {
    constexpr uint64_t kMask51 = (uint64_t{1} << 51) - 1;
    uint64_t t[kLimbs];
    for (int i = 0; i < kLimbs; ++i) t[i] = static_cast<uint64_t>(s[i]);
    limbs[0] = (t[0] | t[1] << 29) & kMask51;
    limbs[1] = (t[1] >> 22 | t[2] << 7 | t[3] << 36) & kMask51;
    limbs[2] = (t[3] >> 15 | t[4] << 14 | t[5] << 43) & kMask51;
    limbs[3] = (t[5] >> 8 | t[6] << 21 | t[7] << 50) & kMask51;
    limbs[4] = t[7] >> 1 | t[8] << 28;
  }

  // The representative in [0, p), five limbs of 51 bits.
  template <int K>
  CHAINWRIGHT_INLINE void canonical(const Sum<K>& x, uint64_t limbs[5]) {
    check(x);
    int64_t t[kLimbs];
    below_2_255(x, t);
    // value >= p exactly if value + 19 reaches 2^255.
    int64_t carry = 19;
    for (int i = 0; i < kLimbs - 1; ++i) carry = (t[i] + carry) >> kBits;
    carry = (t[kLimbs - 1] + carry) >> 23;
    t[0] += 19 * carry;
    for (int i = 0; i < kLimbs - 1; ++i) {
      t[i + 1] += t[i] >> kBits;
      t[i] &= kMask;
    }
    t[kLimbs - 1] &= (1 << 23) - 1;
    pack(t, limbs);
  }
};

}  // namespace

}  // namespace chainwright::ed25519

#endif

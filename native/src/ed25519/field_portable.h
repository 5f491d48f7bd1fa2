// GF(2^255 - 19) on any machine that multiplies 64-bit words to 128 bits: one element, five unsigned limbs of 51 bits.
//
// A limb leaves 13 bits of a word free, so sums and differences of several elements can be multiplied without carrying
// first. How far limbs may reach is in the type: `Sum<K>` has limb < K * kTightBound, and the compiler checks that a
// product of Sum<J> and Sum<K> has J * K <= kMaximumProduct = 80. With U = kTightBound = 2^51 + 2^14:
//
//   19 * limb of the second factor:   19 * 80 * U                   < 2^62, one word
//   a column, at most 1 + 4 * 19 = 77 products:  77 * 80 * U^2      < 2^114.6 + carry, two words, and its part above bit 51
//                                                                   < 2^63.6, one word
//   column 4 has 5 products and no factor 19:    5 * 80 * U^2 + 2^64 < 2^110.7; above bit 51: < 2^59.7; 19 times that < 2^63.94
//   limb 0 then: 2^51 + 2^63.94 < 2^64; its carry into limb 1 is below 2^13, so limb 1 < 2^51 + 2^13 < U.
#ifndef CHAINWRIGHT_ED25519_FIELD_PORTABLE_H
#define CHAINWRIGHT_ED25519_FIELD_PORTABLE_H

#include <cstdint>
#include <cstring>

#include "field.h"

namespace chainwright::ed25519 {

namespace {

struct FieldPortable {
  static constexpr int kLanes = 1;
  static constexpr int kBits = 51;
  static constexpr uint64_t kMask = (uint64_t{1} << kBits) - 1;
  static constexpr uint64_t kTightBound = (uint64_t{1} << kBits) + (1 << 14);
  static constexpr int kMaximumProduct = 80;
  __extension__ using Wide = unsigned __int128;

  template <int K>
  struct Sum {
    static_assert(K >= 1 && K <= kMaximumProduct, "too many elements added up without a carry");
    uint64_t limb[5];

    // Carried where a Tight is wanted.
    operator Sum<1>() const { return carried(*this); }
  };
  using Tight = Sum<1>;
  using Loose = Sum<2>;

  template <int K>
  CHAINWRIGHT_INLINE void check([[maybe_unused]] const Sum<K>& x) {
#if defined(CHAINWRIGHT_CHECK_BOUNDS)
    for (int i = 0; i < 5; ++i) CHAINWRIGHT_ASSERT(x.limb[i] < K * kTightBound);
#endif
  }

  template <int J, int K>
  CHAINWRIGHT_INLINE Tight mul(const Sum<J>& x, const Sum<K>& y) {
    static_assert(J * K <= kMaximumProduct, "a column would overflow");
    check(x);
    check(y);
    const uint64_t a0 = x.limb[0], a1 = x.limb[1], a2 = x.limb[2], a3 = x.limb[3], a4 = x.limb[4];
    const uint64_t b0 = y.limb[0], b1 = y.limb[1], b2 = y.limb[2], b3 = y.limb[3], b4 = y.limb[4];
    const uint64_t b1_19 = 19 * b1, b2_19 = 19 * b2, b3_19 = 19 * b3, b4_19 = 19 * b4;
    const Wide t0 = wide(a0, b0) + wide(a1, b4_19) + wide(a2, b3_19) + wide(a3, b2_19) + wide(a4, b1_19);
    const Wide t1 = wide(a0, b1) + wide(a1, b0) + wide(a2, b4_19) + wide(a3, b3_19) + wide(a4, b2_19);
    const Wide t2 = wide(a0, b2) + wide(a1, b1) + wide(a2, b0) + wide(a3, b4_19) + wide(a4, b3_19);
    const Wide t3 = wide(a0, b3) + wide(a1, b2) + wide(a2, b1) + wide(a3, b0) + wide(a4, b4_19);
    const Wide t4 = wide(a0, b4) + wide(a1, b3) + wide(a2, b2) + wide(a3, b1) + wide(a4, b0);
    return folded(t0, t1, t2, t3, t4);
  }

  template <int K>
  CHAINWRIGHT_INLINE Tight square(const Sum<K>& x) {
    static_assert(K * K <= kMaximumProduct, "a column would overflow");
    check(x);
    return squared(x.limb[0], x.limb[1], x.limb[2], x.limb[3], x.limb[4]);
  }

  // Not inlined: a decoding has eleven of these loops, and as one function its five limbs stay in registers.
  static __attribute__((noinline)) Tight square_times(Tight x, int n) {
    check(x);
    do {
      x = squared(x.limb[0], x.limb[1], x.limb[2], x.limb[3], x.limb[4]);
    } while (--n > 0);
    return x;
  }

  template <int J, int K>
  CHAINWRIGHT_INLINE Sum<J + K> add(const Sum<J>& x, const Sum<K>& y) {
    Sum<J + K> sum;
    for (int i = 0; i < 5; ++i) sum.limb[i] = x.limb[i] + y.limb[i];
    return sum;
  }

  // x - y + (K + 1) p, limb by limb: no limb goes below 0 since K * U <= (K + 1) (2^51 - 19) for K <= 80.
  template <int J, int K>
  CHAINWRIGHT_INLINE Sum<J + K + 1> sub(const Sum<J>& x, const Sum<K>& y) {
    Sum<J + K + 1> difference;
    difference.limb[0] = x.limb[0] + (K + 1) * (kMask - 18) - y.limb[0];
    for (int i = 1; i < 5; ++i) difference.limb[i] = x.limb[i] + (K + 1) * kMask - y.limb[i];
    return difference;
  }

  template <int K>
  CHAINWRIGHT_INLINE Sum<K + 1> negate(const Sum<K>& x) {
    Sum<K + 1> negative;
    negative.limb[0] = (K + 1) * (kMask - 18) - x.limb[0];
    for (int i = 1; i < 5; ++i) negative.limb[i] = (K + 1) * kMask - x.limb[i];
    return negative;
  }

  // Formulas carry where some tier needs it. Here a few elements may stay added up: whoever wants a Tight gets it carried.
  template <int K>
  CHAINWRIGHT_INLINE auto carry(const Sum<K>& x) {
    if constexpr (K <= 4) {
      return x;
    } else {
      return carried(x);
    }
  }

  CHAINWRIGHT_INLINE Tight zero() { return {{0, 0, 0, 0, 0}}; }
  CHAINWRIGHT_INLINE Tight one() { return {{1, 0, 0, 0, 0}}; }
  CHAINWRIGHT_INLINE Tight broadcast(const uint64_t limbs[5]) { return {{limbs[0], limbs[1], limbs[2], limbs[3], limbs[4]}}; }

  using Mask = bool;
  CHAINWRIGHT_INLINE uint32_t mask_to_bits(Mask mask) { return mask ? 1 : 0; }
  CHAINWRIGHT_INLINE Mask mask_from_bits(uint32_t bits) { return (bits & 1) != 0; }

  template <int K>
  CHAINWRIGHT_INLINE Mask is_zero(const Sum<K>& x) {
    const Tight t = canonical(carried(x));
    return (t.limb[0] | t.limb[1] | t.limb[2] | t.limb[3] | t.limb[4]) == 0;
  }

  template <int K>
  CHAINWRIGHT_INLINE Mask is_odd(const Sum<K>& x) {
    return (canonical(carried(x)).limb[0] & 1) != 0;
  }

  CHAINWRIGHT_INLINE Tight select(Mask mask, const Tight& if_set, const Tight& if_clear) {
    const uint64_t bits = uint64_t{0} - static_cast<uint64_t>(mask);
    Tight chosen;
    for (int i = 0; i < 5; ++i) chosen.limb[i] = if_clear.limb[i] ^ (bits & (if_set.limb[i] ^ if_clear.limb[i]));
    return chosen;
  }

  CHAINWRIGHT_INLINE Tight gather(const uint64_t* const limbs[1]) { return broadcast(limbs[0]); }

  CHAINWRIGHT_INLINE void scatter(const Tight& x, uint64_t* const limbs[1]) {
    check(x);
    const Tight t = canonical(x);
    for (int i = 0; i < 5; ++i) limbs[0][i] = t.limb[i];
  }

  CHAINWRIGHT_INLINE Tight from_bytes(const uint8_t* const bytes[1]) {
    const uint64_t a = word(bytes[0]), b = word(bytes[0] + 8), c = word(bytes[0] + 16), d = word(bytes[0] + 24);
    return {{a & kMask, (a >> 51 | b << 13) & kMask, (b >> 38 | c << 26) & kMask, (c >> 25 | d << 39) & kMask, d >> 12 & kMask}};
  }

 private:
  CHAINWRIGHT_INLINE Wide wide(uint64_t x, uint64_t y) { return static_cast<Wide>(x) * y; }

  // Eight bytes, little-endian, from anywhere.
  CHAINWRIGHT_INLINE uint64_t word(const uint8_t* bytes) {
    uint64_t value;
    std::memcpy(&value, bytes, 8);
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    value = __builtin_bswap64(value);
#endif
    return value;
  }

  // Columns of a product to limbs.
  CHAINWRIGHT_INLINE Tight folded(Wide t0, Wide t1, Wide t2, Wide t3, Wide t4) {
    t1 += static_cast<uint64_t>(t0 >> kBits);
    t2 += static_cast<uint64_t>(t1 >> kBits);
    t3 += static_cast<uint64_t>(t2 >> kBits);
    t4 += static_cast<uint64_t>(t3 >> kBits);
    const uint64_t low = (static_cast<uint64_t>(t0) & kMask) + 19 * static_cast<uint64_t>(t4 >> kBits);
    const Tight result = {{low & kMask, (static_cast<uint64_t>(t1) & kMask) + (low >> kBits), static_cast<uint64_t>(t2) & kMask,
                           static_cast<uint64_t>(t3) & kMask, static_cast<uint64_t>(t4) & kMask}};
    check(result);
    return result;
  }

  CHAINWRIGHT_INLINE Tight squared(uint64_t a0, uint64_t a1, uint64_t a2, uint64_t a3, uint64_t a4) {
    const uint64_t a0_2 = 2 * a0, a1_2 = 2 * a1, a3_19 = 19 * a3, a4_19 = 19 * a4;
    const Wide t0 = wide(a0, a0) + wide(a1_2, a4_19) + wide(2 * a2, a3_19);
    const Wide t1 = wide(a0_2, a1) + wide(2 * a2, a4_19) + wide(a3, a3_19);
    const Wide t2 = wide(a0_2, a2) + wide(a1, a1) + wide(2 * a3, a4_19);
    const Wide t3 = wide(a0_2, a3) + wide(a1_2, a2) + wide(a4, a4_19);
    const Wide t4 = wide(a0_2, a4) + wide(a1_2, a3) + wide(a2, a2);
    return folded(t0, t1, t2, t3, t4);
  }

  // Limbs below K U <= 2^58 give carries below 2^7 and 19 * 2^7 into limb 0: far below U.
  template <int K>
  CHAINWRIGHT_INLINE Tight carried(const Sum<K>& x) {
    check(x);
    if constexpr (K == 1) {
      return x;
    } else {
      const Tight t = {{(x.limb[0] & kMask) + 19 * (x.limb[4] >> kBits), (x.limb[1] & kMask) + (x.limb[0] >> kBits),
                        (x.limb[2] & kMask) + (x.limb[1] >> kBits), (x.limb[3] & kMask) + (x.limb[2] >> kBits),
                        (x.limb[4] & kMask) + (x.limb[3] >> kBits)}};
      check(t);
      return t;
    }
  }

  // The value below p. Any Tight is below 2^255 + 2^223 < 2p: subtract p once if value + 19 reaches 2^255.
  CHAINWRIGHT_INLINE Tight canonical(const Tight& x) {
    uint64_t excess = (x.limb[0] + 19) >> kBits;
    for (int i = 1; i < 5; ++i) excess = (x.limb[i] + excess) >> kBits;
    Tight t;
    uint64_t carry = 19 * excess;
    for (int i = 0; i < 5; ++i) {
      carry += x.limb[i];
      t.limb[i] = carry & kMask;
      carry >>= kBits;
    }
    return t;
  }
};

}  // namespace

}  // namespace chainwright::ed25519

#endif

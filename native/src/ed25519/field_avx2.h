// Four elements of GF(2^255 - 19) side by side in AVX2 registers: the Field (field.h) of the AVX2 tier.
//
// An element is ten limbs in radix 2^25.5 (even limbs 26 bits, odd limbs 25; Bernstein 2006, "Curve25519: new
// Diffie-Hellman speed records", §4), because the widest product AVX2 has is vpmuludq, 32 x 32 -> 64 bits. Register i holds limb i
// of all four lanes, a limb in each 64-bit lane. Two limbs make one 51-bit limb of the packed form, so that packing needs
// no arithmetic.
//
// Bounds, limb by limb (e = even limb, o = odd limb):
//   Tight:  e <= 2^26 + 2^17, o <= 2^25 + 2^17.
//   Loose:  e <= 3 * (2^26 + 2^17), o <= 3 * (2^25 + 2^17): a sum of two Tights, or Tight + 2p - Tight.
// The multiplier on Loose x Loose, with W = 9 * 2^52 * (1 + 2^-8)^2 (two even limbs, odd limbs counted with 1/2 each):
//   - every operand of vpmuludq fits 32 bits: 19 e <= 57 (2^26 + 2^17) < 2^32, 2 o <= 6 (2^25 + 2^17) < 2^28, and in
//     the squaring 38 o <= 114 (2^25 + 2^17) < 2^32 and 2 e < 2^29;
//   - the largest column, 0, is at most (1 + 4 * 19 + 5 * 38 / 4) W = 124.5 W < 2^62.2, so no 64-bit sum overflows.
//   carry_columns adds carries of at most 2^(62.2 - 25) * 19 < 2^42 to a column: still below 2^63.
#ifndef CHAINWRIGHT_ED25519_FIELD_AVX2_H
#define CHAINWRIGHT_ED25519_FIELD_AVX2_H

#if defined(__x86_64__) && defined(__AVX2__)

#include <immintrin.h>

#include <cstring>

#include "field.h"

#define CHAINWRIGHT_AVX2_METHOD inline __attribute__((always_inline))

namespace chainwright::ed25519 {

namespace {

struct FieldAvx2 {
  static constexpr int kLanes = 4;
  static constexpr int kLimbs = 10;

  // Copies are spelled out: for a struct of this size gcc 12 would emit `rep movsq`, which costs more than half a
  // multiplication and defeats store forwarding.
  struct Tight {
    __m256i limbs[kLimbs];
    Tight() = default;
    CHAINWRIGHT_AVX2_METHOD Tight(const Tight& other) { copy_limbs(limbs, other.limbs); }
    CHAINWRIGHT_AVX2_METHOD Tight& operator=(const Tight& other) {
      copy_limbs(limbs, other.limbs);
      return *this;
    }
  };
  struct Loose {
    __m256i limbs[kLimbs];
    Loose() = default;
    CHAINWRIGHT_AVX2_METHOD Loose(const Loose& other) { copy_limbs(limbs, other.limbs); }
    CHAINWRIGHT_AVX2_METHOD Loose(const Tight& tight) { copy_limbs(limbs, tight.limbs); }  // every Tight is a Loose
    CHAINWRIGHT_AVX2_METHOD Loose& operator=(const Loose& other) {
      copy_limbs(limbs, other.limbs);
      return *this;
    }
  };
  using Mask = __m256i;  // all bits of a 64-bit lane, or none

  static constexpr uint64_t kTightSlack = uint64_t{1} << 17;
  static constexpr int bits(int limb) { return (limb & 1) ? 25 : 26; }

  // --- multiplication -------------------------------------------------------------------------------------------------

  // One copy, called with addresses: the operands must pass through memory anyway (ten limbs, ten multiples of them and
  // ten sums don't fit sixteen registers), and gcc 12 allocates registers far better in a small function.
  template <typename X, typename Y>
  CHAINWRIGHT_INLINE Tight mul(const X& x, const Y& y) {
    check(x);
    check(y);
    Tight product;
    mul_limbs(product.limbs, x.limbs, y.limbs);
    check(product);
    return product;
  }

  template <typename X>
  CHAINWRIGHT_INLINE Tight square(const X& x) {
    check(x);
    Tight result;
    square_limbs(result.limbs, x.limbs, 1);
    check(result);
    return result;
  }

  CHAINWRIGHT_INLINE Tight square_times(const Tight& x, int n) {
    check(x);
    Tight result;
    square_limbs(result.limbs, x.limbs, n);
    check(result);
    return result;
  }

  // --- addition ---------------------------------------------------------------------------------------------------------

  CHAINWRIGHT_INLINE Loose add(const Tight& x, const Tight& y) {
    Loose sum;
#pragma GCC unroll 10
    for (int i = 0; i < kLimbs; i++) sum.limbs[i] = _mm256_add_epi64(x.limbs[i], y.limbs[i]);
    check(sum);
    return sum;
  }

  // x + 2p - y: every limb of 2p exceeds the Tight bound, so no limb goes below zero.
  CHAINWRIGHT_INLINE Loose sub(const Tight& x, const Tight& y) {
    Loose difference;
#pragma GCC unroll 10
    for (int i = 0; i < kLimbs; i++)
      difference.limbs[i] = _mm256_sub_epi64(_mm256_add_epi64(x.limbs[i], twice_prime(i)), y.limbs[i]);
    check(difference);
    return difference;
  }

  CHAINWRIGHT_INLINE Loose negate(const Tight& y) {
    Loose difference;
#pragma GCC unroll 10
    for (int i = 0; i < kLimbs; i++) difference.limbs[i] = _mm256_sub_epi64(twice_prime(i), y.limbs[i]);
    check(difference);
    return difference;
  }

  // -y where the mask is set, y elsewhere: y ^ m - m + 2p, whose last term counts where the mask is set.
  CHAINWRIGHT_INLINE Loose negate_if(Mask mask, const Tight& y) {
    Loose result;
#pragma GCC unroll 10
    for (int i = 0; i < kLimbs; i++) {
      const __m256i turned = _mm256_sub_epi64(_mm256_xor_si256(y.limbs[i], mask), mask);
      result.limbs[i] = _mm256_add_epi64(turned, _mm256_and_si256(mask, twice_prime(i)));
    }
    check(result);
    return result;
  }

  // Limbs of a Loose are below 2^28, so all ten carries are below 4 and one parallel step is enough: every limb comes to
  // at most 2^26 - 1 + 19 * 7.
  CHAINWRIGHT_INLINE Tight carry(const Loose& x) {
    check(x);
    Tight result;
    __m256i over[kLimbs];
#pragma GCC unroll 10
    for (int i = 0; i < kLimbs; i++) {
      over[i] = _mm256_srli_epi64(x.limbs[i], bits(i));
      result.limbs[i] = _mm256_and_si256(x.limbs[i], mask(i));
    }
    result.limbs[0] = _mm256_add_epi64(result.limbs[0], _mm256_mul_epu32(over[9], word(19)));
#pragma GCC unroll 10
    for (int i = 1; i < kLimbs; i++) result.limbs[i] = _mm256_add_epi64(result.limbs[i], over[i - 1]);
    check(result);
    return result;
  }

  // --- constants and choices ----------------------------------------------------------------------------------------------

  CHAINWRIGHT_INLINE Tight zero() {
    Tight result;
    for (int i = 0; i < kLimbs; i++) result.limbs[i] = _mm256_setzero_si256();
    return result;
  }
  CHAINWRIGHT_INLINE Tight one() {
    Tight result = zero();
    result.limbs[0] = word(1);
    return result;
  }
  CHAINWRIGHT_INLINE Tight broadcast(const uint64_t limbs[5]) {
    Tight result;
    for (int i = 0; i < 5; i++) split(result, i, word(limbs[i]));
    return result;
  }

  template <typename X>
  static Mask is_zero(const X& x) {
    const Tight value = canonical(carry(x));
    __m256i any = value.limbs[0];
    for (int i = 1; i < kLimbs; i++) any = _mm256_or_si256(any, value.limbs[i]);
    return _mm256_cmpeq_epi64(any, _mm256_setzero_si256());
  }
  template <typename X>
  static Mask is_odd(const X& x) {
    const __m256i low = _mm256_and_si256(canonical(carry(x)).limbs[0], word(1));
    return _mm256_cmpeq_epi64(low, word(1));
  }
  CHAINWRIGHT_INLINE Tight select(Mask mask, const Tight& if_set, const Tight& if_clear) {
    Tight result;
#pragma GCC unroll 10
    for (int i = 0; i < kLimbs; i++) result.limbs[i] = _mm256_blendv_epi8(if_clear.limbs[i], if_set.limbs[i], mask);
    return result;
  }
  CHAINWRIGHT_INLINE uint32_t mask_to_bits(Mask mask) {
    return static_cast<uint32_t>(_mm256_movemask_pd(_mm256_castsi256_pd(mask)));
  }
  CHAINWRIGHT_INLINE Mask mask_from_bits(uint32_t bits) {
    const __m256i lane_bits = _mm256_setr_epi64x(1, 2, 4, 8);
    return _mm256_cmpeq_epi64(_mm256_and_si256(word(bits), lane_bits), lane_bits);
  }

  // --- packed form --------------------------------------------------------------------------------------------------------

  CHAINWRIGHT_INLINE Tight gather(const uint64_t* const limbs[kLanes]) {
    __m256i rows[4];
    for (int lane = 0; lane < 4; lane++) rows[lane] = load(limbs[lane]);
    transpose(rows);
    Tight result;
    for (int i = 0; i < 4; i++) split(result, i, rows[i]);
    split(result, 4, _mm256_setr_epi64x(static_cast<long long>(limbs[0][4]), static_cast<long long>(limbs[1][4]),
                                        static_cast<long long>(limbs[2][4]), static_cast<long long>(limbs[3][4])));
    return result;
  }

  CHAINWRIGHT_INLINE void scatter(const Tight& x, uint64_t* const limbs[kLanes]) {
    const Tight value = canonical(x);
    __m256i rows[4];
    for (int i = 0; i < 4; i++) rows[i] = join(value, i);
    transpose(rows);
    alignas(32) uint64_t last[4];
    _mm256_store_si256(reinterpret_cast<__m256i*>(last), join(value, 4));
    for (int lane = 0; lane < 4; lane++) {
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(limbs[lane]), rows[lane]);
      limbs[lane][4] = last[lane];
    }
  }

  CHAINWRIGHT_INLINE Tight from_bytes(const uint8_t* const bytes[kLanes]) {
    __m256i words[4];
    for (int lane = 0; lane < 4; lane++) words[lane] = load(bytes[lane]);
    transpose(words);
    const __m256i mask51 = word((uint64_t{1} << 51) - 1);
    Tight result;
    split(result, 0, _mm256_and_si256(words[0], mask51));
    split(result, 1, _mm256_and_si256(across<51>(words[0], words[1]), mask51));
    split(result, 2, _mm256_and_si256(across<38>(words[1], words[2]), mask51));
    split(result, 3, _mm256_and_si256(across<25>(words[2], words[3]), mask51));
    split(result, 4, _mm256_and_si256(_mm256_srli_epi64(words[3], 12), mask51));
    return result;
  }

  // The representative in [0, p), every limb within its 26 or 25 bits. A Tight is below 2p, so q = floor((x + 19) / 2^255)
  // is 0 or 1 and says whether x >= p; x - qp = x + 19q - q 2^255.
  static Tight canonical(const Tight& x) {
    __m256i q = _mm256_srli_epi64(_mm256_add_epi64(x.limbs[0], word(19)), 26);
    for (int i = 1; i < kLimbs; i++) q = _mm256_srli_epi64(_mm256_add_epi64(x.limbs[i], q), bits(i));
    Tight result;
    __m256i over = _mm256_mul_epu32(q, word(19));
    for (int i = 0; i < kLimbs; i++) {
      const __m256i limb = _mm256_add_epi64(x.limbs[i], over);
      result.limbs[i] = _mm256_and_si256(limb, mask(i));
      over = _mm256_srli_epi64(limb, bits(i));  // the last one is q itself, dropped: it stands for q 2^255
    }
    return result;
  }

 private:
  CHAINWRIGHT_INLINE void copy_limbs(__m256i* to, const __m256i* from) {
#pragma GCC unroll 10
    for (int i = 0; i < kLimbs; i++) to[i] = from[i];
  }
  CHAINWRIGHT_INLINE __m256i word(uint64_t value) { return _mm256_set1_epi64x(static_cast<long long>(value)); }
  CHAINWRIGHT_INLINE __m256i mask(int limb) { return word((uint64_t{1} << bits(limb)) - 1); }
  CHAINWRIGHT_INLINE __m256i twice_prime(int limb) { return word((uint64_t{2} << bits(limb)) - (limb == 0 ? 38 : 2)); }
  CHAINWRIGHT_INLINE __m256i load(const void* from) { return _mm256_loadu_si256(static_cast<const __m256i*>(from)); }
  // One 51-bit limb to two limbs, and back.
  CHAINWRIGHT_INLINE void split(Tight& x, int i, __m256i limb) {
    x.limbs[2 * i] = _mm256_and_si256(limb, mask(0));
    x.limbs[2 * i + 1] = _mm256_srli_epi64(limb, 26);
  }
  CHAINWRIGHT_INLINE __m256i join(const Tight& x, int i) {
    return _mm256_or_si256(x.limbs[2 * i], _mm256_slli_epi64(x.limbs[2 * i + 1], 26));
  }
  // Bits [kShift, kShift + 64) of the 128-bit number high:low.
  template <int kShift>
  CHAINWRIGHT_INLINE __m256i across(__m256i low, __m256i high) {
    return _mm256_or_si256(_mm256_srli_epi64(low, kShift), _mm256_slli_epi64(high, 64 - kShift));
  }
  CHAINWRIGHT_INLINE void transpose(__m256i rows[4]) {
    const __m256i low01 = _mm256_unpacklo_epi64(rows[0], rows[1]), high01 = _mm256_unpackhi_epi64(rows[0], rows[1]);
    const __m256i low23 = _mm256_unpacklo_epi64(rows[2], rows[3]), high23 = _mm256_unpackhi_epi64(rows[2], rows[3]);
    rows[0] = _mm256_permute2x128_si256(low01, low23, 0x20);
    rows[1] = _mm256_permute2x128_si256(high01, high23, 0x20);
    rows[2] = _mm256_permute2x128_si256(low01, low23, 0x31);
    rows[3] = _mm256_permute2x128_si256(high01, high23, 0x31);
  }

  CHAINWRIGHT_INLINE void carry_step(__m256i column[kLimbs], int from) {
    column[from + 1] = _mm256_add_epi64(column[from + 1], _mm256_srli_epi64(column[from], bits(from)));
    column[from] = _mm256_and_si256(column[from], mask(from));
  }
  // Columns below 2^62.2 to a Tight. Two chains of carries run side by side (0..4 and 4..9, 0), for latency. After it limbs
  // 2, 3, 4, 6..9 and 0 are within their bits; limb 5 has taken a second carry, below 2^(62.2 - 26 - 25), and limb 1 one of
  // 19 * 2^(62.2 - 25) / 2^26 < 2^16.
  CHAINWRIGHT_INLINE void carry_columns(__m256i column[kLimbs]) {
#pragma GCC unroll 4
    for (int i = 0; i < 4; i++) {
      carry_step(column, i);
      carry_step(column, i + 4);
    }
    carry_step(column, 4);
    carry_step(column, 8);
    const __m256i over = _mm256_srli_epi64(column[9], 25);  // up to 38 bits: times 19 by shifts, vpmuludq takes 32
    column[9] = _mm256_and_si256(column[9], mask(9));
    column[0] = _mm256_add_epi64(_mm256_add_epi64(column[0], over),
                                 _mm256_add_epi64(_mm256_slli_epi64(over, 4), _mm256_slli_epi64(over, 1)));
    carry_step(column, 0);
  }

  CHAINWRIGHT_INLINE __m256i product(__m256i x, __m256i y) { return _mm256_mul_epu32(x, y); }
  // column + x y. The empty asm hides the sum from gcc's reassociation, which would otherwise compute all hundred products
  // first and spill them.
  CHAINWRIGHT_INLINE __m256i add_product(__m256i column, __m256i x, __m256i y) {
    column = _mm256_add_epi64(column, product(x, y));
    __asm__("" : "+x"(column));
    return column;
  }

  static void __attribute__((noinline)) mul_limbs(__m256i* result, const __m256i* x, const __m256i* y) {
    __m256i y19[kLimbs];
    const __m256i nineteen = word(19);
#pragma GCC unroll 10
    for (int j = 1; j < kLimbs; j++) y19[j] = _mm256_mul_epu32(y[j], nineteen);
    __m256i column[kLimbs];
#pragma GCC unroll 10
    for (int i = 0; i < kLimbs; i++) {
      const __m256i once = x[i];
      const __m256i twice = _mm256_add_epi64(once, once);
#pragma GCC unroll 10
      for (int j = 0; j < kLimbs; j++) {
        // 2^ceil(25.5 i) * 2^ceil(25.5 j) is twice 2^ceil(25.5 (i + j)) where both are odd.
        const __m256i factor = (i & j & 1) ? twice : once;
        const int k = i + j;
        if (k < kLimbs) {
          column[k] = i == 0 ? product(factor, y[j]) : add_product(column[k], factor, y[j]);
        } else {
          column[k - kLimbs] = add_product(column[k - kLimbs], factor, y19[j]);
        }
      }
    }
    carry_columns(column);
#pragma GCC unroll 10
    for (int i = 0; i < kLimbs; i++) result[i] = column[i];
  }

  static void __attribute__((noinline)) square_limbs(__m256i* result, const __m256i* x, int n) {
    __m256i f[kLimbs];
#pragma GCC unroll 10
    for (int i = 0; i < kLimbs; i++) f[i] = x[i];
    do {
      square_once(f);
    } while (--n > 0);
#pragma GCC unroll 10
    for (int i = 0; i < kLimbs; i++) result[i] = f[i];
  }

  // The 55 distinct products; factors 2, 4, 19, 38, 76 are spread over both operands so that each fits 32 bits.
  CHAINWRIGHT_INLINE void square_once(__m256i f[kLimbs]) {
    __m256i d[8], m[kLimbs];
#pragma GCC unroll 8
    for (int i = 0; i < 8; i++) d[i] = _mm256_add_epi64(f[i], f[i]);
#pragma GCC unroll 10
    for (int i = 5; i < kLimbs; i++) m[i] = _mm256_mul_epu32(f[i], word((i & 1) ? 38 : 19));
    __m256i h[kLimbs];
    h[0] = product(f[0], f[0]);
    h[0] = add_product(h[0], d[1], m[9]);
    h[0] = add_product(h[0], d[2], m[8]);
    h[0] = add_product(h[0], d[3], m[7]);
    h[0] = add_product(h[0], d[4], m[6]);
    h[0] = add_product(h[0], f[5], m[5]);
    h[1] = product(d[0], f[1]);
    h[1] = add_product(h[1], f[2], m[9]);
    h[1] = add_product(h[1], d[3], m[8]);
    h[1] = add_product(h[1], f[4], m[7]);
    h[1] = add_product(h[1], d[5], m[6]);
    h[2] = product(d[0], f[2]);
    h[2] = add_product(h[2], d[1], f[1]);
    h[2] = add_product(h[2], d[3], m[9]);
    h[2] = add_product(h[2], d[4], m[8]);
    h[2] = add_product(h[2], d[5], m[7]);
    h[2] = add_product(h[2], f[6], m[6]);
    h[3] = product(d[0], f[3]);
    h[3] = add_product(h[3], d[1], f[2]);
    h[3] = add_product(h[3], f[4], m[9]);
    h[3] = add_product(h[3], d[5], m[8]);
    h[3] = add_product(h[3], f[6], m[7]);
    h[4] = product(d[0], f[4]);
    h[4] = add_product(h[4], d[1], d[3]);
    h[4] = add_product(h[4], f[2], f[2]);
    h[4] = add_product(h[4], d[5], m[9]);
    h[4] = add_product(h[4], d[6], m[8]);
    h[4] = add_product(h[4], f[7], m[7]);
    h[5] = product(d[0], f[5]);
    h[5] = add_product(h[5], d[1], f[4]);
    h[5] = add_product(h[5], d[2], f[3]);
    h[5] = add_product(h[5], f[6], m[9]);
    h[5] = add_product(h[5], d[7], m[8]);
    h[6] = product(d[0], f[6]);
    h[6] = add_product(h[6], d[1], d[5]);
    h[6] = add_product(h[6], d[2], f[4]);
    h[6] = add_product(h[6], d[3], f[3]);
    h[6] = add_product(h[6], d[7], m[9]);
    h[6] = add_product(h[6], f[8], m[8]);
    h[7] = product(d[0], f[7]);
    h[7] = add_product(h[7], d[1], f[6]);
    h[7] = add_product(h[7], d[2], f[5]);
    h[7] = add_product(h[7], d[3], f[4]);
    h[7] = add_product(h[7], f[8], m[9]);
    h[8] = product(d[0], f[8]);
    h[8] = add_product(h[8], d[1], d[7]);
    h[8] = add_product(h[8], d[2], f[6]);
    h[8] = add_product(h[8], d[3], d[5]);
    h[8] = add_product(h[8], f[4], f[4]);
    h[8] = add_product(h[8], f[9], m[9]);
    h[9] = product(d[0], f[9]);
    h[9] = add_product(h[9], d[1], f[8]);
    h[9] = add_product(h[9], d[2], f[7]);
    h[9] = add_product(h[9], d[3], f[6]);
    h[9] = add_product(h[9], d[4], f[5]);
    carry_columns(h);
#pragma GCC unroll 10
    for (int i = 0; i < kLimbs; i++) f[i] = h[i];
  }

  // --- asserted bounds (debug builds) ----------------------------------------------------------------------------------------

  CHAINWRIGHT_INLINE void check(const Tight& x) { check_limbs(x.limbs, 1); }
  CHAINWRIGHT_INLINE void check(const Loose& x) { check_limbs(x.limbs, 3); }
  CHAINWRIGHT_INLINE void check_limbs(const __m256i* limbs, uint64_t times) {
#if defined(CHAINWRIGHT_CHECK_BOUNDS)
    for (int i = 0; i < kLimbs; i++) {
      uint64_t lanes[4];
      std::memcpy(lanes, &limbs[i], sizeof lanes);
      for (uint64_t lane : lanes) CHAINWRIGHT_ASSERT(lane <= times * ((uint64_t{1} << bits(i)) + kTightSlack));
    }
#else
    (void)limbs;
    (void)times;
#endif
  }
};

}  // namespace

}  // namespace chainwright::ed25519

#undef CHAINWRIGHT_AVX2_METHOD

#endif
#endif

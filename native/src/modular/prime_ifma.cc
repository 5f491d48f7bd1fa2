// Eight strong probable prime tests side by side, each with its own number and base: five limbs of 52 bits, one limb of all lanes a register,
// Montgomery's multiplication with R = 2^260.
//
// Values are below 2 n with every limb below 2^52: a product (a b + q n) / R is below n (4 n / R + 1), and n / R is below 2^-4. They are made unique
// only where they are compared. A column collects at most 5 rows of two halves of two products and a carry: below 2^57.
#include <immintrin.h>

#include "prime.h"

namespace chainwright::modular {

namespace {

constexpr int kLimbs = 5;
constexpr int kLanes = 8;
constexpr unsigned kLimbBits = 52;
constexpr uint64_t kLimbMask = (uint64_t{1} << kLimbBits) - 1;
constexpr int kTable = 16;

struct Value {
  __m512i v[kLimbs];
};

// One number a lane, as limbs in memory.
struct alignas(64) Lanes {
  uint64_t limbs[kLimbs][kLanes];
};

MODULAR_INLINE void put(const Short& number, int lane, Lanes* lanes) {
  for (int limb = 0; limb < kLimbs; limb++) {
    const unsigned bit = kLimbBits * static_cast<unsigned>(limb), word = bit / 64, shift = bit % 64;
    uint64_t bits = number.words[word] >> shift;
    if (shift > 64 - kLimbBits && word < 3) bits |= number.words[word + 1] << (64 - shift);
    lanes->limbs[limb][lane] = bits & kLimbMask;
  }
}

MODULAR_INLINE Value load(const Lanes& lanes) {
  Value value;
  for (int limb = 0; limb < kLimbs; limb++) value.v[limb] = _mm512_load_si512(lanes.limbs[limb]);
  return value;
}

// By the compiler's vector types: g++ 12 warns of its own headers for the intrinsics.
typedef uint64_t Words __attribute__((vector_size(64)));
typedef int64_t SignedWords __attribute__((vector_size(64)));
MODULAR_INLINE __m512i carry_of(__m512i v) { return reinterpret_cast<__m512i>(reinterpret_cast<Words>(v) >> kLimbBits); }
MODULAR_INLINE __m512i sign_of(__m512i v) { return reinterpret_cast<__m512i>(reinterpret_cast<SignedWords>(v) >> 63); }

MODULAR_INLINE __m512i mask() { return _mm512_set1_epi64(static_cast<long long>(kLimbMask)); }

struct Moduli {
  Value n;
  __m512i inverse;  // -1 / n modulo 2^52
};

MODULAR_INLINE Value multiply(const Moduli& moduli, const Value& a, const Value& b) {
  const __m512i zero = _mm512_setzero_si512();
  __m512i s0 = zero, s1 = zero, s2 = zero, s3 = zero, s4 = zero, s5 = zero;
#pragma GCC unroll 5
  for (int i = 0; i < kLimbs; i++) {
    const __m512i x = a.v[i];
    s0 = _mm512_madd52lo_epu64(s0, x, b.v[0]);
    const __m512i q = _mm512_madd52lo_epu64(zero, s0, moduli.inverse);
    s1 = _mm512_madd52lo_epu64(s1, x, b.v[1]);
    s2 = _mm512_madd52lo_epu64(s2, x, b.v[2]);
    s3 = _mm512_madd52lo_epu64(s3, x, b.v[3]);
    s4 = _mm512_madd52lo_epu64(s4, x, b.v[4]);
    s1 = _mm512_madd52hi_epu64(s1, x, b.v[0]);
    s2 = _mm512_madd52hi_epu64(s2, x, b.v[1]);
    s3 = _mm512_madd52hi_epu64(s3, x, b.v[2]);
    s4 = _mm512_madd52hi_epu64(s4, x, b.v[3]);
    s5 = _mm512_madd52hi_epu64(s5, x, b.v[4]);
    s0 = _mm512_madd52lo_epu64(s0, q, moduli.n.v[0]);
    s1 = _mm512_madd52lo_epu64(s1, q, moduli.n.v[1]);
    s2 = _mm512_madd52lo_epu64(s2, q, moduli.n.v[2]);
    s3 = _mm512_madd52lo_epu64(s3, q, moduli.n.v[3]);
    s4 = _mm512_madd52lo_epu64(s4, q, moduli.n.v[4]);
    s1 = _mm512_madd52hi_epu64(s1, q, moduli.n.v[0]);
    s2 = _mm512_madd52hi_epu64(s2, q, moduli.n.v[1]);
    s3 = _mm512_madd52hi_epu64(s3, q, moduli.n.v[2]);
    s4 = _mm512_madd52hi_epu64(s4, q, moduli.n.v[3]);
    s5 = _mm512_madd52hi_epu64(s5, q, moduli.n.v[4]);
    // The lowest limb is a multiple of 2^52: it leaves, its carry goes up.
    s0 = _mm512_add_epi64(s1, carry_of(s0));
    s1 = s2;
    s2 = s3;
    s3 = s4;
    s4 = s5;
    s5 = zero;
  }
  s1 = _mm512_add_epi64(s1, carry_of(s0));
  s2 = _mm512_add_epi64(s2, carry_of(s1));
  s3 = _mm512_add_epi64(s3, carry_of(s2));
  s4 = _mm512_add_epi64(s4, carry_of(s3));
  // Below 2 n, and so below 2^257: the top limb is below 2^49.
  MODULAR_ASSERT(_mm512_cmplt_epu64_mask(s4, _mm512_set1_epi64(int64_t{1} << 49)) == 0xff);
  return {{_mm512_and_si512(s0, mask()), _mm512_and_si512(s1, mask()), _mm512_and_si512(s2, mask()), _mm512_and_si512(s3, mask()), s4}};
}

// a - b, each below 2^260, and in which lanes that is negative.
MODULAR_INLINE __mmask8 subtract_lanes(const Value& a, const Value& b, Value* difference) {
  __m512i borrow = _mm512_setzero_si512();
  for (int limb = 0; limb < kLimbs; limb++) {
    const __m512i d = _mm512_add_epi64(_mm512_sub_epi64(a.v[limb], b.v[limb]), borrow);
    borrow = sign_of(d);
    difference->v[limb] = _mm512_and_si512(d, mask());
  }
  return _mm512_movepi64_mask(borrow);
}

// Below n.
MODULAR_INLINE Value unique(const Moduli& moduli, const Value& value) {
  Value reduced;
  const __mmask8 is_below = subtract_lanes(value, moduli.n, &reduced);
  for (int limb = 0; limb < kLimbs; limb++) reduced.v[limb] = _mm512_mask_mov_epi64(reduced.v[limb], is_below, value.v[limb]);
  return reduced;
}

MODULAR_INLINE __mmask8 equal(const Value& a, const Value& b) {
  __mmask8 same = 0xff;
  for (int limb = 0; limb < kLimbs; limb++) same &= _mm512_cmpeq_epi64_mask(a.v[limb], b.v[limb]);
  return same;
}

struct Problem {
  Moduli moduli;
  Value one;         // R
  Value minus_one;   // n - R
  Value base;        // in Montgomery's form
  Short odd[kLanes];  // n - 1 without its factors of two
  int twos[kLanes];
  int twos_most;
};

void prepare(const Short* n, const Short* bases, size_t count, Problem* problem) {
  Lanes moduli, ones, sixteens, powers, plain;
  alignas(64) uint64_t inverses[kLanes];
  problem->twos_most = 0;
  for (int lane = 0; lane < kLanes; lane++) {
    // Lanes without a number of their own repeat the first.
    const size_t from = static_cast<size_t>(lane) < count ? static_cast<size_t>(lane) : 0;
    const Short& number = n[from];
    put(number, lane, &moduli);
    put(bases[from], lane, &plain);
    inverses[lane] = negative_inverse(number.words[0]) & kLimbMask;
    // n is above 2^255: 2^256 mod n is 2^256 - n.
    Short power = {};
    subtract<4>(power.words, number.words, power.words);
    for (int i = 0; i < 4; i++) double_modulo<4>(power.words, number.words);
    put(power, lane, &ones);
    for (int i = 0; i < 4; i++) double_modulo<4>(power.words, number.words);
    put(power, lane, &sixteens);
    for (int i = 0; i < 4; i++) double_modulo<4>(power.words, number.words);
    put(power, lane, &powers);
    Short& odd = problem->odd[lane];
    odd = number;
    odd.words[0] -= 1;
    int twos = 0;
    while ((odd.words[0] & 1) == 0) {
      for (int i = 0; i < 4; i++) odd.words[i] = odd.words[i] >> 1 | (i < 3 ? odd.words[i + 1] << 63 : 0);
      twos++;
    }
    problem->twos[lane] = twos;
    if (twos > problem->twos_most) problem->twos_most = twos;
  }
  problem->moduli = {load(moduli), _mm512_load_si512(inverses)};
  problem->one = load(ones);
  subtract_lanes(problem->moduli.n, problem->one, &problem->minus_one);
  // 2^8 R squared five times is 2^256 R, and 2^4 times that is R².
  Value square_of_r = load(powers);
  for (int i = 0; i < 5; i++) square_of_r = multiply(problem->moduli, square_of_r, square_of_r);
  square_of_r = multiply(problem->moduli, square_of_r, load(sixteens));
  problem->base = multiply(problem->moduli, load(plain), square_of_r);
}

// base^odd, four bits at a time; each lane takes its own power out of the table.
Value odd_power(const Problem& problem) {
  alignas(64) uint64_t table[kTable][kLimbs][kLanes];
  Value power = problem.one;
  for (int i = 0; i < kTable; i++) {
    for (int limb = 0; limb < kLimbs; limb++) _mm512_store_si512(table[i][limb], power.v[limb]);
    power = i == 0 ? problem.base : multiply(problem.moduli, power, problem.base);
  }
  const __m512i lanes = _mm512_set_epi64(7, 6, 5, 4, 3, 2, 1, 0);
  power = problem.one;
  for (int at = 252; at >= 0; at -= 4) {
    if (at != 252) {
      for (int i = 0; i < 4; i++) power = multiply(problem.moduli, power, power);
    }
    alignas(64) uint64_t places[kLanes];
    for (int lane = 0; lane < kLanes; lane++) places[lane] = (problem.odd[lane].words[at / 64] >> (at % 64) & 15) * (kLimbs * kLanes);
    const __m512i first = _mm512_add_epi64(_mm512_load_si512(places), lanes);
    Value factor;
    for (int limb = 0; limb < kLimbs; limb++) factor.v[limb] = _mm512_mask_i64gather_epi64(_mm512_setzero_si512(), 0xff, first, table[0][limb], 8);
    power = multiply(problem.moduli, power, factor);
  }
  return power;
}

}  // namespace

uint32_t strong_tests_ifma(const Short* n, const Short* bases, size_t count) {
  Problem problem;
  prepare(n, bases, count, &problem);
  Value power = odd_power(problem);
  const Value first = unique(problem.moduli, power);
  __mmask8 passed = equal(first, problem.one) | equal(first, problem.minus_one);
  for (int round = 1; round < problem.twos_most; round++) {
    power = multiply(problem.moduli, power, power);
    __mmask8 may = 0;
    for (int lane = 0; lane < kLanes; lane++) may |= static_cast<__mmask8>((round < problem.twos[lane] ? 1 : 0) << lane);
    passed |= equal(unique(problem.moduli, power), problem.minus_one) & may;
  }
  return passed & ((uint32_t{1} << count) - 1);
}

}  // namespace chainwright::modular

// Montgomery's multiplication with AVX-512 IFMA: 40 limbs of 52 bits, R = 2^2080. Elements are below 2 N with every limb below 2^52.
//
// Layout. Register k (of 5) holds in lane l (of 8) the limb 5 l + k. So the next limb is the next register, and only the step from register 4 to
// register 0 crosses lanes: adding a row of products, one limb higher each time, moves no data at all. Five rows make a block; then all that was
// computed moves down by five limbs, which is one lane: five shuffles for a hundred products, instead of five for each row.
//
// A block, for five limbs of a (and the same for q and N): A[r + k] += low half, A[r + k + 1] += high half of a_r · b_k, each in eight lanes.
//   1. t = the lowest five limbs (lane 0 of A[0..4], not yet carried) and q = t · (-1/N) modulo 2^260, in scalar registers.
//   2. Meanwhile the products of the next block's five limbs of a, which don't need q, into P.
//   3. A += q N. Now lane 0 of A[0..4] is a multiple of 2^260 and leaves; what it carries into the next limb is ceil(A[4] / 2^52), since
//      what the limbs below carry into A[4] is below 2^52 and completes it to a multiple of 2^52.
//   4. A moves down one lane, P is added.
//
// Bounds. A limb of the result collects at most 40 rows of two halves of two products, each below 2^52: below 2^60 with carries. In step 1 a column is
// a sum of five products below 2^60 · 2^52 and a carry below 2^63: below 2^115. The result is (a b + q N) / R with q < R: below
// N + (2 N)² / R < N (1 + 2^-29), so products never need to have N taken off.
//
// The last step carries through all limbs once, and again as long as a carry out of register 4 makes a limb of register 0 too large: chance 2^-40.
#include <immintrin.h>

#include <cstring>

#include "montgomery.h"

namespace chainwright::modular {

namespace {

constexpr int kRegisters = 5;
constexpr int kLanes = 8;
constexpr unsigned kLimbBits = 52;
constexpr uint64_t kLimbMask = (uint64_t{1} << kLimbBits) - 1;
constexpr size_t kLimbs = kRegisters * kLanes;

// Where limb i stands in memory.
constexpr size_t place(size_t limb) { return limb % kRegisters * kLanes + limb / kRegisters; }

MODULAR_INLINE __m512i low(__m512i sum, __m512i a, __m512i b) { return _mm512_madd52lo_epu64(sum, a, b); }
MODULAR_INLINE __m512i high(__m512i sum, __m512i a, __m512i b) { return _mm512_madd52hi_epu64(sum, a, b); }
MODULAR_INLINE __m512i sum(__m512i a, __m512i b) { return _mm512_add_epi64(a, b); }
MODULAR_INLINE __m512i broadcast(uint64_t value) { return _mm512_set1_epi64(static_cast<long long>(value)); }
// By the compiler's vector types: g++ 12 warns of its own headers for the intrinsics.
typedef uint64_t Words __attribute__((vector_size(64)));
MODULAR_INLINE uint64_t lowest(__m512i v) { return reinterpret_cast<Words>(v)[0]; }
MODULAR_INLINE __m512i carry_of(__m512i v) { return reinterpret_cast<__m512i>(reinterpret_cast<Words>(v) >> kLimbBits); }
// Lane l from lane l + 1, the top one 0; and the other way.
MODULAR_INLINE __m512i lane_down(__m512i v) { return _mm512_maskz_alignr_epi64(0x7f, v, v, 1); }
MODULAR_INLINE __m512i lane_up(__m512i v) { return _mm512_maskz_alignr_epi64(0xfe, v, v, 7); }

struct Value {
  __m512i v[kRegisters];
};
struct Sums {
  __m512i v[2 * kRegisters];
};

MODULAR_INLINE Value load_value(const Element& element) {
  Value value;
  for (int k = 0; k < kRegisters; k++) value.v[k] = _mm512_load_si512(element.words + kLanes * k);
  return value;
}

MODULAR_INLINE void store_value(const Value& value, Element* element) {
  for (int k = 0; k < kRegisters; k++) _mm512_store_si512(element->words + kLanes * k, value.v[k]);
}

// One row: `sums` += factor · b, `kRow` limbs up. The index is a constant, so that the sums stay in registers.
template <int kRow>
MODULAR_INLINE void add_row(Sums& sums, __m512i factor, const Value& b) {
  __m512i* const s = sums.v;
  s[kRow + 0] = low(s[kRow + 0], factor, b.v[0]);
  s[kRow + 1] = high(s[kRow + 1], factor, b.v[0]);
  s[kRow + 1] = low(s[kRow + 1], factor, b.v[1]);
  s[kRow + 2] = high(s[kRow + 2], factor, b.v[1]);
  s[kRow + 2] = low(s[kRow + 2], factor, b.v[2]);
  s[kRow + 3] = high(s[kRow + 3], factor, b.v[2]);
  s[kRow + 3] = low(s[kRow + 3], factor, b.v[3]);
  s[kRow + 4] = high(s[kRow + 4], factor, b.v[3]);
  s[kRow + 4] = low(s[kRow + 4], factor, b.v[4]);
  s[kRow + 5] = high(s[kRow + 5], factor, b.v[4]);
}

// Five limbs of a, in lane `lane` of its registers in memory, times b.
MODULAR_INLINE Sums block_of(const uint64_t* a, int lane, const Value& b) {
  Sums sums;
  for (int k = 0; k < 2 * kRegisters; k++) sums.v[k] = _mm512_setzero_si512();
  add_row<0>(sums, broadcast(a[0 * kLanes + lane]), b);
  add_row<1>(sums, broadcast(a[1 * kLanes + lane]), b);
  add_row<2>(sums, broadcast(a[2 * kLanes + lane]), b);
  add_row<3>(sums, broadcast(a[3 * kLanes + lane]), b);
  add_row<4>(sums, broadcast(a[4 * kLanes + lane]), b);
  return sums;
}

// That what is about to leave or to be carried is below 2^60.
MODULAR_INLINE void check_sums(const Sums& sums) {
#if defined(CHAINWRIGHT_CHECK_BOUNDS)
  for (int k = 0; k < 2 * kRegisters; k++) MODULAR_ASSERT(_mm512_cmplt_epu64_mask(sums.v[k], broadcast(uint64_t{1} << 60)) == 0xff);
#else
  (void)sums;
#endif
}

struct Quotient {
  uint64_t limbs[kRegisters];
};

// q = t · inverse modulo 2^260, for t the uncarried lowest limbs.
MODULAR_INLINE Quotient quotient_of(const Sums& sums, const uint64_t* inverse) {
  const uint64_t t0 = lowest(sums.v[0]), t1 = lowest(sums.v[1]), t2 = lowest(sums.v[2]), t3 = lowest(sums.v[3]), t4 = lowest(sums.v[4]);
  const uint64_t m0 = inverse[0], m1 = inverse[1], m2 = inverse[2], m3 = inverse[3], m4 = inverse[4];
  const Wide c0 = Wide{t0} * m0;
  const Wide c1 = Wide{t0} * m1 + Wide{t1} * m0 + static_cast<uint64_t>(c0 >> kLimbBits);
  const Wide c2 = Wide{t0} * m2 + Wide{t1} * m1 + Wide{t2} * m0 + static_cast<uint64_t>(c1 >> kLimbBits);
  const Wide c3 = Wide{t0} * m3 + Wide{t1} * m2 + Wide{t2} * m1 + Wide{t3} * m0 + static_cast<uint64_t>(c2 >> kLimbBits);
  const uint64_t c4 = t0 * m4 + t1 * m3 + t2 * m2 + t3 * m1 + t4 * m0 + static_cast<uint64_t>(c3 >> kLimbBits);
  return {{static_cast<uint64_t>(c0) & kLimbMask, static_cast<uint64_t>(c1) & kLimbMask, static_cast<uint64_t>(c2) & kLimbMask,
           static_cast<uint64_t>(c3) & kLimbMask, c4 & kLimbMask}};
}

#if defined(CHAINWRIGHT_CHECK_BOUNDS)
// Step 3: whether the lowest five limbs are a multiple of 2^260 that carries what the highest of them, rounded up, says.
bool leaves_whole(const Sums& sums) {
  uint64_t carry = 0;
  for (int k = 0; k < kRegisters; k++) {
    const uint64_t limb = lowest(sums.v[k]) + carry;
    if ((limb & kLimbMask) != 0) return false;
    carry = limb >> kLimbBits;
  }
  return carry == (lowest(sums.v[kRegisters - 1]) + kLimbMask) >> kLimbBits;
}
#endif

// Limbs below 2^52 from sums below 2^60.
MODULAR_INLINE Value carried(const Sums& sums) {
  const __m512i mask = broadcast(kLimbMask);
  __m512i v0 = sums.v[0], v1 = sums.v[1], v2 = sums.v[2], v3 = sums.v[3], v4 = sums.v[4];
  do {
    v1 = sum(v1, carry_of(v0));
    v0 = _mm512_and_si512(v0, mask);
    v2 = sum(v2, carry_of(v1));
    v1 = _mm512_and_si512(v1, mask);
    v3 = sum(v3, carry_of(v2));
    v2 = _mm512_and_si512(v2, mask);
    v4 = sum(v4, carry_of(v3));
    v3 = _mm512_and_si512(v3, mask);
    v0 = sum(v0, lane_up(carry_of(v4)));
    v4 = _mm512_and_si512(v4, mask);
  } while (__builtin_expect(_mm512_cmpgt_epu64_mask(v0, mask) != 0, 0));
  return {{v0, v1, v2, v3, v4}};
}

// a in memory, since its limbs are broadcast from there.
MODULAR_INLINE Value product_of(const Constants& constants, const uint64_t* a, const Value& b) {
  const Value n = load_value(constants.modulus);
  const __m512i round_up = broadcast(kLimbMask);
  Sums sums = block_of(a, 0, b);
#pragma GCC unroll 8
  for (int block = 1; block <= kLanes; block++) {
    check_sums(sums);
    const Quotient q = quotient_of(sums, constants.inverse);
    Sums next;
    if (block < kLanes) {
      next = block_of(a, block, b);
    } else {
      for (int k = 0; k < 2 * kRegisters; k++) next.v[k] = _mm512_setzero_si512();
    }
    add_row<0>(sums, broadcast(q.limbs[0]), n);
    add_row<1>(sums, broadcast(q.limbs[1]), n);
    add_row<2>(sums, broadcast(q.limbs[2]), n);
    add_row<3>(sums, broadcast(q.limbs[3]), n);
    add_row<4>(sums, broadcast(q.limbs[4]), n);
    check_sums(sums);
    MODULAR_ASSERT(leaves_whole(sums));
    const __m512i carry = _mm512_maskz_srli_epi64(1, sum(sums.v[4], round_up), kLimbBits);
    next.v[0] = sum(next.v[0], carry);
#pragma GCC unroll 5
    for (int k = 0; k < kRegisters; k++) next.v[k] = sum(lane_down(sums.v[k]), sum(sums.v[kRegisters + k], next.v[k]));
    sums = next;
  }
  return carried(sums);
}

void load(const Number& number, Element* element) {
  for (size_t limb = 0; limb < kLimbs; limb++) {
    const size_t bit = kLimbBits * limb, word = bit / 64, shift = bit % 64;
    uint64_t bits = word < kWords ? number.words[word] >> shift : 0;
    if (shift + kLimbBits > 64 && word + 1 < kWords) bits |= number.words[word + 1] << (64 - shift);
    element->words[place(limb)] = bits & kLimbMask;
  }
}

void store(const Element& element, Number* number) {
  std::memset(number, 0, sizeof *number);
  for (size_t limb = 0; limb < kLimbs; limb++) {
    const size_t bit = kLimbBits * limb, word = bit / 64, shift = bit % 64;
    const uint64_t bits = element.words[place(limb)];
    if (word < kWords) number->words[word] |= bits << shift;
    if (shift + kLimbBits > 64 && word + 1 < kWords) number->words[word + 1] |= bits >> (64 - shift);
  }
}

// -1 / N modulo 2^260 by Newton's iteration on limbs; N's lowest five limbs are all that matter.
void prepare(const Number& n, Constants* constants) {
  std::memset(constants, 0, sizeof *constants);
  load(n, &constants->modulus);
  // Limb by limb: the inverse m satisfies N m = -1; with m right below limb i, its limb i makes limb i of N m + 1 zero.
  const uint64_t first = negative_inverse(n.words[0]) & kLimbMask;
  Wide columns[kRegisters] = {1, 0, 0, 0, 0};
  for (int i = 0; i < kRegisters; i++) {
    const uint64_t limb = static_cast<uint64_t>(columns[i] & kLimbMask) * first & kLimbMask;
    constants->inverse[i] = limb;
    for (int k = 0; i + k < kRegisters; k++) columns[i + k] += Wide{limb} * constants->modulus.words[place(static_cast<size_t>(k))];
    if (i + 1 < kRegisters) columns[i + 1] += columns[i] >> kLimbBits;
  }
}

void multiply(const Constants& constants, const Element& a, const Element& b, Element* product) {
  store_value(product_of(constants, a.words, load_value(b)), product);
}

void square(const Constants& constants, Element* value, size_t count) {
  Value v = load_value(*value);
  for (size_t i = 0; i < count; i++) {
    v = product_of(constants, value->words, v);
    store_value(v, value);
  }
}

}  // namespace

const MontgomeryTier kMontgomeryIfma = {"ifma", kLimbs * kLimbBits, kLimbs, prepare, load, store, multiply, square};

}  // namespace chainwright::modular

// SHA-256 of 64-byte messages, 16 side by side in AVX-512 (F, BW): word t of 16 messages lies in one register.
//
// Two things bound it. On processors that start two 512-bit operations a cycle it is their number, so nothing is computed that
// need not be. On those that start four but take two cycles for each it is the path from one round to the next, so sums are
// ordered to keep it short, and the padding block, which needs no registers for a schedule, runs for two groups in turns.
#include "tiers.h"

#if defined(__x86_64__)

#include <immintrin.h>

#include <cstring>

#include "constants.h"

#if !defined(__clang__)  // gcc 12's own intrinsics (_mm512_undefined_epi32) set it off: GCC bug 105593
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#pragma GCC diagnostic ignored "-Wuninitialized"
#endif

namespace chainwright::sha256 {
namespace {

using Vector = __m512i;

constexpr size_t kLanes = 16;

SHA_INLINE Vector add(Vector x, Vector y) { return _mm512_add_epi32(x, y); }
SHA_INLINE Vector xor3(Vector x, Vector y, Vector z) { return _mm512_ternarylogic_epi32(x, y, z, 0x96); }
SHA_INLINE Vector broadcast(uint32_t word) { return _mm512_set1_epi32(static_cast<int>(word)); }

// x, but the compiler can't put the sums around it into another order.
SHA_INLINE Vector fixed(Vector x) {
  asm("" : "+v"(x));
  return x;
}

// One round (FIPS 180-4, §6.2.2 step 3) in place: instead of moving eight variables along, the caller names them one further
// each time. From one round's e to the next one's there are four operations: rotate, xor, and two additions; what else goes
// into the sum (h + K + W, the choice) is ready before.
SHA_INLINE void round(Vector a, Vector b, Vector c, Vector& d, Vector e, Vector f, Vector g, Vector& h, Vector kw) {
  const Vector sum1 = xor3(_mm512_ror_epi32(e, 6), _mm512_ror_epi32(e, 11), _mm512_ror_epi32(e, 25));
  const Vector choose = _mm512_ternarylogic_epi32(e, f, g, 0xca);
  const Vector sum0 = xor3(_mm512_ror_epi32(a, 2), _mm512_ror_epi32(a, 13), _mm512_ror_epi32(a, 22));
  const Vector majority = _mm512_ternarylogic_epi32(a, b, c, 0xe8);
  const Vector t1 = fixed(add(fixed(add(add(h, kw), choose)), sum1));
  d = add(d, t1);
  h = add(fixed(add(t1, majority)), sum0);
}

// Rounds t to t + 7 of `kStates` groups in turns; kw(n, i) is K[t + i] + W[t + i] of group n.
template <int kStates, typename Words>
SHA_INLINE void eight_rounds(Vector s[kStates][8], Words kw) {
#pragma GCC unroll 8
  for (int i = 0; i < 8; i++) {
#pragma GCC unroll 2
    for (int n = 0; n < kStates; n++) {
      Vector* v = s[n];
      round(v[-i & 7], v[(1 - i) & 7], v[(2 - i) & 7], v[(3 - i) & 7], v[(4 - i) & 7], v[(5 - i) & 7], v[(6 - i) & 7],
            v[(7 - i) & 7], kw(n, i));
    }
  }
}

SHA_INLINE Vector swap_bytes(Vector x) {
  const __m128i reversed = _mm_set_epi8(12, 13, 14, 15, 8, 9, 10, 11, 4, 5, 6, 7, 0, 1, 2, 3);
  return _mm512_shuffle_epi8(x, _mm512_broadcast_i32x4(reversed));
}

// Transposes the four 4 x 4 matrices of words that the 128-bit lanes of four rows are.
SHA_INLINE void transpose_lanes(Vector rows[4]) {
  const Vector low01 = _mm512_unpacklo_epi32(rows[0], rows[1]);
  const Vector high01 = _mm512_unpackhi_epi32(rows[0], rows[1]);
  const Vector low23 = _mm512_unpacklo_epi32(rows[2], rows[3]);
  const Vector high23 = _mm512_unpackhi_epi32(rows[2], rows[3]);
  rows[0] = _mm512_unpacklo_epi64(low01, low23);
  rows[1] = _mm512_unpackhi_epi64(low01, low23);
  rows[2] = _mm512_unpacklo_epi64(high01, high23);
  rows[3] = _mm512_unpackhi_epi64(high01, high23);
}

SHA_INLINE __m128i load_quarter(const uint8_t* bytes) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes)); }

// The same 16 bytes of messages m, m + 4, m + 8 and m + 12, so that transposing within 128-bit lanes is all there is to do.
SHA_INLINE Vector load_quarters(const uint8_t* bytes) {
  Vector row = _mm512_castsi128_si512(load_quarter(bytes));
  row = _mm512_inserti32x4(row, load_quarter(bytes + 4 * 64), 1);
  row = _mm512_inserti32x4(row, load_quarter(bytes + 8 * 64), 2);
  return _mm512_inserti32x4(row, load_quarter(bytes + 12 * 64), 3);
}

// The blocks of 16 messages, with the schedule in a ring of 16 words.
SHA_INLINE void message_blocks(const uint8_t* input, Vector state[8]) {
  Vector w[16];
  for (int quarter = 0; quarter < 4; quarter++) {
    Vector* rows = w + 4 * quarter;
    for (int m = 0; m < 4; m++) rows[m] = swap_bytes(load_quarters(input + 64 * m + 16 * quarter));
    transpose_lanes(rows);
  }
  Vector s[1][8];
  for (int i = 0; i < 8; i++) s[0][i] = broadcast(kInitialState[i]);
  eight_rounds<1>(s, [&](int, int i) __attribute__((always_inline)) { return add(w[i], broadcast(kRoundConstants[i])); });
  eight_rounds<1>(s, [&](int, int i) __attribute__((always_inline)) { return add(w[8 + i], broadcast(kRoundConstants[8 + i])); });
#pragma GCC unroll 1
  for (int t = 16; t < 64; t += 16) {
    const auto next = [&](int i) __attribute__((always_inline)) {
      const Vector x = w[(i + 1) & 15];
      const Vector y = w[(i + 14) & 15];
      const Vector sigma0 = xor3(_mm512_ror_epi32(x, 7), _mm512_ror_epi32(x, 18), _mm512_srli_epi32(x, 3));
      const Vector sigma1 = xor3(_mm512_ror_epi32(y, 17), _mm512_ror_epi32(y, 19), _mm512_srli_epi32(y, 10));
      w[i] = add(fixed(add(add(w[i], w[(i + 9) & 15]), sigma0)), sigma1);
      return add(w[i], broadcast(kRoundConstants[t + i]));
    };
    eight_rounds<1>(s, [&](int, int i) __attribute__((always_inline)) { return next(i); });
    eight_rounds<1>(s, [&](int, int i) __attribute__((always_inline)) { return next(8 + i); });
  }
  for (int i = 0; i < 8; i++) state[i] = add(s[0][i], broadcast(kInitialState[i]));
}

template <int kStates>
SHA_INLINE void padding_blocks(Vector states[kStates][8]) {
  Vector s[kStates][8];
  for (int n = 0; n < kStates; n++) {
    for (int i = 0; i < 8; i++) s[n][i] = states[n][i];
  }
#pragma GCC unroll 1
  for (int t = 0; t < 64; t += 8) {
    const auto kw = [&](int, int i) __attribute__((always_inline)) { return broadcast(kPaddingSchedule.words[t + i]); };
    eight_rounds<kStates>(s, kw);
  }
  for (int n = 0; n < kStates; n++) {
    for (int i = 0; i < 8; i++) states[n][i] = add(states[n][i], s[n][i]);
  }
}

struct Tag {
  Vector and_mask;
  Vector or_mask;
};

// For byte 0 of both digests that share a register.
SHA_INLINE Tag tag_of(uint8_t and_mask, uint8_t or_mask) {
  const __mmask16 first_words = 0x0101;
  return {_mm512_mask_set1_epi32(_mm512_set1_epi32(-1), first_words, static_cast<int>(0xffffff00 | and_mask)),
          _mm512_maskz_set1_epi32(first_words, or_mask)};
}

// Stores the digests of 16 messages: after transposing, row m of the first four words has those of messages m, m + 4, m + 8
// and m + 12 in its 128-bit lanes, and row m of the last four words theirs.
SHA_INLINE void store_digests(Vector state[8], uint8_t* output, const Tag& tag) {
  transpose_lanes(state);
  transpose_lanes(state + 4);
  for (int m = 0; m < 4; m++) {
    const Vector front = _mm512_permutex2var_epi64(state[m], _mm512_set_epi64(11, 10, 3, 2, 9, 8, 1, 0), state[4 + m]);
    const Vector back = _mm512_permutex2var_epi64(state[m], _mm512_set_epi64(15, 14, 7, 6, 13, 12, 5, 4), state[4 + m]);
    const Vector digests[2] = {_mm512_ternarylogic_epi32(swap_bytes(front), tag.and_mask, tag.or_mask, 0xea),
                               _mm512_ternarylogic_epi32(swap_bytes(back), tag.and_mask, tag.or_mask, 0xea)};
    for (int half = 0; half < 2; half++) {
      uint8_t* out = output + 32 * m + 256 * half;
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(out), _mm512_castsi512_si256(digests[half]));
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(out + 128), _mm512_extracti64x4_epi64(digests[half], 1));
    }
  }
}

// `kGroups` times 16 messages. Everything is read before anything is written.
template <int kGroups>
SHA_INLINE void hash(const uint8_t* input, uint8_t* output, const Tag& tag) {
  Vector states[kGroups][8];
  for (int n = 0; n < kGroups; n++) message_blocks(input + 64 * kLanes * n, states[n]);
  padding_blocks<kGroups>(states);
  for (int n = 0; n < kGroups; n++) store_digests(states[n], output + 32 * kLanes * n, tag);
}

// Fewer than 16 messages, in lanes of which the others stay empty.
void hash_part(const uint8_t* input, uint8_t* output, size_t count, const Tag& tag) {
  alignas(64) uint8_t messages[64 * kLanes] = {};
  alignas(64) uint8_t digests[32 * kLanes];
  memcpy(messages, input, 64 * count);
  hash<1>(messages, digests, tag);
  memcpy(output, digests, 32 * count);
}

// What doesn't fill the lanes goes to `narrow` unless it is worth a pass of its own.
SHA_INLINE void pairs(const uint8_t* input, uint8_t* output, size_t count, uint8_t and_mask, uint8_t or_mask,
                      void (*narrow)(const uint8_t*, uint8_t*, size_t, uint8_t, uint8_t), size_t worth_a_pass) {
  const Tag tag = tag_of(and_mask, or_mask);
  size_t at = 0;
  for (; count - at >= 2 * kLanes; at += 2 * kLanes) hash<2>(input + 64 * at, output + 32 * at, tag);
  if (count - at >= kLanes) {
    hash<1>(input + 64 * at, output + 32 * at, tag);
    at += kLanes;
  }
  if (count - at >= worth_a_pass) {
    hash_part(input + 64 * at, output + 32 * at, count - at, tag);
  } else if (count > at) {
    narrow(input + 64 * at, output + 32 * at, count - at, and_mask, or_mask);
  }
}

}  // namespace

void pairs_avx512(const uint8_t* input, uint8_t* output, size_t count, uint8_t and_mask, uint8_t or_mask) {
  pairs(input, output, count, and_mask, or_mask, pairs_sha_ni, 9);
}

void pairs_avx512_alone(const uint8_t* input, uint8_t* output, size_t count, uint8_t and_mask, uint8_t or_mask) {
  pairs(input, output, count, and_mask, or_mask, pairs_portable, 3);
}

}  // namespace chainwright::sha256

#endif

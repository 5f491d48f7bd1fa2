// SHA-512 challenges of four messages side by side in AVX2: word t of four messages lies in one register.
#include "tiers.h"

#if defined(__x86_64__)

#include <immintrin.h>

#include <cstring>

#include "lanes.h"
#include "rounds.h"

namespace chainwright::sha512 {
namespace {

struct Vectors {
  using Vector = __m256i;
  static SHA_INLINE Vector add(Vector x, Vector y) { return _mm256_add_epi64(x, y); }
  static SHA_INLINE Vector xor3(Vector x, Vector y, Vector z) { return _mm256_xor_si256(_mm256_xor_si256(x, y), z); }
  static SHA_INLINE Vector choose(Vector e, Vector f, Vector g) {
    return _mm256_xor_si256(g, _mm256_and_si256(e, _mm256_xor_si256(f, g)));
  }
  static SHA_INLINE Vector majority(Vector a, Vector b, Vector, Vector& b_xor_c) {
    const Vector a_xor_b = _mm256_xor_si256(a, b);
    const Vector result = _mm256_xor_si256(b, _mm256_and_si256(a_xor_b, b_xor_c));
    b_xor_c = a_xor_b;
    return result;
  }
  static SHA_INLINE Vector difference(Vector b, Vector c) { return _mm256_xor_si256(b, c); }
  template <int n>
  static SHA_INLINE Vector rotate(Vector x) {
    if (n == 8) {  // whole bytes: one shuffle instead of two shifts
      const __m128i bytes = _mm_set_epi8(8, 15, 14, 13, 12, 11, 10, 9, 0, 7, 6, 5, 4, 3, 2, 1);
      return _mm256_shuffle_epi8(x, _mm256_broadcastsi128_si256(bytes));
    }
    return _mm256_or_si256(_mm256_srli_epi64(x, n), _mm256_slli_epi64(x, 64 - n));
  }
  template <int n>
  static SHA_INLINE Vector shift(Vector x) {
    return _mm256_srli_epi64(x, n);
  }
  static SHA_INLINE Vector broadcast(const uint64_t* word) { return _mm256_set1_epi64x(static_cast<int64_t>(*word)); }
  static SHA_INLINE Vector fixed(Vector x) {
    asm("" : "+x"(x));
    return x;
  }
};

using Vector = Vectors::Vector;

// Transposes four rows of four 64-bit words.
SHA_INLINE void transpose(Vector rows[4]) {
  const Vector low01 = _mm256_unpacklo_epi64(rows[0], rows[1]);
  const Vector high01 = _mm256_unpackhi_epi64(rows[0], rows[1]);
  const Vector low23 = _mm256_unpacklo_epi64(rows[2], rows[3]);
  const Vector high23 = _mm256_unpackhi_epi64(rows[2], rows[3]);
  rows[0] = _mm256_permute2x128_si256(low01, low23, 0x20);
  rows[1] = _mm256_permute2x128_si256(high01, high23, 0x20);
  rows[2] = _mm256_permute2x128_si256(low01, low23, 0x31);
  rows[3] = _mm256_permute2x128_si256(high01, high23, 0x31);
}

SHA_INLINE Vector swap_bytes(Vector x) {
  const __m128i reversed = _mm_set_epi8(8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7);
  return _mm256_shuffle_epi8(x, _mm256_broadcastsi128_si256(reversed));
}

SHA_INLINE Vector load(const uint8_t* bytes) { return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(bytes)); }

// The 64 bytes of message || 0x80 || 0... from `at` on: where they lie, or put together in `buffer` if the message ends in
// them, since nothing behind it may be read.
SHA_INLINE const uint8_t* half_block(const uint8_t* message, size_t length, size_t at, uint8_t buffer[64]) {
  if (at <= length && length - at >= 64) return message + at;
  memset(buffer, 0, 64);
  if (at <= length) {
    if (at < length) memcpy(buffer, message + at, length - at);
    buffer[length - at] = 0x80;
  }
  return buffer;
}

struct Avx2 {
  static constexpr size_t kLanes = 4;
  static constexpr size_t kAloneFactor = 2;

  static void hash_group(const Lane lanes[4], size_t used) {
    alignas(32) uint64_t blocks_of[4];
    alignas(32) uint64_t bits_of[4];
    size_t most = 0;
    for (int lane = 0; lane < 4; lane++) {
      blocks_of[lane] = lanes[lane].blocks;
      bits_of[lane] = 8 * (64 + static_cast<uint64_t>(lanes[lane].length));
      if (lanes[lane].blocks > most) most = lanes[lane].blocks;
    }
    const Vector block_counts = _mm256_load_si256(reinterpret_cast<const __m256i*>(blocks_of));
    const Vector bit_counts = _mm256_load_si256(reinterpret_cast<const __m256i*>(bits_of));

    Vector state[8];
    for (int i = 0; i < 8; i++) state[i] = Vectors::broadcast(&kInitialState[i]);
    for (size_t block = 0; block < most; block++) {
      alignas(32) uint8_t buffers[4][2][64];
      Vector w[16];
      for (int lane = 0; lane < 4; lane++) {
        const Lane& from = lanes[lane];
        const uint8_t* second = half_block(from.message, from.length, 128 * block, buffers[lane][1]);
        if (block == 0) {
          w[lane] = load(from.r);
          w[4 + lane] = load(from.a);
        } else {
          const uint8_t* first = half_block(from.message, from.length, 128 * block - 64, buffers[lane][0]);
          w[lane] = load(first);
          w[4 + lane] = load(first + 32);
        }
        w[8 + lane] = load(second);
        w[12 + lane] = load(second + 32);
      }
      for (int i = 0; i < 16; i += 4) transpose(w + i);
      for (int i = 0; i < 16; i++) w[i] = swap_bytes(w[i]);
      const Vector number = _mm256_set1_epi64x(static_cast<int64_t>(block + 1));
      // The length in bits ends the last block of each lane; lanes that are done (number > block count) keep their state.
      // Signed comparison: counts are below 2^26.
      w[15] = _mm256_blendv_epi8(w[15], bit_counts, _mm256_cmpeq_epi64(block_counts, number));
      const Vector done = _mm256_cmpgt_epi64(number, block_counts);
      Vector s[8];
      for (int i = 0; i < 8; i++) s[i] = state[i];
      eighty_rounds<Vectors>(s, w);
      for (int i = 0; i < 8; i++) state[i] = _mm256_add_epi64(state[i], _mm256_andnot_si256(done, s[i]));
    }
    transpose(state);
    transpose(state + 4);
    for (size_t lane = 0; lane < used; lane++) {
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(lanes[lane].digest), swap_bytes(state[lane]));
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(lanes[lane].digest + 32), swap_bytes(state[4 + lane]));
    }
  }
};

}  // namespace

void challenges_avx2(const uint8_t* signatures, const uint8_t* public_keys, const uint8_t* messages, const uint32_t* offsets,
                     const uint32_t* indices, size_t count, uint32_t* order, uint8_t* digests) {
  challenges<Avx2>(signatures, public_keys, messages, offsets, indices, count, order, digests);
}

}  // namespace chainwright::sha512

#endif

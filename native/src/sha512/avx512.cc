// SHA-512 challenges of eight messages side by side in AVX-512 (F, BW, VL): word t of eight messages lies in one register.
#include "tiers.h"

#if defined(__x86_64__)

#include <immintrin.h>

#if !defined(__clang__)  // gcc 12's own intrinsics (_mm512_undefined_epi32) set it off: GCC bug 105593
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#pragma GCC diagnostic ignored "-Wuninitialized"
#endif

#include "lanes.h"
#include "rounds.h"

namespace chainwright::sha512 {
namespace {

struct Vectors {
  using Vector = __m512i;
  static SHA_INLINE Vector add(Vector x, Vector y) { return _mm512_add_epi64(x, y); }
  static SHA_INLINE Vector xor3(Vector x, Vector y, Vector z) { return _mm512_ternarylogic_epi64(x, y, z, 0x96); }
  static SHA_INLINE Vector choose(Vector e, Vector f, Vector g) { return _mm512_ternarylogic_epi64(e, f, g, 0xca); }
  static SHA_INLINE Vector majority(Vector a, Vector b, Vector c, Vector&) { return _mm512_ternarylogic_epi64(a, b, c, 0xe8); }
  static SHA_INLINE Vector difference(Vector b, Vector) { return b; }  // unused
  template <int n>
  static SHA_INLINE Vector rotate(Vector x) {
    return _mm512_ror_epi64(x, n);
  }
  template <int n>
  static SHA_INLINE Vector shift(Vector x) {
    return _mm512_srli_epi64(x, n);
  }
  static SHA_INLINE Vector broadcast(const uint64_t* word) { return _mm512_set1_epi64(static_cast<int64_t>(*word)); }
  static SHA_INLINE Vector fixed(Vector x) {
    asm("" : "+v"(x));
    return x;
  }
};

using Vector = Vectors::Vector;

// Transposes eight rows of eight 64-bit words.
SHA_INLINE void transpose(Vector rows[8]) {
  Vector pairs[8];
  for (int i = 0; i < 8; i += 2) {
    pairs[i] = _mm512_unpacklo_epi64(rows[i], rows[i + 1]);
    pairs[i + 1] = _mm512_unpackhi_epi64(rows[i], rows[i + 1]);
  }
  for (int i = 0; i < 2; i++) {
    const Vector low = _mm512_shuffle_i64x2(pairs[i], pairs[2 + i], 0x88);        // 128-bit lanes 0, 2 of either
    const Vector high = _mm512_shuffle_i64x2(pairs[i], pairs[2 + i], 0xdd);       // lanes 1, 3
    const Vector low2 = _mm512_shuffle_i64x2(pairs[4 + i], pairs[6 + i], 0x88);
    const Vector high2 = _mm512_shuffle_i64x2(pairs[4 + i], pairs[6 + i], 0xdd);
    rows[i] = _mm512_shuffle_i64x2(low, low2, 0x88);
    rows[4 + i] = _mm512_shuffle_i64x2(low, low2, 0xdd);
    rows[2 + i] = _mm512_shuffle_i64x2(high, high2, 0x88);
    rows[6 + i] = _mm512_shuffle_i64x2(high, high2, 0xdd);
  }
}

SHA_INLINE Vector swap_bytes(Vector x) {
  const __m128i reversed = _mm_set_epi8(8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7);
  return _mm512_shuffle_epi8(x, _mm512_broadcast_i32x4(reversed));
}

// The 64 bytes of message || 0x80 || 0... from `at` on. The load is masked, so nothing behind the message is read; without
// branches, since where messages end is what a processor can't predict.
SHA_INLINE Vector load_half_block(const uint8_t* message, size_t length, size_t at) {
  const size_t from = at < length ? at : length;
  const size_t left = length - from;
  // 0x80 comes right behind the message, unless an earlier half has it.
  const uint64_t end = (left < 64 && at <= length) ? uint64_t{1} << (left & 63) : 0;
  const uint64_t present = left < 64 ? (uint64_t{1} << (left & 63)) - 1 : ~uint64_t{0};
  const Vector bytes = _mm512_maskz_loadu_epi8(present, message + from);
  return _mm512_mask_blend_epi8(end, bytes, _mm512_set1_epi8(static_cast<char>(0x80)));
}

SHA_INLINE Vector load_r_and_a(const Lane& lane) {
  const __m256i r = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(lane.r));
  const __m256i a = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(lane.a));
  return _mm512_inserti64x4(_mm512_castsi256_si512(r), a, 1);
}

struct Avx512 {
  static constexpr size_t kLanes = 8;
  static constexpr size_t kAloneFactor = 6;

  static void hash_group(const Lane lanes[8], size_t used) {
    alignas(64) uint64_t blocks_of[8];
    alignas(64) uint64_t bits_of[8];
    size_t most = 0;
    for (int lane = 0; lane < 8; lane++) {
      blocks_of[lane] = lanes[lane].blocks;
      bits_of[lane] = 8 * (64 + static_cast<uint64_t>(lanes[lane].length));
      if (lanes[lane].blocks > most) most = lanes[lane].blocks;
    }
    const Vector block_counts = _mm512_load_si512(blocks_of);
    const Vector bit_counts = _mm512_load_si512(bits_of);

    Vector state[8];
    for (int i = 0; i < 8; i++) state[i] = Vectors::broadcast(&kInitialState[i]);
    for (size_t block = 0; block < most; block++) {
      Vector w[16];
      for (int lane = 0; lane < 8; lane++) {
        const Lane& from = lanes[lane];
        w[lane] = block == 0 ? load_r_and_a(from) : load_half_block(from.message, from.length, 128 * block - 64);
        w[8 + lane] = load_half_block(from.message, from.length, 128 * block);
      }
      transpose(w);
      transpose(w + 8);
      for (int i = 0; i < 16; i++) w[i] = swap_bytes(w[i]);
      const Vector number = _mm512_set1_epi64(static_cast<int64_t>(block + 1));
      // The length in bits ends the last block of each lane; lanes that are done keep their state.
      w[15] = _mm512_mask_mov_epi64(w[15], _mm512_cmpeq_epu64_mask(block_counts, number), bit_counts);
      const __mmask8 active = _mm512_cmpge_epu64_mask(block_counts, number);
      Vector s[8];
      for (int i = 0; i < 8; i++) s[i] = state[i];
      eighty_rounds<Vectors>(s, w);
      for (int i = 0; i < 8; i++) state[i] = _mm512_mask_add_epi64(state[i], active, state[i], s[i]);
    }
    transpose(state);
    for (size_t lane = 0; lane < used; lane++) _mm512_storeu_si512(lanes[lane].digest, swap_bytes(state[lane]));
  }
};

}  // namespace

void challenges_avx512(const uint8_t* signatures, const uint8_t* public_keys, const uint8_t* messages, const uint32_t* offsets,
                       const uint32_t* indices, size_t count, uint32_t* order, uint8_t* digests) {
  challenges<Avx512>(signatures, public_keys, messages, offsets, indices, count, order, digests);
}

}  // namespace chainwright::sha512

#endif

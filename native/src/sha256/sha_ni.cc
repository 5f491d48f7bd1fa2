// SHA-256 of 64-byte messages with the SHA extensions (Intel SHA Extensions white paper, 2013), several messages in turns.
//
// SHA256RNDS2 takes several cycles but a new one can start before the last is done: messages are interleaved round by round so
// that the unit never waits.
#include "tiers.h"

#if defined(__x86_64__)

#include <immintrin.h>

#include "constants.h"

namespace chainwright::sha256 {
namespace {

using Vector = __m128i;

SHA_INLINE Vector load(const void* p) { return _mm_loadu_si128(static_cast<const Vector*>(p)); }

// The unit wants the state as (f, e, b, a) and (h, g, d, c), lowest word first.
template <int kMessages>
SHA_INLINE void hash(const uint8_t* input, uint8_t* output, Vector and_mask, Vector or_mask) {
  const Vector swap = _mm_set_epi8(12, 13, 14, 15, 8, 9, 10, 11, 4, 5, 6, 7, 0, 1, 2, 3);
  const Vector initial_abef = _mm_set_epi32(static_cast<int>(kInitialState[0]), static_cast<int>(kInitialState[1]),
                                            static_cast<int>(kInitialState[4]), static_cast<int>(kInitialState[5]));
  const Vector initial_cdgh = _mm_set_epi32(static_cast<int>(kInitialState[2]), static_cast<int>(kInitialState[3]),
                                            static_cast<int>(kInitialState[6]), static_cast<int>(kInitialState[7]));
  Vector w[4][kMessages];
  Vector abef[kMessages];
  Vector cdgh[kMessages];
  for (int m = 0; m < kMessages; m++) {
    for (int i = 0; i < 4; i++) w[i][m] = _mm_shuffle_epi8(load(input + 64 * m + 16 * i), swap);
    abef[m] = initial_abef;
    cdgh[m] = initial_cdgh;
  }
#pragma GCC unroll 16
  for (int i = 0; i < 16; i++) {
    const Vector k = load(kRoundConstants + 4 * i);
#pragma GCC unroll 8
    for (int m = 0; m < kMessages; m++) {
      const Vector kw = _mm_add_epi32(w[i & 3][m], k);
      cdgh[m] = _mm_sha256rnds2_epu32(cdgh[m], abef[m], kw);
      abef[m] = _mm_sha256rnds2_epu32(abef[m], cdgh[m], _mm_shuffle_epi32(kw, 0x0e));
      if (i < 12) {
        const Vector sum = _mm_add_epi32(_mm_sha256msg1_epu32(w[i & 3][m], w[(i + 1) & 3][m]),
                                         _mm_alignr_epi8(w[(i + 3) & 3][m], w[(i + 2) & 3][m], 4));
        w[i & 3][m] = _mm_sha256msg2_epu32(sum, w[(i + 3) & 3][m]);
      }
    }
  }
  Vector middle_abef[kMessages];
  Vector middle_cdgh[kMessages];
  for (int m = 0; m < kMessages; m++) {
    middle_abef[m] = abef[m] = _mm_add_epi32(abef[m], initial_abef);
    middle_cdgh[m] = cdgh[m] = _mm_add_epi32(cdgh[m], initial_cdgh);
  }
#pragma GCC unroll 16
  for (int i = 0; i < 16; i++) {
    const Vector kw = load(kPaddingSchedule.words + 4 * i);
#pragma GCC unroll 8
    for (int m = 0; m < kMessages; m++) cdgh[m] = _mm_sha256rnds2_epu32(cdgh[m], abef[m], kw);
    const Vector upper = _mm_shuffle_epi32(kw, 0x0e);
#pragma GCC unroll 8
    for (int m = 0; m < kMessages; m++) abef[m] = _mm_sha256rnds2_epu32(abef[m], cdgh[m], upper);
  }
  for (int m = 0; m < kMessages; m++) {
    const Vector feba = _mm_shuffle_epi32(_mm_add_epi32(abef[m], middle_abef[m]), 0x1b);  // a, b, e, f
    const Vector dchg = _mm_shuffle_epi32(_mm_add_epi32(cdgh[m], middle_cdgh[m]), 0x1b);  // c, d, g, h
    const Vector low = _mm_shuffle_epi8(_mm_unpacklo_epi64(feba, dchg), swap);
    const Vector high = _mm_shuffle_epi8(_mm_unpackhi_epi64(feba, dchg), swap);
    _mm_storeu_si128(reinterpret_cast<Vector*>(output + 32 * m), _mm_or_si128(_mm_and_si128(low, and_mask), or_mask));
    _mm_storeu_si128(reinterpret_cast<Vector*>(output + 32 * m + 16), high);
  }
}

// One block each into states of their own.
template <int kMessages>
SHA_INLINE void compress(uint32_t (*states)[8], const uint8_t* blocks) {
  const Vector swap = _mm_set_epi8(12, 13, 14, 15, 8, 9, 10, 11, 4, 5, 6, 7, 0, 1, 2, 3);
  Vector w[4][kMessages];
  Vector abef[kMessages];
  Vector cdgh[kMessages];
  Vector before_abef[kMessages];
  Vector before_cdgh[kMessages];
  for (int m = 0; m < kMessages; m++) {
    for (int i = 0; i < 4; i++) w[i][m] = _mm_shuffle_epi8(load(blocks + 64 * m + 16 * i), swap);
    const Vector abcd = _mm_shuffle_epi32(load(states[m]), 0xb1);      // b, a, d, c
    const Vector efgh = _mm_shuffle_epi32(load(states[m] + 4), 0x1b);  // h, g, f, e
    before_abef[m] = abef[m] = _mm_alignr_epi8(abcd, efgh, 8);         // f, e, b, a
    before_cdgh[m] = cdgh[m] = _mm_blend_epi16(efgh, abcd, 0xf0);      // h, g, d, c
  }
#pragma GCC unroll 16
  for (int i = 0; i < 16; i++) {
    const Vector k = load(kRoundConstants + 4 * i);
#pragma GCC unroll 8
    for (int m = 0; m < kMessages; m++) {
      const Vector kw = _mm_add_epi32(w[i & 3][m], k);
      cdgh[m] = _mm_sha256rnds2_epu32(cdgh[m], abef[m], kw);
      abef[m] = _mm_sha256rnds2_epu32(abef[m], cdgh[m], _mm_shuffle_epi32(kw, 0x0e));
      if (i < 12) {
        const Vector sum = _mm_add_epi32(_mm_sha256msg1_epu32(w[i & 3][m], w[(i + 1) & 3][m]),
                                         _mm_alignr_epi8(w[(i + 3) & 3][m], w[(i + 2) & 3][m], 4));
        w[i & 3][m] = _mm_sha256msg2_epu32(sum, w[(i + 3) & 3][m]);
      }
    }
  }
  for (int m = 0; m < kMessages; m++) {
    const Vector feba = _mm_shuffle_epi32(_mm_add_epi32(abef[m], before_abef[m]), 0x1b);  // a, b, e, f
    const Vector hgdc = _mm_shuffle_epi32(_mm_add_epi32(cdgh[m], before_cdgh[m]), 0x1b);  // c, d, g, h
    _mm_storeu_si128(reinterpret_cast<Vector*>(states[m]), _mm_unpacklo_epi64(feba, hgdc));
    _mm_storeu_si128(reinterpret_cast<Vector*>(states[m] + 4), _mm_unpackhi_epi64(feba, hgdc));
  }
}

}  // namespace

void blocks_sha_ni(uint32_t (*states)[8], const uint8_t* blocks, size_t count) {
  size_t at = 0;
  for (; count - at >= 4; at += 4) compress<4>(states + at, blocks + 64 * at);
  for (; count - at >= 2; at += 2) compress<2>(states + at, blocks + 64 * at);
  if (at < count) compress<1>(states + at, blocks + 64 * at);
}

void pairs_sha_ni(const uint8_t* input, uint8_t* output, size_t count, uint8_t and_mask, uint8_t or_mask) {
  const Vector ands = _mm_set_epi32(-1, -1, -1, static_cast<int>(0xffffff00 | and_mask));
  const Vector ors = _mm_set_epi32(0, 0, 0, or_mask);
  size_t at = 0;
  for (; count - at >= 4; at += 4) hash<4>(input + 64 * at, output + 32 * at, ands, ors);
  for (; count - at >= 2; at += 2) hash<2>(input + 64 * at, output + 32 * at, ands, ors);
  if (at < count) hash<1>(input + 64 * at, output + 32 * at, ands, ors);
}

}  // namespace chainwright::sha256

#endif

// SHA-256 of 64-byte messages for WebAssembly with 128-bit vectors: four messages side by side, one a lane.
#if defined(__wasm_simd128__)

#include <wasm_simd128.h>

#include "constants.h"
#include "tiers.h"

namespace chainwright::sha256 {
namespace {

using Lanes = uint32_t __attribute__((vector_size(16)));

constexpr size_t kLanes = 4;

inline Lanes splat(uint32_t x) { return Lanes{x, x, x, x}; }
inline Lanes rotate_right(Lanes x, int n) { return x >> n | x << (32 - n); }
inline Lanes big_endian(v128_t x) {
  return reinterpret_cast<Lanes>(wasm_i8x16_shuffle(x, x, 3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12));
}

// Row i of the 4 x 4 matrix becomes its column i.
inline __attribute__((always_inline)) void transpose(Lanes& a, Lanes& b, Lanes& c, Lanes& d) {
  const Lanes ab_low = __builtin_shufflevector(a, b, 0, 4, 1, 5), ab_high = __builtin_shufflevector(a, b, 2, 6, 3, 7);
  const Lanes cd_low = __builtin_shufflevector(c, d, 0, 4, 1, 5), cd_high = __builtin_shufflevector(c, d, 2, 6, 3, 7);
  a = __builtin_shufflevector(ab_low, cd_low, 0, 1, 4, 5);
  b = __builtin_shufflevector(ab_low, cd_low, 2, 3, 6, 7);
  c = __builtin_shufflevector(ab_high, cd_high, 0, 1, 4, 5);
  d = __builtin_shufflevector(ab_high, cd_high, 2, 3, 6, 7);
}

// One round (FIPS 180-4, §6.2.2 step 3) in place, as in portable.cc. `kw` is K[t] + W[t].
inline __attribute__((always_inline)) void round(Lanes a, Lanes b, Lanes c, Lanes& d, Lanes e, Lanes f, Lanes g, Lanes& h, Lanes kw) {
  const Lanes t1 = h + kw + (rotate_right(e, 6) ^ rotate_right(e, 11) ^ rotate_right(e, 25)) + (g ^ (e & (f ^ g)));
  d += t1;
  h = t1 + (rotate_right(a, 2) ^ rotate_right(a, 13) ^ rotate_right(a, 22)) + ((a & b) | (c & (a | b)));
}

template <typename Words>
inline __attribute__((always_inline)) void eight_rounds(Lanes s[8], Words kw) {
  round(s[0], s[1], s[2], s[3], s[4], s[5], s[6], s[7], kw(0));
  round(s[7], s[0], s[1], s[2], s[3], s[4], s[5], s[6], kw(1));
  round(s[6], s[7], s[0], s[1], s[2], s[3], s[4], s[5], kw(2));
  round(s[5], s[6], s[7], s[0], s[1], s[2], s[3], s[4], kw(3));
  round(s[4], s[5], s[6], s[7], s[0], s[1], s[2], s[3], kw(4));
  round(s[3], s[4], s[5], s[6], s[7], s[0], s[1], s[2], kw(5));
  round(s[2], s[3], s[4], s[5], s[6], s[7], s[0], s[1], kw(6));
  round(s[1], s[2], s[3], s[4], s[5], s[6], s[7], s[0], kw(7));
}

// Four messages of 64 bytes, one behind another, to their four hashes.
inline void four_pairs(const uint8_t* input, uint8_t* output, Lanes first_and, Lanes first_or) {
  Lanes w[16];
  for (int part = 0; part < 4; part++) {
    for (size_t lane = 0; lane < kLanes; lane++) w[4 * part + lane] = big_endian(wasm_v128_load(input + 64 * lane + 16 * part));
    transpose(w[4 * part], w[4 * part + 1], w[4 * part + 2], w[4 * part + 3]);
  }

  // The block of the message itself, with its schedule in a ring of 16 words.
  Lanes s[8], state[8];
  for (int i = 0; i < 8; i++) s[i] = splat(kInitialState[i]);
  eight_rounds(s, [&](int i) { return splat(kRoundConstants[i]) + w[i]; });
  eight_rounds(s, [&](int i) { return splat(kRoundConstants[8 + i]) + w[8 + i]; });
  for (int t = 16; t < 64; t += 16) {
    const auto next = [&](int i) {
      const Lanes x = w[(i + 1) & 15];
      const Lanes y = w[(i + 14) & 15];
      w[i & 15] += (rotate_right(x, 7) ^ rotate_right(x, 18) ^ x >> 3) + w[(i + 9) & 15] +
                   (rotate_right(y, 17) ^ rotate_right(y, 19) ^ y >> 10);
      return w[i & 15] + splat(kRoundConstants[t + i]);
    };
    eight_rounds(s, next);
    eight_rounds(s, [&](int i) { return next(8 + i); });
  }
  for (int i = 0; i < 8; i++) state[i] = s[i] += splat(kInitialState[i]);

  // The block of padding, whose schedule is known.
  for (int t = 0; t < 64; t += 8) eight_rounds(s, [&](int i) { return splat(kPaddingSchedule.words[t + i]); });
  for (int i = 0; i < 8; i++) state[i] += s[i];

  state[0] = (state[0] & first_and) | first_or;
  for (int half = 0; half < 2; half++) {
    Lanes* const r = state + 4 * half;
    transpose(r[0], r[1], r[2], r[3]);
    for (size_t lane = 0; lane < kLanes; lane++) {
      wasm_v128_store(output + 32 * lane + 16 * half, reinterpret_cast<v128_t>(big_endian(reinterpret_cast<v128_t>(r[lane]))));
    }
  }
}

}  // namespace

// Each group of four is read whole before its first byte is written (tiers.h).
void pairs_simd128(const uint8_t* input, uint8_t* output, size_t count, uint8_t and_mask, uint8_t or_mask) {
  const Lanes first_and = splat(uint32_t{and_mask} << 24 | 0xffffff);
  const Lanes first_or = splat(uint32_t{or_mask} << 24);
  size_t i = 0;
  for (; i + kLanes <= count; i += kLanes) four_pairs(input + 64 * i, output + 32 * i, first_and, first_or);
  pairs_portable(input + 64 * i, output + 32 * i, count - i, and_mask, or_mask);
}

}  // namespace chainwright::sha256

#endif

// Roots of all-zero subtrees, worked out by the compiler: no table to fill at run time, so nothing for threads to share.
#ifndef CHAINWRIGHT_SHA256_ZERO_ROOTS_H
#define CHAINWRIGHT_SHA256_ZERO_ROOTS_H

#include "constants.h"

namespace chainwright::sha256 {

constexpr unsigned kMaxTreeDepth = 40;

struct ZeroRoots {
  alignas(64) uint8_t roots[kMaxTreeDepth + 1][32];
};

// Plain FIPS 180-4, §6.2.2, over words: small rather than fast, since it runs in the compiler.
constexpr void compress(uint32_t state[8], const uint32_t kw[64]) {
  uint32_t s[8] = {state[0], state[1], state[2], state[3], state[4], state[5], state[6], state[7]};
  for (int t = 0; t < 64; t++) {
    const uint32_t a = s[0];
    const uint32_t e = s[4];
    const uint32_t sum1 = (e >> 6 | e << 26) ^ (e >> 11 | e << 21) ^ (e >> 25 | e << 7);
    const uint32_t t1 = s[7] + sum1 + (s[6] ^ (e & (s[5] ^ s[6]))) + kw[t];
    const uint32_t sum0 = (a >> 2 | a << 30) ^ (a >> 13 | a << 19) ^ (a >> 22 | a << 10);
    const uint32_t t2 = sum0 + ((a & s[1]) | (s[2] & (a | s[1])));
    s[7] = s[6];
    s[6] = s[5];
    s[5] = e;
    s[4] = s[3] + t1;
    s[3] = s[2];
    s[2] = s[1];
    s[1] = a;
    s[0] = t1 + t2;
  }
  for (int i = 0; i < 8; i++) state[i] += s[i];
}

// Root 0 is a zero leaf, root d + 1 = SHA-256(root d || root d).
constexpr ZeroRoots zero_roots() {
  ZeroRoots table{};
  uint32_t root[8] = {};
  for (unsigned depth = 1; depth <= kMaxTreeDepth; depth++) {
    uint32_t w[64] = {};
    for (int i = 0; i < 16; i++) w[i] = root[i & 7];
    for (int t = 16; t < 64; t++) {
      const uint32_t x = w[t - 15];
      const uint32_t y = w[t - 2];
      w[t] = w[t - 16] + ((x >> 7 | x << 25) ^ (x >> 18 | x << 14) ^ x >> 3) + w[t - 7] +
             ((y >> 17 | y << 15) ^ (y >> 19 | y << 13) ^ y >> 10);
    }
    for (int t = 0; t < 64; t++) w[t] += kRoundConstants[t];
    for (int i = 0; i < 8; i++) root[i] = kInitialState[i];
    compress(root, w);
    compress(root, kPaddingSchedule.words);
    for (int i = 0; i < 32; i++) table.roots[depth][i] = static_cast<uint8_t>(root[i / 4] >> (24 - 8 * (i % 4)));
  }
  return table;
}

constexpr ZeroRoots kZeroRoots = zero_roots();

}  // namespace chainwright::sha256

#endif

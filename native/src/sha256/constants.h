// Constants of SHA-256 (FIPS 180-4, §4.2.2 and §5.3.3) and the message schedule of the one padding block that a 64-byte
// message has, worked out by the compiler.
#ifndef CHAINWRIGHT_SHA256_CONSTANTS_H
#define CHAINWRIGHT_SHA256_CONSTANTS_H

#include <cstdint>

namespace chainwright::sha256 {

constexpr uint32_t kInitialState[8] = {
    0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
};

alignas(64) constexpr uint32_t kRoundConstants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

struct Schedule {
  alignas(64) uint32_t words[64];
};

// The message is always 64 bytes, so the second block is 0x80, zeros and the length 512 in bits: its 64 schedule words never
// change and are added to the round constants once and for all.
constexpr Schedule padding_block_schedule() {
  Schedule schedule{};
  uint32_t* w = schedule.words;
  w[0] = 0x80000000;
  w[15] = 512;
  for (int t = 16; t < 64; t++) {
    const uint32_t x = w[t - 15];
    const uint32_t y = w[t - 2];
    const uint32_t sigma0 = (x >> 7 | x << 25) ^ (x >> 18 | x << 14) ^ x >> 3;
    const uint32_t sigma1 = (y >> 17 | y << 15) ^ (y >> 19 | y << 13) ^ y >> 10;
    w[t] = w[t - 16] + sigma0 + w[t - 7] + sigma1;
  }
  for (int t = 0; t < 64; t++) w[t] += kRoundConstants[t];
  return schedule;
}

// K[t] + W[t] of the padding block.
constexpr Schedule kPaddingSchedule = padding_block_schedule();

}  // namespace chainwright::sha256

#endif

// SHA-512 challenges one at a time in plain C++: every processor, and WebAssembly.
#include <cstring>

#include "constants.h"
#include "tiers.h"

namespace chainwright::sha512 {
namespace {

inline uint64_t rotate_right(uint64_t x, int n) { return x >> n | x << (64 - n); }

inline uint64_t load_big_endian(const uint8_t* bytes) {
  uint64_t x = 0;
  for (int i = 0; i < 8; i++) x = x << 8 | bytes[i];
  return x;
}

inline void store_big_endian(uint8_t* bytes, uint64_t x) {
  for (int i = 0; i < 8; i++) bytes[i] = static_cast<uint8_t>(x >> (56 - 8 * i));
}

// One round (FIPS 180-4, §6.4.2 step 3) in place: instead of moving eight variables along, the caller names them one
// further each time. `kw` is K[t] + W[t].
SHA_INLINE void round(uint64_t a, uint64_t b, uint64_t c, uint64_t& d, uint64_t e, uint64_t f,
                      uint64_t g, uint64_t& h, uint64_t kw) {
  const uint64_t sum1 = rotate_right(e, 14) ^ rotate_right(e, 18) ^ rotate_right(e, 41);
  const uint64_t choose = g ^ (e & (f ^ g));
  const uint64_t t1 = h + sum1 + choose + kw;
  const uint64_t sum0 = rotate_right(a, 28) ^ rotate_right(a, 34) ^ rotate_right(a, 39);
  const uint64_t majority = (a & b) | (c & (a | b));
  d += t1;
  h = t1 + sum0 + majority;
}

// Rounds t to t + 7 with kw(i) = K[t + i] + W[t + i].
template <typename Words>
SHA_INLINE void eight_rounds(uint64_t s[8], Words kw) {
  round(s[0], s[1], s[2], s[3], s[4], s[5], s[6], s[7], kw(0));
  round(s[7], s[0], s[1], s[2], s[3], s[4], s[5], s[6], kw(1));
  round(s[6], s[7], s[0], s[1], s[2], s[3], s[4], s[5], kw(2));
  round(s[5], s[6], s[7], s[0], s[1], s[2], s[3], s[4], kw(3));
  round(s[4], s[5], s[6], s[7], s[0], s[1], s[2], s[3], kw(4));
  round(s[3], s[4], s[5], s[6], s[7], s[0], s[1], s[2], kw(5));
  round(s[2], s[3], s[4], s[5], s[6], s[7], s[0], s[1], kw(6));
  round(s[1], s[2], s[3], s[4], s[5], s[6], s[7], s[0], kw(7));
}

void compress(uint64_t state[8], const uint8_t* block) {
  uint64_t w[16];  // the schedule in a ring
  for (int i = 0; i < 16; i++) w[i] = load_big_endian(block + 8 * i);
  uint64_t s[8];
  for (int i = 0; i < 8; i++) s[i] = state[i];
  eight_rounds(s, [&](int i) { return kRoundConstants[i] + w[i]; });
  eight_rounds(s, [&](int i) { return kRoundConstants[8 + i] + w[8 + i]; });
  for (int t = 16; t < 80; t += 16) {
    const auto next = [&](int i) {
      const uint64_t x = w[(i + 1) & 15];
      const uint64_t y = w[(i + 14) & 15];
      const uint64_t sigma0 = rotate_right(x, 1) ^ rotate_right(x, 8) ^ x >> 7;
      const uint64_t sigma1 = rotate_right(y, 19) ^ rotate_right(y, 61) ^ y >> 6;
      w[i] += sigma0 + w[(i + 9) & 15] + sigma1;
      return w[i] + kRoundConstants[t + i];
    };
    eight_rounds(s, next);
    eight_rounds(s, [&](int i) { return next(8 + i); });
  }
  for (int i = 0; i < 8; i++) state[i] += s[i];
}

// R || A fills half of the first block, so the message is hashed from where it lies but for its first 64 bytes and its end.
void challenge(const uint8_t* r, const uint8_t* a, const uint8_t* message, size_t length, uint8_t* digest) {
  uint64_t state[8];
  for (int i = 0; i < 8; i++) state[i] = kInitialState[i];
  uint8_t block[128];
  memcpy(block, r, 32);
  memcpy(block + 32, a, 32);
  size_t used = 64;  // bytes of `block` that are set
  size_t at = 0;     // bytes of the message that are in `block` or hashed
  if (length >= 64) {
    memcpy(block + 64, message, 64);
    compress(state, block);
    at = 64;
    used = 0;
    for (; length - at >= 128; at += 128) compress(state, message + at);
  }
  if (length > at) memcpy(block + used, message + at, length - at);
  used += length - at;
  // Padding: 0x80, zeros, the length in bits as 128 bits (of which the upper 64 are 0); it takes 17 bytes or more.
  block[used++] = 0x80;
  if (used > 112) {
    memset(block + used, 0, 128 - used);
    compress(state, block);
    used = 0;
  }
  memset(block + used, 0, 120 - used);
  store_big_endian(block + 120, (64 + static_cast<uint64_t>(length)) * 8);
  compress(state, block);
  for (int i = 0; i < 8; i++) store_big_endian(digest + 8 * i, state[i]);
}

}  // namespace

void challenges_portable(const uint8_t* signatures, const uint8_t* public_keys, const uint8_t* messages, const uint32_t* offsets,
                         const uint32_t* indices, size_t count, uint32_t* /*order*/, uint8_t* digests) {
  for (size_t j = 0; j < count; j++) {
    const size_t i = indices[j];
    challenge(signatures + 64 * i, public_keys + 32 * i, messages + offsets[i], offsets[i + 1] - offsets[i], digests + 64 * j);
  }
}

}  // namespace chainwright::sha512

// Where each platform keeps its randomness, and ChaCha20, four blocks at a time.
#include "random.h"

#include <cstring>

#if defined(__wasm__)
extern "C" {
// The host's cryptographic generator: fills [bytes, bytes + length) and returns 1, or returns 0.
__attribute__((import_module("chainwright"), import_name("random"))) int32_t chainwright_host_random(uint8_t* bytes, size_t length);
}
#elif defined(__linux__)
#include <cerrno>
#include <sys/random.h>
#elif defined(_WIN32)
#include <windows.h>
// After windows.h, which it needs.
#include <bcrypt.h>
#else
#include <unistd.h>
#if defined(__APPLE__)
#include <sys/random.h>
#endif
#endif

namespace chainwright {

bool system_random(uint8_t* bytes, size_t length) {
#if defined(__wasm__)
  return chainwright_host_random(bytes, length) != 0;
#elif defined(__linux__)
  while (length > 0) {
    const ssize_t got = getrandom(bytes, length, 0);
    if (got < 0) {
      if (errno == EINTR) continue;
      return false;
    }
    bytes += got;
    length -= static_cast<size_t>(got);
  }
  return true;
#elif defined(_WIN32)
  return BCryptGenRandom(nullptr, bytes, static_cast<ULONG>(length), BCRYPT_USE_SYSTEM_PREFERRED_RNG) == 0;
#else
  while (length > 0) {
    const size_t part = length < 256 ? length : 256;  // getentropy's limit
    if (getentropy(bytes, part) != 0) return false;
    bytes += part;
    length -= part;
  }
  return true;
#endif
}

namespace {

// Four blocks side by side: word i of four consecutive blocks in lane order. The compiler makes these the vector
// instructions of any machine, or plain words where it has none.
constexpr int kBlocks = 4;
typedef uint32_t Lanes __attribute__((vector_size(4 * kBlocks)));

inline Lanes rotate_left(Lanes x, int bits) { return x << bits | x >> (32 - bits); }

inline void quarter_round(Lanes& a, Lanes& b, Lanes& c, Lanes& d) {
  a += b;
  d = rotate_left(d ^ a, 16);
  c += d;
  b = rotate_left(b ^ c, 12);
  a += b;
  d = rotate_left(d ^ a, 8);
  c += d;
  b = rotate_left(b ^ c, 7);
}

}  // namespace

bool RandomStream::seed() {
  block_ = 0;
  return system_random(reinterpret_cast<uint8_t*>(key_), sizeof(key_));
}

void RandomStream::fill(uint8_t* bytes, size_t length) {
  constexpr uint32_t kConstants[4] = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574};  // "expand 32-byte k"
  while (length > 0) {
    Lanes start[16];
    for (int i = 0; i < 4; ++i) start[i] = Lanes{} + kConstants[i];
    for (int i = 0; i < 8; ++i) start[4 + i] = Lanes{} + key_[i];
    start[12] = Lanes{} + block_ + Lanes{0, 1, 2, 3};
    start[13] = start[14] = start[15] = Lanes{};  // nonce 0: a key serves one stream
    Lanes state[16];
    for (int i = 0; i < 16; ++i) state[i] = start[i];
    for (int round = 0; round < 10; ++round) {
      quarter_round(state[0], state[4], state[8], state[12]);
      quarter_round(state[1], state[5], state[9], state[13]);
      quarter_round(state[2], state[6], state[10], state[14]);
      quarter_round(state[3], state[7], state[11], state[15]);
      quarter_round(state[0], state[5], state[10], state[15]);
      quarter_round(state[1], state[6], state[11], state[12]);
      quarter_round(state[2], state[7], state[8], state[13]);
      quarter_round(state[3], state[4], state[9], state[14]);
    }
    // The stream's order of words doesn't matter to anyone, so lanes aren't transposed into RFC 8439's order of bytes.
    for (int i = 0; i < 16; ++i) state[i] += start[i];
    block_ += kBlocks;
    const size_t part = length < sizeof(state) ? length : sizeof(state);
    std::memcpy(bytes, state, part);
    bytes += part;
    length -= part;
  }
}

}  // namespace chainwright

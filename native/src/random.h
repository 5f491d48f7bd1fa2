// Randomness for batch coefficients: the operating system's, stretched by ChaCha20. It decides how sure a batch verdict is,
// never which one.
#ifndef CHAINWRIGHT_RANDOM_H
#define CHAINWRIGHT_RANDOM_H

#include <cstddef>
#include <cstdint>

namespace chainwright {

// Fills `bytes` from the operating system (under WebAssembly from the host). False if there is none.
bool system_random(uint8_t* bytes, size_t length);

// A stream of ChaCha20 (RFC 8439 §2.3, §2.4) under a fresh key. Seeded anew for each batch, so nothing is left in memory that
// would tell later coefficients, and a fork can't repeat them.
class RandomStream {
 public:
  // False if the system has no randomness; the stream is then not usable.
  bool seed();
  // At most 2^32 blocks of 64 bytes from one seed; a batch takes a few thousand.
  void fill(uint8_t* bytes, size_t length);

 private:
  uint32_t key_[8];
  uint32_t block_ = 0;
};

}  // namespace chainwright

#endif

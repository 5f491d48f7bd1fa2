// Numbers of 2,048 bits, as they stand in headers (256 bytes, big-endian) and as words, and numbers of 256 bits.
#ifndef CHAINWRIGHT_MODULAR_NUMBER_H
#define CHAINWRIGHT_MODULAR_NUMBER_H

#include <cstddef>
#include <cstdint>

// The sanitizer build asserts the bounds that limbs and sums stay below.
#if defined(CHAINWRIGHT_CHECK_BOUNDS)
#include <cstdio>
#include <cstdlib>
#define MODULAR_ASSERT(condition)                                                           \
  do {                                                                                      \
    if (!(condition)) {                                                                     \
      std::fprintf(stderr, "%s:%d: bound violated: %s\n", __FILE__, __LINE__, #condition);  \
      std::abort();                                                                         \
    }                                                                                       \
  } while (0)
#else
#define MODULAR_ASSERT(condition) ((void)0)
#endif

// Files of several instruction sets include this: no function here may be emitted as one copy for all of them.
#define MODULAR_INLINE static inline __attribute__((always_inline))

namespace chainwright::modular {

using Wide = unsigned __int128;

constexpr size_t kWords = 32;
constexpr size_t kBytes = 8 * kWords;

// Least significant word first.
struct Number {
  uint64_t words[kWords];
};

// 256 bits: candidates, primes, their bases. Least significant word first.
struct Short {
  uint64_t words[4];
};
constexpr size_t kShortBytes = 32;

template <size_t kCount>
MODULAR_INLINE void words_of_bytes(const uint8_t* bytes, uint64_t* words) {
  for (size_t i = 0; i < kCount; i++) {
    uint64_t word = 0;
    for (size_t j = 0; j < 8; j++) word = word << 8 | bytes[8 * (kCount - 1 - i) + j];
    words[i] = word;
  }
}

template <size_t kCount>
MODULAR_INLINE void bytes_of_words(const uint64_t* words, uint8_t* bytes) {
  for (size_t i = 0; i < kCount; i++) {
    for (size_t j = 0; j < 8; j++) bytes[8 * (kCount - 1 - i) + j] = static_cast<uint8_t>(words[i] >> (56 - 8 * j));
  }
}

MODULAR_INLINE Number number_of(const uint8_t bytes[kBytes]) {
  Number number;
  words_of_bytes<kWords>(bytes, number.words);
  return number;
}

MODULAR_INLINE Short short_of(const uint8_t bytes[kShortBytes]) {
  Short number;
  words_of_bytes<4>(bytes, number.words);
  return number;
}

// a < b.
template <size_t kCount>
MODULAR_INLINE bool is_below(const uint64_t* a, const uint64_t* b) {
  for (size_t i = kCount; i-- > 0;) {
    if (a[i] != b[i]) return a[i] < b[i];
  }
  return false;
}

// result = a - b; the borrow that is left. `result` may be a or b.
template <size_t kCount>
MODULAR_INLINE uint64_t subtract(const uint64_t* a, const uint64_t* b, uint64_t* result) {
  uint64_t borrow = 0;
  for (size_t i = 0; i < kCount; i++) {
    const Wide difference = Wide{a[i]} - b[i] - borrow;
    result[i] = static_cast<uint64_t>(difference);
    borrow = static_cast<uint64_t>(difference >> 64) & 1;
  }
  return borrow;
}

// value = 2 value mod n, for value < n.
template <size_t kCount>
MODULAR_INLINE void double_modulo(uint64_t* value, const uint64_t* n) {
  uint64_t top = 0;
  for (size_t i = 0; i < kCount; i++) {
    const uint64_t word = value[i];
    value[i] = word << 1 | top;
    top = word >> 63;
  }
  if (top != 0 || !is_below<kCount>(value, n)) subtract<kCount>(value, n, value);
}

// -1 / n modulo 2^64, by Newton's iteration: each step doubles the bits that are right, and an odd n is its own inverse modulo 8.
MODULAR_INLINE uint64_t negative_inverse(uint64_t n) {
  uint64_t inverse = n;
  for (int i = 0; i < 5; i++) inverse *= 2 - n * inverse;
  return ~inverse + 1;
}

}  // namespace chainwright::modular

#endif

// Arithmetic modulo p = 2^255 - 19 and modulo L in the plainest words: what the engine's fields and scalars are held against.
#ifndef CHAINWRIGHT_TEST_REFERENCE_H
#define CHAINWRIGHT_TEST_REFERENCE_H

#include <cstdint>
#include <cstring>

namespace chainwright::test {

namespace {

__extension__ typedef unsigned __int128 Wide;

// A number below 2^256, little-endian words.
struct Number {
  uint64_t words[4];
};

constexpr Number kPrime = {{0xffffffffffffffed, ~0ull, ~0ull, 0x7fffffffffffffff}};
constexpr Number kOrder = {{0x5812631a5cf5d3ed, 0x14def9dea2f79cd6, 0, 0x1000000000000000}};
constexpr Number kEdwards2D = {{0xebd69b9426b2f159, 0x00e0149a8283b156, 0x198e80f2eef3d130, 0x2406d9dc56dffce7}};

inline int compare(const Number& x, const Number& y) {
  for (int i = 3; i >= 0; --i) {
    if (x.words[i] != y.words[i]) return x.words[i] < y.words[i] ? -1 : 1;
  }
  return 0;
}

inline bool equal(const Number& x, const Number& y) { return compare(x, y) == 0; }

inline Number less(const Number& x, const Number& y) {
  Number difference;
  uint64_t borrow = 0;
  for (int i = 0; i < 4; ++i) {
    const Wide part = static_cast<Wide>(x.words[i]) - y.words[i] - borrow;
    difference.words[i] = static_cast<uint64_t>(part);
    borrow = static_cast<uint64_t>(part >> 64) & 1;
  }
  return difference;
}

// The remainder modulo p: 2^256 is 38.
inline Number remainder_of_prime(const uint64_t value[8]) {
  Number rest = {{value[0], value[1], value[2], value[3]}};
  uint64_t high[4] = {value[4], value[5], value[6], value[7]};
  while ((high[0] | high[1] | high[2] | high[3]) != 0) {
    Wide carry = 0;
    for (int i = 0; i < 4; ++i) {
      carry += static_cast<Wide>(high[i]) * 38 + rest.words[i];
      rest.words[i] = static_cast<uint64_t>(carry);
      carry >>= 64;
      high[i] = 0;
    }
    high[0] = static_cast<uint64_t>(carry);
  }
  while (compare(rest, kPrime) >= 0) rest = less(rest, kPrime);
  return rest;
}

// The remainder of a number of eight words, bit after bit.
inline Number remainder(const uint64_t value[8], const Number& modulus) {
  if (equal(modulus, kPrime)) return remainder_of_prime(value);
  Number rest = {};
  for (int bit = 511; bit >= 0; --bit) {
    const uint64_t out = rest.words[3] >> 63;
    for (int i = 3; i > 0; --i) rest.words[i] = rest.words[i] << 1 | rest.words[i - 1] >> 63;
    rest.words[0] = rest.words[0] << 1 | (value[bit / 64] >> (bit % 64) & 1);
    if (out != 0 || compare(rest, modulus) >= 0) rest = less(rest, modulus);
  }
  return rest;
}

inline Number reduced(const Number& x, const Number& modulus) {
  const uint64_t value[8] = {x.words[0], x.words[1], x.words[2], x.words[3], 0, 0, 0, 0};
  return remainder(value, modulus);
}

inline Number multiply(const Number& x, const Number& y, const Number& modulus) {
  uint64_t value[8] = {};
  for (int i = 0; i < 4; ++i) {
    uint64_t carry = 0;
    for (int j = 0; j < 4; ++j) {
      const Wide sum = static_cast<Wide>(x.words[i]) * y.words[j] + value[i + j] + carry;
      value[i + j] = static_cast<uint64_t>(sum);
      carry = static_cast<uint64_t>(sum >> 64);
    }
    value[i + 4] = carry;
  }
  return remainder(value, modulus);
}

// Of numbers below the modulus.
inline Number add(const Number& x, const Number& y, const Number& modulus) {
  uint64_t value[8] = {};
  Wide carry = 0;
  for (int i = 0; i < 4; ++i) {
    carry += static_cast<Wide>(x.words[i]) + y.words[i];
    value[i] = static_cast<uint64_t>(carry);
    carry >>= 64;
  }
  value[4] = static_cast<uint64_t>(carry);
  return remainder(value, modulus);
}

// modulus - x, of a number below the modulus; 0 of 0.
inline Number negate(const Number& x, const Number& modulus) {
  return reduced(less(modulus, x), modulus);
}

inline Number subtract(const Number& x, const Number& y, const Number& modulus) { return add(x, negate(y, modulus), modulus); }

inline Number from_bytes(const uint8_t bytes[32]) {
  Number x;
  std::memcpy(x.words, bytes, 32);
  return x;
}

// Five limbs of 51 bits, each below 2^51, modulo p.
inline Number from_limbs(const uint64_t limbs[5]) {
  const Number x = {{limbs[0] | limbs[1] << 51, limbs[1] >> 13 | limbs[2] << 38, limbs[2] >> 26 | limbs[3] << 25,
                     limbs[3] >> 39 | limbs[4] << 12}};
  return reduced(x, kPrime);
}

inline void to_limbs(const Number& x, uint64_t limbs[5]) {
  constexpr uint64_t kMask = (uint64_t{1} << 51) - 1;
  limbs[0] = x.words[0] & kMask;
  limbs[1] = (x.words[0] >> 51 | x.words[1] << 13) & kMask;
  limbs[2] = (x.words[1] >> 38 | x.words[2] << 26) & kMask;
  limbs[3] = (x.words[2] >> 25 | x.words[3] << 39) & kMask;
  limbs[4] = x.words[3] >> 12 & kMask;
}

}  // namespace

}  // namespace chainwright::test

#endif

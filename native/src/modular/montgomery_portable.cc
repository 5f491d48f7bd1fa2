// Montgomery's multiplication with 64 × 64 → 128 bit products, R = 2^2048. Elements are below 2^2048, not always below N.
//
// A product of two values below R is below R², so its reduction (t + q N) / R is below R + N: at most one N too much for 2,048 bits, and that is
// taken off where it overflows them.
#include <cstring>

#include "montgomery.h"

namespace chainwright::modular {

namespace {

// t[0..length) += factor · n[0..length); the carry.
MODULAR_INLINE uint64_t multiply_add(uint64_t* t, const uint64_t* n, uint64_t factor, size_t length) {
  uint64_t carry = 0;
  for (size_t j = 0; j < length; j++) {
    const Wide sum = Wide{factor} * n[j] + t[j] + carry;
    t[j] = static_cast<uint64_t>(sum);
    carry = static_cast<uint64_t>(sum >> 64);
  }
  return carry;
}

void reduce(const Constants& constants, uint64_t t[2 * kWords], uint64_t* result) {
  const uint64_t* const n = constants.modulus.words;
  uint64_t top = 0;
  for (size_t i = 0; i < kWords; i++) {
    const uint64_t carry = multiply_add(t + i, n, t[i] * constants.inverse[0], kWords);
    const Wide sum = Wide{t[i + kWords]} + carry + top;
    t[i + kWords] = static_cast<uint64_t>(sum);
    top = static_cast<uint64_t>(sum >> 64);
  }
  if (top != 0) {
    subtract<kWords>(t + kWords, n, result);
  } else {
    std::memcpy(result, t + kWords, kBytes);
  }
}

// t = a²: the products of different words once, doubled, and the squares.
void square_wide(const uint64_t* a, uint64_t t[2 * kWords]) {
  std::memset(t, 0, 2 * kBytes);
  for (size_t i = 0; i + 1 < kWords; i++) t[i + kWords] = multiply_add(t + 2 * i + 1, a + i + 1, a[i], kWords - 1 - i);
  uint64_t carry = 0, top = 0;
  for (size_t i = 0; i < kWords; i++) {
    const Wide product = Wide{a[i]} * a[i];
    const uint64_t low = t[2 * i], high = t[2 * i + 1];
    const Wide sum_low = Wide{low << 1 | top} + static_cast<uint64_t>(product) + carry;
    const Wide sum_high = Wide{high << 1 | low >> 63} + static_cast<uint64_t>(product >> 64) + static_cast<uint64_t>(sum_low >> 64);
    t[2 * i] = static_cast<uint64_t>(sum_low);
    t[2 * i + 1] = static_cast<uint64_t>(sum_high);
    carry = static_cast<uint64_t>(sum_high >> 64);
    top = high >> 63;
  }
}

void prepare(const Number& n, Constants* constants) {
  std::memset(constants, 0, sizeof *constants);
  std::memcpy(constants->modulus.words, n.words, kBytes);
  constants->inverse[0] = negative_inverse(n.words[0]);
}

void load(const Number& number, Element* element) { std::memcpy(element->words, number.words, kBytes); }
void store(const Element& element, Number* number) { std::memcpy(number->words, element.words, kBytes); }

void multiply(const Constants& constants, const Element& a, const Element& b, Element* product) {
  uint64_t t[2 * kWords] = {};
  for (size_t i = 0; i < kWords; i++) t[i + kWords] = multiply_add(t + i, b.words, a.words[i], kWords);
  reduce(constants, t, product->words);
}

void square(const Constants& constants, Element* value, size_t count) {
  uint64_t t[2 * kWords];
  for (size_t i = 0; i < count; i++) {
    square_wide(value->words, t);
    reduce(constants, t, value->words);
  }
}

}  // namespace

const MontgomeryTier kMontgomeryPortable = {"portable", 8 * kBytes, kWords, prepare, load, store, multiply, square};

}  // namespace chainwright::modular

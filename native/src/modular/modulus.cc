// Powers by sliding windows over the bits of the exponent.
#include "modulus.h"

#include <cstring>

namespace chainwright::modular {

namespace {

constexpr size_t kBitsMax = 8 * kExponentBytesMax;
constexpr unsigned kWindowMax = 6;
constexpr size_t kTableMax = size_t{1} << (kWindowMax - 1);

// An exponent as odd digits: bit `at` begins a window whose value is digits[at], or there is none (0).
struct Windows {
  uint8_t digits[kBitsMax];
  size_t bits;  // one above the highest window
  unsigned width;
};

// About bits / (width + 1) multiplications and 2^(width - 1) for the table.
unsigned width_for(size_t bits) { return bits <= 8 ? 1 : bits <= 32 ? 2 : bits <= 96 ? 3 : bits <= 300 ? 4 : bits <= 900 ? 5 : kWindowMax; }

Windows windows_of(const uint8_t* exponent, size_t length) {
  Windows windows;
  std::memset(windows.digits, 0, sizeof windows.digits);
  windows.bits = 0;
  windows.width = width_for(8 * length);
  const size_t bits = 8 * length;
  const auto bit = [&](size_t at) { return at < bits ? static_cast<unsigned>(exponent[length - 1 - at / 8] >> (at % 8) & 1) : 0u; };
  for (size_t at = 0; at < bits; at++) {
    if (bit(at) == 0) continue;
    unsigned digit = 0;
    for (unsigned i = 0; i < windows.width; i++) digit |= bit(at + i) << i;
    windows.digits[at] = static_cast<uint8_t>(digit);
    windows.bits = at + 1;
    at += windows.width - 1;
  }
  return windows;
}

// Odd powers of a base: a, a³, a⁵ …
struct OddPowers {
  Element powers[kTableMax];

  OddPowers(const Modulus& modulus, const Element& a, const Windows& windows) {
    powers[0] = a;
    const size_t count = windows.bits == 0 ? 1 : size_t{1} << (windows.width - 1);
    if (count == 1) return;
    Element square = a;
    modulus.square(&square, 1);
    for (size_t i = 1; i < count; i++) modulus.multiply(powers[i - 1], square, &powers[i]);
  }
  const Element& of(unsigned digit) const { return powers[digit >> 1]; }
};

// A product under way: squarings are put off until there is a factor, so that they run in one call, and none run on 1.
class Accumulator {
 public:
  explicit Accumulator(const Modulus& modulus) : modulus_(modulus), value_(modulus.one()) {}
  void square() { pending_ += is_one_ ? 0 : 1; }
  void multiply(const Element& factor) {
    if (is_one_) {
      value_ = factor;
      is_one_ = false;
      return;
    }
    flush();
    modulus_.multiply(value_, factor, &value_);
  }
  const Element& value() {
    flush();
    return value_;
  }

 private:
  void flush() {
    if (pending_ != 0) modulus_.square(&value_, pending_);
    pending_ = 0;
  }

  const Modulus& modulus_;
  Element value_;
  size_t pending_ = 0;
  bool is_one_ = true;
};

}  // namespace

Modulus::Modulus(const Number& n, const MontgomeryTier& tier) : tier_(tier), n_(n) {
  tier_.prepare(n, &constants_);
  std::memset(&plain_one_, 0, sizeof plain_one_);
  std::memset(&one_, 0, sizeof one_);
  std::memset(&square_of_r_, 0, sizeof square_of_r_);
  Number power = {};
  power.words[0] = 1;
  tier_.load(power, &plain_one_);
  for (unsigned bit = 0; bit < tier.radix_bits; bit++) double_modulo<kWords>(power.words, n_.words);
  tier_.load(power, &one_);
  for (unsigned bit = 0; bit < tier.radix_bits; bit++) double_modulo<kWords>(power.words, n_.words);
  tier_.load(power, &square_of_r_);
}

void Modulus::enter(const Number& value, Element* element) const {
  std::memset(element, 0, sizeof *element);
  tier_.load(value, element);
  multiply(*element, square_of_r_, element);
}

void Modulus::leave(const Element& element, Number* value) const {
  Element plain = element;
  // (v + q N) / R with q < R: at most N for the v of an element.
  multiply(plain, plain_one_, &plain);
  tier_.store(plain, value);
  while (!contains(*value)) subtract<kWords>(value->words, n_.words, value->words);
}

void Modulus::power(const Element& a, const uint8_t* exponent, size_t length, Element* result) const {
  const Windows windows = windows_of(exponent, length);
  const OddPowers table(*this, a, windows);
  Accumulator product(*this);
  for (size_t at = windows.bits; at-- > 0;) {
    product.square();
    if (windows.digits[at] != 0) product.multiply(table.of(windows.digits[at]));
  }
  *result = product.value();
}

void Modulus::power_product(const Element& a, const uint8_t* exponent_a, size_t length_a, const Element& b, const uint8_t* exponent_b,
                            size_t length_b, Element* result) const {
  const Windows windows_a = windows_of(exponent_a, length_a), windows_b = windows_of(exponent_b, length_b);
  const OddPowers table_a(*this, a, windows_a), table_b(*this, b, windows_b);
  Accumulator product(*this);
  for (size_t at = windows_a.bits > windows_b.bits ? windows_a.bits : windows_b.bits; at-- > 0;) {
    product.square();
    if (windows_a.digits[at] != 0) product.multiply(table_a.of(windows_a.digits[at]));
    if (windows_b.digits[at] != 0) product.multiply(table_b.of(windows_b.digits[at]));
  }
  *result = product.value();
}

}  // namespace chainwright::modular

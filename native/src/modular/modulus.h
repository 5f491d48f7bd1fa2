// Values modulo an odd N of 2,048 bits, over one tier: powers, chains of squarings, proofs of them. The plugin that uses it says what for
// (plugins/consensus-helios/timelock); nothing here knows of blocks.
//
// All inputs are public: nothing is constant time. Callers have checked lengths, and that values are below N where a function says so.
#ifndef CHAINWRIGHT_MODULAR_MODULUS_H
#define CHAINWRIGHT_MODULAR_MODULUS_H

#include "montgomery.h"

namespace chainwright::modular {

constexpr size_t kExponentBytesMax = 256;

class Modulus {
 public:
  // `n` is odd and has its top bit set.
  Modulus(const Number& n, const MontgomeryTier& tier);

  const MontgomeryTier& tier() const { return tier_; }
  const Number& n() const { return n_; }
  bool contains(const Number& value) const { return is_below<kWords>(value.words, n_.words); }

  // Into Montgomery's form; value below N. And back: below N, whatever was in the element.
  void enter(const Number& value, Element* element) const;
  void leave(const Element& element, Number* value) const;
  const Element& one() const { return one_; }

  void multiply(const Element& a, const Element& b, Element* product) const { tier_.multiply(constants_, a, b, product); }
  void square(Element* value, size_t count) const { tier_.square(constants_, value, count); }

  // a^exponent; exponents big-endian, at most kExponentBytesMax.
  void power(const Element& a, const uint8_t* exponent, size_t length, Element* result) const;
  // a^exponent_a · b^exponent_b, with one run of squarings for both (Straus 1964).
  void power_product(const Element& a, const uint8_t* exponent_a, size_t length_a, const Element& b, const uint8_t* exponent_b,
                     size_t length_b, Element* result) const;

 private:
  const MontgomeryTier& tier_;
  const Number n_;
  Constants constants_;
  Element plain_one_;    // 1 itself: multiplying by it takes R away
  Element one_;          // R
  Element square_of_r_;  // R²: multiplying by it brings R in
};

// Whether gcd(value, n) = 1, for odd n.
bool is_unit(const Number& value, const Number& n);

}  // namespace chainwright::modular

#endif

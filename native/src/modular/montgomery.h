// Multiplication modulo an odd N of 2,048 bits in Montgomery's form (1985): the seam to the tiers, each in its own file.
//
// An Element stands for the value v as v R mod N, in a layout that is the tier's own. Products are not fully reduced: elements stay below 2 N, or
// below 2^2048, as the tier says, and only `leave` makes them unique.
//
// What is loaded into an Element may be anything (JavaScript owns the memory of chains): bits that no element has give wrong values, never an access
// outside or an endless loop.
#ifndef CHAINWRIGHT_MODULAR_MONTGOMERY_H
#define CHAINWRIGHT_MODULAR_MONTGOMERY_H

#include "number.h"

#include "../cpu.h"

namespace chainwright::modular {

constexpr size_t kElementWordsMax = 40;

struct alignas(64) Element {
  uint64_t words[kElementWordsMax];
};

// What a tier knows of N.
struct alignas(64) Constants {
  Element modulus;
  uint64_t inverse[5];  // -1 / N modulo 2^64, or modulo 2^260 in limbs of 52 bits
};

struct MontgomeryTier {
  const char* name;
  // R = 2^radix_bits.
  unsigned radix_bits;
  // Of an Element that are in use.
  size_t element_words;
  void (*prepare)(const Number& n, Constants* constants);
  // Only the layout: no multiplication by R.
  void (*load)(const Number& number, Element* element);
  // Likewise; the element's value is below 2^2048.
  void (*store)(const Element& element, Number* number);
  // product = a b / R mod N. `product` may be a or b.
  void (*multiply)(const Constants& constants, const Element& a, const Element& b, Element* product);
  // value = value² / R mod N, `count` times.
  void (*square)(const Constants& constants, Element* value, size_t count);
};

// nullptr where the build or the processor lacks the tier. kAvx2 stands for MULX and ADX, which the same processors brought.
const MontgomeryTier* montgomery_tier(Tier tier);
bool has_montgomery_tier(Tier tier);
Tier best_montgomery_tier();
// `portable`, `adx`, `ifma`.
const char* montgomery_tier_name(Tier tier);

extern const MontgomeryTier kMontgomeryPortable;
#if defined(__x86_64__)
const MontgomeryTier& montgomery_adx();
extern const MontgomeryTier kMontgomeryIfma;
#endif

}  // namespace chainwright::modular

#endif

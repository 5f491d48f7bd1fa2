// Integers modulo L = 2^252 + 27742317777372353535851937790883648493, the order of the base point, in 64-bit words.
//
// A batch needs, a signature: k from its hash, z k, and the sum of all z s. Sums are kept unreduced (WideSum) and reduced once,
// for z k of a key that signed several times as well.
#ifndef CHAINWRIGHT_ED25519_SCALAR_H
#define CHAINWRIGHT_ED25519_SCALAR_H

#include <cstddef>
#include <cstdint>

#include "tier.h"

namespace chainwright::ed25519 {

// 32 little-endian bytes from anywhere, not reduced.
Scalar load_scalar(const uint8_t bytes[32]);

// Whether the value is below L (RFC 8032 §5.1.7; ZIP-215 keeps this rule).
bool is_reduced(const Scalar& value);

// 64 little-endian bytes modulo L: the challenge k from its SHA-512.
Scalar reduce_digest(const uint8_t digest[64]);

// All below L.
Scalar add(const Scalar& x, const Scalar& y);
Scalar multiply(const Scalar& x, const Scalar& y);

// -x modulo L, x below L.
Scalar negate(const Scalar& x);

// A sum of at most 2^64 products of a value below 2^128 and one below 2^256: below 2^448.
class WideSum {
 public:
  void add_product(const uint64_t factor[2], const Scalar& value);
  Scalar reduced() const;

 private:
  uint64_t words_[7] = {};
};

// factor * value modulo L, value below L.
Scalar multiply_short(const uint64_t factor[2], const Scalar& value);

}  // namespace chainwright::ed25519

#endif

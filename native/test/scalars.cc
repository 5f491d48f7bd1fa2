// Scalars modulo L against long division, and halved scalars against what they promise.
#include <cstring>

#include "../src/ed25519/halve.h"
#include "../src/ed25519/scalar.h"
#include "checks.h"
#include "reference.h"

namespace chainwright::test {

namespace {

using ed25519::Scalar;

Scalar scalar_of(const Number& x) { return {{x.words[0], x.words[1], x.words[2], x.words[3]}}; }
Number number_of(const Scalar& x) { return {{x.words[0], x.words[1], x.words[2], x.words[3]}}; }

uint64_t edge_word(Random& random) {
  switch (random.below(5)) {
    case 0: return 0;
    case 1: return ~0ull;
    case 2: return uint64_t{1} << random.below(64);
    case 3: return (uint64_t{1} << random.below(64)) - 1;
    default: return random.next();
  }
}

// Below L, near something that matters.
Number edge_scalar(Random& random) {
  Number x = {{edge_word(random), edge_word(random), edge_word(random), edge_word(random)}};
  const size_t shift = random.below(256);
  if (random.chance(30)) {  // L divided by a power of two, or a small number
    x = kOrder;
    for (size_t i = 0; i < shift; ++i) {
      for (int word = 0; word < 4; ++word) x.words[word] = x.words[word] >> 1 | (word < 3 ? x.words[word + 1] << 63 : 0);
    }
  }
  const Number little = {{random.below(3), 0, 0, 0}};
  x = reduced(x, kOrder);
  return random.chance(50) ? add(x, little, kOrder) : subtract(x, little, kOrder);
}

void demand(bool holds, const char* what) {
  if (!holds) fail("scalars: %s is wrong", what);
  count("operations on scalars");
}

}  // namespace

void check_scalars(Random& random, double seconds) {
  const double end = processor_seconds() + seconds;
  size_t rounds = 0;
  do {
    const Number x = edge_scalar(random), y = edge_scalar(random);
    const Scalar a = scalar_of(x), b = scalar_of(y);
    demand(equal(number_of(ed25519::add(a, b)), add(x, y, kOrder)), "add");
    demand(equal(number_of(ed25519::multiply(a, b)), multiply(x, y, kOrder)), "multiply");
    demand(equal(number_of(ed25519::negate(a)), negate(x, kOrder)), "negate");
    demand(ed25519::is_reduced(a), "is_reduced below L");

    uint64_t digest[8];
    for (uint64_t& word : digest) word = edge_word(random);
    uint8_t bytes[64];
    std::memcpy(bytes, digest, 64);
    demand(equal(number_of(ed25519::reduce_digest(bytes)), remainder(digest, kOrder)), "reduce_digest");
    const Number any = from_bytes(bytes);
    demand(ed25519::is_reduced(ed25519::load_scalar(bytes)) == (compare(any, kOrder) < 0), "is_reduced");

    const uint64_t factor[2] = {edge_word(random), edge_word(random)};
    const Number wide_factor = {{factor[0], factor[1], 0, 0}};
    demand(equal(number_of(ed25519::multiply_short(factor, a)), multiply(wide_factor, x, kOrder)), "multiply_short");
    ed25519::WideSum sum;
    Number expected = {};
    const size_t products = 1 + random.below(20);
    for (size_t i = 0; i < products; ++i) {
      const uint64_t part[2] = {edge_word(random), edge_word(random)};
      const Number value = random.chance(20) ? Number{{~0ull, ~0ull, ~0ull, ~0ull}} : edge_scalar(random);
      sum.add_product(part, scalar_of(value));
      expected = add(expected, multiply(Number{{part[0], part[1], 0, 0}}, reduced(value, kOrder), kOrder), kOrder);
    }
    demand(equal(number_of(sum.reduced()), expected), "WideSum");

    const ed25519::HalvedScalar halved = ed25519::halve_scalar(a);
    const Number u = {{static_cast<uint64_t>(halved.u), static_cast<uint64_t>(halved.u >> 64), 0, 0}};
    const Number v = {{static_cast<uint64_t>(halved.v), static_cast<uint64_t>(halved.v >> 64), 0, 0}};
    const Number signed_v = halved.v_negative ? negate(v, kOrder) : v;
    demand(equal(multiply(signed_v, x, kOrder), u), "halve_scalar: v k = u");
    demand(halved.v != 0 && u.words[1] >> 63 == 0 && v.words[1] >> 63 == 0, "halve_scalar: bounds");
    demand(equal(number_of(ed25519::multiply_modulo_order(halved.v, b)), multiply(v, y, kOrder)), "multiply_modulo_order");
  } while (++rounds < 2000 || processor_seconds() < end);
}

}  // namespace chainwright::test

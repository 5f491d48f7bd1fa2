// Arithmetic modulo large numbers, every tier: against schoolbook arithmetic on words, against each other, and against what a proof promises.
#include <cstring>
#include <memory>

#include "../src/modular/chain.h"
#include "../src/modular/proof.h"
#include "checks.h"

namespace chainwright::test {

namespace {

using modular::bytes_of_words;
using modular::Element;
using modular::kBytes;
using modular::kWords;
using modular::Modulus;
using modular::Number;
using modular::Short;

struct Subject {
  const modular::MontgomeryTier* tier;
  std::unique_ptr<Modulus> modulus;
};

bool equal(const Number& a, const Number& b) { return std::memcmp(&a, &b, sizeof a) == 0; }

// Words of zeros, ones, single bits and anything.
Number edge_number(Random& random) {
  Number number;
  const bool is_plain = random.chance(40);
  for (uint64_t& word : number.words) {
    const size_t kind = is_plain ? 4 : random.below(5);
    word = kind == 0 ? 0 : kind == 1 ? ~0ull : kind == 2 ? uint64_t{1} << random.below(64) : kind == 3 ? (uint64_t{1} << random.below(64)) - 1 : random.next();
  }
  return number;
}

Number edge_modulus(Random& random) {
  Number n = edge_number(random);
  n.words[0] |= 1;
  n.words[kWords - 1] |= uint64_t{1} << 63;
  return n;
}

// Below n, at times only just, or small.
Number edge_value(Random& random, const Number& n) {
  Number value = edge_number(random);
  if (random.chance(20)) {
    std::memset(&value, 0, sizeof value);
    value.words[0] = random.below(3);
  }
  while (!modular::is_below<kWords>(value.words, n.words)) modular::subtract<kWords>(value.words, n.words, value.words);
  if (random.chance(20)) {
    Number one = {};
    one.words[0] = 1 + random.below(2);
    modular::subtract<kWords>(n.words, one.words, value.words);
  }
  return value;
}

// a b mod n, a bit of a at a time.
Number product(const Number& a, const Number& b, const Number& n) {
  Number sum = {};
  for (size_t bit = 64 * kWords; bit-- > 0;) {
    modular::double_modulo<kWords>(sum.words, n.words);
    if ((a.words[bit / 64] >> (bit % 64) & 1) == 0) continue;
    // sum + b - n: both are below n.
    Number rest;
    modular::subtract<kWords>(n.words, b.words, rest.words);
    if (modular::is_below<kWords>(sum.words, rest.words)) {
      uint64_t carry = 0;
      for (size_t i = 0; i < kWords; i++) {
        const modular::Wide word = modular::Wide{sum.words[i]} + b.words[i] + carry;
        sum.words[i] = static_cast<uint64_t>(word);
        carry = static_cast<uint64_t>(word >> 64);
      }
    } else {
      modular::subtract<kWords>(sum.words, rest.words, sum.words);
    }
  }
  return sum;
}

std::vector<Subject> subjects_of(const Number& n) {
  std::vector<Subject> all;
  for (const Tier tier : {Tier::kPortable, Tier::kAvx2, Tier::kAvx512}) {
    const modular::MontgomeryTier* const known = modular::montgomery_tier(tier);
    if (known != nullptr) all.push_back({known, std::make_unique<Modulus>(n, *known)});
  }
  return all;
}

Number left(const Modulus& modulus, const Element& element) {
  Number value;
  modulus.leave(element, &value);
  return value;
}

void check_products(Random& random) {
  const Number n = edge_modulus(random);
  const std::vector<Subject> subjects = subjects_of(n);
  for (int round = 0; round < 6; round++) {
    const Number a = edge_value(random, n), b = edge_value(random, n);
    const Number expected = product(a, b, n);
    Number fourth = product(expected, expected, n);
    fourth = product(fourth, fourth, n);
    for (const auto& [tier, modulus] : subjects) {
      Element x, y;
      modulus->enter(a, &x);
      modulus->enter(b, &y);
      if (!equal(left(*modulus, x), a)) fail("modular %s: a value is another after it has entered and left", tier->name);
      // Into a factor's own place, as powers do it.
      const bool in_first = random.chance(30);
      Element z = random.chance(50) ? y : x;
      modulus->multiply(x, y, in_first ? &x : &z);
      Element& result = in_first ? x : z;
      if (!equal(left(*modulus, result), expected)) fail("modular %s: a product is wrong", tier->name);
      modulus->square(&result, 2);
      if (!equal(left(*modulus, result), fourth)) fail("modular %s: a square is wrong", tier->name);
      count(std::string("products modulo 2,048 bits, ") + tier->name);
    }
  }
}

void check_powers(Random& random) {
  const Number n = edge_modulus(random);
  const Number a = edge_value(random, n), b = edge_value(random, n);
  const size_t bits_a = random.below(random.chance(20) ? 256 : 40), bits_b = random.below(36);
  Exact exponent_a(bits_a, random.below(8)), exponent_b(bits_b, random.below(8));
  for (size_t i = 0; i < bits_a; i++) exponent_a.data()[i] = static_cast<uint8_t>(random.chance(30) ? 0 : random.next());
  for (size_t i = 0; i < bits_b; i++) exponent_b.data()[i] = static_cast<uint8_t>(random.chance(30) ? 255 : random.next());
  Number expected = {};
  bool is_first = true;
  for (const auto& [tier, modulus] : subjects_of(n)) {
    Element x, y, z, plain;
    modulus->enter(a, &x);
    modulus->enter(b, &y);
    modulus->power_product(x, exponent_a.data(), bits_a, y, exponent_b.data(), bits_b, &z);
    // Square and multiply with the tier's own products, which check_products has seen.
    plain = modulus->one();
    for (size_t bit = 8 * (bits_a > bits_b ? bits_a : bits_b); bit-- > 0;) {
      modulus->square(&plain, 1);
      if (bit < 8 * bits_a && (exponent_a.data()[bits_a - 1 - bit / 8] >> (bit % 8) & 1) != 0) modulus->multiply(plain, x, &plain);
      if (bit < 8 * bits_b && (exponent_b.data()[bits_b - 1 - bit / 8] >> (bit % 8) & 1) != 0) modulus->multiply(plain, y, &plain);
    }
    if (!equal(left(*modulus, z), left(*modulus, plain))) fail("modular %s: a product of powers is wrong", tier->name);
    modulus->power(x, exponent_a.data(), bits_a, &plain);
    modulus->power(y, exponent_b.data(), bits_b, &z);
    modulus->multiply(plain, z, &z);
    if (!is_first && !equal(left(*modulus, z), expected)) fail("modular %s: a power differs from the portable one", tier->name);
    expected = left(*modulus, z);
    is_first = false;
    count(std::string("powers modulo 2,048 bits, ") + tier->name);
  }
}

// By the plainest binary algorithm.
bool has_no_common_factor(Number a, Number n) {
  const Number zero = {};
  while (!equal(a, zero)) {
    while ((a.words[0] & 1) == 0) {
      for (size_t i = 0; i < kWords; i++) a.words[i] = a.words[i] >> 1 | (i + 1 < kWords ? a.words[i + 1] << 63 : 0);
    }
    if (modular::is_below<kWords>(a.words, n.words)) std::swap(a, n);
    modular::subtract<kWords>(a.words, n.words, a.words);
  }
  Number one = {};
  one.words[0] = 1;
  return equal(n, one);
}

void check_units(Random& random) {
  const Number n = edge_modulus(random);
  const Number value = edge_value(random, n);
  if (modular::is_unit(value, n) != has_no_common_factor(value, n)) fail("modular: a unit is misjudged");
  count("greatest common divisors of 2,048 bits");
}

void check_strong_tests(Random& random) {
  for (const Tier tier : {Tier::kAvx512}) {
    const modular::PrimeTier* const known = modular::prime_tier(tier);
    if (known == nullptr) continue;
    Short numbers[modular::kTestsMax], bases[modular::kTestsMax];
    const size_t size = 1 + random.below(known->lanes);
    for (size_t i = 0; i < size; i++) {
      for (uint64_t& word : numbers[i].words) word = random.chance(20) ? (random.chance(50) ? 0 : ~0ull) : random.next();
      // 2^255 - 19 + 2^255 would be even; 2^256 - 189 is the largest prime below 2^256, and p = 3 (mod 4) or with many twos below matter too.
      if (random.chance(30)) numbers[i] = {{~uint64_t{0} - 188, ~uint64_t{0}, ~uint64_t{0}, ~uint64_t{0}}};
      // The order of secp256k1, and of P-256: primes with six and four factors of two below them.
      if (random.chance(20)) numbers[i] = {{0xbfd25e8cd0364141, 0xbaaedce6af48a03b, 0xfffffffffffffffe, 0xffffffffffffffff}};
      if (random.chance(20)) numbers[i] = {{0xf3b9cac2fc632551, 0xbce6faada7179e84, 0xffffffffffffffff, 0xffffffff00000000}};
      numbers[i].words[0] |= 1;
      numbers[i].words[3] |= uint64_t{1} << 63;
      for (uint64_t& word : bases[i].words) word = random.next();
      bases[i].words[3] >>= 1;
      if (random.chance(30)) bases[i] = {{2 + random.below(40), 0, 0, 0}};
    }
    const uint32_t expected = modular::strong_tests_portable(numbers, bases, size);
    if (known->tests(numbers, bases, size) != expected) fail("modular: strong tests side by side differ from those one by one");
    count("strong tests side by side", size);
    for (uint32_t passed = expected; passed != 0; passed &= passed - 1) count("strong tests passed");
  }
}

void check_proofs(Random& random) {
  const Number n = edge_modulus(random);
  const Number x = edge_value(random, n);
  modular::PrimeTags tags;
  std::memset(&tags, 0x5a, sizeof tags);
  modular::ProofClaim claim = {x, {}, {}, 1 + random.below(700), {}};
  for (uint8_t& byte : claim.seed) byte = static_cast<uint8_t>(random.next());
  const unsigned window = 1 + static_cast<unsigned>(random.below(modular::kWindowBitsMax));
  const modular::ProofPlan plan = {claim.squarings, window, 1 + random.below(4)};
  modular::FoundPrime known = {};
  bool is_first = true;
  for (const Tier tier : {Tier::kPortable, Tier::kAvx512}) {
    const modular::PrimeTier* const primes = modular::prime_tier(tier);
    if (primes == nullptr) continue;
    const modular::PrimeFinder finder(*primes, sha256_blocks(best_tiers().sha256));
    modular::FoundPrime found;
    if (!finder.find(tags, claim.seed, &found)) fail("modular: there is no prime");
    if (!is_first && std::memcmp(&found.prime, &known.prime, sizeof found.prime) != 0) fail("modular: two tiers find two primes");
    is_first = false;
    known = found;
    for (const auto& [montgomery, modulus] : subjects_of(n)) {
      const size_t bytes = 8 * montgomery->element_words;
      Exact element(bytes, random.below(64)), kept(bytes * plan.kept(), random.below(64));
      Element value;
      modulus->enter(x, &value);
      std::memcpy(element.data(), value.words, bytes);
      for (uint64_t done = 0; done < claim.squarings;) {
        const uint64_t step = 1 + random.below(claim.squarings - done);
        modular::advance_chain(*modulus, element.data(), step, kept.data(), done, plan.window * plan.digits_apart);
        done += step;
      }
      std::memcpy(value.words, element.data(), bytes);
      claim.y = left(*modulus, value);
      if (!modular::prove_chain(*modulus, kept.data(), plan, found.prime, &claim.proof)) fail("modular: memory is short");
      if (random.chance(50)) modular::subtract<kWords>(n.words, Number(claim.y).words, claim.y.words);
      const bool is_zero = !modulus->contains(claim.y);  // N - 0
      if (!is_zero && !modular::proof_holds(*modulus, finder, tags, claim)) fail("modular %s: a true proof does not hold", montgomery->name);
      claim.proof.words[random.below(8)] ^= uint64_t{1} << random.below(64);
      const bool is_degenerate = claim.squarings < 256 || !has_no_common_factor(x, n);
      if (!is_degenerate && modulus->contains(claim.proof) && modular::proof_holds(*modulus, finder, tags, claim))
        fail("modular %s: a false proof holds", montgomery->name);
      // Memory that JavaScript wrote over: values are anything, nothing else is.
      for (size_t i = 0; i < bytes * plan.kept(); i++) kept.data()[i] = static_cast<uint8_t>(random.next());
      for (size_t i = 0; i < bytes; i++) element.data()[i] = static_cast<uint8_t>(random.chance(50) ? 255 : random.next());
      if (!modular::prove_chain(*modulus, kept.data(), plan, found.prime, &claim.proof)) fail("modular: memory is short");
      modular::advance_chain(*modulus, element.data(), 3, kept.data(), 0, 4);
      count(std::string("proofs, ") + montgomery->name);
    }
  }
}

// Divisors for which the estimate of a quotient's word is hard: x^(2^T) = (x^q)^divisor · x^(2^T mod divisor) all the same.
void check_division(Random& random) {
  const uint64_t top = uint64_t{1} << 63, ones = ~uint64_t{0};
  const Short divisors[] = {{{1, 0, 0, top}},       {{ones, ones, ones, ones}}, {{ones, ones, ones, top}}, {{1, 0, 0, ones}},
                            {{1, 0, ones, top}},    {{ones, ones, 0, top}},     {{ones, 0, 0, top}},       {{1, ones, ones, top}},
                            {{1, 1, top, top}},     {{ones, ones, top, top}},   {{1, 0, top - 1, ones}},   {{ones, ones, 0, ones}},
                            {{random.next() | 1, random.next(), random.next(), random.next() | top}}};
  const Number n = edge_modulus(random), x = edge_value(random, n);
  const Subject subject = std::move(subjects_of(n).back());
  const Modulus& modulus = *subject.modulus;
  const modular::ProofPlan plan = {256 + random.below(1500), 8, 1};
  const size_t bytes = 8 * subject.tier->element_words;
  Exact kept(bytes * plan.kept(), 0), element(bytes, 0);
  Element base, y;
  modulus.enter(x, &base);
  std::memcpy(element.data(), base.words, bytes);
  modular::advance_chain(modulus, element.data(), plan.squarings, kept.data(), 0, 8);
  std::memset(&y, 0, sizeof y);
  std::memcpy(y.words, element.data(), bytes);
  for (const Short& divisor : divisors) {
    Number proof;
    if (!modular::prove_chain(modulus, kept.data(), plan, divisor, &proof)) fail("modular: memory is short");
    uint8_t exponent[32], rest[32];
    bytes_of_words<4>(divisor.words, exponent);
    bytes_of_words<4>(modular::power_of_two(plan.squarings, divisor).words, rest);
    Element power, product;
    modulus.enter(proof, &power);
    modulus.power_product(power, exponent, sizeof exponent, base, rest, sizeof rest, &product);
    if (!equal(left(modulus, product), left(modulus, y))) fail("modular: 2^%zu is divided wrongly", static_cast<size_t>(plan.squarings));
    count("divisions of powers of two");
  }
}

}  // namespace

void check_modular(Random& random, double seconds) {
  const double end = processor_seconds() + seconds;
  size_t rounds = 0;
  do {
    check_products(random);
    check_powers(random);
    check_units(random);
    check_strong_tests(random);
    check_proofs(random);
    check_division(random);
  } while (++rounds < 8 || processor_seconds() < end);
}

}  // namespace chainwright::test

// The first 256-bit prime that a hash names: plugins/consensus-helios/timelock/challenge.ts has the rule, and says why it is as it is.
//
//   Candidate c: SHA-256(candidate tag ‖ seed ‖ c), c as 4 bytes big-endian, first and last bit set, big-endian.
//   It is prime if no odd prime below 1,024 divides it and it is a strong probable prime to the first 29 of its bases.
//   Bases of n: those of SHA-256(base tag ‖ n ‖ j), j = 0, 1, 2 … as above, that lie in 2 … n − 2.
#ifndef CHAINWRIGHT_MODULAR_PRIME_H
#define CHAINWRIGHT_MODULAR_PRIME_H

#include "../cpu.h"
#include "../sha256/messages.h"
#include "number.h"

namespace chainwright::modular {

constexpr size_t kTagBytes = 16;
constexpr size_t kRounds = 29;
constexpr size_t kTestsMax = 8;

// Strong probable prime tests of n[i] to base[i] (2 … n − 2), `count` at most kTestsMax; bit i: passed. All n are odd and have their top bit set.
using StrongTestsFn = uint32_t (*)(const Short* n, const Short* bases, size_t count);

struct PrimeTier {
  // Tests that run side by side.
  size_t lanes;
  StrongTestsFn tests;
};
// As for montgomery_tier; kAvx2 has none of its own.
const PrimeTier* prime_tier(Tier tier);

struct PrimeTags {
  uint8_t candidate[kTagBytes];
  uint8_t base[kTagBytes];
};

struct FoundPrime {
  Short prime;
  uint32_t counter;
};

class PrimeFinder {
 public:
  PrimeFinder(const PrimeTier& tier, Sha256BlocksFn blocks) : tier_(tier), blocks_(blocks) {}

  // False if none of 65,536 candidates is prime, which has a chance of e^-736.
  bool find(const PrimeTags& tags, const uint8_t seed[32], FoundPrime* found) const;

 private:
  struct Waiting;
  bool settle(const PrimeTags& tags, Waiting* waiting, FoundPrime* found) const;
  bool passes_all(const PrimeTags& tags, const Short& n) const;
  size_t bases(const PrimeTags& tags, const Short& n, uint32_t* next, size_t hashes, Short* found, size_t wanted) const;

  const PrimeTier& tier_;
  const Sha256BlocksFn blocks_;
};

// 2^exponent mod prime, whose top bit is set.
Short power_of_two(uint64_t exponent, const Short& prime);

uint32_t strong_tests_portable(const Short* n, const Short* bases, size_t count);
#if defined(__x86_64__)
uint32_t strong_tests_ifma(const Short* n, const Short* bases, size_t count);
#endif

}  // namespace chainwright::modular

#endif

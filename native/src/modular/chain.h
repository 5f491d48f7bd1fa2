// Chains of squarings whose memory is the caller's, and Wesolowski's proof from what they kept on their way.
#ifndef CHAINWRIGHT_MODULAR_CHAIN_H
#define CHAINWRIGHT_MODULAR_CHAIN_H

#include "modulus.h"

namespace chainwright::modular {

constexpr unsigned kWindowBitsMax = 12;

// Squares `element` (element_words of the tier, packed) `count` times. Where `done` is a multiple of `spacing`, the value before the squaring goes to
// place done / spacing of `kept` (packed elements). The caller has checked that (done + count - 1) / spacing lies within.
void advance_chain(const Modulus& modulus, uint8_t* element, uint64_t count, uint8_t* kept, uint64_t done, uint64_t spacing);

// How a proof is put together: digits of `window` bits, `digits_apart` of them between two values kept.
struct ProofPlan {
  uint64_t squarings;
  unsigned window;
  uint64_t digits_apart;
  // Values kept that there must be for this plan.
  uint64_t kept() const;
};

// x^(2^squarings / prime), rounded down, from the values kept of x's chain; `prime` has its top bit set. False if memory was short.
bool prove_chain(const Modulus& modulus, const uint8_t* kept, const ProofPlan& plan, const Short& prime, Number* proof);

}  // namespace chainwright::modular

#endif

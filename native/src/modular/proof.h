// Checking Wesolowski's proofs.
#ifndef CHAINWRIGHT_MODULAR_PROOF_H
#define CHAINWRIGHT_MODULAR_PROOF_H

#include "modulus.h"
#include "prime.h"

namespace chainwright::modular {

struct ProofClaim {
  Number x, y, proof;  // all below N
  uint64_t squarings;
  uint8_t seed[32];
};

// Whether proof^l · x^(2^squarings mod l) = ±y, with l from the seed.
bool proof_holds(const Modulus& modulus, const PrimeFinder& finder, const PrimeTags& tags, const ProofClaim& claim);

}  // namespace chainwright::modular

#endif

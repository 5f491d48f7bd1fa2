// Wesolowski's check: one run of 256 squarings for both powers.
#include "proof.h"

#include <cstring>

namespace chainwright::modular {

bool proof_holds(const Modulus& modulus, const PrimeFinder& finder, const PrimeTags& tags, const ProofClaim& claim) {
  FoundPrime found;
  if (!finder.find(tags, claim.seed, &found)) return false;
  uint8_t prime[kShortBytes], rest[kShortBytes];
  bytes_of_words<4>(found.prime.words, prime);
  bytes_of_words<4>(power_of_two(claim.squarings, found.prime).words, rest);
  Element x, proof, product;
  modulus.enter(claim.x, &x);
  modulus.enter(claim.proof, &proof);
  modulus.power_product(proof, prime, sizeof prime, x, rest, sizeof rest, &product);
  Number result, negative;
  modulus.leave(product, &result);
  subtract<kWords>(modulus.n().words, claim.y.words, negative.words);
  return std::memcmp(&result, &claim.y, sizeof result) == 0 || std::memcmp(&result, &negative, sizeof result) == 0;
}

}  // namespace chainwright::modular

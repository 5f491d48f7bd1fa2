// Candidates are hashed and sieved in groups; what the sieve leaves waits in line until the tier can test a first base of several at once. Whoever
// passes, in the order of the line, is tested with all other bases.
#include "prime.h"

#include <cstring>

namespace chainwright::modular {

namespace {

constexpr uint32_t kCandidatesMax = 65536;
constexpr size_t kMessageBytes = 52;
// Hashes of one group; an even number of most tiers' streams.
constexpr size_t kGroup = 32;

void hash_numbered(Sha256BlocksFn blocks, const uint8_t tag[kTagBytes], const uint8_t middle[32], uint32_t from, size_t count, uint8_t* digests) {
  uint8_t messages[kMessageBytes * kGroup] = {};
  uint32_t offsets[kGroup + 1];
  for (size_t i = 0; i < count; i++) {
    uint8_t* const message = messages + kMessageBytes * i;
    const uint32_t number = from + static_cast<uint32_t>(i);
    std::memcpy(message, tag, kTagBytes);
    std::memcpy(message + kTagBytes, middle, 32);
    for (unsigned j = 0; j < 4; j++) message[48 + j] = static_cast<uint8_t>(number >> (24 - 8 * j));
    offsets[i] = static_cast<uint32_t>(kMessageBytes * i);
  }
  offsets[count] = static_cast<uint32_t>(kMessageBytes * count);
  sha256_messages(blocks, messages, offsets, count, digests);
}

constexpr uint32_t kSieveBound = 1024;
constexpr size_t kSievePrimes = 171;
constexpr size_t kSieveGroups = 64;

// Odd primes in groups whose product is below 2^28, so that a sum of eight products with words of 32 bits stays below 2^63.
struct Sieve {
  uint32_t product[kSieveGroups];
  uint32_t residues[kSieveGroups][8];  // 2^(32 i) modulo the product
  size_t first[kSieveGroups + 1];
  uint32_t primes[kSievePrimes];
  uint32_t inverses[kSievePrimes];  // modulo 2^32: r is divisible exactly if r · inverse is at most (2^32 - 1) / prime
  size_t groups;
};

constexpr Sieve make_sieve() {
  Sieve sieve = {};
  size_t count = 0, group = 0;
  uint64_t product = 1;
  for (uint32_t n = 3; n < kSieveBound; n += 2) {
    bool is_prime = true;
    for (uint32_t d = 3; d * d <= n; d += 2) is_prime = is_prime && n % d != 0;
    if (!is_prime) continue;
    if (product * n >= uint64_t{1} << 28) {
      sieve.product[group] = static_cast<uint32_t>(product);
      sieve.first[++group] = count;
      product = 1;
    }
    product *= n;
    uint32_t inverse = n;
    for (int i = 0; i < 4; i++) inverse *= 2 - n * inverse;
    sieve.primes[count] = n;
    sieve.inverses[count++] = inverse;
  }
  sieve.product[group] = static_cast<uint32_t>(product);
  sieve.first[++group] = count;
  sieve.groups = group;
  for (size_t i = 0; i < group; i++) {
    uint64_t power = 1;
    for (size_t j = 0; j < 8; j++) {
      sieve.residues[i][j] = static_cast<uint32_t>(power);
      power = (power << 32) % sieve.product[i];
    }
  }
  return sieve;
}

constexpr Sieve kSieve = make_sieve();
static_assert(kSieve.groups < kSieveGroups && kSieve.first[kSieve.groups] == kSievePrimes, "the tables have room for all primes");

bool has_small_factor(const Short& n) {
  for (size_t group = 0; group < kSieve.groups; group++) {
    uint64_t sum = 0;
    for (size_t j = 0; j < 8; j++) sum += (n.words[j / 2] >> (32 * (j % 2)) & 0xffffffff) * kSieve.residues[group][j];
    const uint32_t rest = static_cast<uint32_t>(sum % kSieve.product[group]);
    for (size_t i = kSieve.first[group]; i < kSieve.first[group + 1]; i++) {
      if (rest * kSieve.inverses[i] <= 0xffffffffu / kSieve.primes[i]) return true;
    }
  }
  return false;
}

// 2 … n − 2, for odd n above 4.
bool is_base(const Short& base, const Short& n) {
  if ((base.words[1] | base.words[2] | base.words[3]) == 0 && base.words[0] < 2) return false;
  Short last = n;
  last.words[0] -= 1;  // n is odd
  return is_below<4>(base.words, last.words);
}

}  // namespace

struct PrimeFinder::Waiting {
  Short candidates[kTestsMax];
  uint32_t counters[kTestsMax];
  size_t count = 0;
};

// Up to `wanted` bases of n from `hashes` (at most kGroup) values, beginning with number *next, which moves on.
size_t PrimeFinder::bases(const PrimeTags& tags, const Short& n, uint32_t* next, size_t hashes, Short* found, size_t wanted) const {
  uint8_t candidate[32], digests[32 * kGroup];
  bytes_of_words<4>(n.words, candidate);
  hash_numbered(blocks_, tags.base, candidate, *next, hashes, digests);
  *next += static_cast<uint32_t>(hashes);
  size_t count = 0;
  for (size_t i = 0; i < hashes && count < wanted; i++) {
    const Short base = short_of(digests + 32 * i);
    if (is_base(base, n)) found[count++] = base;
  }
  return count;
}

bool PrimeFinder::passes_all(const PrimeTags& tags, const Short& n) const {
  Short all[kRounds];
  uint32_t next = 0;
  size_t known = 0;
  while (known < kRounds) known += bases(tags, n, &next, kGroup, all + known, kRounds - known);
  Short same[kTestsMax];
  for (Short& each : same) each = n;
  for (size_t at = 0; at < kRounds; at += tier_.lanes) {
    const size_t count = kRounds - at < tier_.lanes ? kRounds - at : tier_.lanes;
    if (tier_.tests(same, all + at, count) != (uint32_t{1} << count) - 1) return false;
  }
  return true;
}

bool PrimeFinder::settle(const PrimeTags& tags, Waiting* waiting, FoundPrime* found) const {
  Short first[kTestsMax];
  for (size_t i = 0; i < waiting->count; i++) {
    uint32_t next = 0;
    while (bases(tags, waiting->candidates[i], &next, 2, first + i, 1) == 0) {
    }
  }
  const uint32_t passed = tier_.tests(waiting->candidates, first, waiting->count);
  for (size_t i = 0; i < waiting->count; i++) {
    if ((passed >> i & 1) == 0 || !passes_all(tags, waiting->candidates[i])) continue;
    *found = {waiting->candidates[i], waiting->counters[i]};
    return true;
  }
  waiting->count = 0;
  return false;
}

bool PrimeFinder::find(const PrimeTags& tags, const uint8_t seed[32], FoundPrime* found) const {
  Waiting waiting;
  uint8_t digests[32 * kGroup];
  for (uint32_t from = 0; from < kCandidatesMax; from += kGroup) {
    hash_numbered(blocks_, tags.candidate, seed, from, kGroup, digests);
    for (size_t i = 0; i < kGroup; i++) {
      uint8_t* const digest = digests + 32 * i;
      digest[0] |= 0x80;
      digest[31] |= 1;
      const Short candidate = short_of(digest);
      if (has_small_factor(candidate)) continue;
      waiting.candidates[waiting.count] = candidate;
      waiting.counters[waiting.count++] = from + static_cast<uint32_t>(i);
      if (waiting.count == tier_.lanes && settle(tags, &waiting, found)) return true;
    }
  }
  return waiting.count != 0 && settle(tags, &waiting, found);
}

const PrimeTier* prime_tier(Tier tier) {
  static const PrimeTier portable = {1, strong_tests_portable};
  if (tier == Tier::kPortable || tier == Tier::kAvx2) return &portable;
#if defined(__x86_64__)
  static const PrimeTier ifma = {kTestsMax, strong_tests_ifma};
  if (tier == Tier::kAvx512 && has_ed25519_tier(tier)) return &ifma;
#endif
  return nullptr;
}

}  // namespace chainwright::modular

// SHA-256 (FIPS 180-4) of 64-byte blocks, many at a time: the hash of Merkle trees.
//
// The message is always 64 bytes, so its second block is constant padding, and its message schedule is folded into the
// round constants.
#ifndef CHAINWRIGHT_SHA256_H
#define CHAINWRIGHT_SHA256_H

#include <cstddef>
#include <cstdint>

#include "../cpu.h"

namespace chainwright {

// output[32i..] = SHA-256(input[64i..64i+64)) for i in [0, count), byte 0 of each masked: (b & and_mask) | or_mask.
// Ascending: `output` may begin where `input` begins. No alignment needed.
using Sha256PairsFn = void (*)(const uint8_t* input, uint8_t* output, size_t count, uint8_t and_mask, uint8_t or_mask);

// nullptr where the build or the processor lacks the tier.
Sha256PairsFn sha256_pairs(Tier tier);

}  // namespace chainwright

#endif

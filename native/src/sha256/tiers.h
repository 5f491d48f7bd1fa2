// The pair hashes of each tier, behind the getter in sha256.h. Contract: Sha256PairsFn.
//
// Groups of lanes are read whole before the first byte of their output is written, and groups go up: that is what lets
// `output` be the front of `input`.
#ifndef CHAINWRIGHT_SHA256_TIERS_H
#define CHAINWRIGHT_SHA256_TIERS_H

#include <cstddef>
#include <cstdint>

// Rounds must become straight code with their state in registers, whatever the compiler thinks of their size.
#define SHA_INLINE inline __attribute__((always_inline))

namespace chainwright::sha256 {

void pairs_portable(const uint8_t* input, uint8_t* output, size_t count, uint8_t and_mask, uint8_t or_mask);

// Contract: Sha256BlocksFn (messages.h).
void blocks_portable(uint32_t (*states)[8], const uint8_t* blocks, size_t count);

#if defined(__wasm_simd128__)
// What doesn't fill 4 lanes goes to pairs_portable.
void pairs_simd128(const uint8_t* input, uint8_t* output, size_t count, uint8_t and_mask, uint8_t or_mask);
#endif

#if defined(__x86_64__)
void pairs_sha_ni(const uint8_t* input, uint8_t* output, size_t count, uint8_t and_mask, uint8_t or_mask);

void blocks_sha_ni(uint32_t (*states)[8], const uint8_t* blocks, size_t count);

// What doesn't fill 16 lanes goes to SHA-NI; `_alone` keeps to AVX-512, for processors without SHA-NI.
void pairs_avx512(const uint8_t* input, uint8_t* output, size_t count, uint8_t and_mask, uint8_t or_mask);
void pairs_avx512_alone(const uint8_t* input, uint8_t* output, size_t count, uint8_t and_mask, uint8_t or_mask);
#endif

}  // namespace chainwright::sha256

#endif

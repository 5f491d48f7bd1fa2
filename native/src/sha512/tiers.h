// The challenge hashes of each tier, behind the getter in sha512.h. Contract: Sha512ChallengesFn.
#ifndef CHAINWRIGHT_SHA512_TIERS_H
#define CHAINWRIGHT_SHA512_TIERS_H

#include <cstddef>
#include <cstdint>

// Rounds must become straight code with their state in registers, whatever the compiler thinks of their size.
#define SHA_INLINE inline __attribute__((always_inline))

namespace chainwright::sha512 {

void challenges_portable(const uint8_t* signatures, const uint8_t* public_keys, const uint8_t* messages, const uint32_t* offsets,
                         const uint32_t* indices, size_t count, uint32_t* order, uint8_t* digests);

#if defined(__x86_64__)
void challenges_avx2(const uint8_t* signatures, const uint8_t* public_keys, const uint8_t* messages, const uint32_t* offsets,
                     const uint32_t* indices, size_t count, uint32_t* order, uint8_t* digests);
void challenges_avx512(const uint8_t* signatures, const uint8_t* public_keys, const uint8_t* messages, const uint32_t* offsets,
                       const uint32_t* indices, size_t count, uint32_t* order, uint8_t* digests);
#endif

}  // namespace chainwright::sha512

#endif

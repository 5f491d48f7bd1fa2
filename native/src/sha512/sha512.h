// SHA-512 (FIPS 180-4) of R || A || M for many signatures at a time: the challenge hash of Ed25519 (RFC 8032 §5.1.7).
#ifndef CHAINWRIGHT_SHA512_H
#define CHAINWRIGHT_SHA512_H

#include <cstddef>
#include <cstdint>

#include "../cpu.h"

namespace chainwright {

// For j in [0, count), with i = indices[j]:
//   digests[64j..64j+64) = SHA-512(signatures[64i..64i+32) || public_keys[32i..32i+32) || messages[offsets[i]..offsets[i+1])).
// Implementations order the work by block count themselves; results stay in the order of `indices`. They may use
// `order` (count entries) as scratch. Reads nothing outside these spans (no over-read at the end of `messages`).
using Sha512ChallengesFn = void (*)(const uint8_t* signatures, const uint8_t* public_keys, const uint8_t* messages,
                                    const uint32_t* offsets, const uint32_t* indices, size_t count, uint32_t* order,
                                    uint8_t* digests);

// nullptr where the build or the processor lacks the tier.
Sha512ChallengesFn sha512_challenges(Tier tier);

}  // namespace chainwright

#endif

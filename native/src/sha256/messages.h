// SHA-256 (FIPS 180-4) of many messages of any length: keys and values on their way into the state trie, mostly one block each.
#ifndef CHAINWRIGHT_SHA256_MESSAGES_H
#define CHAINWRIGHT_SHA256_MESSAGES_H

#include <cstddef>
#include <cstdint>

#include "../cpu.h"

namespace chainwright {

// Takes block i (64 bytes at blocks + 64i) into state i, for each i < count.
using Sha256BlocksFn = void (*)(uint32_t (*states)[8], const uint8_t* blocks, size_t count);

// Of a tier that has none of its own, the next below it: one block in 16 lanes is rarely worth the packing.
// nullptr where the build or the processor lacks the tier.
Sha256BlocksFn sha256_blocks(Tier tier);

// output[32i..] = SHA-256(messages[offsets[i]..offsets[i + 1])) for i < count. Offsets ascend.
void sha256_messages(Sha256BlocksFn blocks, const uint8_t* messages, const uint32_t* offsets, size_t count, uint8_t* output);

}  // namespace chainwright

#endif

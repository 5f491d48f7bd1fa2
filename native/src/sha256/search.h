// SHA-256 (FIPS 180-4) of one prefix with a counter behind it, until a hash is small enough: proof of work.
#ifndef CHAINWRIGHT_SHA256_SEARCH_H
#define CHAINWRIGHT_SHA256_SEARCH_H

#include <cstddef>
#include <cstdint>

#include "messages.h"

namespace chainwright {

constexpr uint64_t kNotFound = UINT64_MAX;

// The first counter in [from, from + count), at most 2^32, for which SHA-256(prefix ‖ counter), the counter in 4 bytes and everything big-endian,
// is not above `target` (32 bytes); kNotFound if none is. Whole blocks of the prefix are hashed once.
uint64_t sha256_search(Sha256BlocksFn blocks, const uint8_t* prefix, size_t length, uint64_t from, uint64_t count, const uint8_t* target);

}  // namespace chainwright

#endif

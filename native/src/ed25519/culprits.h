// Which signatures of a failed batch are bad, without decoding, hashing or drawing coefficients again.
#ifndef CHAINWRIGHT_ED25519_CULPRITS_H
#define CHAINWRIGHT_ED25519_CULPRITS_H

#include <cstddef>
#include <cstdint>

#include "batch_items.h"
#include "tier.h"

namespace chainwright::ed25519 {

// Sets ok[i] for all items, whose combination sum z_i E_i came out as `sum`, the [8]-fold, not neutral.
// `weights` has room for 2 * items.count scalars, `found` for items.count numbers.
void find_culprits(const CurveTier& tier, const BatchItems& items, const PackedPoint& sum, Scalar* weights, uint32_t* found,
                   uint8_t* ok, Scratch& scratch);

}  // namespace chainwright::ed25519

#endif

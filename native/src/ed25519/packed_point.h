// Single points at rest, for the search of culprits in a failed batch: a few thousand multiplications on one lane, the same
// code whichever tier does the sums.
#ifndef CHAINWRIGHT_ED25519_PACKED_POINT_H
#define CHAINWRIGHT_ED25519_PACKED_POINT_H

#include <cstddef>

#include "tier.h"

namespace chainwright::ed25519 {

// B, the generator of the subgroup of order L (RFC 8032 §5.1).
const PackedPoint& base_point();

// The smallest multiple in [1, limit] with target = multiple * base, or 0. In about 2 sqrt(limit) additions.
size_t find_multiple(const PackedPoint& base, const PackedPoint& target, size_t limit);

// difference = x - y; false where that is the neutral element (nothing is written then).
bool subtract_points(const PackedPoint& x, const PackedPoint& y, PackedPoint& difference);

}  // namespace chainwright::ed25519

#endif

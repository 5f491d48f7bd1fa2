// SSZ merkleization over a tier's pair hash: the whole subtree inside one call.
#ifndef CHAINWRIGHT_MERKLE_H
#define CHAINWRIGHT_MERKLE_H

#include "sha256.h"

namespace chainwright {

// As Engine::subtree_root. `scratch` holds at least 32 * ((count + 1) / 2 + 1) bytes, used for the levels.
void merkle_subtree_root(Sha256PairsFn pairs, const uint8_t* nodes, size_t count, unsigned from_depth, unsigned to_depth,
                         uint8_t* scratch, uint8_t root[32]);

}  // namespace chainwright

#endif

// The decoded signatures of one batch, and sums over ranges of them: what a random combination and the search of culprits
// (culprits.h) have in common.
//
// Signature i is good exactly if [8] E_i is the neutral element, E_i = [k_i]A_i + R_i - [s_i]B.
#ifndef CHAINWRIGHT_ED25519_BATCH_ITEMS_H
#define CHAINWRIGHT_ED25519_BATCH_ITEMS_H

#include <cstddef>
#include <cstdint>

#include "scalar.h"
#include "tier.h"

namespace chainwright::ed25519 {

// A random coefficient of 128 bits, not 0.
struct Coefficient {
  uint64_t words[2];
};

struct BatchItems {
  static constexpr uint32_t kBasePoint = 0;  // points[0] is B
  static constexpr uint32_t kNoSlot = UINT32_MAX;

  size_t count;
  const PackedPoint* points;
  uint32_t* a_points;
  uint32_t* r_points;
  Scalar* s;
  Scalar* k;
  Coefficient* z;

  // Memory for the terms of a sum over all items: `slots` has an entry for each of `points`, all kNoSlot between calls.
  ShortTerm* short_terms;
  LongTerm* long_terms;   // 2 count + 1
  WideSum* wide_sums;     // count
  uint32_t* slots;
};

// Results as CurveTier::sum_is_small_order.
//
// Of z_i E_i over [from, to): keys that occur several times are one term.
int sum_of_items(const CurveTier& tier, const BatchItems& items, size_t from, size_t to, Scratch& scratch, PackedPoint* sum);
// Of w_i E_i for the items indices[0..count), w_i = weights[j] below L for the j-th of them; indices == nullptr: the items from
// `from` on.
int weighted_sum_of_items(const CurveTier& tier, const BatchItems& items, size_t from, const uint32_t* indices,
                          const Scalar* weights, size_t count, Scratch& scratch, PackedPoint* sum);

// Exact verdicts of [from, to), each on its own.
void verify_items_each(const CurveTier& tier, const BatchItems& items, size_t from, size_t to, uint8_t* ok, Scratch& scratch);

}  // namespace chainwright::ed25519

#endif

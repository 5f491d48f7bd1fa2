// Terms of the sums. Everything is added with the sign of A and R; B alone is subtracted, by its negated scalar.
#include "batch_items.h"

namespace chainwright::ed25519 {

int sum_of_items(const CurveTier& tier, const BatchItems& items, size_t from, size_t to, Scratch& scratch, PackedPoint* sum) {
  WideSum base_sum;
  size_t keys = 0;
  for (size_t i = from; i < to; ++i) {
    const Coefficient& z = items.z[i];
    items.short_terms[i - from] = {{z.words[0], z.words[1]}, items.r_points[i]};
    base_sum.add_product(z.words, items.s[i]);
    const uint32_t point = items.a_points[i];
    uint32_t slot = items.slots[point];
    if (slot == BatchItems::kNoSlot) {
      slot = static_cast<uint32_t>(keys++);
      items.slots[point] = slot;
      items.long_terms[slot].point = point;
      items.wide_sums[slot] = WideSum();
    }
    items.wide_sums[slot].add_product(z.words, items.k[i]);
  }
  for (size_t slot = 0; slot < keys; ++slot) {
    items.long_terms[slot].scalar = items.wide_sums[slot].reduced();
    items.slots[items.long_terms[slot].point] = BatchItems::kNoSlot;
  }
  items.long_terms[keys] = {negate(base_sum.reduced()), BatchItems::kBasePoint};
  return tier.sum_is_small_order(items.points, items.short_terms, to - from, items.long_terms, keys + 1, scratch, sum);
}

int weighted_sum_of_items(const CurveTier& tier, const BatchItems& items, size_t from, const uint32_t* indices,
                          const Scalar* weights, size_t count, Scratch& scratch, PackedPoint* sum) {
  Scalar base_sum = {};
  size_t terms = 0;
  for (size_t j = 0; j < count; ++j) {
    const size_t i = indices == nullptr ? from + j : indices[j];
    base_sum = add(base_sum, multiply(weights[j], items.s[i]));
    items.long_terms[terms++] = {weights[j], items.r_points[i]};
    const uint32_t point = items.a_points[i];
    const Scalar product = multiply(weights[j], items.k[i]);
    uint32_t& slot = items.slots[point];
    if (slot == BatchItems::kNoSlot) {
      slot = static_cast<uint32_t>(terms);
      items.long_terms[terms++] = {product, point};
    } else {
      items.long_terms[slot].scalar = add(items.long_terms[slot].scalar, product);
    }
  }
  for (size_t j = 0; j < count; ++j) items.slots[items.a_points[indices == nullptr ? from + j : indices[j]]] = BatchItems::kNoSlot;
  items.long_terms[terms++] = {negate(base_sum), BatchItems::kBasePoint};
  return tier.sum_is_small_order(items.points, nullptr, 0, items.long_terms, terms, scratch, sum);
}

void verify_items_each(const CurveTier& tier, const BatchItems& items, size_t from, size_t to, uint8_t* ok, Scratch& scratch) {
  if (from == to) return;
  tier.verify_each(items.points, items.a_points + from, items.r_points + from, items.s + from, items.k + from, to - from, ok + from,
                   scratch);
}

}  // namespace chainwright::ed25519

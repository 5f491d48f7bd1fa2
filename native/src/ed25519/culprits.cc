// The search halves, but a probe tells more than whether its half is good. Let S = [8] sum of w_i E_i over a range be known
// and not neutral. A probe weighs the left half by place: W = [8] sum of (i - from + 1) w_i E_i.
//
// - W neutral: the left half is good, and S is all the right half's. Most likely one item is bad there: the next probe weighs all
//   of it, once, so that a single bad item costs two probes of half the batch at most, wherever it lies. Go on there.
// - W = m S with m in [1, half]: then only item from + m - 1 is bad in the whole range. For any other choice of bad items
//   that equation is one more linear equation in the random w_i: it holds with probability 2^-128.
// - Else: several are bad, one of them on the left. Search the left with W as its sum and the weights of W; subtract what the
//   bad ones there contribute from S: what is left is the sum of the right half, for free.
//
// One bad item is found by one or two probes of 1/2 of the batch, 0.8 of its combination on the average, where plain halving
// takes 1/2 + 1/4 + ... down to single items, 1.3 of it (smaller sums cost more a term).
//
// Bounded: probes that prove nothing, and subtractions, may cost no more than decoding and hashing the batch once more would have; each item
// that a probe proved good adds what verifying it alone would have cost. Past that all that is left is verified one by one.
// So a batch never costs more than itself plus individual verification from bytes, whatever an attacker puts into it.
#include "culprits.h"

#include "packed_point.h"

namespace chainwright::ed25519 {

namespace {

// Work in multiplications of field elements. Tiers differ by their lanes; these are near the dearest of each, so that the
// bound holds in all.
constexpr double kDecodeAndHash = 540;  // two decodings at 254 squarings and 20 multiplications, hash, scalars
constexpr double kVerifyEach = 2400;
constexpr double kBucketAdd = 8.5;
constexpr double kBucketFold = 23;
constexpr double kHorner = 253 * 8;  // on one lane, while the others have nothing to do
constexpr double kWeigh = 30;        // weighing an item, and its share of the search for the multiple

// Up to this many, verifying each is the quickest way to find the bad ones.
size_t verify_each_at_most(const CurveTier& tier) { return tier.lanes < 2 ? 8 : 4 * size_t{tier.lanes}; }

double sum_cost(const CurveTier& tier, size_t items) {
  double best = 0;
  for (int width = 3; width <= 12; ++width) {
    const double adds = static_cast<double>(items) * (141.0 + 253.0) / width * kBucketAdd;
    const double folds = 254.0 / width * static_cast<double>(1 << (width - 1)) * kBucketFold;
    if (best == 0 || adds + folds < best) best = adds + folds;
  }
  return best + kHorner * tier.lanes + kWeigh * static_cast<double>(items);
}

struct Search {
  const CurveTier& tier;
  const BatchItems& items;
  uint32_t* found;
  size_t found_count;
  uint8_t* ok;
  Scratch& scratch;
  double budget;

  void good(size_t from, size_t to) {
    for (size_t i = from; i < to; ++i) ok[i] = 1;
    budget += kVerifyEach * static_cast<double>(to - from);
  }

  void bad(size_t i) {
    ok[i] = 0;
    found[found_count++] = static_cast<uint32_t>(i);
  }

  void each(size_t from, size_t to) {
    verify_items_each(tier, items, from, to, ok, scratch);
    for (size_t i = from; i < to; ++i) {
      if (ok[i] == 0) bad(i);
    }
  }

  // Decides [from, to), whose weights w_i are weights[0..to - from) and whose sum is `sum`. Behind the weights there is room
  // for as many scalars again.
  void range(size_t from, size_t to, Scalar* weights, const PackedPoint& sum);
};

void Search::range(size_t from, size_t to, Scalar* weights, const PackedPoint& sum) {
  PackedPoint here = sum;
  // The next probe weighs all of the range instead of its left half: nothing is learned of halves then, so only once.
  enum class Whole { kNotYet, kNext, kDone } whole = Whole::kNotYet;
  while (true) {
    const size_t count = to - from;
    if (count == 1) return bad(from);
    const size_t half = count / 2;
    const size_t probed = whole == Whole::kNext ? count : half;
    const double cost = sum_cost(tier, probed);
    if (count <= verify_each_at_most(tier) || cost > budget) return each(from, to);
    budget -= cost;

    Scalar* const by_place = weights + count;
    for (size_t j = 0; j < probed; ++j) {
      const uint64_t place[2] = {j + 1, 0};
      by_place[j] = multiply_short(place, weights[j]);
    }
    PackedPoint left;
    const int neutral = weighted_sum_of_items(tier, items, from, nullptr, by_place, probed, scratch, &left);
    if (neutral < 0) return each(from, to);
    if (neutral == 0) {
      const size_t multiple = find_multiple(here, left, probed);
      if (multiple != 0) {
        good(from, from + multiple - 1);
        bad(from + multiple - 1);
        return good(from + multiple, to);
      }
      if (whole == Whole::kNext) {
        whole = Whole::kDone;
        continue;
      }
      const size_t found_before = found_count;
      range(from, from + half, by_place, left);

      // More than one of eight bad: the rest is hardly better, and one by one is the cheapest for that.
      const size_t bad_left = found_count - found_before;
      const double subtraction = sum_cost(tier, bad_left);
      if (8 * bad_left > half || subtraction > budget) return each(from + half, to);
      budget -= subtraction;
      for (size_t b = 0; b < bad_left; ++b) by_place[b] = weights[found[found_before + b] - from];
      const int nothing = weighted_sum_of_items(tier, items, 0, found + found_before, by_place, bad_left, scratch, &left);
      if (nothing < 0) return each(from + half, to);
      PackedPoint right = here;
      if (nothing == 0 && !subtract_points(here, left, right)) return good(from + half, to);
      here = right;
    } else if (whole == Whole::kNext) {
      // Several are bad, and their weighted errors cancel: as unlikely as a wrong verdict, but then it is halves again.
      whole = Whole::kDone;
      continue;
    } else {
      good(from, from + half);
      if (whole == Whole::kNotYet) whole = Whole::kNext;
    }
    from += half;
    weights += half;
  }
}

}  // namespace

void find_culprits(const CurveTier& tier, const BatchItems& items, const PackedPoint& sum, Scalar* weights, uint32_t* found,
                   uint8_t* ok, Scratch& scratch) {
  for (size_t i = 0; i < items.count; ++i) weights[i] = {{items.z[i].words[0], items.z[i].words[1], 0, 0}};
  Search search = {tier, items, found, 0, ok, scratch, kDecodeAndHash * static_cast<double>(items.count)};
  search.range(0, items.count, weights, sum);
}

}  // namespace chainwright::ed25519

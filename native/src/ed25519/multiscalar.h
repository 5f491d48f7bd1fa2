// The two sums of the verification pipeline as templates over a tier's Field: one random combination of many signatures
// (Pippenger's bucket method), and Field::kLanes independent signatures side by side (Straus' interleaving).
//
// Pippenger, with lanes: each scalar is cut into signed digits. In one window, lane after lane takes a bucket (one absolute
// value of the digit) and adds up the points that fell into it, so terms are first sorted by bucket, and buckets by how
// many points they hold: lanes that run side by side then finish together. Bucket sums are then folded with lanes =
// windows, and the window sums by Horner's rule.
//
// Everything is variable time: all inputs are public.
#ifndef CHAINWRIGHT_ED25519_MULTISCALAR_H
#define CHAINWRIGHT_ED25519_MULTISCALAR_H

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "point.h"

namespace chainwright::ed25519 {

namespace {

alignas(64) constexpr PackedNiels kPackedNielsIdentity = {{1, 0, 0, 0, 0}, {1, 0, 0, 0, 0}, {2, 0, 0, 0, 0}, {0, 0, 0, 0, 0},
                                                          {0, 0, 0, 0}};

// How scalars are cut: `low_windows` windows of `low_width` bits, which cover a short scalar and the low part of a long one,
// then `high_windows` of `high_width` bits for the rest of the long ones. Fewer points reach the high windows where keys
// repeat, so their best width differs.
struct WindowPlan {
  int low_width, low_windows, high_width, high_windows;

  int windows() const { return low_windows + high_windows; }
  int width(int window) const { return window < low_windows ? low_width : high_width; }
  int position(int window) const {
    return window < low_windows ? window * low_width : low_windows * low_width + (window - low_windows) * high_width;
  }
  size_t buckets(int window) const { return size_t{1} << (width(window) - 1); }
};

constexpr int kShortBits = 128;  // short scalars are below 2^128
constexpr int kLongBits = 253;   // long ones below L < 2^253
constexpr int kMinimumWidth = 3;
constexpr int kMaximumWidth = 13;
constexpr int kMaximumWindows = 96;

// Widths with the least estimated work, counted in lane operations. `Costs` says what adding a point to a bucket and what
// folding one bucket into its window's sum costs the tier.
template <class Costs>
static inline WindowPlan plan_windows(size_t short_count, size_t long_count) {
  WindowPlan best = {};
  double best_cost = 0;
  for (int low = kMinimumWidth; low <= kMaximumWidth; ++low) {
    const int low_windows = (kShortBits + low) / low;  // covers one bit more than the scalar: room for the last carry
    const double all = static_cast<double>(short_count + long_count);
    const double low_cost = low_windows * (all * Costs::kBucketAdd + Costs::kBucketFold * static_cast<double>(1 << (low - 1)));
    for (int high = kMinimumWidth; high <= (long_count == 0 ? kMinimumWidth : low); ++high) {
      const int rest = kLongBits + 1 - low_windows * low;
      const int high_windows = long_count == 0 ? 0 : (rest + high - 1) / high;
      const double cost = low_cost + high_windows * (static_cast<double>(long_count) * Costs::kBucketAdd +
                                                     Costs::kBucketFold * static_cast<double>(1 << (high - 1)));
      if (best_cost == 0 || cost < best_cost) {
        best_cost = cost;
        best = {low, low_windows, high, high_windows};
      }
    }
  }
  return best;
}

// `width` (at most 16) bits of a little-endian number of `Words` words, from bit `position`; zeros beyond its end.
template <int Words>
CHAINWRIGHT_INLINE uint32_t scalar_bits(const uint64_t* words, int position, int width) {
  const int word = position >> 6;
  const int shift = position & 63;
  if (word >= Words) return 0;
  uint64_t bits = words[word] >> shift;
  if (shift + width > 64 && word + 1 < Words) bits |= words[word + 1] << (64 - shift);
  return static_cast<uint32_t>(bits & ((uint64_t{1} << width) - 1));
}

// Signed digits of one scalar, digit of window w at digits[w * stride], each in [-2^(width-1), 2^(width-1)]. No carry is
// left at the end: the windows cover at least one bit more than the scalar has.
template <int Words>
CHAINWRIGHT_INLINE void recode(const WindowPlan& plan, const uint64_t* words, int windows, int16_t* digits, size_t stride) {
  uint32_t carry = 0;
  for (int window = 0; window < windows; ++window) {
    const int width = plan.width(window);
    const uint32_t digit = scalar_bits<Words>(words, plan.position(window), width) + carry;
    carry = digit > (1u << (width - 1)) ? 1 : 0;
    digits[static_cast<size_t>(window) * stride] = static_cast<int16_t>(static_cast<int32_t>(digit) - static_cast<int32_t>(carry << width));
  }
  CHAINWRIGHT_ASSERT(carry == 0);
}

// Hands out parts of one block, each on a cache line of its own.
class Carver {
 public:
  explicit Carver(uint8_t* from) : next_(from) {}
  template <class T>
  T* take(size_t count) {
    T* const taken = reinterpret_cast<T*>(next_);
    next_ += size_of<T>(count);
    return taken;
  }
  template <class T>
  static size_t size_of(size_t count) {
    return (count * sizeof(T) + 63) & ~size_t{63};
  }

 private:
  uint8_t* next_;
};

// Terms of one window in the order in which lanes consume them.
struct SortedWindow {
  uint32_t* entries;       // point index << 1 | negative, sorted by bucket
  uint32_t* first;         // bucket b's entries are entries[first[b]..first[b + 1])
  uint32_t* by_size;       // buckets, largest first
  uint32_t* size_counts;   // scratch
};

// Counting sort of one window's terms by bucket, and of the buckets by size. Bucket b holds digits of absolute value b + 1.
static inline void sort_window(const int16_t* digits, const uint32_t* term_points, size_t terms, size_t buckets,
                               const SortedWindow& window) {
  uint32_t* const first = window.first;
  std::memset(first, 0, (buckets + 2) * sizeof(uint32_t));
  for (size_t term = 0; term < terms; ++term) {
    const int32_t digit = digits[term];
    first[(digit < 0 ? -digit : digit) + 1]++;  // shifted by two for the passes below; digit 0 lands in first[1]
  }
  first[1] = 0;
  uint32_t largest = 0;
  for (size_t bucket = 0; bucket < buckets; ++bucket) {
    const uint32_t size = first[bucket + 2];
    largest = size > largest ? size : largest;
  }
  uint32_t* const sizes = window.size_counts;
  std::memset(sizes, 0, (static_cast<size_t>(largest) + 1) * sizeof(uint32_t));
  for (size_t bucket = 0; bucket < buckets; ++bucket) sizes[first[bucket + 2]]++;
  uint32_t place = 0;
  for (size_t size = static_cast<size_t>(largest) + 1; size-- > 0;) {
    const uint32_t of_size = sizes[size];
    sizes[size] = place;
    place += of_size;
  }
  for (size_t bucket = 0; bucket < buckets; ++bucket) window.by_size[sizes[first[bucket + 2]]++] = static_cast<uint32_t>(bucket);
  // first[b + 1] becomes the next free place of bucket b, and ends as the beginning of bucket b + 1.
  for (size_t bucket = 0; bucket < buckets; ++bucket) first[bucket + 2] += first[bucket + 1];
  for (size_t term = 0; term < terms; ++term) {
    const int32_t digit = digits[term];
    if (digit == 0) continue;
    const uint32_t negative = digit < 0 ? 1 : 0;
    const uint32_t bucket = static_cast<uint32_t>(digit < 0 ? -digit : digit) - 1;
    window.entries[first[bucket + 1]++] = term_points[term] << 1 | negative;
  }
}

// Adds up each bucket of a sorted window, Field::kLanes buckets at a time, to sums[0..buckets).
template <class F>
inline void add_buckets(const PackedPoint* points, const SortedWindow& window, size_t buckets, PackedNiels* sums) {
  PackedNiels spill;
  for (size_t from = 0; from < buckets; from += F::kLanes) {
    const uint32_t* next[F::kLanes];
    uint32_t left[F::kLanes];
    PackedNiels* targets[F::kLanes];
    uint32_t steps = 0;
    for (int lane = 0; lane < F::kLanes; ++lane) {
      const size_t place = from + static_cast<size_t>(lane);
      next[lane] = window.entries;
      left[lane] = 0;
      targets[lane] = &spill;
      if (place >= buckets) continue;
      const uint32_t bucket = window.by_size[place];
      next[lane] = window.entries + window.first[bucket];
      left[lane] = window.first[bucket + 1] - window.first[bucket];
      targets[lane] = sums + bucket;
      steps = left[lane] > steps ? left[lane] : steps;
    }
    Extended<F> sum = extended_identity<F>();
    for (uint32_t step = 0; step < steps; ++step) {
      const PackedPoint* lane_points[F::kLanes];
      uint32_t negative = 0;
      for (int lane = 0; lane < F::kLanes; ++lane) {
        lane_points[lane] = &kPackedIdentity;
        if (step >= left[lane]) continue;
        const uint32_t entry = next[lane][step];
        lane_points[lane] = points + (entry >> 1);
        negative |= (entry & 1) << lane;
      }
      sum = add_affine<F>(sum, negate_where<F>(F::mask_from_bits(negative), gather_points<F>(lane_points)));
    }
    scatter_niels<F>(to_niels<F>(sum), targets);
  }
}

// Sum of (b + 1) * sums[w][b] for Field::kLanes windows w side by side: running sums from the top bucket down.
template <class F>
inline void fold_buckets(const PackedNiels* const sums[F::kLanes], const size_t buckets[F::kLanes], PackedNiels* const targets[F::kLanes]) {
  size_t most = 0;
  for (int lane = 0; lane < F::kLanes; ++lane) most = buckets[lane] > most ? buckets[lane] : most;
  Extended<F> running = extended_identity<F>();
  Extended<F> total = extended_identity<F>();
  for (size_t bucket = most; bucket-- > 0;) {
    const PackedNiels* lane_sums[F::kLanes];
    for (int lane = 0; lane < F::kLanes; ++lane) {
      lane_sums[lane] = bucket < buckets[lane] ? sums[lane] + bucket : &kPackedNielsIdentity;
    }
    running = add_niels<F>(running, gather_niels<F>(lane_sums));
    total = add_points<F>(total, running);
  }
  scatter_niels<F>(to_niels<F>(total), targets);
}

// The same packed point in every lane.
template <class F>
CHAINWRIGHT_INLINE ProjectiveNiels<F> broadcast_niels(const PackedNiels& point) {
  const PackedNiels* lanes[F::kLanes];
  for (int lane = 0; lane < F::kLanes; ++lane) lanes[lane] = &point;
  return gather_niels<F>(lanes);
}

// Horner's rule over window sums, then [8] and the comparison with the neutral element. The result is that of lane 0;
// `sum`, if wanted, receives the [8]-fold where it is not neutral.
template <class F>
inline bool windows_are_small_order(const WindowPlan& plan, const PackedNiels* window_sums, PackedPoint* sum) {
  Extended<F> total = extended_identity<F>();
  for (int window = plan.windows(); window-- > 0;) {
    if (window + 1 < plan.windows()) {
      for (int bit = 0; bit < plan.width(window); ++bit) total = double_point<F>(total);
    }
    total = add_niels<F>(total, broadcast_niels<F>(window_sums[window]));
  }
  for (int bit = 0; bit < 3; ++bit) total = double_point<F>(total);
  if ((neutral_bits<F>(total) & 1) != 0) return true;
  if (sum != nullptr) {
    PackedPoint spill;
    PackedPoint* targets[F::kLanes];
    for (int lane = 0; lane < F::kLanes; ++lane) targets[lane] = lane == 0 ? sum : &spill;
    scatter_affine<F>(total, targets);
  }
  return false;
}

}  // namespace

// As CurveTier::sum_is_small_order. H is the Field that does the one-lane tail (Horner); usually F itself.
template <class F, class Costs, class H = F>
inline int sum_is_small_order(const PackedPoint* points, const ShortTerm* short_terms, size_t short_count,
                              const LongTerm* long_terms, size_t long_count, Scratch& scratch, PackedPoint* sum) {
  const size_t terms = short_count + long_count;
  if (terms == 0) return 1;
  const WindowPlan plan = plan_windows<Costs>(short_count, long_count);
  const int windows = plan.windows();
  const size_t most_buckets = plan.buckets(0);  // the low width is the larger one

  // Terms: long ones first, so that a high window's digits are a prefix.
  const size_t bytes = Carver::size_of<int16_t>(terms * static_cast<size_t>(windows)) + 2 * Carver::size_of<uint32_t>(terms) +
                       2 * Carver::size_of<uint32_t>(most_buckets + 2) + Carver::size_of<uint32_t>(terms + 1) +
                       Carver::size_of<PackedNiels>(most_buckets * F::kLanes) + Carver::size_of<PackedNiels>(kMaximumWindows);
  uint8_t* const memory = scratch.reserve(bytes);
  if (memory == nullptr) return -1;
  Carver carver(memory);
  int16_t* const digits = carver.take<int16_t>(terms * static_cast<size_t>(windows));
  uint32_t* const term_points = carver.take<uint32_t>(terms);
  SortedWindow sorted;
  sorted.entries = carver.take<uint32_t>(terms);
  sorted.first = carver.take<uint32_t>(most_buckets + 2);
  sorted.by_size = carver.take<uint32_t>(most_buckets + 2);
  sorted.size_counts = carver.take<uint32_t>(terms + 1);
  PackedNiels* const bucket_sums = carver.take<PackedNiels>(most_buckets * F::kLanes);
  PackedNiels* const window_sums = carver.take<PackedNiels>(kMaximumWindows);

  for (size_t term = 0; term < long_count; ++term) {
    term_points[term] = long_terms[term].point;
    recode<4>(plan, long_terms[term].scalar.words, windows, digits + term, terms);
  }
  for (size_t term = 0; term < short_count; ++term) {
    term_points[long_count + term] = short_terms[term].point;
    recode<2>(plan, short_terms[term].scalar, plan.low_windows, digits + long_count + term, terms);
  }

  PackedNiels spill;
  for (int group = 0; group < windows; group += F::kLanes) {
    const PackedNiels* lane_sums[F::kLanes];
    size_t lane_buckets[F::kLanes];
    PackedNiels* targets[F::kLanes];
    for (int lane = 0; lane < F::kLanes; ++lane) {
      const int window = group + lane;
      lane_sums[lane] = bucket_sums;
      lane_buckets[lane] = 0;
      targets[lane] = &spill;
      if (window >= windows) continue;
      PackedNiels* const sums = bucket_sums + most_buckets * static_cast<size_t>(lane);
      const size_t in_window = window < plan.low_windows ? terms : long_count;
      sort_window(digits + static_cast<size_t>(window) * terms, term_points, in_window, plan.buckets(window), sorted);
      add_buckets<F>(points, sorted, plan.buckets(window), sums);
      lane_sums[lane] = sums;
      lane_buckets[lane] = plan.buckets(window);
      targets[lane] = window_sums + window;
    }
    fold_buckets<F>(lane_sums, lane_buckets, targets);
  }
  return windows_are_small_order<H>(plan, window_sums, sum) ? 1 : 0;
}

namespace {

constexpr int kEachKeyWidth = 5;    // signed digits of k, from a table of [1..16]A a lane
constexpr int kEachBaseWidth = 8;   // signed digits of s, from a table of [1..128]B
constexpr int kEachKeyDigits = (kLongBits + kEachKeyWidth) / kEachKeyWidth;
constexpr int kEachBaseDigits = (kLongBits + kEachBaseWidth) / kEachBaseWidth;
constexpr int kEachKeyEntries = 1 << (kEachKeyWidth - 1);
constexpr int kEachBaseEntries = 1 << (kEachBaseWidth - 1);

struct BaseTable {
  PackedPoint multiples[kEachBaseEntries];  // [1..128]B
};

// [1..128]B, affine. Lane i walks from [i + 1]B in steps of [kLanes]B.
template <class F>
inline BaseTable make_base_table() {
  BaseTable table;
  const PackedPoint* base[F::kLanes];
  for (int lane = 0; lane < F::kLanes; ++lane) base[lane] = &kPackedBase;
  const AffineNiels<F> b = gather_points<F>(base);
  // Lane i gets B added i + 1 times: others get the neutral element in those steps.
  Extended<F> sum = extended_identity<F>();
  Extended<F> stride = extended_identity<F>();
  for (int step = 0; step < F::kLanes; ++step) {
    const PackedPoint* addends[F::kLanes];
    for (int lane = 0; lane < F::kLanes; ++lane) addends[lane] = step <= lane ? &kPackedBase : &kPackedIdentity;
    sum = add_affine<F>(sum, gather_points<F>(addends));
    stride = add_affine<F>(stride, b);
  }
  const ProjectiveNiels<F> stride_niels = to_niels<F>(stride);
  for (int from = 0; from < kEachBaseEntries; from += F::kLanes) {
    PackedPoint spill;
    PackedPoint* targets[F::kLanes];
    for (int lane = 0; lane < F::kLanes; ++lane) {
      targets[lane] = from + lane < kEachBaseEntries ? &table.multiples[from + lane] : &spill;
    }
    scatter_affine<F>(sum, targets);
    sum = add_niels<F>(sum, stride_niels);
  }
  return table;
}

// Built at the first use in the process.
template <class F>
inline const BaseTable& base_table() {
  static const BaseTable table = make_base_table<F>();
  return table;
}

}  // namespace

// As CurveTier::verify_each: [s]B - [k]A - R for Field::kLanes signatures side by side. One chain of 253 doublings serves
// both scalars, whose digits are added where they are due; lanes with digit 0 add the neutral element.
template <class F>
inline void verify_each(const PackedPoint* points, const uint32_t* a_points, const uint32_t* r_points, const Scalar* s_scalars,
                        const Scalar* k_scalars, size_t count, uint8_t* ok, Scratch&) {
  const BaseTable& base = base_table<F>();
  const WindowPlan key_plan = {kEachKeyWidth, kEachKeyDigits, kEachKeyWidth, 0};
  const WindowPlan base_plan = {kEachBaseWidth, kEachBaseDigits, kEachBaseWidth, 0};
  for (size_t from = 0; from < count; from += F::kLanes) {
    int16_t key_digits[F::kLanes][kEachKeyDigits];
    int16_t base_digits[F::kLanes][kEachBaseDigits];
    const PackedPoint* keys[F::kLanes];
    const PackedPoint* commitments[F::kLanes];
    for (int lane = 0; lane < F::kLanes; ++lane) {
      const size_t at = from + static_cast<size_t>(lane) < count ? from + static_cast<size_t>(lane) : count - 1;
      recode<4>(key_plan, k_scalars[at].words, kEachKeyDigits, key_digits[lane], 1);
      recode<4>(base_plan, s_scalars[at].words, kEachBaseDigits, base_digits[lane], 1);
      keys[lane] = points + a_points[at];
      commitments[lane] = points + r_points[at];
    }

    // [1..16]A a lane.
    PackedNiels table[kEachKeyEntries][F::kLanes];
    const AffineNiels<F> key = gather_points<F>(keys);
    Extended<F> multiple = add_affine<F>(extended_identity<F>(), key);
    for (int entry = 0; entry < kEachKeyEntries; ++entry) {
      if (entry != 0) multiple = add_affine<F>(multiple, key);
      PackedNiels* targets[F::kLanes];
      for (int lane = 0; lane < F::kLanes; ++lane) targets[lane] = &table[entry][lane];
      scatter_niels<F>(to_niels<F>(multiple), targets);
    }

    Extended<F> sum = extended_identity<F>();
    for (int bit = kLongBits + kEachBaseWidth - 1; bit >= 0; --bit) {
      const bool key_due = bit % kEachKeyWidth == 0 && bit / kEachKeyWidth < kEachKeyDigits;
      const bool base_due = bit % kEachBaseWidth == 0 && bit / kEachBaseWidth < kEachBaseDigits;
      sum = double_point<F>(sum);
      if (key_due) {
        const PackedNiels* addends[F::kLanes];
        uint32_t negative = 0;
        for (int lane = 0; lane < F::kLanes; ++lane) {
          const int digit = key_digits[lane][bit / kEachKeyWidth];
          addends[lane] = digit == 0 ? &kPackedNielsIdentity : &table[(digit < 0 ? -digit : digit) - 1][lane];
          negative |= (digit > 0 ? 1u : 0u) << lane;  // -[k]A
        }
        sum = add_niels<F>(sum, negate_where<F>(F::mask_from_bits(negative), gather_niels<F>(addends)));
      }
      if (base_due) {
        const PackedPoint* addends[F::kLanes];
        uint32_t negative = 0;
        for (int lane = 0; lane < F::kLanes; ++lane) {
          const int digit = base_digits[lane][bit / kEachBaseWidth];
          addends[lane] = digit == 0 ? &kPackedIdentity : &base.multiples[(digit < 0 ? -digit : digit) - 1];
          negative |= (digit < 0 ? 1u : 0u) << lane;
        }
        sum = add_affine<F>(sum, negate_where<F>(F::mask_from_bits(negative), gather_points<F>(addends)));
      }
    }
    const uint32_t all_lanes = F::kLanes == 32 ? ~0u : (1u << F::kLanes) - 1;
    sum = add_affine<F>(sum, negate_where<F>(F::mask_from_bits(all_lanes), gather_points<F>(commitments)));
    const uint32_t good = small_order_bits<F>(sum);
    for (int lane = 0; lane < F::kLanes && from + static_cast<size_t>(lane) < count; ++lane) {
      ok[from + static_cast<size_t>(lane)] = static_cast<uint8_t>((good >> lane) & 1);
    }
  }
}

}  // namespace chainwright::ed25519

#endif

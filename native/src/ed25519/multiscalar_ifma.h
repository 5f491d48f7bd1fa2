// Pippenger's method (multiscalar.h) shaped for eight lanes of IFMA: the sum that decides how fast a batch is.
//
// What differs from the template, and why:
//  - bucket sums live in registers as (Y + X, Y - X, Z, T), and sums and differences of products are made before carrying,
//    so that one addition of a point costs seven carries instead of thirteen (point_ifma.h);
//  - a window's terms are sorted into a schedule that holds the eight lanes' next points side by side, as addresses with the
//    sign in bit 0 (points are 64-byte aligned): one load tells a step everything, and the next points can be prefetched;
//  - points are read as rows of 64 bytes and transposed, which beats gathers (native/README.md);
//  - a bucket begins as a copy of its first point (one multiplication for T) instead of an addition to the neutral element;
//  - digits are cut eight scalars at a time.
#ifndef CHAINWRIGHT_ED25519_MULTISCALAR_IFMA_H
#define CHAINWRIGHT_ED25519_MULTISCALAR_IFMA_H

#include <immintrin.h>

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "field_ifma.h"
#include "field_portable.h"
#include "multiscalar.h"
#include "point.h"
#include "point_ifma.h"
#include "single_ifma.h"
#include "tier.h"

namespace chainwright::ed25519 {
namespace {

// Takes an address as a number: it may point nowhere (a prefetch doesn't fault).
CHAINWRIGHT_INLINE void prefetch(uint64_t address) { _mm_prefetch(reinterpret_cast<const char*>(address), _MM_HINT_T0); }

// Digits as (absolute value << 1 | negative), digit of window w and term t at digits[w * stride + t].
using PackedDigit = uint16_t;

// Recodes eight scalars side by side (as recode() does one). `words` holds word j of the eight at words[j].
template <int Words>
CHAINWRIGHT_INLINE void recode_lanes(const WindowPlan& plan, const __m512i words[Words], int windows, PackedDigit* digits, size_t stride) {
  __m512i carry = _mm512_setzero_si512();
  int position = 0;
  for (int window = 0; window < windows; ++window) {
    const int width = plan.width(window);
    const int word = position >> 6;
    const int shift = position & 63;
    __m512i bits = _mm512_setzero_si512();
    if (word < Words) {
      bits = Ifma::shift_right(words[word], shift);
      if (shift + width > 64 && word + 1 < Words) bits = _mm512_or_si512(bits, Ifma::shift_left(words[word + 1], 64 - shift));
    }
    const __m512i digit = Ifma::plus(_mm512_and_si512(bits, Ifma::set((uint64_t{1} << width) - 1)), carry);
    const __mmask8 negative = _mm512_cmpgt_epu64_mask(digit, Ifma::set(uint64_t{1} << (width - 1)));
    carry = _mm512_maskz_mov_epi64(negative, Ifma::set(1));
    const __m512i magnitude = _mm512_mask_sub_epi64(digit, negative, Ifma::set(uint64_t{1} << width), digit);
    const __m512i packed = _mm512_or_si512(Ifma::twice(magnitude), carry);
    _mm_storeu_si128(reinterpret_cast<__m128i*>(digits + static_cast<size_t>(window) * stride), _mm512_maskz_cvtepi64_epi16(0xff, packed));
    position += width;
  }
}

// Estimated cycles of `windows` windows of `width` bits that hold `terms` terms each, without folding. Eight buckets are summed
// side by side; where there are fewer points than buckets, steps are as many as the fullest bucket of each eight demands.
static inline uint64_t window_cycles(size_t terms, int width) {
  constexpr uint64_t kStep = 440;    // eight additions to buckets, with their share of sorting
  constexpr uint64_t kGroup = 320;   // beginning and storing eight buckets, and the ragged end of their columns
  constexpr uint64_t kWindow = 800;  // fixed
  const uint64_t groups = (uint64_t{1} << (width - 1)) / 8 + (width < 4 ? 1 : 0);
  const uint64_t steps = (terms + 7) / 8;
  const uint64_t begun = steps < groups ? steps : groups;
  return kWindow + (steps - begun / 2) * kStep + groups * kGroup;
}

// Widths with the least estimated cycles. Eight windows are folded side by side, so a group costs what its largest window
// costs. Widths far from log2 of the terms can't win and are not looked at.
static inline WindowPlan plan_windows_ifma(size_t short_count, size_t long_count) {
  constexpr uint64_t kFold = 1250;  // folding one bucket of eight windows
  const size_t terms = short_count + long_count;
  int middle = 0;
  while (middle < 13 && (size_t{1} << (middle + 2)) < terms) ++middle;
  const int least = middle - 1 < kMinimumWidth ? kMinimumWidth : middle - 1;
  const int most = middle + 2 > kMaximumWidth ? kMaximumWidth : middle + 2 < kMinimumWidth ? kMinimumWidth : middle + 2;
  WindowPlan best = {};
  uint64_t best_cost = ~uint64_t{0};
  for (int low = least; low <= most; ++low) {
    const int low_windows = (kShortBits + low) / low;  // covers one bit more than the scalar: room for the last carry
    const uint64_t low_cost = static_cast<uint64_t>(low_windows) * window_cycles(terms, low);
    for (int high = long_count == 0 ? low : kMinimumWidth; high <= low; ++high) {
      const int high_windows = long_count == 0 ? 0 : (kLongBits + 1 - low_windows * low + high - 1) / high;
      const int low_groups = (low_windows + 7) / 8;
      const int high_groups = (low_windows + high_windows + 7) / 8 - low_groups;
      const uint64_t cost = low_cost + static_cast<uint64_t>(high_windows) * window_cycles(long_count, high) +
                            kFold * ((static_cast<uint64_t>(low_groups) << (low - 1)) + (static_cast<uint64_t>(high_groups) << (high - 1)));
      if (cost < best_cost) {
        best_cost = cost;
        best = {low, low_windows, high, high_windows};
      }
    }
  }
  return best;
}

// One window's work: for each group of eight buckets of like size, `steps` rows of eight addresses.
struct Schedule {
  uint64_t* addresses;   // rows of eight
  uint32_t* place;       // by bucket: the next free slot
  uint32_t* by_size;     // buckets, largest first
  uint32_t* size_counts;
};

// A window's slots never exceed this: a group takes eight times its largest bucket, and the excess of all groups over their
// smallest buckets adds up to at most eight times the largest one.
// Prefetching looks three rows further.
CHAINWRIGHT_INLINE size_t schedule_slots(size_t terms) { return 9 * terms + 8 * 8; }

// Sorts the terms of one window; group g then has steps[g] rows. Bucket b (from 1) holds digits of absolute value b.
static inline void schedule_window(const PackedDigit* digits, const uint64_t* term_addresses, size_t terms, size_t buckets,
                                   const Schedule& schedule, uint32_t* steps) {
  uint32_t* const sizes = schedule.place;
  std::memset(sizes, 0, (buckets + 1) * sizeof(uint32_t));
  for (size_t term = 0; term < terms; ++term) sizes[digits[term] >> 1]++;
  uint32_t largest = 0;
  for (size_t bucket = 1; bucket <= buckets; ++bucket) largest = sizes[bucket] > largest ? sizes[bucket] : largest;
  uint32_t* const counts = schedule.size_counts;
  std::memset(counts, 0, (static_cast<size_t>(largest) + 1) * sizeof(uint32_t));
  for (size_t bucket = 1; bucket <= buckets; ++bucket) counts[sizes[bucket]]++;
  uint32_t next = 0;
  for (size_t size = static_cast<size_t>(largest) + 1; size-- > 0;) {
    const uint32_t of_size = counts[size];
    counts[size] = next;
    next += of_size;
  }
  for (size_t bucket = 1; bucket <= buckets; ++bucket) schedule.by_size[counts[sizes[bucket]]++] = static_cast<uint32_t>(bucket);

  const uint64_t nothing = reinterpret_cast<uint64_t>(&kPackedIdentity);
  uint32_t base = 0;
  for (size_t group = 0; group * 8 < buckets; ++group) {
    const uint32_t* const members = schedule.by_size + group * 8;
    const size_t count = buckets - group * 8 < 8 ? buckets - group * 8 : 8;
    const uint32_t most = sizes[members[0]];
    steps[group] = most;
    for (size_t lane = 0; lane < 8; ++lane) {
      const uint32_t size = lane < count ? sizes[members[lane]] : 0;
      for (uint32_t step = size; step < most; ++step) schedule.addresses[base + 8 * step + lane] = nothing;
      if (lane < count) sizes[members[lane]] = base + static_cast<uint32_t>(lane);
    }
    base += 8 * most;
  }
  for (size_t term = 0; term < terms; ++term) {
    const uint32_t digit = digits[term];
    if (digit < 2) continue;
    const uint32_t slot = schedule.place[digit >> 1];
    schedule.place[digit >> 1] = slot + 8;
    schedule.addresses[slot] = term_addresses[term] | (digit & 1);
  }
}

// Adds up a scheduled window's buckets. Bucket b's sum goes to sums[b - 1], 2dT in place of T.
__attribute__((noinline)) static void add_scheduled(const Schedule& schedule, const uint32_t* steps, size_t buckets, RestingSum* sums) {
  const uint64_t* row = schedule.addresses;
  RestingSum spill;
  const Ifma::Tight d2 = Ifma::broadcast(kEdwards2D);
  for (size_t group = 0; group * 8 < buckets; ++group) {
    LaneSum total = lane_identity();
    const uint32_t rows = steps[group];
    if (rows != 0) {
      const LanePoint first = load_lane_points(row);
      BucketSum sum = {first.y_plus_x, first.y_minus_x, raised_one(), Ifma::mul(first.xy2d, Ifma::broadcast(kInverse2D))};
      row += 8;
      for (uint32_t step = 1; step < rows; ++step, row += 8) {
        // Rows past the schedule's end are within its memory, whatever they hold.
        for (int lane = 0; lane < 8; ++lane) {
          prefetch(row[16 + lane]);
          prefetch(row[16 + lane] + 64);
        }
        add_lane_points(sum, load_lane_points(row));
      }
      total = {sum.s, sum.d, Ifma::reduce(sum.z), Ifma::mul(sum.t, d2)};
    }
    RestingSum* targets[8];
    for (size_t lane = 0; lane < 8; ++lane) {
      targets[lane] = group * 8 + lane < buckets ? sums + schedule.by_size[group * 8 + lane] - 1 : &spill;
    }
    store_lane_sums(total, targets);
  }
}

// Sum of b * sums[w][b - 1] for eight windows w side by side; the result as template code wants it.
__attribute__((noinline)) static void fold_windows(const RestingSum* const sums[8], const size_t buckets[8], PackedNiels* const targets[8]) {
  size_t most = 0;
  for (int lane = 0; lane < 8; ++lane) most = buckets[lane] > most ? buckets[lane] : most;
  const Ifma::Tight d2 = Ifma::broadcast(kEdwards2D);
  LaneSum running = lane_identity();
  LaneSum total = lane_identity();
  for (size_t bucket = most; bucket-- > 0;) {
    const RestingSum* sources[8];
    for (int lane = 0; lane < 8; ++lane) {
      sources[lane] = bucket < buckets[lane] ? sums[lane] + bucket : &kRestingIdentity;
      for (uint64_t line = 0; line < 3; ++line) prefetch(reinterpret_cast<uint64_t>(sources[lane]) - 2 * sizeof(RestingSum) + 64 * line);
    }
    add_lane_sums(running, load_lane_sums(sources));
    add_lane_sums(total, {running.s, running.d, running.z, Ifma::mul(running.t, d2)});
  }
  const ProjectiveNiels<Ifma> result = {total.s, total.d, Ifma::carry(Ifma::add(total.z, total.z)), Ifma::mul(total.t, d2)};
  scatter_niels<Ifma>(result, targets);
}

// Horner's rule (as windows_are_small_order of multiscalar.h) with the four coordinates of the one point side by side.
inline bool windows_are_small_order_quad(const WindowPlan& plan, const PackedNiels* window_sums, PackedPoint* sum) {
  Quad factors = FieldQuad::zero();
  factors.v[0] = _mm256_setr_epi64x(1, 1, 1, 0);  // (G, H, F, E) of the neutral element
  for (int window = plan.windows(); window-- > 0;) {
    if (window + 1 < plan.windows()) {
      for (int bit = 0; bit < plan.width(window); ++bit) factors = double_quad(to_point(factors));
    }
    const PackedNiels& addend = window_sums[window];
    Quad q;
    for (int limb = 0; limb < 5; ++limb) {
      q.v[limb] = _mm256_setr_epi64x(static_cast<long long>(addend.z2[limb]), static_cast<long long>(addend.y_plus_x[limb]),
                                     static_cast<long long>(addend.y_minus_x[limb]), static_cast<long long>(addend.t2d[limb]));
    }
    factors = add_quad(to_summand(factors), q);
  }
  for (int bit = 0; bit < 3; ++bit) factors = double_quad(to_point(factors));
  const Quad point = FieldQuad::canonical(to_point(factors));
  uint64_t coordinates[4][5];  // Z, Y, X, T
  for (int limb = 0; limb < 5; ++limb) {
    alignas(32) uint64_t words[4];
    _mm256_store_si256(reinterpret_cast<__m256i*>(words), point.v[limb]);
    for (int i = 0; i < 4; ++i) coordinates[i][limb] = words[i];
  }
  using H = FieldPortable;
  const Extended<H> total = {H::broadcast(coordinates[2]), H::broadcast(coordinates[1]), H::broadcast(coordinates[0]),
                             H::broadcast(coordinates[3])};
  if (neutral_bits<H>(total) != 0) return true;
  if (sum != nullptr) {
    PackedPoint* const targets[1] = {sum};
    scatter_affine<H>(total, targets);
  }
  return false;
}

}  // namespace

// As CurveTier::sum_is_small_order.
inline int sum_is_small_order_ifma(const PackedPoint* points, const ShortTerm* short_terms, size_t short_count,
                                   const LongTerm* long_terms, size_t long_count, Scratch& scratch, PackedPoint* sum) {
  const size_t terms = short_count + long_count;
  if (terms == 0) return 1;
  const WindowPlan plan = plan_windows_ifma(short_count, long_count);
  const int windows = plan.windows();
  const size_t most_buckets = plan.buckets(0);
  const size_t stride = (long_count + 7) / 8 * 8 + (short_count + 7) / 8 * 8;  // eight digits are written at a time
  const size_t short_at = (long_count + 7) / 8 * 8;

  const size_t bytes = Carver::size_of<PackedDigit>(stride * static_cast<size_t>(windows)) + Carver::size_of<uint64_t>(stride) +
                       Carver::size_of<uint64_t>(schedule_slots(stride)) + 3 * Carver::size_of<uint32_t>(most_buckets + 2) +
                       Carver::size_of<uint32_t>(stride + 1) + Carver::size_of<RestingSum>(most_buckets * 8) +
                       Carver::size_of<PackedNiels>(kMaximumWindows);
  uint8_t* const memory = scratch.reserve(bytes);
  if (memory == nullptr) return -1;
  Carver carver(memory);
  PackedDigit* const digits = carver.take<PackedDigit>(stride * static_cast<size_t>(windows));
  uint64_t* const addresses = carver.take<uint64_t>(stride);
  Schedule schedule;
  schedule.addresses = carver.take<uint64_t>(schedule_slots(stride));
  schedule.place = carver.take<uint32_t>(most_buckets + 2);
  schedule.by_size = carver.take<uint32_t>(most_buckets + 2);
  uint32_t* const steps = carver.take<uint32_t>(most_buckets + 2);
  schedule.size_counts = carver.take<uint32_t>(stride + 1);
  RestingSum* const bucket_sums = carver.take<RestingSum>(most_buckets * 8);
  PackedNiels* const window_sums = carver.take<PackedNiels>(kMaximumWindows);

  // Long terms first, so that a high window's digits are a prefix. Places that pad to eight get the scalar 0.
  for (size_t from = 0; from < long_count; from += 8) {
    alignas(64) uint64_t words[4][8] = {};
    for (size_t lane = 0; lane < 8; ++lane) {
      addresses[from + lane] = 0;
      if (from + lane >= long_count) continue;
      const LongTerm& term = long_terms[from + lane];
      addresses[from + lane] = reinterpret_cast<uint64_t>(points + term.point);
      for (int word = 0; word < 4; ++word) words[word][lane] = term.scalar.words[word];
    }
    __m512i lanes[4];
    for (int word = 0; word < 4; ++word) lanes[word] = _mm512_load_si512(words[word]);
    recode_lanes<4>(plan, lanes, windows, digits + from, stride);
  }
  for (size_t from = 0; from < short_count; from += 8) {
    alignas(64) uint64_t words[2][8] = {};
    for (size_t lane = 0; lane < 8; ++lane) {
      addresses[short_at + from + lane] = 0;
      if (from + lane >= short_count) continue;
      const ShortTerm& term = short_terms[from + lane];
      addresses[short_at + from + lane] = reinterpret_cast<uint64_t>(points + term.point);
      for (int word = 0; word < 2; ++word) words[word][lane] = term.scalar[word];
    }
    const __m512i lanes[2] = {_mm512_load_si512(words[0]), _mm512_load_si512(words[1])};
    recode_lanes<2>(plan, lanes, plan.low_windows, digits + short_at + from, stride);
  }

  PackedNiels spill;
  for (int group = 0; group < windows; group += 8) {
    const RestingSum* lane_sums[8];
    size_t lane_buckets[8];
    PackedNiels* targets[8];
    for (int lane = 0; lane < 8; ++lane) {
      const int window = group + lane;
      lane_sums[lane] = bucket_sums;
      lane_buckets[lane] = 0;
      targets[lane] = &spill;
      if (window >= windows) continue;
      RestingSum* const sums = bucket_sums + most_buckets * static_cast<size_t>(lane);
      const size_t in_window = window < plan.low_windows ? stride : short_at;
      schedule_window(digits + static_cast<size_t>(window) * stride, addresses, in_window, plan.buckets(window), schedule, steps);
      add_scheduled(schedule, steps, plan.buckets(window), sums);
      lane_sums[lane] = sums;
      lane_buckets[lane] = plan.buckets(window);
      targets[lane] = window_sums + window;
    }
    fold_windows(lane_sums, lane_buckets, targets);
  }
  return windows_are_small_order_quad(plan, window_sums, sum) ? 1 : 0;
}

}  // namespace chainwright::ed25519

#endif

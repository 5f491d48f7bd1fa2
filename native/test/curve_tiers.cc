// The four calls of each curve tier (../src/ed25519/tier.h), held against equations with known answers and against each
// other: decoding, single signatures, lanes of signatures, and sums with terms as an attacker would like them.
#include <cstring>

#include "../src/ed25519/tier.h"
#include "checks.h"
#include "reference.h"

namespace chainwright::test {

namespace {

using ed25519::CurveTier;
using ed25519::curve_tier;
using ed25519::LongTerm;
using ed25519::PackedPoint;
using ed25519::Scalar;
using ed25519::Scratch;
using ed25519::ShortTerm;

constexpr Tier kTiers[] = {Tier::kPortable, Tier::kAvx2, Tier::kAvx512};

std::vector<const CurveTier*> tiers() {
  std::vector<const CurveTier*> all;
  for (const Tier tier : kTiers) {
    if (curve_tier(tier) != nullptr) all.push_back(curve_tier(tier));
  }
  return all;
}

Scalar scalar_of(const Number& x) { return {{x.words[0], x.words[1], x.words[2], x.words[3]}}; }
Scalar scalar_of(const uint8_t bytes[32]) { return scalar_of(from_bytes(bytes)); }

bool same_point(const PackedPoint& a, const PackedPoint& b) {
  return equal(from_limbs(a.y_plus_x), from_limbs(b.y_plus_x)) && equal(from_limbs(a.y_minus_x), from_limbs(b.y_minus_x)) &&
         equal(from_limbs(a.xy2d), from_limbs(b.xy2d));
}

bool is_point(const PackedPoint& point, const uint8_t x_bytes[32], const uint8_t y_bytes[32]) {
  const Number x = from_bytes(x_bytes);
  const Number y = from_bytes(y_bytes);
  for (const uint64_t* limbs : {point.y_plus_x, point.y_minus_x, point.xy2d}) {
    for (int i = 0; i < 5; ++i) {
      if (limbs[i] >> 51 != 0) return false;
    }
  }
  return point.spare == 0 && equal(from_limbs(point.y_plus_x), add(y, x, kPrime)) &&
         equal(from_limbs(point.y_minus_x), subtract(y, x, kPrime)) &&
         equal(from_limbs(point.xy2d), multiply(multiply(x, y, kPrime), test::kEdwards2D, kPrime));
}

// Points of a set of encodings, in memory of their exact size.
struct Points {
  explicit Points(size_t count) : memory(count * sizeof(PackedPoint), 0), ok(count) {}
  PackedPoint* at() const { return reinterpret_cast<PackedPoint*>(memory.data()); }
  Exact memory;
  std::vector<uint8_t> ok;
};

void check_decompress(const CurveTier& tier, const Vectors& vectors, Random& random) {
  for (size_t round = 0; round < 120; ++round) {
    const size_t size = round < 50 ? round : random.below(vectors.encodings.size());
    std::vector<Exact> bytes;
    std::vector<const Encoding*> chosen;
    Exact pointers(size * sizeof(uint8_t*), 0);
    for (size_t i = 0; i < size; ++i) {
      chosen.push_back(&vectors.encodings[random.below(vectors.encodings.size())]);
      bytes.emplace_back(32, random.below(8));
      std::memcpy(bytes.back().data(), chosen.back()->bytes, 32);
      const uint8_t* const place = bytes.back().data();
      std::memcpy(pointers.data() + i * sizeof(place), &place, sizeof(place));
    }
    Points points(size);
    tier.decompress(reinterpret_cast<const uint8_t* const*>(pointers.data()), size, points.at(), points.ok.data());
    for (size_t i = 0; i < size; ++i) {
      if (points.ok[i] != (chosen[i]->decodes ? 1 : 0)) fail("%s: decompress is wrong about an encoding (%zu)", tier.name, size);
      if (chosen[i]->decodes && !is_point(points.at()[i], chosen[i]->x, chosen[i]->y)) fail("%s: decompress gives a wrong point", tier.name);
    }
    count("decodings", size);
  }
}

// Keys and R's of all equations: point 2i and 2i + 1.
Points decode_equations(const std::vector<Equation>& equations) {
  Points points(2 * equations.size());
  std::vector<const uint8_t*> encodings;
  for (const Equation& equation : equations) {
    encodings.push_back(equation.key);
    encodings.push_back(equation.r);
  }
  curve_tier(Tier::kPortable)->decompress(encodings.data(), encodings.size(), points.at(), points.ok.data());
  for (const uint8_t ok : points.ok) {
    if (ok != 1) fail("a key or R of an equation does not decode");
  }
  return points;
}

void check_each(const CurveTier& tier, const std::vector<Equation>& equations, const Points& points, Random& random) {
  Scratch scratch;
  for (size_t round = 0; round < 60; ++round) {
    const size_t size = round < 40 ? round : 1 + random.below(equations.size());
    Exact memory(size * (2 * sizeof(uint32_t) + 2 * sizeof(Scalar)), 0);
    Scalar* const s = reinterpret_cast<Scalar*>(memory.data());
    Scalar* const k = s + size;
    uint32_t* const a = reinterpret_cast<uint32_t*>(k + size);
    uint32_t* const r = a + size;
    std::vector<bool> expected;
    for (size_t i = 0; i < size; ++i) {
      const size_t chosen = round == 59 ? i : random.below(equations.size());
      s[i] = scalar_of(equations[chosen].s);
      k[i] = scalar_of(equations[chosen].k);
      a[i] = static_cast<uint32_t>(2 * chosen);
      r[i] = static_cast<uint32_t>(2 * chosen + 1);
      expected.push_back(equations[chosen].valid);
    }
    Exact ok(size, random.below(3));
    tier.verify_each(points.at(), a, r, s, k, size, ok.data(), scratch);
    for (size_t i = 0; i < size; ++i) {
      if (ok.data()[i] != (expected[i] ? 1 : 0)) fail("%s: verify_each is wrong about %zu of %zu", tier.name, i, size);
    }
    count("equations in lanes", size);
  }
}

void check_one(const CurveTier& tier, const std::vector<Equation>& equations, const Points& points) {
  if (tier.verify_one == nullptr) return;
  for (size_t i = 0; i < equations.size(); ++i) {
    const Equation& equation = equations[i];
    for (const bool cached : {false, true}) {
      Exact key(32, i % 8), r(32, i % 5);
      std::memcpy(key.data(), equation.key, 32);
      std::memcpy(r.data(), equation.r, 32);
      PackedPoint decoded = {};
      uint8_t decodes = 7;
      const bool valid = tier.verify_one(key.data(), cached ? points.at() + 2 * i : nullptr, r.data(), scalar_of(equation.s),
                                         scalar_of(equation.k), &decoded, &decodes);
      if (valid != equation.valid) fail("%s: verify_one is wrong about equation %zu", tier.name, i);
      if (!cached && (decodes != 1 || !same_point(decoded, points.at()[2 * i]))) fail("%s: verify_one decodes a key wrongly", tier.name);
    }
  }
  count("equations one by one", 2 * equations.size());
}

Number edge_scalar(Random& random) {
  Number x = {{random.next(), random.next(), random.next(), random.next()}};
  const Number one = {{1, 0, 0, 0}};
  switch (random.below(7)) {
    case 0: x = {{random.below(4), 0, 0, 0}}; break;
    case 1: x = subtract(Number{}, Number{{random.below(4), 0, 0, 0}}, kOrder); break;
    case 2: x = {{0, 0, 0, 0}}; x.words[random.below(4)] = uint64_t{1} << random.below(64); break;
    case 3: x = {{~0ull, ~0ull, 0, 0}}; break;
    case 4: {  // digits of one width that are all alike, around a half
      const unsigned width = 3 + static_cast<unsigned>(random.below(11));
      const uint64_t digit = (uint64_t{1} << (width - 1)) + random.below(3) - 1;
      x = {};
      for (unsigned bit = 0; bit < 252; ++bit) {
        if ((digit >> (bit % width) & 1) != 0) x.words[bit / 64] |= uint64_t{1} << (bit % 64);
      }
      break;
    }
    default: break;
  }
  x = reduced(x, kOrder);
  return random.chance(10) ? subtract(x, one, kOrder) : x;
}

struct Terms {
  std::vector<ShortTerm> shorts;
  std::vector<LongTerm> longs;

  void add_long(const Number& scalar, size_t point) { longs.push_back({scalar_of(scalar), static_cast<uint32_t>(point)}); }
  void add_short(const Number& scalar, size_t point) {
    shorts.push_back({{scalar.words[0], scalar.words[1]}, static_cast<uint32_t>(point)});
  }

  int ask(const CurveTier& tier, const Points& points, Scratch& scratch, PackedPoint* sum) const {
    Exact short_memory(shorts.size() * sizeof(ShortTerm), 0), long_memory(longs.size() * sizeof(LongTerm), 0);
    if (!shorts.empty()) std::memcpy(short_memory.data(), shorts.data(), shorts.size() * sizeof(ShortTerm));
    if (!longs.empty()) std::memcpy(long_memory.data(), longs.data(), longs.size() * sizeof(LongTerm));
    count("terms of sums", shorts.size() + longs.size());
    return tier.sum_is_small_order(points.at(), reinterpret_cast<ShortTerm*>(short_memory.data()), shorts.size(),
                                   reinterpret_cast<LongTerm*>(long_memory.data()), longs.size(), scratch, sum);
  }
};

// Equations [s]B = [k]A + R with coefficients: neutral exactly if all are valid. `base` is B's index among the points.
Terms combine(const std::vector<Equation>& equations, const std::vector<size_t>& chosen, size_t base, Random& random) {
  Terms terms;
  Number base_sum = {};
  for (const size_t i : chosen) {
    Number z = {{random.next() | 1, random.next(), 0, 0}};
    if (random.chance(10)) z = {{~0ull, ~0ull, 0, 0}};
    if (random.chance(10)) z = {{1 + random.below(3), 0, 0, 0}};
    if (random.chance(10)) z = {{0, uint64_t{1} << 63, 0, 0}};
    terms.add_short(z, 2 * i + 1);
    terms.add_long(multiply(z, from_bytes(equations[i].k), kOrder), 2 * i);
    base_sum = add(base_sum, multiply(z, from_bytes(equations[i].s), kOrder), kOrder);
  }
  terms.add_long(negate(base_sum, kOrder), base);
  return terms;
}

// Terms that meet in buckets as P + P, P - P and P + 0, and cancel altogether if `neutral`.
Terms colliding(size_t points, size_t size, bool neutral, Random& random) {
  Terms terms;
  const size_t distinct = 1 + random.below(3);
  const Number shared = edge_scalar(random);
  while (terms.longs.size() + terms.shorts.size() < size) {
    const size_t point = random.chance(80) ? random.below(distinct) : random.below(points);
    const Number c = random.chance(60) ? shared : edge_scalar(random);
    if (random.chance(30)) {
      const Number z = {{c.words[0], c.words[1], 0, 0}};
      terms.add_short(z, point);
      terms.add_long(negate(z, kOrder), point);
    } else {
      terms.add_long(c, point);
      terms.add_long(negate(c, kOrder), point);
    }
  }
  if (!neutral) terms.add_long(add(shared, Number{{1, 0, 0, 0}}, kOrder), random.below(points));
  return terms;
}

void check_sums(const std::vector<const CurveTier*>& all, const std::vector<Equation>& equations, const Points& points, size_t base,
                Random& random, double seconds) {
  std::vector<size_t> valid, any;
  for (size_t i = 0; i < equations.size(); ++i) {
    any.push_back(i);
    if (equations[i].valid) valid.push_back(i);
  }
  const double end = processor_seconds() + seconds;
  std::vector<Scratch> scratches(all.size());
  for (size_t round = 0; round < 90 || processor_seconds() < end; ++round) {
    size_t size = round < 70 ? round : random.below(600);
    if (random.chance(2)) size = 2000;
    Terms terms;
    int expected = -1;
    switch (round < 70 ? 0 : random.below(4)) {
      case 0: {
        std::vector<size_t> chosen;
        for (size_t i = 0; i < size; ++i) chosen.push_back(valid[random.below(valid.size())]);
        terms = combine(equations, chosen, base, random);
        expected = 1;
        break;
      }
      case 1: {
        std::vector<size_t> chosen;
        for (size_t i = 0; i < size; ++i) chosen.push_back(valid[random.below(valid.size())]);
        size_t bad = 0;
        do bad = random.below(equations.size());
        while (equations[bad].valid);
        chosen.push_back(bad);
        terms = combine(equations, chosen, base, random);
        expected = 0;
        break;
      }
      case 2:
        terms = colliding(2 * equations.size(), size, true, random);
        expected = 1;
        break;
      default:  // whatever the portable tier says
        terms = colliding(2 * equations.size(), size, false, random);
    }
    PackedPoint first = {};
    for (size_t tier = 0; tier < all.size(); ++tier) {
      PackedPoint sum = {};
      const int answer = terms.ask(*all[tier], points, scratches[tier], random.chance(90) || expected < 0 ? &sum : nullptr);
      if (expected < 0) expected = answer;
      if (answer != expected) fail("%s: a sum of %zu terms is %d, not %d", all[tier]->name, terms.longs.size() + terms.shorts.size(), answer, expected);
      if (answer != 0 || equal(from_limbs(sum.y_plus_x), Number{})) continue;
      if (equal(from_limbs(first.y_plus_x), Number{})) first = sum;
      if (!same_point(first, sum)) fail("%s: a sum of %zu terms differs from another tier's", all[tier]->name, terms.longs.size());
    }
    count("sums", all.size());
  }
}

}  // namespace

void check_curve_tiers(const Vectors& vectors, Random& random, double seconds) {
  // The last equation's R is B by construction of the vectors ([1]B = [k]0 + R).
  const Points points = decode_equations(vectors.equations);
  const size_t base = 2 * vectors.equations.size() - 1;
  const std::vector<const CurveTier*> all = tiers();
  for (const CurveTier* tier : all) {
    check_decompress(*tier, vectors, random);
    check_each(*tier, vectors.equations, points, random);
    check_one(*tier, vectors.equations, points);
    count(std::string("curve tier ") + tier->name);
  }
  check_sums(all, vectors.equations, points, base, random, seconds);
}

}  // namespace chainwright::test

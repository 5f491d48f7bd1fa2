// A Field (../src/ed25519/field.h) against plain arithmetic: random programs over values at the edges of what limbs may hold.
// Random elements alone would never show a carry that is lost once in 2^50.
#ifndef CHAINWRIGHT_TEST_FIELD_CHECK_H
#define CHAINWRIGHT_TEST_FIELD_CHECK_H

#include "checks.h"
#include "reference.h"

namespace chainwright::test {

namespace {

constexpr uint64_t kLimbMask = (uint64_t{1} << 51) - 1;

inline uint64_t edge_limb(Random& random) {
  switch (random.below(9)) {
    case 0: return 0;
    case 1: return 1;
    case 2: return kLimbMask;
    case 3: return kLimbMask - random.below(40);
    case 4: return random.below(40);
    case 5: return uint64_t{1} << random.below(51);
    case 6: return (uint64_t{1} << random.below(52)) - 1;
    case 7: return (random.next() << random.below(51)) & kLimbMask;
    default: return random.next() & kLimbMask;
  }
}

// An element as it may rest in memory: five limbs below 2^51.
inline void edge_element(Random& random, uint64_t limbs[5]) {
  const uint64_t top = random.chance(30) ? edge_limb(random) : 0;
  for (int i = 0; i < 5; ++i) limbs[i] = random.chance(60) ? edge_limb(random) : top;
  if (random.chance(15)) {  // around 0, p and 2^255
    for (int i = 0; i < 5; ++i) limbs[i] = random.chance(50) ? kLimbMask : 0;
    limbs[0] = random.chance(50) ? kLimbMask - 18 + random.below(19) : random.below(3);
  }
}

template <class F>
struct FieldCheck {
  static constexpr int kLanes = F::kLanes;
  static constexpr int kSlots = 24;
  using Tight = typename F::Tight;

  struct Slot {
    Tight value;
    Number shadow[kLanes];
  };

  const char* name;
  Random& random;
  Slot slots[kSlots];
  size_t operations = 0;

  Tight load(Slot& slot) {
    uint64_t limbs[kLanes][5];
    const uint64_t* lanes[kLanes];
    for (int lane = 0; lane < kLanes; ++lane) {
      edge_element(random, limbs[lane]);
      slot.shadow[lane] = from_limbs(limbs[lane]);
      lanes[lane] = limbs[lane];
    }
    return F::gather(lanes);
  }

  Tight load_bytes(Slot& slot) {
    uint8_t bytes[kLanes][32];
    const uint8_t* lanes[kLanes];
    for (int lane = 0; lane < kLanes; ++lane) {
      uint64_t limbs[5];
      edge_element(random, limbs);
      const uint64_t words[4] = {limbs[0] | limbs[1] << 51, limbs[1] >> 13 | limbs[2] << 38, limbs[2] >> 26 | limbs[3] << 25,
                                 limbs[3] >> 39 | limbs[4] << 12 | random.next() << 63};
      std::memcpy(bytes[lane], words, 32);
      slot.shadow[lane] = from_limbs(limbs);
      lanes[lane] = bytes[lane];
    }
    return F::from_bytes(lanes);
  }

  void compare_slot(const Slot& slot, const char* operation) {
    uint64_t limbs[kLanes][5];
    uint64_t* lanes[kLanes];
    for (int lane = 0; lane < kLanes; ++lane) lanes[lane] = limbs[lane];
    F::scatter(slot.value, lanes);
    const uint32_t zero = F::mask_to_bits(F::is_zero(slot.value));
    const uint32_t odd = F::mask_to_bits(F::is_odd(slot.value));
    for (int lane = 0; lane < kLanes; ++lane) {
      for (int i = 0; i < 5; ++i) {
        if (limbs[lane][i] > kLimbMask) fail("%s: %s leaves a limb above 2^51 in memory", name, operation);
      }
      if (!equal(from_limbs(limbs[lane]), slot.shadow[lane])) fail("%s: %s is wrong in lane %d", name, operation, lane);
      const bool is_zero = equal(slot.shadow[lane], Number{});
      if ((zero >> lane & 1) != (is_zero ? 1u : 0u)) fail("%s: is_zero is wrong after %s", name, operation);
      if ((odd >> lane & 1) != (slot.shadow[lane].words[0] & 1)) fail("%s: is_odd is wrong after %s", name, operation);
    }
    ++operations;
  }

  template <class Operation>
  void apply(Slot& to, const Slot& a, const Slot& b, const Tight& value, const char* what, const Operation& shadow) {
    Slot result;
    result.value = value;
    for (int lane = 0; lane < kLanes; ++lane) result.shadow[lane] = shadow(a.shadow[lane], b.shadow[lane]);
    compare_slot(result, what);
    to = result;
  }

  static Number times(const Number& x, const Number& y) { return multiply(x, y, kPrime); }
  static Number plus(const Number& x, const Number& y) { return add(x, y, kPrime); }
  static Number minus(const Number& x, const Number& y) { return subtract(x, y, kPrime); }

  void step() {
    Slot& to = slots[random.below(kSlots)];
    const Slot a = slots[random.below(kSlots)];
    const Slot b = slots[random.below(kSlots)];
    const Number zero = {};
    switch (random.below(18)) {
      case 0:
      case 1:
        to.value = load(to);
        return compare_slot(to, "gather");
      case 2:
        to.value = load_bytes(to);
        return compare_slot(to, "from_bytes");
      case 3: return apply(to, a, b, F::mul(a.value, b.value), "mul", times);
      case 4: return apply(to, a, b, F::square(a.value), "square", [](auto& x, auto&) { return times(x, x); });
      case 5: return apply(to, a, b, F::carry(F::add(a.value, b.value)), "add", plus);
      case 6: return apply(to, a, b, F::carry(F::sub(a.value, b.value)), "sub", minus);
      case 7: return apply(to, a, b, F::carry(F::negate(a.value)), "negate", [&](auto& x, auto&) { return minus(zero, x); });
      case 8:
        return apply(to, a, b, F::mul(F::add(a.value, b.value), F::sub(a.value, b.value)), "(a + b)(a - b)",
                     [](auto& x, auto& y) { return times(plus(x, y), minus(x, y)); });
      case 9:
        return apply(to, a, b, F::square(F::sub(a.value, b.value)), "(a - b)^2",
                     [](auto& x, auto& y) { return times(minus(x, y), minus(x, y)); });
      case 10:
        return apply(to, a, b, F::square(F::add(a.value, b.value)), "(a + b)^2",
                     [](auto& x, auto& y) { return times(plus(x, y), plus(x, y)); });
      case 11:
        return apply(to, a, b, F::mul(F::negate(a.value), F::add(b.value, b.value)), "-a 2b",
                     [&](auto& x, auto& y) { return times(minus(zero, x), plus(y, y)); });
      case 12:
        return apply(to, a, b, F::mul(F::sub(a.value, b.value), F::sub(b.value, a.value)), "(a - b)(b - a)",
                     [](auto& x, auto& y) { return times(minus(x, y), minus(y, x)); });
      case 13:
        return apply(to, a, b, F::mul(F::sub(a.value, b.value), a.value), "(a - b)a", [](auto& x, auto& y) { return times(minus(x, y), x); });
      case 14: {
        const int n = 1 + static_cast<int>(random.below(6));
        return apply(to, a, b, F::square_times(a.value, n), "square_times", [n](auto& x, auto&) {
          Number power = x;
          for (int i = 0; i < n; ++i) power = times(power, power);
          return power;
        });
      }
      case 15: {
        const uint32_t bits = static_cast<uint32_t>(random.next());
        Slot result;
        result.value = F::select(F::mask_from_bits(bits), a.value, b.value);
        for (int lane = 0; lane < kLanes; ++lane) result.shadow[lane] = (bits >> lane & 1) != 0 ? a.shadow[lane] : b.shadow[lane];
        compare_slot(result, "select");
        to = result;
        return;
      }
      case 16: {  // equal values in different representations
        const uint32_t same = F::mask_to_bits(F::is_zero(F::sub(F::mul(a.value, b.value), F::mul(b.value, a.value))));
        const uint32_t opposite = F::mask_to_bits(F::is_zero(F::add(a.value, F::carry(F::negate(a.value)))));
        const uint32_t all = kLanes == 32 ? ~0u : (1u << kLanes) - 1;
        if (same != all || opposite != all) fail("%s: ab - ba or a - a is not zero", name);
        ++operations;
        return;
      }
      default: {
        uint64_t limbs[5];
        edge_element(random, limbs);
        const Number x = from_limbs(limbs);
        to_limbs(x, limbs);
        to.value = F::broadcast(limbs);
        for (int lane = 0; lane < kLanes; ++lane) to.shadow[lane] = x;
        return compare_slot(to, "broadcast");
      }
    }
  }

  void run(double seconds) {
    for (Slot& slot : slots) slot.value = load(slot);
    const double end = processor_seconds() + seconds;
    do {
      for (int i = 0; i < 100; ++i) step();
    } while (processor_seconds() < end);
    Slot constant;
    constant.value = F::zero();
    for (Number& shadow : constant.shadow) shadow = Number{};
    compare_slot(constant, "zero");
    constant.value = F::one();
    for (Number& shadow : constant.shadow) shadow = Number{{1, 0, 0, 0}};
    compare_slot(constant, "one");
    count(std::string("operations of ") + name, operations * kLanes);
  }
};

template <class F>
void check_field(const char* name, Random& random, double seconds) {
  FieldCheck<F>* const check = new FieldCheck<F>{name, random, {}, 0};
  check->run(seconds);
  delete check;
}

}  // namespace

}  // namespace chainwright::test

#endif

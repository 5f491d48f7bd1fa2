// Two of a tier's fields side by side as one Field of twice the lanes. A chain of squarings is bound by the latency of the
// multiplier, two independent ones run in each other's gaps: decompression works on a FieldPair.
#ifndef CHAINWRIGHT_ED25519_FIELD_PAIR_H
#define CHAINWRIGHT_ED25519_FIELD_PAIR_H

#include <cstdint>

#include "field.h"

namespace chainwright::ed25519 {
namespace {

template <class F>
struct FieldPair {
  static constexpr int kLanes = 2 * F::kLanes;

  template <class X>
  struct Two {
    X a, b;
  };
  using Tight = Two<typename F::Tight>;
  using Loose = Two<typename F::Loose>;
  using Mask = Two<typename F::Mask>;

  template <class X, class Y>
  CHAINWRIGHT_INLINE Tight mul(const X& x, const Y& y) {
    return {F::mul(x.a, y.a), F::mul(x.b, y.b)};
  }
  template <class X>
  CHAINWRIGHT_INLINE Tight square(const X& x) {
    return {F::square(x.a), F::square(x.b)};
  }
  CHAINWRIGHT_INLINE Tight square_times(Tight x, int n) {
    for (int i = 0; i < n; ++i) {
      x.a = F::square(x.a);
      x.b = F::square(x.b);
    }
    return x;
  }
  // Some Fields have more types of sums than Loose (field_portable.h): whatever F gives.
  template <class X, class Y>
  CHAINWRIGHT_INLINE auto add(const Two<X>& x, const Two<Y>& y) {
    return Two<decltype(F::add(x.a, y.a))>{F::add(x.a, y.a), F::add(x.b, y.b)};
  }
  template <class X, class Y>
  CHAINWRIGHT_INLINE auto sub(const Two<X>& x, const Two<Y>& y) {
    return Two<decltype(F::sub(x.a, y.a))>{F::sub(x.a, y.a), F::sub(x.b, y.b)};
  }
  template <class X>
  CHAINWRIGHT_INLINE auto negate(const Two<X>& x) {
    return Two<decltype(F::negate(x.a))>{F::negate(x.a), F::negate(x.b)};
  }
  template <class X>
  CHAINWRIGHT_INLINE Tight carry(const Two<X>& x) {
    return {F::carry(x.a), F::carry(x.b)};
  }
  CHAINWRIGHT_INLINE Tight zero() { return {F::zero(), F::zero()}; }
  CHAINWRIGHT_INLINE Tight one() { return {F::one(), F::one()}; }
  CHAINWRIGHT_INLINE Tight broadcast(const uint64_t limbs[5]) { return {F::broadcast(limbs), F::broadcast(limbs)}; }
  template <class X>
  CHAINWRIGHT_INLINE Mask is_zero(const X& x) {
    return {F::is_zero(x.a), F::is_zero(x.b)};
  }
  template <class X>
  CHAINWRIGHT_INLINE Mask is_odd(const X& x) {
    return {F::is_odd(x.a), F::is_odd(x.b)};
  }
  CHAINWRIGHT_INLINE Tight select(const Mask& mask, const Tight& if_set, const Tight& if_clear) {
    return {F::select(mask.a, if_set.a, if_clear.a), F::select(mask.b, if_set.b, if_clear.b)};
  }
  CHAINWRIGHT_INLINE uint32_t mask_to_bits(const Mask& mask) {
    return F::mask_to_bits(mask.a) | F::mask_to_bits(mask.b) << F::kLanes;
  }
  CHAINWRIGHT_INLINE Mask mask_from_bits(uint32_t bits) {
    return {F::mask_from_bits(bits & ((1u << F::kLanes) - 1)), F::mask_from_bits(bits >> F::kLanes)};
  }
  CHAINWRIGHT_INLINE Tight gather(const uint64_t* const limbs[kLanes]) { return {F::gather(limbs), F::gather(limbs + F::kLanes)}; }
  CHAINWRIGHT_INLINE void scatter(const Tight& x, uint64_t* const limbs[kLanes]) {
    F::scatter(x.a, limbs);
    F::scatter(x.b, limbs + F::kLanes);
  }
  CHAINWRIGHT_INLINE Tight from_bytes(const uint8_t* const bytes[kLanes]) {
    return {F::from_bytes(bytes), F::from_bytes(bytes + F::kLanes)};
  }
};

}  // namespace
}  // namespace chainwright::ed25519

#endif

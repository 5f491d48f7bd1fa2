// Three vectors of FieldIfma side by side as one Field of 24 lanes, for decompression, which is one long chain of squarings:
// three chains in radix 2^52 keep the multiplier busy where two in radix 2^51 do not (36 cycles a squaring against 43).
#ifndef CHAINWRIGHT_ED25519_FIELD_IFMA_TRIPLE_H
#define CHAINWRIGHT_ED25519_FIELD_IFMA_TRIPLE_H

#include <cstdint>

#include "field_ifma.h"

namespace chainwright::ed25519 {
namespace {

struct FieldIfmaTriple {
  using F = FieldIfma;
  static constexpr int kLanes = 3 * F::kLanes;

  template <class X>
  struct Three {
    X a, b, c;
  };
  using Tight = Three<F::Tight>;
  using Loose = Three<F::Loose>;
  using Mask = Three<F::Mask>;

  template <class X, class Y>
  CHAINWRIGHT_INLINE Tight mul(const X& x, const Y& y) {
    return {F::mul(x.a, y.a), F::mul(x.b, y.b), F::mul(x.c, y.c)};
  }
  template <class X>
  CHAINWRIGHT_INLINE Tight square(const X& x) {
    return {F::square(x.a), F::square(x.b), F::square(x.c)};
  }
  // Out of line: a chain needs all registers, and there are nine.
  static __attribute__((noinline)) Tight square_times(Tight x, int n) {
    F::Radix52 a = F::to_radix52(x.a);
    F::Radix52 b = F::to_radix52(x.b);
    F::Radix52 c = F::to_radix52(x.c);
    for (int i = 0; i < n; ++i) {
      a = F::square52(a);
      b = F::square52(b);
      c = F::square52(c);
    }
    return {F::from_radix52(a), F::from_radix52(b), F::from_radix52(c)};
  }
  CHAINWRIGHT_INLINE Loose add(const Tight& x, const Tight& y) { return {F::add(x.a, y.a), F::add(x.b, y.b), F::add(x.c, y.c)}; }
  CHAINWRIGHT_INLINE Loose sub(const Tight& x, const Tight& y) { return {F::sub(x.a, y.a), F::sub(x.b, y.b), F::sub(x.c, y.c)}; }
  CHAINWRIGHT_INLINE Loose negate(const Tight& x) { return {F::negate(x.a), F::negate(x.b), F::negate(x.c)}; }
  CHAINWRIGHT_INLINE Tight carry(const Loose& x) { return {F::carry(x.a), F::carry(x.b), F::carry(x.c)}; }
  CHAINWRIGHT_INLINE Tight zero() { return {F::zero(), F::zero(), F::zero()}; }
  CHAINWRIGHT_INLINE Tight one() { return {F::one(), F::one(), F::one()}; }
  CHAINWRIGHT_INLINE Tight broadcast(const uint64_t limbs[5]) {
    const F::Tight x = F::broadcast(limbs);
    return {x, x, x};
  }
  template <class X>
  CHAINWRIGHT_INLINE Mask is_zero(const X& x) {
    return {F::is_zero(x.a), F::is_zero(x.b), F::is_zero(x.c)};
  }
  template <class X>
  CHAINWRIGHT_INLINE Mask is_odd(const X& x) {
    return {F::is_odd(x.a), F::is_odd(x.b), F::is_odd(x.c)};
  }
  CHAINWRIGHT_INLINE Tight select(const Mask& mask, const Tight& if_set, const Tight& if_clear) {
    return {F::select(mask.a, if_set.a, if_clear.a), F::select(mask.b, if_set.b, if_clear.b),
            F::select(mask.c, if_set.c, if_clear.c)};
  }
  CHAINWRIGHT_INLINE uint32_t mask_to_bits(const Mask& mask) {
    return F::mask_to_bits(mask.a) | F::mask_to_bits(mask.b) << 8 | F::mask_to_bits(mask.c) << 16;
  }
  CHAINWRIGHT_INLINE Mask mask_from_bits(uint32_t bits) {
    return {F::mask_from_bits(bits & 0xff), F::mask_from_bits(bits >> 8 & 0xff), F::mask_from_bits(bits >> 16 & 0xff)};
  }
  CHAINWRIGHT_INLINE Tight gather(const uint64_t* const limbs[kLanes]) {
    return {F::gather(limbs), F::gather(limbs + 8), F::gather(limbs + 16)};
  }
  CHAINWRIGHT_INLINE void scatter(const Tight& x, uint64_t* const limbs[kLanes]) {
    F::scatter(x.a, limbs);
    F::scatter(x.b, limbs + 8);
    F::scatter(x.c, limbs + 16);
  }
  CHAINWRIGHT_INLINE Tight from_bytes(const uint8_t* const bytes[kLanes]) {
    return {F::from_bytes(bytes), F::from_bytes(bytes + 8), F::from_bytes(bytes + 16)};
  }
};

}  // namespace
}  // namespace chainwright::ed25519

#endif

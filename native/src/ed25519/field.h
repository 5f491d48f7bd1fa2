// What a tier's field type offers to the templates point.h and multiscalar.h: kLanes elements of GF(2^255 - 19) side by side.
//
// Bounds live in types, so that the compiler refuses what would overflow: `Tight` is what the multiplier gives, `Loose` a
// sum or difference of two Tights. Multiplication takes either; addition takes Tight only. Each implementation states its
// bounds for both, proves in comments that its multiplier can't overflow on them, and asserts them in a debug build
// (CHAINWRIGHT_CHECK_BOUNDS).
//
//   struct Field {
//     static constexpr int kLanes;                 // 1, 4, 8
//     struct Tight; struct Loose;
//     static Tight mul(X, Y); static Tight square(X);            // X, Y: Tight or Loose
//     static Tight square_times(Tight, int n);                   // n >= 1 squarings
//     static Loose add(Tight, Tight); static Loose sub(Tight, Tight); static Loose negate(Tight);
//     static Tight carry(Loose);
//     static Tight zero(); static Tight one(); static Tight broadcast(const uint64_t limbs[5]);   // 5 x 51 bits, canonical
//     using Mask = ...;                            // a truth value a lane
//     static Mask is_zero(X);                      // as field elements (all representations of 0)
//     static Mask is_odd(X);                       // bit 0 of the canonical value
//     static Tight select(Mask, Tight if_set, Tight if_clear);
//     static uint32_t mask_to_bits(Mask); static Mask mask_from_bits(uint32_t);   // bit i speaks for lane i
//     // lane i reads or writes limbs[i] (5 x 51 bits; written fully reduced below 2^51 a limb)
//     static Tight gather(const uint64_t* const limbs[kLanes]); static void scatter(Tight, uint64_t* const limbs[kLanes]);
//     // lane i reads the low 255 bits of the little-endian bytes[i]
//     static Tight from_bytes(const uint8_t* const bytes[kLanes]);
//   };
//
// Non-template functions in headers that several tiers include are `static inline` or in an unnamed namespace: the tiers'
// files are compiled with different instruction sets, and one shared copy would let AVX-512 code run where it must not.
// For the same reason a tier's file includes no C++ standard library header with code in it (<vector>, <algorithm>, <string>).
#ifndef CHAINWRIGHT_ED25519_FIELD_H
#define CHAINWRIGHT_ED25519_FIELD_H

#include <cstdint>

#if defined(CHAINWRIGHT_CHECK_BOUNDS)
#include <cstdio>
#include <cstdlib>
#define CHAINWRIGHT_ASSERT(condition)                                                       \
  do {                                                                                      \
    if (!(condition)) {                                                                     \
      std::fprintf(stderr, "%s:%d: bound violated: %s\n", __FILE__, __LINE__, #condition);  \
      std::abort();                                                                         \
    }                                                                                       \
  } while (0)
#else
#define CHAINWRIGHT_ASSERT(condition) ((void)0)
#endif

#define CHAINWRIGHT_INLINE static inline __attribute__((always_inline))

#endif

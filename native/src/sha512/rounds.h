// The rounds of SHA-512 over vectors whose lanes are different messages, for any instruction set.
//
// In an unnamed namespace, since each tier's file compiles it with its own instruction set.
#ifndef CHAINWRIGHT_SHA512_ROUNDS_H
#define CHAINWRIGHT_SHA512_ROUNDS_H

#include "constants.h"
#include "tiers.h"

namespace chainwright::sha512 {
namespace {

// V: a vector type Vector and add, xor3, choose(e, f, g), majority(a, b, c, b_xor_c), difference(b, c), rotate<n>, shift<n>,
// broadcast(const uint64_t*), and fixed(x), which is x but keeps the compiler from reordering the sums around it: they are
// written so that the path from one round's e to the next one's is short (h + K + W and the choice are ready before the
// rotations are). `b_xor_c` is for a majority without a three-operand instruction: it comes in as difference(b, c) = b ^ c and
// must leave as a ^ b, which is the next round's.
template <typename V, typename Vector = typename V::Vector>
SHA_INLINE void round(Vector a, Vector b, Vector c, Vector& d, Vector e, Vector f, Vector g, Vector& h,
                      Vector& b_xor_c, Vector kw) {
  const Vector sum1 = V::xor3(V::template rotate<14>(e), V::template rotate<18>(e), V::template rotate<41>(e));
  const Vector sum0 = V::xor3(V::template rotate<28>(a), V::template rotate<34>(a), V::template rotate<39>(a));
  const Vector early = V::fixed(V::add(V::fixed(V::add(h, kw)), V::choose(e, f, g)));
  const Vector t1 = V::fixed(V::add(early, sum1));
  d = V::add(d, t1);
  h = V::add(V::fixed(V::add(t1, V::majority(a, b, c, b_xor_c))), sum0);
}

// Eight rounds; the variables move along by their names, not by copies. kw(i) is K + W of the i-th.
template <typename V, typename Words, typename Vector = typename V::Vector>
SHA_INLINE void eight_rounds(Vector s[8], Vector& b_xor_c, Words kw) {
  round<V>(s[0], s[1], s[2], s[3], s[4], s[5], s[6], s[7], b_xor_c, kw(0));
  round<V>(s[7], s[0], s[1], s[2], s[3], s[4], s[5], s[6], b_xor_c, kw(1));
  round<V>(s[6], s[7], s[0], s[1], s[2], s[3], s[4], s[5], b_xor_c, kw(2));
  round<V>(s[5], s[6], s[7], s[0], s[1], s[2], s[3], s[4], b_xor_c, kw(3));
  round<V>(s[4], s[5], s[6], s[7], s[0], s[1], s[2], s[3], b_xor_c, kw(4));
  round<V>(s[3], s[4], s[5], s[6], s[7], s[0], s[1], s[2], b_xor_c, kw(5));
  round<V>(s[2], s[3], s[4], s[5], s[6], s[7], s[0], s[1], b_xor_c, kw(6));
  round<V>(s[1], s[2], s[3], s[4], s[5], s[6], s[7], s[0], b_xor_c, kw(7));
}

// All 80 rounds on the variables s; w holds the 16 words of the block and is used as the ring of the schedule.
template <typename V, typename Vector = typename V::Vector>
SHA_INLINE void eighty_rounds(Vector s[8], Vector w[16]) {
  Vector b_xor_c = V::difference(s[1], s[2]);
  eight_rounds<V>(s, b_xor_c, [&](int i) __attribute__((always_inline)) { return V::add(w[i], V::broadcast(&kRoundConstants[i])); });
  eight_rounds<V>(s, b_xor_c, [&](int i) __attribute__((always_inline)) { return V::add(w[8 + i], V::broadcast(&kRoundConstants[8 + i])); });
#pragma GCC unroll 1
  for (int t = 16; t < 80; t += 16) {
    const auto next = [&](int i) __attribute__((always_inline)) {
      const Vector x = w[(i + 1) & 15];
      const Vector y = w[(i + 14) & 15];
      const Vector sigma0 = V::xor3(V::template rotate<1>(x), V::template rotate<8>(x), V::template shift<7>(x));
      const Vector sigma1 = V::xor3(V::template rotate<19>(y), V::template rotate<61>(y), V::template shift<6>(y));
      w[i] = V::add(V::fixed(V::add(V::add(w[i], w[(i + 9) & 15]), sigma0)), sigma1);
      return V::add(w[i], V::broadcast(&kRoundConstants[t + i]));
    };
    eight_rounds<V>(s, b_xor_c, next);
    eight_rounds<V>(s, b_xor_c, [&](int i) __attribute__((always_inline)) { return next(8 + i); });
  }
}

}  // namespace
}  // namespace chainwright::sha512

#endif

// Halving the scalars of one verification: from 253 doublings to 127 (Antipa, Brown, Gallant, Lambert, Struik, Vanstone
// 2005, "Accelerated verification of ECDSA signatures"; Pornin 2020, "Optimized lattice basis reduction in dimension 2, and
// fast Schnorr and EdDSA signature verification").
//
// Given k we find u and v with v k = u (mod L), 0 <= u < 2^127, 0 < |v| <= 2^126, and ask instead of
//   (1)  [8]([s]B - [k]A - R) = 0   the question   (2)  [8]([v s mod L]B - [u]A - [v]R) = 0.
// Both have the same answer for all points A and R of the curve, torsion included: the curve has 8 L points, so [8]P is in the
// subgroup of prime order L for every P, and scalars of such points may be reduced modulo L. With D = [s]B - [k]A - R,
//   [v][8]D = [v s]([8]B) - [v k]([8]A) - [v]([8]R) = [v s mod L]([8]B) - [u]([8]A) - [v]([8]R),
// which is the left side of (2). If [8]D = 0, so is that. If [8]D is not 0, it has order L, and [v] of it is 0 only if L
// divides v, which 0 < |v| < L excludes. Nothing is random and nothing can fail.
#ifndef CHAINWRIGHT_ED25519_HALVE_H
#define CHAINWRIGHT_ED25519_HALVE_H

#include <cstdint>
#include <cstring>

#include "field.h"
#include "tier.h"

namespace chainwright::ed25519 {

namespace {

__extension__ typedef unsigned __int128 Wide;

// L = 2^252 + 27742317777372353535851937790883648493 (RFC 8032 §5.1).
constexpr uint64_t kOrderWords[4] = {0x5812631a5cf5d3ed, 0x14def9dea2f79cd6, 0, 0x1000000000000000};

// v k = u (mod L), with v negative if `v_negative`.
struct HalvedScalar {
  Wide u, v;
  bool v_negative;
};

CHAINWRIGHT_INLINE int bit_length(const uint64_t x[4]) {
  for (int word = 3; word >= 0; --word) {
    if (x[word] != 0) return 64 * word + 64 - __builtin_clzll(x[word]);
  }
  return 0;
}

// Bits [shift, shift + 64) of x.
CHAINWRIGHT_INLINE uint64_t bits_from(const uint64_t x[4], int shift) {
  const int word = shift >> 6;
  const int within = shift & 63;
  uint64_t bits = x[word] >> within;
  if (within != 0 && word < 3) bits |= x[word + 1] << (64 - within);
  return bits;
}

// out = p x - q y, which the caller knows to lie in [0, 2^256).
CHAINWRIGHT_INLINE void combine(uint64_t out[4], uint64_t p, const uint64_t x[4], uint64_t q, const uint64_t y[4]) {
  uint64_t carry_x = 0;
  uint64_t carry_y = 0;
  uint64_t borrow = 0;
  for (int i = 0; i < 4; ++i) {
    const Wide px = static_cast<Wide>(p) * x[i] + carry_x;
    const Wide qy = static_cast<Wide>(q) * y[i] + carry_y;
    carry_x = static_cast<uint64_t>(px >> 64);
    carry_y = static_cast<uint64_t>(qy >> 64);
    const Wide difference = static_cast<Wide>(static_cast<uint64_t>(px)) - static_cast<uint64_t>(qy) - borrow;
    out[i] = static_cast<uint64_t>(difference);
    borrow = static_cast<uint64_t>(difference >> 64) & 1;
  }
  CHAINWRIGHT_ASSERT(carry_x == carry_y + borrow);
}

// a = a mod b by shifted subtractions, and with them *cofactor_a += q cofactor_b. Slow, exact, for any quotient q.
static inline void divide_step(uint64_t a[4], const uint64_t b[4], Wide* cofactor_a, Wide cofactor_b) {
  for (int shift = bit_length(a) - bit_length(b); shift >= 0; --shift) {
    uint64_t shifted[4];
    for (int i = 3; i >= 0; --i) {
      const int from = i - (shift >> 6);
      shifted[i] = from < 0 ? 0 : b[from] << (shift & 63);
      if (from > 0 && (shift & 63) != 0) shifted[i] |= b[from - 1] >> (64 - (shift & 63));
    }
    uint64_t difference[4];
    uint64_t borrow = 0;
    for (int i = 0; i < 4; ++i) {
      const Wide d = static_cast<Wide>(a[i]) - shifted[i] - borrow;
      difference[i] = static_cast<uint64_t>(d);
      borrow = static_cast<uint64_t>(d >> 64) & 1;
    }
    if (borrow != 0) continue;
    std::memcpy(a, difference, sizeof difference);
    *cofactor_a += cofactor_b << shift;
  }
}

// Euclid's algorithm on (L, k) down to the first remainder below 2^127, by Lehmer's method: quotients come from the top 64
// bits of two remainders a > b, and are applied to the whole numbers about 30 bits at a time.
//
// Remainders r_i and cofactors t_i satisfy r_i = t_i k (mod L) and |t_i| r_(i-1) <= L (Knuth, TAOCP 2, §4.5.2 and exercise 3 of
// §4.5.3). The last r_(i-1) is at least 2^127, so |t_i| <= L / 2^127 < 2^126, and t_i is not 0 for i >= 1. Cofactors alternate
// in sign, so only their magnitudes are kept, and the sign of b's.
//
// The inner loop keeps x = +-(p a' - q b') and y = +-(r a' - t b') for the truncated a', b' (signs alternate). The true
// remainder is x 2^shift plus an error below max(p, q) 2^shift; likewise for y. A step is taken only if, by these errors, the
// true z is not negative and below the true y; then its quotient is the true one.
//
// One quotient a step, so that a caller who waits for something else can take the steps meanwhile. At most 182 quotients are
// needed from 2^253 to 2^127 (each two of them halve more than 2^1.38), and a few steps more to apply them.
class Halving {
 public:
  explicit Halving(const Scalar& k) {
    std::memcpy(a_, kOrderWords, sizeof a_);
    std::memcpy(b_, k.words, sizeof b_);
    begin();
  }
  bool done() const { return done_; }

  // Takes a quotient, unless all is done. Where that isn't possible (false), apply() is due.
  inline __attribute__((always_inline)) bool take_step() { return done_ || take_quotient(); }

  // Applies the quotients to the whole numbers, or one quotient by long division where the truncated numbers gave none.
  __attribute__((noinline)) void apply() {
    uint64_t next_a[4];
    uint64_t next_b[4];
    if (q_ == 0) {
      divide_step(a_, b_, &cofactor_a_, cofactor_b_);
      std::memcpy(next_a, b_, sizeof next_a);
      std::memcpy(next_b, a_, sizeof next_b);
      const Wide cofactor = cofactor_a_;
      cofactor_a_ = cofactor_b_;
      cofactor_b_ = cofactor;
      b_negative_ = !b_negative_;
    } else {
      if (odd_) {
        combine(next_a, q_, b_, p_, a_);
        combine(next_b, r_, a_, t_, b_);
      } else {
        combine(next_a, p_, a_, q_, b_);
        combine(next_b, t_, b_, r_, a_);
      }
      const Wide cofactor = p_ * cofactor_a_ + q_ * cofactor_b_;
      cofactor_b_ = r_ * cofactor_a_ + t_ * cofactor_b_;
      cofactor_a_ = cofactor;
      b_negative_ = b_negative_ != odd_;
    }
    std::memcpy(a_, next_a, sizeof a_);
    std::memcpy(b_, next_b, sizeof b_);
    begin();
  }

  HalvedScalar result() {
    while (!done_) {
      if (!take_quotient()) apply();
    }
    CHAINWRIGHT_ASSERT(cofactor_b_ != 0 && (cofactor_b_ >> 126) == 0);
    return {static_cast<Wide>(b_[1]) << 64 | b_[0], cofactor_b_, b_negative_};
  }

 private:
  inline __attribute__((always_inline)) bool take_quotient() {
    const uint64_t y = y_;
    if (y <= t_ || y - t_ < floor_) return false;
    const uint64_t quotient = x_ / y;
    if ((quotient >> 32) != 0) return false;
    const uint64_t z = x_ - quotient * y;
    const uint64_t next_t = q_ + quotient * t_;  // t < 2^32: t y <= 2^64 and t < y
    if (z < next_t || y - z < next_t + t_) return false;
    const uint64_t next_r = p_ + quotient * r_;
    x_ = y;
    y_ = z;
    p_ = r_;
    q_ = t_;
    r_ = next_r;
    t_ = next_t;
    odd_ = !odd_;
    return true;
  }

  // Truncates a and b, unless b is small enough.
  void begin() {
    done_ = (b_[3] | b_[2] | (b_[1] >> 63)) == 0;
    if (done_) return;
    const int shift = bit_length(a_) - 64;  // >= 64, since a > b >= 2^127
    x_ = bits_from(a_, shift);
    y_ = bits_from(b_, shift);
    // Stop at y once it may be below 2^127.
    floor_ = shift <= 127 ? uint64_t{1} << (127 - shift) : 0;
    p_ = t_ = 1;
    q_ = r_ = 0;
    odd_ = false;
  }

  uint64_t a_[4], b_[4];
  Wide cofactor_a_ = 0;
  Wide cofactor_b_ = 1;
  bool b_negative_ = false;
  bool done_ = false;
  // +-(p a' - q b') and +-(r a' - t b') of the truncated numbers.
  uint64_t x_ = 0, y_ = 0, floor_ = 0;
  uint64_t p_ = 1, q_ = 0, r_ = 0, t_ = 1;
  bool odd_ = false;
};

static inline HalvedScalar halve_scalar(const Scalar& k) { return Halving(k).result(); }

// v s mod L for v < 2^126, s < L. With L = 2^252 + c and v s = high 2^252 + low: v s = low - c high (mod L), and because
// high < 2^127 and c < 2^125 this lies above -2^252 > -L: add L once if it is negative.
static inline Scalar multiply_modulo_order(Wide v, const Scalar& s) {
  const uint64_t v_words[2] = {static_cast<uint64_t>(v), static_cast<uint64_t>(v >> 64)};
  uint64_t product[6] = {0, 0, 0, 0, 0, 0};
  for (int i = 0; i < 2; ++i) {
    uint64_t carry = 0;
    for (int j = 0; j < 4; ++j) {
      const Wide sum = static_cast<Wide>(v_words[i]) * s.words[j] + product[i + j] + carry;
      product[i + j] = static_cast<uint64_t>(sum);
      carry = static_cast<uint64_t>(sum >> 64);
    }
    product[i + 4] = carry;
  }
  const uint64_t high[2] = {product[3] >> 60 | product[4] << 4, product[4] >> 60 | product[5] << 4};
  const uint64_t low[4] = {product[0], product[1], product[2], product[3] & 0x0fffffffffffffff};
  uint64_t scaled[4] = {0, 0, 0, 0};  // c high
  for (int i = 0; i < 2; ++i) {
    uint64_t carry = 0;
    for (int j = 0; j < 2; ++j) {
      const Wide sum = static_cast<Wide>(high[i]) * kOrderWords[j] + scaled[i + j] + carry;
      scaled[i + j] = static_cast<uint64_t>(sum);
      carry = static_cast<uint64_t>(sum >> 64);
    }
    scaled[i + 2] = carry;
  }
  Scalar result;
  uint64_t borrow = 0;
  for (int i = 0; i < 4; ++i) {
    const Wide d = static_cast<Wide>(low[i]) - scaled[i] - borrow;
    result.words[i] = static_cast<uint64_t>(d);
    borrow = static_cast<uint64_t>(d >> 64) & 1;
  }
  const uint64_t mask = 0 - borrow;
  uint64_t carry = 0;
  for (int i = 0; i < 4; ++i) {
    const Wide sum = static_cast<Wide>(result.words[i]) + (kOrderWords[i] & mask) + carry;
    result.words[i] = static_cast<uint64_t>(sum);
    carry = static_cast<uint64_t>(sum >> 64);
  }
  return result;
}

// Where the scalar of B is cut in two: v s mod L < 2^253 = low + 2^127 high, with low < 2^127 and high < 2^126.
constexpr int kBaseSplit = 127;

CHAINWRIGHT_INLINE Wide base_low(const Scalar& scalar) {
  return (static_cast<Wide>(scalar.words[1] & 0x7fffffffffffffff) << 64) | scalar.words[0];
}
CHAINWRIGHT_INLINE Wide base_high(const Scalar& scalar) {
  const uint64_t low = scalar.words[1] >> 63 | scalar.words[2] << 1;
  const uint64_t high = scalar.words[2] >> 63 | scalar.words[3] << 1;
  return static_cast<Wide>(high) << 64 | low;
}

// Signed odd digits of a scalar below 2^127, at most one in any kWidth places (width-w non-adjacent form): the digit at place i
// counts 2^i, the highest place is at most 127. Written as a step, because one scalar's steps wait for each other: several
// scalars take theirs in turn, at twice the speed (make_single_digits). No branch depends on the scalar.
constexpr int kSignedPlaces = 128;

struct DigitWalk {
  Wide rest;      // what is left of the scalar, divided by 2^place
  int place;
  int8_t* digits;  // kSignedPlaces of them, all 0 before the first step
};

// Every step takes at least kWidth places: after this many, nothing is left.
constexpr int digit_steps(int width) { return (kSignedPlaces + width - 1) / width; }

template <int kWidth>
CHAINWRIGHT_INLINE void digit_step(DigitWalk* walk) {
  // At most 63 zeros at a time; behind more of them the step finds an even rest and writes no digit.
  const int zeros = __builtin_ctzll(static_cast<uint64_t>(walk->rest) | uint64_t{1} << 63);
  const Wide rest = walk->rest >> zeros;
  const int place = walk->place + zeros;
  const int window = static_cast<int>(static_cast<uint64_t>(rest) & ((1u << kWidth) - 1));
  const int odd = window & 1;
  const int high = window >> (kWidth - 1) & odd;  // stands for window - 2^kWidth, and 1 more of what is above
  walk->digits[place < kSignedPlaces ? place : kSignedPlaces - 1] |= static_cast<int8_t>((window - (high << kWidth)) & -odd);
  walk->rest = (rest >> (kWidth & -odd)) + static_cast<unsigned>(high);
  walk->place = place + (kWidth & -odd);
}

}  // namespace

}  // namespace chainwright::ed25519

#endif

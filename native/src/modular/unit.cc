// gcd by the division steps of Bernstein and Yang ("Fast constant-time gcd computation and modular inversion", 2019), in variable time: sixty-two
// steps at once are decided by the lowest 62 bits alone, as a matrix of small integers that is then applied to the whole numbers.
//
// One step takes (delta, f, g), f odd: (1 - delta, g, (g - f) / 2) if delta > 0 and g is odd, else (1 + delta, f, (g + (g mod 2) f) / 2).
// All keep gcd(f, g); in the end g = 0 and |f| is it.
#include <cstring>

#include "modulus.h"

namespace chainwright::modular {

namespace {

constexpr int kStepBits = 62;
constexpr int64_t kStepMask = (int64_t{1} << kStepBits) - 1;
// 2,048 bits and a sign, in limbs of 62 bits, the last of them signed.
constexpr size_t kLimbs = 34;

struct Signed {
  int64_t limbs[kLimbs];
};

// 62 steps as a matrix: 2^62 (f', g') = (u f + v g, q f + r g). |u| + |v| and |q| + |r| are at most 2^62.
struct Steps {
  int64_t u, v, q, r;
};

Signed signed_of(const Number& number) {
  Signed result;
  for (size_t i = 0; i < kLimbs; i++) {
    const size_t bit = kStepBits * i, word = bit / 64, shift = bit % 64;
    uint64_t bits = word < kWords ? number.words[word] >> shift : 0;
    if (shift > 64 - kStepBits && word + 1 < kWords) bits |= number.words[word + 1] << (64 - shift);
    result.limbs[i] = static_cast<int64_t>(bits) & kStepMask;
  }
  return result;
}

Steps steps_of(int64_t* delta, uint64_t f, uint64_t g) {
  // Unsigned, since entries pass through -2^62 … 2^62 by doubling and subtracting modulo 2^64.
  uint64_t u = 1, v = 0, q = 0, r = 1;
  int64_t d = *delta;
  int left = kStepBits;
  for (;;) {
    // All zeros at the end of g are steps that halve it.
    const int zeros = g == 0 ? left : __builtin_ctzll(g);
    const int run = zeros < left ? zeros : left;
    g >>= run;
    u <<= run;
    v <<= run;
    d += run;
    left -= run;
    if (left == 0) break;
    if (d > 0) {
      const uint64_t old_f = f, old_u = u, old_v = v;
      f = g;
      g = g - old_f;
      u = q;
      q = q - old_u;
      v = r;
      r = r - old_v;
      d = 1 - d;
    } else {
      g += f;
      q += u;
      r += v;
      d = 1 + d;
    }
    g >>= 1;
    u <<= 1;
    v <<= 1;
    left--;
  }
  *delta = d;
  return {static_cast<int64_t>(u), static_cast<int64_t>(v), static_cast<int64_t>(q), static_cast<int64_t>(r)};
}

// The matrix applied to the first `length` limbs; exact, since the low 62 bits of both results are zero.
void apply(const Steps& steps, Signed* f, Signed* g, size_t length) {
  __int128 sum_f = 0, sum_g = 0;
  for (size_t i = 0; i < length; i++) {
    const int64_t a = f->limbs[i], b = g->limbs[i];
    sum_f += static_cast<__int128>(steps.u) * a + static_cast<__int128>(steps.v) * b;
    sum_g += static_cast<__int128>(steps.q) * a + static_cast<__int128>(steps.r) * b;
    if (i != 0) {
      f->limbs[i - 1] = static_cast<int64_t>(sum_f) & kStepMask;
      g->limbs[i - 1] = static_cast<int64_t>(sum_g) & kStepMask;
    }
    sum_f >>= kStepBits;
    sum_g >>= kStepBits;
  }
  f->limbs[length - 1] = static_cast<int64_t>(sum_f);
  g->limbs[length - 1] = static_cast<int64_t>(sum_g);
}

bool is_zero(const Signed& value, size_t length) {
  for (size_t i = 0; i < length; i++) {
    if (value.limbs[i] != 0) return false;
  }
  return true;
}

// Whether the value is 1 or -1; -1 is all ones below a last limb of -1.
bool is_one(const Signed& value, size_t length) {
  const bool is_negative = value.limbs[length - 1] < 0;
  for (size_t i = 0; i < length; i++) {
    const bool is_last = i + 1 == length;
    const int64_t expected = is_negative ? (is_last ? -1 : kStepMask) : (i == 0 ? 1 : 0);
    if (value.limbs[i] != expected) return false;
  }
  return true;
}

// One limb less where the last one of both only repeats a sign: it moves into the sign of the one below.
size_t shortened(Signed* f, Signed* g, size_t length) {
  const int64_t last_f = f->limbs[length - 1], last_g = g->limbs[length - 1];
  if (length < 2 || (last_f != 0 && last_f != -1) || (last_g != 0 && last_g != -1)) return length;
  f->limbs[length - 2] |= static_cast<int64_t>(static_cast<uint64_t>(last_f) << kStepBits);
  g->limbs[length - 2] |= static_cast<int64_t>(static_cast<uint64_t>(last_g) << kStepBits);
  return length - 1;
}

}  // namespace

bool is_unit(const Number& value, const Number& n) {
  Signed f = signed_of(n), g = signed_of(value);
  size_t length = kLimbs;
  int64_t delta = 1;
  while (!is_zero(g, length)) {
    const uint64_t low_f = static_cast<uint64_t>(f.limbs[0]), low_g = static_cast<uint64_t>(g.limbs[0]);
    apply(steps_of(&delta, low_f, low_g), &f, &g, length);
    length = shortened(&f, &g, length);
  }
  return is_one(f, length);
}

}  // namespace chainwright::modular

// Folding with 2^252 = -c modulo L instead of Barrett or Montgomery: c has two words, so a fold is two words wide, and a digest
// takes 18 products of words.
#include "scalar.h"

#include <cstring>

// GCC would shift and move these few words as vectors, right after they were written one by one: each such load waits for
// the stores to reach the cache. Without that, reducing a digest takes 89 cycles instead of 190.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC optimize("no-tree-loop-vectorize", "no-tree-slp-vectorize")
#endif

namespace chainwright::ed25519 {

namespace {

// L = 2^252 + c, with c < 2^125.
constexpr uint64_t kC[2] = {0x5812631a5cf5d3ed, 0x14def9dea2f79cd6};
constexpr uint64_t kL[4] = {kC[0], kC[1], 0, 0x1000000000000000};

__extension__ using SignedWide = __int128;

// a * b + c + d, which fits 128 bits whatever they are: returns the low word, sets the high one.
inline uint64_t multiply_add(uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t& high) {
#if defined(__wasm__)
  // No product of 64-bit words there; this saves the compiler's call for 128 times 128 bits.
  const uint64_t a_low = a & 0xffffffff, a_high = a >> 32;
  const uint64_t b_low = b & 0xffffffff, b_high = b >> 32;
  const uint64_t low = a_low * b_low + (c & 0xffffffff) + (d & 0xffffffff);  // <= (2^32 - 1)^2 + 2 (2^32 - 1) < 2^64
  const uint64_t middle = a_high * b_low + (low >> 32) + (c >> 32);          // the same bound
  const uint64_t other = a_low * b_high + (middle & 0xffffffff) + (d >> 32);
  high = a_high * b_high + (middle >> 32) + (other >> 32);
  return other << 32 | (low & 0xffffffff);
#else
  __extension__ using Wide = unsigned __int128;
  const Wide sum = static_cast<Wide>(a) * b + c + d;
  high = static_cast<uint64_t>(sum >> 64);
  return static_cast<uint64_t>(sum);
#endif
}

inline uint64_t add_carry(uint64_t a, uint64_t b, uint64_t& carry) {
  const uint64_t partial = a + b;
  const uint64_t sum = partial + carry;
  carry = static_cast<uint64_t>(partial < a) | static_cast<uint64_t>(sum < partial);
  return sum;
}

inline uint64_t subtract_borrow(uint64_t a, uint64_t b, uint64_t& borrow) {
  const uint64_t partial = a - b;
  const uint64_t difference = partial - borrow;
  borrow = static_cast<uint64_t>(a < b) | static_cast<uint64_t>(partial < borrow);
  return difference;
}

// product = x * y.
template <int X, int Y>
inline void multiply_words(const uint64_t* x, const uint64_t* y, uint64_t* product) {
  for (int j = 0; j < Y; ++j) product[j] = 0;
  for (int i = 0; i < X; ++i) {
    uint64_t carry = 0;
    for (int j = 0; j < Y; ++j) product[i + j] = multiply_add(x[i], y[j], product[i + j], carry, carry);
    product[i + Y] = carry;
  }
}

// The part of an N-word number above bit 252, in N - 3 words.
template <int N>
inline void high_part(const uint64_t* x, uint64_t* high) {
  for (int i = 0; i < N - 4; ++i) high[i] = x[3 + i] >> 60 | x[4 + i] << 4;
  high[N - 4] = x[N - 1] >> 60;
}

// Modulo L, of an N-word number. 2^252 is -c modulo L, so high * 2^252 + low is low - c high; again and again, until the
// part above 2^252 is gone. With low parts below 2^252 the sum is
//   x0.low - x1.low + x2.low - x3,  x1 = c x0.high, x2 = c x1.high, x3 = c x2.high
// where for N = 8: x1 < 2^(125 + 260), x2 < 2^(125 + 133), x3 < 2^(125 + 6), so that with 2 L added it is positive and below
// 2^252 + 2^252 + 2 L < 2^254 + 2^126.
template <int N>
inline Scalar reduce_words(const uint64_t* x0) {
  constexpr uint64_t kLowTop = (uint64_t{1} << 60) - 1;
  constexpr uint64_t kTwoL[4] = {2 * kC[0], kC[1] << 1 | kC[0] >> 63, 0, 0x2000000000000000};
  uint64_t high0[N - 3];
  high_part<N>(x0, high0);
  uint64_t x1[N - 1];
  multiply_words<N - 3, 2>(high0, kC, x1);
  uint64_t high1[N - 4];
  high_part<N - 1>(x1, high1);
  uint64_t x2[N - 2];
  multiply_words<N - 4, 2>(high1, kC, x2);
  uint64_t high2[N - 5];
  high_part<N - 2>(x2, high2);
  // Below 2^6 (N = 8), and smaller for fewer words: one word of it counts.
  uint64_t x3[3];
  multiply_words<1, 2>(high2, kC, x3);

  SignedWide sum = static_cast<SignedWide>(x0[0]) + kTwoL[0] + x2[0] - x1[0] - x3[0];
  const uint64_t r0 = static_cast<uint64_t>(sum);
  sum = (sum >> 64) + x0[1] + kTwoL[1] + x2[1] - x1[1] - x3[1];
  const uint64_t r1 = static_cast<uint64_t>(sum);
  sum = (sum >> 64) + x0[2] + kTwoL[2] + x2[2] - x1[2] - x3[2];
  const uint64_t r2 = static_cast<uint64_t>(sum);
  sum = (sum >> 64) + (x0[3] & kLowTop) + kTwoL[3] + (x2[3] & kLowTop) - (x1[3] & kLowTop);
  const uint64_t r3 = static_cast<uint64_t>(sum);

  // As many L as there are 2^252 may be one too many: then the borrow gives one back.
  uint64_t excess[3];
  const uint64_t quotient = r3 >> 60;
  multiply_words<1, 2>(&quotient, kC, excess);
  Scalar r;
  sum = static_cast<SignedWide>(r0) - excess[0];
  r.words[0] = static_cast<uint64_t>(sum);
  sum = (sum >> 64) + r1 - excess[1];
  r.words[1] = static_cast<uint64_t>(sum);
  sum = (sum >> 64) + r2 - excess[2];
  r.words[2] = static_cast<uint64_t>(sum);
  sum = (sum >> 64) + (r3 & kLowTop);
  r.words[3] = static_cast<uint64_t>(sum);
  const uint64_t back = static_cast<uint64_t>(sum >> 64);  // all ones or 0
  sum = static_cast<SignedWide>(r.words[0]) + (kL[0] & back);
  r.words[0] = static_cast<uint64_t>(sum);
  sum = (sum >> 64) + r.words[1] + (kL[1] & back);
  r.words[1] = static_cast<uint64_t>(sum);
  sum = (sum >> 64) + r.words[2];
  r.words[2] = static_cast<uint64_t>(sum);
  r.words[3] += static_cast<uint64_t>(sum >> 64) + (kL[3] & back);
  return r;
}

}  // namespace

Scalar load_scalar(const uint8_t bytes[32]) {
  Scalar value;
  std::memcpy(value.words, bytes, 32);
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  for (uint64_t& word : value.words) word = __builtin_bswap64(word);
#endif
  return value;
}

bool is_reduced(const Scalar& value) {
  for (int i = 3; i >= 0; --i) {
    if (value.words[i] != kL[i]) return value.words[i] < kL[i];
  }
  return false;
}

Scalar reduce_digest(const uint8_t digest[64]) {
  const Scalar low = load_scalar(digest);
  const Scalar high = load_scalar(digest + 32);
  const uint64_t words[8] = {low.words[0], low.words[1], low.words[2], low.words[3],
                             high.words[0], high.words[1], high.words[2], high.words[3]};
  return reduce_words<8>(words);
}

Scalar multiply(const Scalar& x, const Scalar& y) {
  uint64_t product[8];
  multiply_words<4, 4>(x.words, y.words, product);
  return reduce_words<8>(product);
}

Scalar add(const Scalar& x, const Scalar& y) {
  Scalar sum, less;
  uint64_t carry = 0;
  for (int i = 0; i < 4; ++i) sum.words[i] = add_carry(x.words[i], y.words[i], carry);
  uint64_t borrow = 0;
  for (int i = 0; i < 4; ++i) less.words[i] = subtract_borrow(sum.words[i], kL[i], borrow);
  return borrow != 0 ? sum : less;
}

Scalar negate(const Scalar& x) {
  if ((x.words[0] | x.words[1] | x.words[2] | x.words[3]) == 0) return x;
  Scalar negative;
  uint64_t borrow = 0;
  for (int i = 0; i < 4; ++i) negative.words[i] = subtract_borrow(kL[i], x.words[i], borrow);
  return negative;
}

void WideSum::add_product(const uint64_t factor[2], const Scalar& value) {
  uint64_t product[6];
  multiply_words<2, 4>(factor, value.words, product);
  uint64_t carry = 0;
  for (int i = 0; i < 6; ++i) words_[i] = add_carry(words_[i], product[i], carry);
  words_[6] += carry;
}

Scalar WideSum::reduced() const { return reduce_words<7>(words_); }

Scalar multiply_short(const uint64_t factor[2], const Scalar& value) {
  uint64_t product[6];
  multiply_words<2, 4>(factor, value.words, product);
  return reduce_words<6>(product);
}

}  // namespace chainwright::ed25519

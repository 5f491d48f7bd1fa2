// Strong probable prime tests, and powers of two, modulo numbers of 256 bits: Montgomery's multiplication of four words, R = 2^256.
#include "prime.h"

namespace chainwright::modular {

namespace {

class Field {
 public:
  explicit Field(const Short& n) : n_(n), inverse_(negative_inverse(n.words[0])) {
    // n is above 2^255: R mod n is 2^256 - n.
    Short zero = {};
    subtract<4>(zero.words, n.words, one_.words);
    square_of_r_ = one_;
    // 2^8 R, squared five times: 2^256 R.
    for (int i = 0; i < 8; i++) double_modulo<4>(square_of_r_.words, n.words);
    for (int i = 0; i < 5; i++) square_of_r_ = multiply(square_of_r_, square_of_r_);
  }

  const Short& one() const { return one_; }
  Short enter(const Short& value) const { return multiply(value, square_of_r_); }
  Short leave(const Short& value) const { return multiply(value, {{1, 0, 0, 0}}); }
  void double_it(Short* value) const { double_modulo<4>(value->words, n_.words); }

  // Below n, for factors below n.
  Short multiply(const Short& a, const Short& b) const {
    uint64_t t[5] = {};
    uint64_t top = 0;
    for (int i = 0; i < 4; i++) {
      uint64_t carry = 0;
      for (int j = 0; j < 4; j++) {
        const Wide sum = Wide{a.words[i]} * b.words[j] + t[j] + carry;
        t[j] = static_cast<uint64_t>(sum);
        carry = static_cast<uint64_t>(sum >> 64);
      }
      const Wide above = Wide{t[4]} + carry;
      t[4] = static_cast<uint64_t>(above);
      top = static_cast<uint64_t>(above >> 64);
      const uint64_t q = t[0] * inverse_;
      carry = static_cast<uint64_t>((Wide{q} * n_.words[0] + t[0]) >> 64);
      for (int j = 1; j < 4; j++) {
        const Wide sum = Wide{q} * n_.words[j] + t[j] + carry;
        t[j - 1] = static_cast<uint64_t>(sum);
        carry = static_cast<uint64_t>(sum >> 64);
      }
      const Wide last = Wide{t[4]} + carry;
      t[3] = static_cast<uint64_t>(last);
      t[4] = top + static_cast<uint64_t>(last >> 64);
    }
    Short result = {{t[0], t[1], t[2], t[3]}};
    if (t[4] != 0 || !is_below<4>(result.words, n_.words)) subtract<4>(result.words, n_.words, result.words);
    return result;
  }

 private:
  const Short n_;
  const uint64_t inverse_;
  Short one_;
  Short square_of_r_;
};

bool equal(const Short& a, const Short& b) {
  return a.words[0] == b.words[0] && a.words[1] == b.words[1] && a.words[2] == b.words[2] && a.words[3] == b.words[3];
}

bool is_strong_probable_prime(const Short& n, const Short& base) {
  const Field field(n);
  Short minus_one;
  subtract<4>(n.words, field.one().words, minus_one.words);
  // n - 1 = odd · 2^twos; its windows of four bits begin at bit 252.
  Short odd = n;
  odd.words[0] -= 1;
  int twos = 0;
  while ((odd.words[0] & 1) == 0) {
    for (int i = 0; i < 4; i++) odd.words[i] = odd.words[i] >> 1 | (i < 3 ? odd.words[i + 1] << 63 : 0);
    twos++;
  }
  Short powers[16];
  powers[0] = field.one();
  powers[1] = field.enter(base);
  for (int i = 2; i < 16; i++) powers[i] = field.multiply(powers[i - 1], powers[1]);
  Short power = field.one();
  for (int at = 252; at >= 0; at -= 4) {
    if (at != 252) {
      for (int i = 0; i < 4; i++) power = field.multiply(power, power);
    }
    power = field.multiply(power, powers[odd.words[at / 64] >> (at % 64) & 15]);
  }
  if (equal(power, field.one()) || equal(power, minus_one)) return true;
  for (int i = 1; i < twos; i++) {
    power = field.multiply(power, power);
    if (equal(power, minus_one)) return true;
  }
  return false;
}

}  // namespace

uint32_t strong_tests_portable(const Short* n, const Short* bases, size_t count) {
  uint32_t passed = 0;
  for (size_t i = 0; i < count; i++) passed |= (is_strong_probable_prime(n[i], bases[i]) ? uint32_t{1} : 0) << i;
  return passed;
}

Short power_of_two(uint64_t exponent, const Short& prime) {
  const Field field(prime);
  Short power = field.one();
  for (int bit = 63; bit >= 0; bit--) {
    power = field.multiply(power, power);
    if ((exponent >> bit & 1) != 0) field.double_it(&power);
  }
  return field.leave(power);
}

}  // namespace chainwright::modular

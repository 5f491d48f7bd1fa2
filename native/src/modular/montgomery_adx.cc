// Montgomery's multiplication with MULX, ADCX and ADOX: 64 × 64 → 128 bit products whose halves are added along two carry chains at once. R = 2^2048;
// elements are below 2^2048, not always below N, as in montgomery_portable.cc, whose reduction this is.
//
// Rows are inline assembly, since compilers don't keep two carries in flags. The file needs no instructions of its own otherwise, and runs only where
// the processor was asked (montgomery.cc).
#if defined(__x86_64__)

#include <cstring>
#include <utility>

#include "montgomery.h"

namespace chainwright::modular {

namespace {

// t[0..kLength) += factor · n[0..kLength); the carry. Halves of two products in turns in r8 and r9: the high one of the one is added with the low one of
// the next.
template <int kLength>
MODULAR_INLINE uint64_t multiply_add(uint64_t* t, const uint64_t* n, uint64_t factor) {
  uint64_t carry;
  if constexpr (kLength % 2 == 0) {
    asm volatile(
        "xorl %%r8d, %%r8d\n\t"
        ".set .Lplace, 0\n\t"
        ".rept %c[pairs]\n\t"
        "mulxq .Lplace(%[n]), %%rax, %%r9\n\t"
        "adcxq .Lplace(%[t]), %%rax\n\t"
        "adoxq %%r8, %%rax\n\t"
        "movq %%rax, .Lplace(%[t])\n\t"
        "mulxq .Lplace+8(%[n]), %%rax, %%r8\n\t"
        "adcxq .Lplace+8(%[t]), %%rax\n\t"
        "adoxq %%r9, %%rax\n\t"
        "movq %%rax, .Lplace+8(%[t])\n\t"
        ".set .Lplace, .Lplace+16\n\t"
        ".endr\n\t"
        "movl $0, %%eax\n\t"
        "adcxq %%rax, %%r8\n\t"
        "adoxq %%rax, %%r8\n\t"
        "movq %%r8, %[carry]\n\t"
        : [carry] "=r"(carry)
        : [t] "r"(t), [n] "r"(n), "d"(factor), [pairs] "i"(kLength / 2)
        : "rax", "r8", "r9", "cc", "memory");
  } else {
    asm volatile(
        "xorl %%r9d, %%r9d\n\t"
        "mulxq (%[n]), %%rax, %%r8\n\t"
        "adcxq (%[t]), %%rax\n\t"
        "movq %%rax, (%[t])\n\t"
        ".set .Lplace, 8\n\t"
        ".rept %c[pairs]\n\t"
        "mulxq .Lplace(%[n]), %%rax, %%r9\n\t"
        "adcxq .Lplace(%[t]), %%rax\n\t"
        "adoxq %%r8, %%rax\n\t"
        "movq %%rax, .Lplace(%[t])\n\t"
        "mulxq .Lplace+8(%[n]), %%rax, %%r8\n\t"
        "adcxq .Lplace+8(%[t]), %%rax\n\t"
        "adoxq %%r9, %%rax\n\t"
        "movq %%rax, .Lplace+8(%[t])\n\t"
        ".set .Lplace, .Lplace+16\n\t"
        ".endr\n\t"
        "movl $0, %%eax\n\t"
        "adcxq %%rax, %%r8\n\t"
        "adoxq %%rax, %%r8\n\t"
        "movq %%r8, %[carry]\n\t"
        : [carry] "=r"(carry)
        : [t] "r"(t), [n] "r"(n), "d"(factor), [pairs] "i"(kLength / 2)
        : "rax", "r8", "r9", "cc", "memory");
  }
  return carry;
}

void reduce(const Constants& constants, uint64_t t[2 * kWords], uint64_t* result) {
  const uint64_t* const n = constants.modulus.words;
  uint64_t top = 0;
  for (size_t i = 0; i < kWords; i++) {
    const uint64_t carry = multiply_add<kWords>(t + i, n, t[i] * constants.inverse[0]);
    const Wide sum = Wide{t[i + kWords]} + carry + top;
    t[i + kWords] = static_cast<uint64_t>(sum);
    top = static_cast<uint64_t>(sum >> 64);
  }
  if (top != 0) {
    subtract<kWords>(t + kWords, n, result);
  } else {
    std::memcpy(result, t + kWords, kBytes);
  }
}

// Row i of the products of different words: a[i] with all above it.
template <size_t kRow>
MODULAR_INLINE void square_row(const uint64_t* a, uint64_t* t) {
  t[kRow + kWords] = multiply_add<static_cast<int>(kWords - 1 - kRow)>(t + 2 * kRow + 1, a + kRow + 1, a[kRow]);
}

template <size_t... kRows>
MODULAR_INLINE void square_rows(const uint64_t* a, uint64_t* t, std::index_sequence<kRows...>) {
  (square_row<kRows>(a, t), ...);
}

void square_wide(const uint64_t* a, uint64_t t[2 * kWords]) {
  std::memset(t, 0, 2 * kBytes);
  square_rows(a, t, std::make_index_sequence<kWords - 1>());
  uint64_t carry = 0, top = 0;
  for (size_t i = 0; i < kWords; i++) {
    const Wide product = Wide{a[i]} * a[i];
    const uint64_t low = t[2 * i], high = t[2 * i + 1];
    const Wide sum_low = Wide{low << 1 | top} + static_cast<uint64_t>(product) + carry;
    const Wide sum_high = Wide{high << 1 | low >> 63} + static_cast<uint64_t>(product >> 64) + static_cast<uint64_t>(sum_low >> 64);
    t[2 * i] = static_cast<uint64_t>(sum_low);
    t[2 * i + 1] = static_cast<uint64_t>(sum_high);
    carry = static_cast<uint64_t>(sum_high >> 64);
    top = high >> 63;
  }
}

void multiply(const Constants& constants, const Element& a, const Element& b, Element* product) {
  uint64_t t[2 * kWords] = {};
  for (size_t i = 0; i < kWords; i++) t[i + kWords] = multiply_add<kWords>(t + i, b.words, a.words[i]);
  reduce(constants, t, product->words);
}

void square(const Constants& constants, Element* value, size_t count) {
  uint64_t t[2 * kWords];
  for (size_t i = 0; i < count; i++) {
    square_wide(value->words, t);
    reduce(constants, t, value->words);
  }
}

}  // namespace

const MontgomeryTier& montgomery_adx() {
  // All but the products are the portable tier's.
  static const MontgomeryTier tier = {"adx", kMontgomeryPortable.radix_bits, kMontgomeryPortable.element_words, kMontgomeryPortable.prepare,
                                      kMontgomeryPortable.load, kMontgomeryPortable.store, multiply, square};
  return tier;
}

}  // namespace chainwright::modular

#endif

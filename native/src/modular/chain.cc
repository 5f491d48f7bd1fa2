// The power by buckets: Wesolowski, "Efficient verifiable delay functions" (Eurocrypt 2019), § 4.1, with the exponent's digits by long division.
#include "chain.h"

#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>

namespace chainwright::modular {

namespace {

void read_element(const Modulus& modulus, const uint8_t* packed, Element* element) {
  std::memset(element, 0, sizeof *element);
  std::memcpy(element->words, packed, 8 * modulus.tier().element_words);
}

// One word of the quotient: rest · 2^64 divided by the prime, whose top bit is set; the rest stays below the prime (Knuth, The Art of Computer
// Programming, vol. 2, § 4.3.1, algorithm D).
uint64_t divide_step(uint64_t rest[4], const Short& prime) {
  const uint64_t* const p = prime.words;
  const uint64_t top = rest[3];
  // An estimate from two words and one that is at most two too large.
  const uint64_t estimate = top >= p[3] ? ~uint64_t{0} : static_cast<uint64_t>((Wide{top} << 64 | rest[2]) / p[3]);
  uint64_t carry = 0, borrow = 0;
  uint64_t words[5] = {0, rest[0], rest[1], rest[2], rest[3]};
  for (int i = 0; i < 4; i++) {
    const Wide product = Wide{estimate} * p[i] + carry;
    carry = static_cast<uint64_t>(product >> 64);
    const Wide difference = Wide{words[i]} - static_cast<uint64_t>(product) - borrow;
    words[i] = static_cast<uint64_t>(difference);
    borrow = static_cast<uint64_t>(difference >> 64) & 1;
  }
  words[4] = words[4] - carry - borrow;
  uint64_t digit = estimate;
  while (words[4] != 0) {
    uint64_t sum_carry = 0;
    for (int i = 0; i < 4; i++) {
      const Wide sum = Wide{words[i]} + p[i] + sum_carry;
      words[i] = static_cast<uint64_t>(sum);
      sum_carry = static_cast<uint64_t>(sum >> 64);
    }
    words[4] += sum_carry;
    digit--;
  }
  std::memcpy(rest, words, 4 * sizeof(uint64_t));
  return digit;
}

// floor(2^squarings / prime), least significant word first: squarings / 64 words, since the prime is above 2^63 times any power below 64.
void quotient_words(uint64_t squarings, const Short& prime, uint64_t* words) {
  uint64_t rest[4] = {uint64_t{1} << (squarings % 64), 0, 0, 0};
  for (uint64_t i = squarings / 64; i-- > 0;) words[i] = divide_step(rest, prime);
}

unsigned digit_at(const uint64_t* words, uint64_t count, uint64_t bit, unsigned width) {
  const uint64_t word = bit / 64;
  const unsigned shift = static_cast<unsigned>(bit % 64);
  if (word >= count) return 0;
  uint64_t bits = words[word] >> shift;
  if (shift + width > 64 && word + 1 < count) bits |= words[word + 1] << (64 - shift);
  return static_cast<unsigned>(bits & ((uint64_t{1} << width) - 1));
}

struct Free {
  void operator()(void* memory) const { std::free(memory); }
};

// For each digit the product of all values that have it.
class Buckets {
 public:
  explicit Buckets(unsigned window) : count_(size_t{1} << window) {
    elements_.reset(static_cast<Element*>(std::aligned_alloc(alignof(Element), count_ * sizeof(Element))));
    filled_.reset(new (std::nothrow) bool[count_]);
  }
  bool has_memory() const { return elements_ != nullptr && filled_ != nullptr; }

  void clear() { std::memset(filled_.get(), 0, count_); }

  void add(const Modulus& modulus, unsigned digit, const Element& value) {
    if (digit == 0) return;
    Element* const bucket = elements_.get() + digit;
    if (filled_[digit]) {
      modulus.multiply(*bucket, value, bucket);
    } else {
      *bucket = value;
      filled_[digit] = true;
    }
  }

  // product *= bucket[1] · bucket[2]² · bucket[3]³ …: each bucket is in all running products from its digit down.
  void raise_into(const Modulus& modulus, Element* product) const {
    Element running;
    bool is_running = false;
    for (size_t digit = count_ - 1; digit > 0; digit--) {
      if (filled_[digit]) {
        if (is_running) {
          modulus.multiply(running, elements_.get()[digit], &running);
        } else {
          running = elements_.get()[digit];
          is_running = true;
        }
      }
      if (is_running) modulus.multiply(*product, running, product);
    }
  }

 private:
  const size_t count_;
  std::unique_ptr<Element, Free> elements_;
  std::unique_ptr<bool[]> filled_;
};

}  // namespace

void advance_chain(const Modulus& modulus, uint8_t* element, uint64_t count, uint8_t* kept, uint64_t done, uint64_t spacing) {
  const size_t bytes = 8 * modulus.tier().element_words;
  Element value;
  read_element(modulus, element, &value);
  while (count > 0) {
    if (done % spacing == 0) std::memcpy(kept + bytes * (done / spacing), value.words, bytes);
    const uint64_t to_next = spacing - done % spacing;
    const uint64_t run = to_next < count ? to_next : count;
    modulus.square(&value, run);
    done += run;
    count -= run;
  }
  std::memcpy(element, value.words, bytes);
}

uint64_t ProofPlan::kept() const {
  const uint64_t spacing = window * digits_apart;
  return (squarings + spacing - 1) / spacing;
}

bool prove_chain(const Modulus& modulus, const uint8_t* kept, const ProofPlan& plan, const Short& prime, Number* proof) {
  const uint64_t count = plan.squarings / 64;
  const std::unique_ptr<uint64_t[]> words(new (std::nothrow) uint64_t[count + 1]);
  Buckets buckets(plan.window);
  if (words == nullptr || !buckets.has_memory()) return false;
  quotient_words(plan.squarings, prime, words.get());
  const size_t bytes = 8 * modulus.tier().element_words;
  const uint64_t values = plan.kept();
  Element product = modulus.one();
  for (uint64_t g = plan.digits_apart; g-- > 0;) {
    if (g + 1 < plan.digits_apart) modulus.square(&product, plan.window);
    buckets.clear();
    for (uint64_t i = 0; i < values; i++) {
      const unsigned digit = digit_at(words.get(), count, plan.window * (plan.digits_apart * i + g), plan.window);
      if (digit == 0) continue;
      Element value;
      read_element(modulus, kept + bytes * i, &value);
      buckets.add(modulus, digit, value);
    }
    buckets.raise_into(modulus, &product);
  }
  modulus.leave(product, proof);
  return true;
}

}  // namespace chainwright::modular

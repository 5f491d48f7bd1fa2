// What the checks of the native engine share: random numbers, memory that ends where its bytes do, test vectors, counters.
//
// The driver (driver.cc) runs them under sanitizers, with the bounds of field elements asserted (native/test/sanitize.js).
#ifndef CHAINWRIGHT_TEST_CHECKS_H
#define CHAINWRIGHT_TEST_CHECKS_H

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace chainwright::test {

// Says what is wrong, with the seed, and ends the process with code 1.
[[noreturn]] void fail(const char* format, ...) __attribute__((format(printf, 1, 2)));

// How often something was checked, by name; printed at the end, so that a check that ran on nothing is seen.
void count(const std::string& what, size_t times = 1);

// splitmix64 (Steele, Lea and Flood, 2014).
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}
  uint64_t next();
  // 0 .. below - 1.
  size_t below(size_t below) { return static_cast<size_t>(next() % below); }
  bool chance(unsigned percent) { return below(100) < percent; }
  // Mostly small, at times some hundred.
  size_t pick_size() { return chance(10) ? below(600) : below(80); }

 private:
  uint64_t state_;
};

// Memory of exactly `size` bytes at `shift` bytes past an aligned place: a sanitizer sees the first byte behind it.
class Exact {
 public:
  Exact(size_t size, size_t shift);
  Exact(Exact&& other) noexcept;
  Exact(const Exact&) = delete;
  Exact& operator=(const Exact&) = delete;
  ~Exact();
  uint8_t* data() const { return memory_ + shift_; }

 private:
  uint8_t* memory_;
  size_t shift_;
};

struct Signed {
  uint8_t key[32];
  uint8_t signature[64];
  std::vector<uint8_t> message;
  bool valid;
};

// Whether [8]([s]B - [k]A - R) is neutral; A and R decode, s and k are below the order.
struct Equation {
  uint8_t key[32], r[32], s[32], k[32];
  bool valid;
};

struct Encoding {
  uint8_t bytes[32];
  bool decodes;
  uint8_t x[32], y[32];  // canonical
};

struct Pair {
  uint8_t bytes[64];
  uint8_t digest[32];
};

struct Vectors {
  std::vector<Signed> signatures;
  std::vector<Equation> equations;
  std::vector<Encoding> encodings;
  std::vector<Pair> pairs;
};

// Until `seconds` of processor time have passed, or as long as a fixed set takes where it says so.
struct Limits {
  uint64_t seed;
  double seconds;
};
double processor_seconds();

// One file each.
void check_fields_portable(Random& random, double seconds);
void check_fields_wasm(Random& random, double seconds);
void check_fields_avx2(Random& random, double seconds);
void check_fields_ifma(Random& random, double seconds);
void check_key_cache(Random& random);
void check_scalars(Random& random, double seconds);
void check_curve_tiers(const Vectors& vectors, Random& random, double seconds);
void check_signatures(const Vectors& vectors, Random& random, double seconds);
void check_pipeline(const Vectors& vectors, Random& random);
void check_failures(const Vectors& vectors, Random& random);
void check_threads(const Vectors& vectors, Random& random);
void check_hashing(const Vectors& vectors, Random& random, double seconds);
void check_trie(Random& random, double seconds);
void check_modular(Random& random, double seconds);

// Faults that the driver's own `aligned_alloc` and `getrandom` make (failures.cc).
struct Faults {
  size_t allocation;      // fails at the allocation that brings this to 0; 0 never
  bool randomness;        // there is none
  size_t random_calls;    // how often it was asked for
};
extern thread_local Faults faults;

}  // namespace chainwright::test

#endif

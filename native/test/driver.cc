// Runs all checks of the native engine on a file of vectors:
//
//     driver VECTORS SEED SECONDS
//
// Prints how often each thing was checked, and ends with code 0 only if all of it was right. native/test/sanitize.js builds
// and runs it.
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <map>

#include "../src/cpu.h"
#include "checks.h"

namespace chainwright::test {

namespace {

uint64_t seed_of_run = 0;

std::map<std::string, size_t>& counts() {
  static std::map<std::string, size_t> all;
  return all;
}

// Reads the file front to back; what is missing is a failure.
class Reader {
 public:
  explicit Reader(const char* path) : file_(std::fopen(path, "rb")) {
    if (file_ == nullptr) fail("%s can't be read", path);
  }
  ~Reader() { std::fclose(file_); }
  void bytes(uint8_t* to, size_t length) {
    if (length != 0 && std::fread(to, 1, length, file_) != length) fail("the file of vectors is too short");
  }
  uint32_t word() {
    uint8_t b[4];
    bytes(b, 4);
    return static_cast<uint32_t>(b[0]) | static_cast<uint32_t>(b[1]) << 8 | static_cast<uint32_t>(b[2]) << 16 |
           static_cast<uint32_t>(b[3]) << 24;
  }
  bool flag() {
    uint8_t b;
    bytes(&b, 1);
    return b != 0;
  }

 private:
  std::FILE* file_;
};

Vectors read_vectors(const char* path) {
  Reader reader(path);
  Vectors vectors;
  vectors.signatures.resize(reader.word());
  for (Signed& item : vectors.signatures) {
    reader.bytes(item.key, 32);
    reader.bytes(item.signature, 64);
    item.message.resize(reader.word());
    reader.bytes(item.message.data(), item.message.size());
    item.valid = reader.flag();
  }
  vectors.equations.resize(reader.word());
  for (Equation& equation : vectors.equations) {
    for (uint8_t* part : {equation.key, equation.r, equation.s, equation.k}) reader.bytes(part, 32);
    equation.valid = reader.flag();
  }
  vectors.encodings.resize(reader.word());
  for (Encoding& encoding : vectors.encodings) {
    reader.bytes(encoding.bytes, 32);
    encoding.decodes = reader.flag();
    reader.bytes(encoding.x, 32);
    reader.bytes(encoding.y, 32);
  }
  vectors.pairs.resize(reader.word());
  for (Pair& pair : vectors.pairs) {
    reader.bytes(pair.bytes, 64);
    reader.bytes(pair.digest, 32);
  }
  std::printf("vectors: %zu signatures, %zu equations, %zu encodings, %zu pairs\n", vectors.signatures.size(),
              vectors.equations.size(), vectors.encodings.size(), vectors.pairs.size());
  return vectors;
}

}  // namespace

void fail(const char* format, ...) {
  std::fflush(stdout);
  std::fprintf(stderr, "FAILED (seed %llu): ", static_cast<unsigned long long>(seed_of_run));
  va_list parameters;
  va_start(parameters, format);
  std::vfprintf(stderr, format, parameters);
  va_end(parameters);
  std::fprintf(stderr, "\n");
  std::exit(1);
}

void count(const std::string& what, size_t times) { counts()[what] += times; }

uint64_t Random::next() {
  uint64_t z = state_ += 0x9e3779b97f4a7c15;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
  z = (z ^ z >> 27) * 0x94d049bb133111eb;
  return z ^ z >> 31;
}

Exact::Exact(size_t size, size_t shift) : memory_(nullptr), shift_(shift) {
  void* memory = nullptr;
  if (posix_memalign(&memory, 64, size + shift == 0 ? 1 : size + shift) != 0) fail("no memory for the test");
  memory_ = static_cast<uint8_t*>(memory);
}
Exact::Exact(Exact&& other) noexcept : memory_(other.memory_), shift_(other.shift_) { other.memory_ = nullptr; }
Exact::~Exact() { std::free(memory_); }

double processor_seconds() {
  timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

namespace {

int run(const char* path, uint64_t seed, double seconds) {
  seed_of_run = seed;
  const Vectors vectors = read_vectors(path);
  Random random(seed);
  const double part = seconds / 9;
  std::printf("seed %llu, %.0f s\n", static_cast<unsigned long long>(seed), seconds);
  // First, while no table is built yet.
  check_threads(vectors, random);
#if defined(CHAINWRIGHT_ONLY_THREADS)
  (void)part;
#else
  check_fields_portable(random, part / 2);
  check_fields_wasm(random, part / 2);
#if defined(__x86_64__)
  if (has_ed25519_tier(Tier::kAvx2)) check_fields_avx2(random, part / 2);
  if (has_ed25519_tier(Tier::kAvx512)) check_fields_ifma(random, part / 2);
#endif
  check_key_cache(random);
  check_scalars(random, part / 2);
  check_hashing(vectors, random, part / 2);
  check_trie(random, part / 2);
  check_modular(random, part);
  check_curve_tiers(vectors, random, part * 2);
  check_pipeline(vectors, random);
  check_failures(vectors, random);
  check_signatures(vectors, random, part * 3);
#endif
  for (const auto& [what, times] : counts()) std::printf("%12zu  %s\n", times, what.c_str());
  for (const Tier tier : {Tier::kAvx2, Tier::kAvx512}) {
    if (!has_ed25519_tier(tier)) std::printf("     skipped  curve tier %s: this processor or build lacks it\n", ed25519_tier_name(tier));
  }
  return 0;
}

}  // namespace

}  // namespace chainwright::test

int main(int count, char** parameters) {
  if (count != 4) {
    std::fprintf(stderr, "usage: driver VECTORS SEED SECONDS\n");
    return 2;
  }
  return chainwright::test::run(parameters[1], std::strtoull(parameters[2], nullptr, 10), std::strtod(parameters[3], nullptr));
}

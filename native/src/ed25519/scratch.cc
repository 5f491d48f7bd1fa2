// Grow-only memory of one engine (tier.h). Never shrinks: an engine that saw one large batch sees more of them, and how
// large is bounded by the pipeline's chunks (verify.cc).
#include <cstdlib>

#include "tier.h"

namespace chainwright::ed25519 {

namespace {

constexpr size_t kAlignment = 64;

}  // namespace

Scratch::~Scratch() { std::free(data_); }

uint8_t* Scratch::reserve(size_t bytes) {
  if (bytes <= size_) return data_;
  if (bytes > SIZE_MAX / 2) return nullptr;
  // An eighth more than asked for, so that slowly growing batches don't allocate each time.
  const size_t size = (bytes + bytes / 8 + kAlignment - 1) & ~(kAlignment - 1);
  uint8_t* const grown = static_cast<uint8_t*>(std::aligned_alloc(kAlignment, size));
  if (grown == nullptr) return nullptr;  // what there was stays usable
  std::free(data_);
  data_ = grown;
  size_ = size;
  return data_;
}

}  // namespace chainwright::ed25519

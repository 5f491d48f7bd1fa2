// Many messages side by side: each round takes the next block of all that are not done yet, so that a tier has several to do
// in turns.
#include "messages.h"

#include <cstring>

#include "constants.h"
#include "tiers.h"

namespace chainwright {

namespace {

constexpr size_t kGroup = 32;

void store_big_endian(uint8_t* to, uint64_t value, unsigned bytes) {
  for (unsigned i = 0; i < bytes; i++) to[i] = static_cast<uint8_t>(value >> (8 * (bytes - 1 - i)));
}

// Block `round` of a message with its padding. True: it is the last one.
bool make_block(const uint8_t* message, size_t length, size_t round, uint8_t block[64]) {
  const size_t at = 64 * round;
  const size_t left = at < length ? length - at : 0;
  if (left >= 64) {
    std::memcpy(block, message + at, 64);
    return false;
  }
  std::memset(block, 0, 64);
  if (left != 0) std::memcpy(block, message + at, left);
  // The bit after the message stands in the block in which the message ends; one more block may follow for the length.
  if (at <= length) block[left] = 0x80;
  if (left > 55) return false;
  store_big_endian(block + 56, uint64_t{length} * 8, 8);
  return true;
}

}  // namespace

void sha256_messages(Sha256BlocksFn blocks, const uint8_t* messages, const uint32_t* offsets, size_t count, uint8_t* output) {
  uint32_t states[kGroup][8];
  alignas(64) uint8_t input[64 * kGroup];
  size_t active[kGroup];
  for (size_t from = 0; from < count; from += kGroup) {
    size_t size = count - from < kGroup ? count - from : kGroup;
    for (size_t i = 0; i < size; i++) {
      active[i] = from + i;
      std::memcpy(states[i], sha256::kInitialState, sizeof states[i]);
    }
    for (size_t round = 0; size > 0; round++) {
      bool is_last[kGroup];
      for (size_t i = 0; i < size; i++) {
        const uint32_t begin = offsets[active[i]];
        is_last[i] = make_block(messages + begin, offsets[active[i] + 1] - begin, round, input + 64 * i);
      }
      blocks(states, input, size);
      size_t left = 0;
      for (size_t i = 0; i < size; i++) {
        if (is_last[i]) {
          for (size_t word = 0; word < 8; word++) store_big_endian(output + 32 * active[i] + 4 * word, states[i][word], 4);
          continue;
        }
        active[left] = active[i];
        if (left != i) std::memcpy(states[left], states[i], sizeof states[i]);
        left++;
      }
      size = left;
    }
  }
}

Sha256BlocksFn sha256_blocks(Tier tier) {
  switch (tier) {
    case Tier::kPortable:
      return sha256::blocks_portable;
#if defined(__x86_64__)
    case Tier::kShaNi:
      return cpu_features().sha_ni ? sha256::blocks_sha_ni : nullptr;
    case Tier::kAvx512:
      if (!cpu_features().avx512) return nullptr;
      return cpu_features().sha_ni ? sha256::blocks_sha_ni : sha256::blocks_portable;
#endif
    default:
      return nullptr;
  }
}

}  // namespace chainwright

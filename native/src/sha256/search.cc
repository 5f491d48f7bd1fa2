// Counters go in groups, so that a tier has several blocks to do in turns. What lies behind the last whole block of the prefix, the counter and the
// padding are one block, or two where the prefix ends late in its block.
#include "search.h"

#include <cstring>

#include "constants.h"

namespace chainwright {

namespace {

constexpr size_t kGroup = 32;
constexpr size_t kBlock = 64;
constexpr size_t kCounterBytes = 4;
// The bit after the message, and its length.
constexpr size_t kPaddingBytes = 9;

uint32_t load_big_endian(const uint8_t* from) {
  return uint32_t{from[0]} << 24 | uint32_t{from[1]} << 16 | uint32_t{from[2]} << 8 | uint32_t{from[3]};
}

bool is_at_most(const uint32_t state[8], const uint32_t target[8]) {
  for (size_t i = 0; i < 8; i++) {
    if (state[i] != target[i]) return state[i] < target[i];
  }
  return true;
}

// The blocks behind the prefix' last whole one, for each counter of a group. Tail block t of counter i: blocks[t] + 64i.
struct Tails {
  size_t count;
  size_t counter_at;
  alignas(64) uint8_t blocks[2][kBlock * kGroup];

  Tails(const uint8_t* prefix, size_t length) {
    const size_t rest = length % kBlock;
    uint8_t tail[2 * kBlock] = {};
    if (rest != 0) std::memcpy(tail, prefix + (length - rest), rest);
    tail[rest + kCounterBytes] = 0x80;
    counter_at = rest;
    count = rest + kCounterBytes + kPaddingBytes <= kBlock ? 1 : 2;
    const uint64_t bits = uint64_t{length + kCounterBytes} * 8;
    for (size_t i = 0; i < 8; i++) tail[kBlock * count - 1 - i] = static_cast<uint8_t>(bits >> (8 * i));
    for (size_t t = 0; t < count; t++) {
      for (size_t i = 0; i < kGroup; i++) std::memcpy(blocks[t] + kBlock * i, tail + kBlock * t, kBlock);
    }
  }

  void set_counter(size_t lane, uint32_t counter) {
    for (size_t i = 0; i < kCounterBytes; i++) {
      const size_t at = counter_at + i;
      blocks[at / kBlock][kBlock * lane + at % kBlock] = static_cast<uint8_t>(counter >> (24 - 8 * i));
    }
  }
};

}  // namespace

uint64_t sha256_search(Sha256BlocksFn blocks, const uint8_t* prefix, size_t length, uint64_t from, uint64_t count, const uint8_t* target) {
  uint32_t begun[1][8];
  std::memcpy(begun[0], sha256::kInitialState, sizeof begun[0]);
  for (size_t at = 0; at + kBlock <= length; at += kBlock) blocks(begun, prefix + at, 1);
  uint32_t words[8];
  for (size_t i = 0; i < 8; i++) words[i] = load_big_endian(target + 4 * i);
  Tails tails(prefix, length);
  uint32_t states[kGroup][8];
  for (uint64_t done = 0; done < count; done += kGroup) {
    const size_t size = count - done < kGroup ? static_cast<size_t>(count - done) : kGroup;
    for (size_t i = 0; i < size; i++) {
      std::memcpy(states[i], begun[0], sizeof states[i]);
      tails.set_counter(i, static_cast<uint32_t>(from + done + i));
    }
    for (size_t t = 0; t < tails.count; t++) blocks(states, tails.blocks[t], size);
    for (size_t i = 0; i < size; i++) {
      if (is_at_most(states[i], words)) return from + done + i;
    }
  }
  return kNotFound;
}

}  // namespace chainwright

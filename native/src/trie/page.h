// The shape of a page of the state trie in memory: the counterpart of core/state/page.ts, which has the reasons.
//
// A page is four levels of the binary trie: 16 slots, each empty, a leaf, or a border to a child page. Its 31 nodes are
// numbered as a heap (1 is the root, 2p and 2p + 1 are the children of p, 16 + s is slot s). A page in memory is the 32-byte
// hashes of those nodes that have one (`present`: inner nodes and occupied slots), ascending, then the 64-byte leaf records
// (path, value hash), ascending by slot. All of it follows from two masks of 16 bits.
#ifndef CHAINWRIGHT_TRIE_PAGE_H
#define CHAINWRIGHT_TRIE_PAGE_H

#include <cstddef>
#include <cstdint>

namespace chainwright::trie {

constexpr unsigned kLevels = 4;
constexpr unsigned kSlots = 16;
constexpr unsigned kFirstSlot = 16;
// Pages above each other on a path of 256 bits.
constexpr unsigned kPageDepths = 64;

constexpr size_t kHashBytes = 32;
constexpr size_t kLeafBytes = 64;
// A full page: 31 hashes and 16 leaf records.
constexpr size_t kPageBytesMax = 31 * kHashBytes + kSlots * kLeafBytes;

static inline unsigned popcount(uint32_t bits) {
#if defined(__POPCNT__) || defined(__wasm__) || defined(__aarch64__)
  return static_cast<unsigned>(__builtin_popcount(bits));
#else
  // Without the instruction the builtin is a call of a function with a table.
  uint32_t x = bits - ((bits >> 1) & 0x55555555);
  x = (x & 0x33333333) + ((x >> 2) & 0x33333333);
  return (((x + (x >> 4)) & 0x0f0f0f0f) * 0x01010101) >> 24;
#endif
}

static inline unsigned lowest_bit(uint32_t bits) { return static_cast<unsigned>(__builtin_ctz(bits)); }

// Bit i of the answer: bit 2i or bit 2i + 1 of `bits` is set. 16 bits to 8.
static inline uint32_t either(uint32_t bits) {
  uint32_t x = (bits | (bits >> 1)) & 0x5555;
  x = (x | (x >> 1)) & 0x3333;
  x = (x | (x >> 2)) & 0x0f0f;
  return (x | (x >> 4)) & 0x00ff;
}

// Nodes that have a hash of their own: an inner node has an inner child or two occupied ones.
static inline uint32_t present_nodes(uint32_t leaf_mask, uint32_t inner_mask) {
  uint32_t occupied = leaf_mask | inner_mask;
  uint32_t inner = inner_mask;
  uint32_t present = occupied << kFirstSlot;
  for (unsigned width = kSlots / 2; width >= 1; width >>= 1) {
    inner = either(inner | (occupied & (occupied >> 1) & 0x5555));
    occupied = either(occupied);
    present |= inner << width;
  }
  return present;
}

// The inner nodes of the page above the given slots.
static inline uint32_t nodes_above(uint32_t slots) {
  uint32_t bits = slots;
  uint32_t nodes = 0;
  for (unsigned width = kSlots / 2; width >= 1; width >>= 1) {
    bits = either(bits);
    nodes |= bits << width;
  }
  return nodes;
}

static inline size_t page_bytes(uint32_t leaf_mask, uint32_t present) {
  return popcount(present) * kHashBytes + popcount(leaf_mask) * kLeafBytes;
}

// Where the hash of a node that has one begins.
static inline size_t hash_at(uint32_t present, unsigned node) {
  return popcount(present & ((uint32_t{1} << node) - 1)) * kHashBytes;
}

// Where the leaf record of an occupied slot begins.
static inline size_t leaf_at(uint32_t leaf_mask, uint32_t present, unsigned slot) {
  return popcount(present) * kHashBytes + popcount(leaf_mask & ((uint32_t{1} << slot) - 1)) * kLeafBytes;
}

// The four bits of a path that choose the slot in a page `depth` pages below the root page; depth < kPageDepths.
static inline unsigned slot_of(const uint8_t* path, unsigned depth) {
  const uint8_t byte = path[depth >> 1];
  return (depth & 1) == 0 ? byte >> 4 : byte & 15;
}

}  // namespace chainwright::trie

#endif

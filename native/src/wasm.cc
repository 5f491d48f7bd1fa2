// The engine as a WebAssembly module: its exports, and what a C library would bring (the build has none).
//
// One instance is one engine's whole world: one thread, its own memory, and nothing imported but random bytes. JavaScript
// (native/wasm.ts) has checked lengths, offsets and ranges and copied the inputs here before it calls.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>

#include "engine.h"

#define CHAINWRIGHT_EXPORT(name) extern "C" __attribute__((export_name(name)))

namespace {

// Memory: blocks in the order of their addresses behind the linker's data, each with a header; those that were freed are in a
// list, neighbours joined. First fit: an engine holds a dozen blocks, which only ever grow.
struct alignas(64) Block {
  size_t bytes;  // behind the header
  Block* next;   // in the list of free ones, by address
};
constexpr size_t kAlignment = sizeof(Block);
static_assert(kAlignment == 64, "what is allocated is aligned to cache lines, as Scratch promises");
constexpr size_t kPageBytes = 65536;

Block* free_blocks = nullptr;
size_t heap_end = 0;  // 0: nothing taken yet

uint8_t* begin_of(Block* block) { return reinterpret_cast<uint8_t*>(block + 1); }
Block* end_of(Block* block) { return reinterpret_cast<Block*>(begin_of(block) + block->bytes); }

void give_back(Block* block) {
  Block** place = &free_blocks;
  Block* before = nullptr;
  while (*place != nullptr && *place < block) {
    before = *place;
    place = &before->next;
  }
  block->next = *place;
  *place = block;
  if (block->next != nullptr && end_of(block) == block->next) {
    block->bytes += sizeof(Block) + block->next->bytes;
    block->next = block->next->next;
  }
  if (before != nullptr && end_of(before) == block) {
    before->bytes += sizeof(Block) + block->bytes;
    before->next = block->next;
  }
}

extern "C" uint8_t __heap_base;

// Fresh memory of at least `bytes` at the end, given to the free list. False if there is none.
bool extend(size_t bytes) {
  if (heap_end == 0) heap_end = (reinterpret_cast<size_t>(&__heap_base) + kAlignment - 1) & ~(kAlignment - 1);
  const size_t wanted = bytes + sizeof(Block);
  size_t available = __builtin_wasm_memory_size(0) * kPageBytes - heap_end;
  if (available < wanted) {
    const size_t pages = (wanted - available + kPageBytes - 1) / kPageBytes;
    if (__builtin_wasm_memory_grow(0, pages) == SIZE_MAX) return false;
    available += pages * kPageBytes;
  }
  Block* const block = reinterpret_cast<Block*>(heap_end);
  heap_end += available;
  block->bytes = available - sizeof(Block);
  give_back(block);
  return true;
}

void* allocate(size_t bytes) {
  if (bytes > SIZE_MAX / 4) return nullptr;
  const size_t rounded = bytes == 0 ? kAlignment : (bytes + kAlignment - 1) & ~(kAlignment - 1);
  for (int attempt = 0; attempt < 2; ++attempt) {
    for (Block** place = &free_blocks; *place != nullptr; place = &(*place)->next) {
      Block* const block = *place;
      if (block->bytes < rounded) continue;
      *place = block->next;
      if (block->bytes > rounded + sizeof(Block)) {
        const size_t rest = block->bytes - rounded - sizeof(Block);
        block->bytes = rounded;
        Block* const behind = end_of(block);
        behind->bytes = rest;
        behind->next = *place;
        *place = behind;
      }
      return begin_of(block);
    }
    if (attempt == 0 && !extend(rounded)) return nullptr;
  }
  return nullptr;
}

// Words of a 128-bit integer; both compile to nothing.
uint64_t high_word(__int128 value) { return static_cast<uint64_t>(static_cast<unsigned __int128>(value) >> 64); }
__int128 from_words(uint64_t high, uint64_t low) {
  return static_cast<__int128>(static_cast<unsigned __int128>(high) << 64 | low);
}

}  // namespace

// What of the C and C++ libraries the engine or the compiler calls.
extern "C" {

void* malloc(size_t bytes) { return allocate(bytes); }

void* aligned_alloc(size_t alignment, size_t bytes) { return alignment <= kAlignment ? allocate(bytes) : nullptr; }

void free(void* memory) {
  if (memory != nullptr) give_back(static_cast<Block*>(memory) - 1);
}

void abort() { __builtin_trap(); }

// The builtins below are instructions (bulk memory), not calls of these functions.
void* memcpy(void* to, const void* from, size_t length) { return __builtin_memcpy(to, from, length); }
void* memmove(void* to, const void* from, size_t length) { return __builtin_memmove(to, from, length); }
void* memset(void* to, int value, size_t length) { return __builtin_memset(to, value, length); }

int memcmp(const void* left, const void* right, size_t length) {
  const uint8_t* a = static_cast<const uint8_t*>(left);
  const uint8_t* b = static_cast<const uint8_t*>(right);
  for (size_t i = 0; i < length; ++i) {
    if (a[i] != b[i]) return a[i] < b[i] ? -1 : 1;
  }
  return 0;
}

// Arithmetic of 128-bit integers that the compiler leaves to its run-time library: products, and shifts by 0 to 127 places.
// The code that uses it works modulo L and is a few percent of a verification.
__int128 __multi3(__int128 left, __int128 right) {
  const uint64_t a = static_cast<uint64_t>(left);
  const uint64_t b = static_cast<uint64_t>(right);
  const uint64_t a_low = a & 0xffffffff, a_high = a >> 32;
  const uint64_t b_low = b & 0xffffffff, b_high = b >> 32;
  const uint64_t low = a_low * b_low;
  const uint64_t middle = a_high * b_low + (low >> 32);  // (2^32 - 1)^2 + 2^32 - 1 < 2^64
  const uint64_t other = a_low * b_high + (middle & 0xffffffff);
  const uint64_t high = a_high * b_high + (middle >> 32) + (other >> 32) + a * high_word(right) + b * high_word(left);
  return from_words(high, other << 32 | (low & 0xffffffff));
}

__int128 __ashlti3(__int128 value, int places) {
  const uint64_t low = static_cast<uint64_t>(value);
  if (places == 0) return value;
  if (places >= 64) return from_words(low << (places - 64), 0);
  return from_words(high_word(value) << places | low >> (64 - places), low << places);
}

__int128 __lshrti3(__int128 value, int places) {
  const uint64_t high = high_word(value);
  if (places == 0) return value;
  if (places >= 64) return from_words(0, high >> (places - 64));
  return from_words(high >> places, static_cast<uint64_t>(value) >> places | high << (64 - places));
}

__int128 __ashrti3(__int128 value, int places) {
  const int64_t high = static_cast<int64_t>(high_word(value));
  if (places == 0) return value;
  if (places >= 64) return from_words(static_cast<uint64_t>(high >> 63), static_cast<uint64_t>(high >> (places - 64)));
  return from_words(static_cast<uint64_t>(high >> places),
                    static_cast<uint64_t>(value) >> places | static_cast<uint64_t>(high) << (64 - places));
}

// A pure virtual function was called.
void __cxa_pure_virtual() { __builtin_trap(); }

}  // extern "C"

void* operator new(size_t bytes, const std::nothrow_t&) noexcept { return allocate(bytes); }
void* operator new[](size_t bytes, const std::nothrow_t&) noexcept { return allocate(bytes); }
void* operator new(size_t bytes, std::align_val_t alignment, const std::nothrow_t&) noexcept {
  return aligned_alloc(static_cast<size_t>(alignment), bytes);
}
void* operator new[](size_t bytes, std::align_val_t alignment, const std::nothrow_t&) noexcept {
  return aligned_alloc(static_cast<size_t>(alignment), bytes);
}
void operator delete(void* memory) noexcept { free(memory); }
void operator delete[](void* memory) noexcept { free(memory); }
void operator delete(void* memory, size_t) noexcept { free(memory); }
void operator delete[](void* memory, size_t) noexcept { free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { free(memory); }
void operator delete[](void* memory, std::align_val_t) noexcept { free(memory); }
void operator delete(void* memory, size_t, std::align_val_t) noexcept { free(memory); }
void operator delete[](void* memory, size_t, std::align_val_t) noexcept { free(memory); }

// The exports. Pointers are offsets into the module's memory; 0 is what a failed allocation gives.
using chainwright::Engine;

CHAINWRIGHT_EXPORT("allocate") void* chainwright_allocate(size_t bytes) { return allocate(bytes); }
CHAINWRIGHT_EXPORT("release") void chainwright_release(void* memory) { free(memory); }

CHAINWRIGHT_EXPORT("createEngine") Engine* chainwright_create_engine(uint32_t key_cache_entries) {
  return Engine::create({chainwright::best_tiers(), key_cache_entries});
}

// How many were valid, or -1 (SIZE_MAX) if memory was short.
CHAINWRIGHT_EXPORT("verify")
size_t chainwright_verify(Engine* engine, const uint8_t* public_keys, const uint8_t* signatures, const uint8_t* messages,
                          const uint32_t* offsets, size_t count, uint8_t* bitmap) {
  return engine->verify({public_keys, signatures, messages, offsets}, 0, count, bitmap);
}

CHAINWRIGHT_EXPORT("hashPairs")
void chainwright_hash_pairs(Engine* engine, const uint8_t* input, uint8_t* output, uint32_t tag, size_t count) {
  engine->hash_pairs(input, output, static_cast<chainwright::HashTag>(tag), 0, count);
}

// 1, or 0 if memory was short.
CHAINWRIGHT_EXPORT("subtreeRoot")
uint32_t chainwright_subtree_root(Engine* engine, const uint8_t* nodes, size_t count, unsigned from_depth, unsigned to_depth,
                                  uint8_t* root) {
  return engine->subtree_root(nodes, count, from_depth, to_depth, root) ? 1 : 0;
}

CHAINWRIGHT_EXPORT("clearKeyCache") void chainwright_clear_key_cache(Engine* engine) { engine->clear_key_cache(); }

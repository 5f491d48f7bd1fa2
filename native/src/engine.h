// What the bindings (N-API addon, WebAssembly) and the native tests call: one engine a thread.
//
// An engine is chosen tiers, a bounded cache of decompressed keys and scratch memory. It has no state that could reach a
// verdict. No function here throws, allocates without a check, or reads outside the spans it is given: the caller has
// checked lengths, offsets and ranges (the bindings do, with typed errors), and a debug build asserts them again.
#ifndef CHAINWRIGHT_ENGINE_H
#define CHAINWRIGHT_ENGINE_H

#include <cstddef>
#include <cstdint>

#include "cpu.h"

namespace chainwright {

// Packed Ed25519 signatures. Entry i: key public_keys[32i..32i+32), signature signatures[64i..64i+64),
// message messages[offsets[i]..offsets[i+1]). No alignment is promised for any of them.
struct SignatureBatch {
  const uint8_t* public_keys;
  const uint8_t* signatures;
  const uint8_t* messages;
  const uint32_t* offsets;
};

// Masks of byte 0 of each hash: plain SHA-256, or the state trie's node kinds (top bit cleared: leaf, set: inner).
enum class HashTag : uint8_t { kPlain = 0, kLeaf = 1, kInner = 2 };

struct EngineOptions {
  TierChoice tiers;             // see cpu.h; what the processor lacks is refused before this is called
  uint32_t key_cache_entries;   // 0 keeps none
};

class Engine {
 public:
  // nullptr if memory is short.
  static Engine* create(const EngineOptions& options);
  virtual ~Engine() = default;

  // ZIP-215 verdicts of entries [from, to): sets bit (i & 7) of bitmap[i >> 3] for each valid entry i and leaves every
  // other bit alone. Exact for each signature except with probability 2^-127 a check, of which a batch takes one, and a failed batch
  // a few dozen at most (random coefficients).
  // Returns how many were valid, or SIZE_MAX if memory was short (no bit is set then).
  virtual size_t verify(const SignatureBatch& batch, size_t from, size_t to, uint8_t* bitmap) = 0;

  // SHA-256 of the 64-byte pairs [from, to) of `input` to the same 32-byte places of `output`, tagged. Ascending, so
  // `output` may be the front of `input`.
  virtual void hash_pairs(const uint8_t* input, uint8_t* output, HashTag tag, size_t from, size_t to) = 0;

  // SHA-256 of `count` messages, message i at messages[offsets[i]..offsets[i + 1]), to 32 bytes each of `output`. Offsets ascend.
  virtual void hash_messages(const uint8_t* messages, const uint32_t* offsets, size_t count, uint8_t* output) = 0;

  // Root of `count` packed 32-byte nodes that lie `from_depth` levels above the leaves, padded with zero subtrees up to
  // `to_depth` (SSZ merkleization). count <= 2^(to_depth - from_depth), to_depth <= 40. `nodes` is not changed.
  // False if memory was short.
  virtual bool subtree_root(const uint8_t* nodes, size_t count, unsigned from_depth, unsigned to_depth, uint8_t root[32]) = 0;

  // Forgets every cached key (cold benchmarks, tests).
  virtual void clear_key_cache() = 0;
  virtual size_t cached_keys() const = 0;
};

}  // namespace chainwright

#endif

// The N-API face of the engine: one JavaScript class over engine.h, for any number of environments (worker threads).
//
// Nothing is global here: an engine belongs to the object that made it, and the object to its environment, which frees it
// at its end. All of what JavaScript hands over is checked here, before a pointer reaches the engine: types, lengths,
// ranges, detached buffers (their length is 0), numbers that are no indices. Buffers may be shared with other threads, and
// those may write while we work: so offsets are copied first and the copy is checked and used. Other contents may then
// change a verdict (of a batch that its owner spoils), but never where memory is read.
//
// Faults are thrown as Error with `code` NATIVE_INPUT, NATIVE_TIER or NATIVE_MEMORY; native/addon.ts turns them into the
// typed errors of native/errors.ts.
#include <napi.h>

#include <cstring>
#include <memory>

#include "addon_values.h"
#include "engine.h"
#include "modular/addon_modulus.h"
#include "sha256/search.h"
#include "trie/addon_walk.h"

namespace {

using namespace chainwright::addon;
using chainwright::Tier;

constexpr size_t kKeyBytes = 32;
constexpr size_t kSignatureBytes = 64;
constexpr size_t kNodeBytes = 32;
constexpr size_t kPairBytes = 64;
constexpr size_t kTreeDepthMax = 40;
constexpr size_t kCounters = size_t{1} << 32;
constexpr size_t kKeyCacheEntriesMax = size_t{1} << 24;

class EngineObject : public Napi::ObjectWrap<EngineObject> {
 public:
  static Napi::Function define(Napi::Env env) {
    return DefineClass(env, "Engine",
                       {
                           InstanceMethod<&EngineObject::verify>("verify"),
                           InstanceMethod<&EngineObject::hash_pairs>("hashPairs"),
                           InstanceMethod<&EngineObject::hash_messages>("hashMessages"),
                           InstanceMethod<&EngineObject::subtree_root>("subtreeRoot"),
                           InstanceMethod<&EngineObject::clear_key_cache>("clearKeyCache"),
                           InstanceMethod<&EngineObject::cached_keys>("cachedKeys"),
                       });
  }

  // new Engine({ ed25519, sha256, sha512: names of tiers, keyCacheEntries })
  explicit EngineObject(const Napi::CallbackInfo& info) : Napi::ObjectWrap<EngineObject>(info) {
    const Napi::Env env = info.Env();
    if (!info[0].IsObject()) {
      refuse(env, kInput, "options is no object");
      return;
    }
    const Napi::Object options = info[0].As<Napi::Object>();
    chainwright::EngineOptions native = {};
    size_t entries = 0;
    if (!read_tier(env, options, kEd25519, &native.tiers.ed25519) || !read_tier(env, options, kSha256, &native.tiers.sha256) ||
        !read_tier(env, options, kSha512, &native.tiers.sha512) ||
        !read_count(env, options.Get("keyCacheEntries"), "options.keyCacheEntries", kKeyCacheEntriesMax, &entries)) {
      return;
    }
    native.key_cache_entries = static_cast<uint32_t>(entries);
    engine_.reset(chainwright::Engine::create(native));
    if (engine_ == nullptr) refuse(env, kMemory, "no memory for %zu cached keys", entries);
  }

  // verify(publicKeys, signatures, messages, offsets, from, to, bitmap) -> number of valid ones
  Napi::Value verify(const Napi::CallbackInfo& info) {
    const Napi::Env env = info.Env();
    Bytes public_keys, signatures, messages, bitmap;
    void* offsets_data = nullptr;
    size_t offset_count = 0, from = 0, to = 0;
    if (!read_bytes(env, info[0], "publicKeys", &public_keys) || !read_bytes(env, info[1], "signatures", &signatures) ||
        !read_bytes(env, info[2], "messages", &messages) ||
        !read_array(env, info[3], napi_uint32_array, "offsets", &offsets_data, &offset_count) ||
        !read_bytes(env, info[6], "bitmap", &bitmap)) {
      return Napi::Value();
    }
    const size_t count = public_keys.length / kKeyBytes;
    if (public_keys.length % kKeyBytes != 0) return fault(env, "%zu bytes of publicKeys are no packed keys", public_keys.length);
    if (signatures.length != kSignatureBytes * count)
      return fault(env, "%zu bytes of signatures for %zu keys", signatures.length, count);
    if (offset_count != count + 1) return fault(env, "%zu offsets for %zu keys", offset_count, count);
    if (bitmap.length < (count + 7) / 8) return fault(env, "%zu bytes of bitmap for %zu keys", bitmap.length, count);
    if (!read_range(env, info[4], info[5], count, &from, &to)) return Napi::Value();
    const size_t length = to - from;
    if (length == 0) return Napi::Number::New(env, 0);

    uint32_t* offsets = offsets_.reserve(length + 1);
    uint8_t* verdicts = verdicts_.reserve((length + 7) / 8);
    if (offsets == nullptr || verdicts == nullptr) return short_of_memory(env);
    const uint8_t* shared = static_cast<const uint8_t*>(offsets_data);
    std::memcpy(offsets, shared + sizeof(uint32_t) * from, sizeof(uint32_t) * (length + 1));
    // First and last may lie outside the range that is asked for; then they are only checked, not used.
    uint32_t first = 0, last = 0;
    std::memcpy(&first, shared, sizeof first);
    std::memcpy(&last, shared + sizeof(uint32_t) * count, sizeof last);
    if (first != 0) return fault(env, "the offsets begin with %u, not with 0", first);
    if (last != messages.length) return fault(env, "the offsets end with %u, the messages with %zu", last, messages.length);
    for (size_t i = 0; i < length; i++) {
      if (offsets[i] > offsets[i + 1]) return fault(env, "the offsets do not ascend at %zu", from + i + 1);
    }
    if (offsets[length] > messages.length) return fault(env, "an offset lies behind the messages: %u", offsets[length]);

    const chainwright::SignatureBatch batch = {public_keys.data + kKeyBytes * from, signatures.data + kSignatureBytes * from,
                                               messages.data, offsets};
    std::memset(verdicts, 0, (length + 7) / 8);
    const size_t valid = engine_->verify(batch, 0, length, verdicts);
    if (valid == SIZE_MAX) return short_of_memory(env);
    set_bits(verdicts, length, bitmap.data, from);
    return Napi::Number::New(env, static_cast<double>(valid));
  }

  // hashPairs(input, output, tag 0..2, from, to)
  void hash_pairs(const Napi::CallbackInfo& info) {
    const Napi::Env env = info.Env();
    Bytes input, output;
    size_t tag = 0, from = 0, to = 0;
    if (!read_bytes(env, info[0], "input", &input) || !read_bytes(env, info[1], "output", &output) ||
        !read_count(env, info[2], "tag", 2, &tag) || !read_range(env, info[3], info[4], input.length / kPairBytes, &from, &to)) {
      return;
    }
    if (to > output.length / kNodeBytes) return refuse(env, kInput, "%zu bytes of output for %zu hashes", output.length, to);
    // Ascending work on many pairs at a time overwrites no input that is still needed exactly if the output begins no
    // later than the input.
    const uintptr_t input_begin = reinterpret_cast<uintptr_t>(input.data) + kPairBytes * from;
    const uintptr_t input_end = reinterpret_cast<uintptr_t>(input.data) + kPairBytes * to;
    const uintptr_t output_begin = reinterpret_cast<uintptr_t>(output.data) + kNodeBytes * from;
    if (output_begin > input_begin && output_begin < input_end) return refuse(env, kInput, "output begins inside input");
    if (from < to) engine_->hash_pairs(input.data, output.data, static_cast<chainwright::HashTag>(tag), from, to);
  }

  // hashMessages(messages, offsets, output)
  void hash_messages(const Napi::CallbackInfo& info) {
    const Napi::Env env = info.Env();
    Bytes messages, output;
    void* offsets_data = nullptr;
    size_t offset_count = 0;
    if (!read_bytes(env, info[0], "messages", &messages) ||
        !read_array(env, info[1], napi_uint32_array, "offsets", &offsets_data, &offset_count) ||
        !read_bytes(env, info[2], "output", &output)) {
      return;
    }
    if (offset_count == 0) return refuse(env, kInput, "there are no offsets");
    const size_t count = offset_count - 1;
    if (count > output.length / kNodeBytes) return refuse(env, kInput, "%zu bytes of output for %zu hashes", output.length, count);
    uint32_t* const offsets = offsets_.reserve(offset_count);
    if (offsets == nullptr) return refuse(env, kMemory, "memory was short");
    std::memcpy(offsets, offsets_data, sizeof(uint32_t) * offset_count);
    for (size_t i = 0; i < count; i++) {
      if (offsets[i] > offsets[i + 1]) return refuse(env, kInput, "the offsets do not ascend at %zu", i + 1);
    }
    if (offsets[count] > messages.length) return refuse(env, kInput, "an offset lies behind the messages: %u", offsets[count]);
    const uintptr_t output_begin = reinterpret_cast<uintptr_t>(output.data);
    const uintptr_t messages_begin = reinterpret_cast<uintptr_t>(messages.data);
    if (output_begin < messages_begin + messages.length && messages_begin < output_begin + output.length && messages.length != 0)
      return refuse(env, kInput, "output and messages lie over each other");
    engine_->hash_messages(messages.data, offsets, count, output.data);
  }

  // subtreeRoot(nodes, fromDepth, toDepth, root)
  void subtree_root(const Napi::CallbackInfo& info) {
    const Napi::Env env = info.Env();
    Bytes nodes, root;
    size_t from_depth = 0, to_depth = 0;
    if (!read_bytes(env, info[0], "nodes", &nodes) || !read_count(env, info[2], "toDepth", kTreeDepthMax, &to_depth) ||
        !read_count(env, info[1], "fromDepth", to_depth, &from_depth) || !read_bytes(env, info[3], "root", &root)) {
      return;
    }
    const size_t count = nodes.length / kNodeBytes;
    if (nodes.length % kNodeBytes != 0) return refuse(env, kInput, "%zu bytes of nodes are no packed nodes", nodes.length);
    if (count > size_t{1} << (to_depth - from_depth))
      return refuse(env, kInput, "%zu nodes do not fit below %zu levels", count, to_depth - from_depth);
    if (root.length != kNodeBytes) return refuse(env, kInput, "root has %zu bytes, not 32", root.length);
    // Apart from the nodes, which must not change even if root is among them.
    uint8_t computed[kNodeBytes];
    if (!engine_->subtree_root(nodes.data, count, static_cast<unsigned>(from_depth), static_cast<unsigned>(to_depth), computed))
      return refuse(env, kMemory, "memory was short");
    std::memcpy(root.data, computed, kNodeBytes);
  }

  void clear_key_cache(const Napi::CallbackInfo&) { engine_->clear_key_cache(); }

  Napi::Value cached_keys(const Napi::CallbackInfo& info) {
    return Napi::Number::New(info.Env(), static_cast<double>(engine_->cached_keys()));
  }

 private:
  template <typename... Arguments>
  static Napi::Value fault(napi_env env, const char* format, Arguments... arguments) {
    refuse(env, kInput, format, arguments...);
    return Napi::Value();
  }

  static Napi::Value short_of_memory(napi_env env) {
    refuse(env, kMemory, "memory was short");
    return Napi::Value();
  }

  // ORs `length` verdicts into the bitmap of the whole batch, beginning with its bit `from`. Bytes without a bit to set are
  // not written.
  static void set_bits(const uint8_t* verdicts, size_t length, uint8_t* bitmap, size_t from) {
    if (from % 8 == 0) {
      for (size_t i = 0; i < (length + 7) / 8; i++) {
        if (verdicts[i] != 0) bitmap[from / 8 + i] |= verdicts[i];
      }
      return;
    }
    for (size_t i = 0; i < length; i++) {
      if ((verdicts[i >> 3] >> (i & 7) & 1) != 0) bitmap[(from + i) >> 3] |= static_cast<uint8_t>(1u << ((from + i) & 7));
    }
  }

  std::unique_ptr<chainwright::Engine> engine_;
  Buffer<uint32_t> offsets_;
  Buffer<uint8_t> verdicts_;
};

// { best, available }: of one primitive, slowest first.
Napi::Object describe(Napi::Env env, const Primitive& primitive, Tier best) {
  Napi::Array available = Napi::Array::New(env);
  uint32_t length = 0;
  for (const Tier tier : kTiers) {
    if (primitive.has(tier)) available.Set(length++, Napi::String::New(env, primitive.tier_name(tier)));
  }
  Napi::Object described = Napi::Object::New(env);
  described.Set("best", Napi::String::New(env, primitive.tier_name(best)));
  described.Set("available", available);
  return described;
}

// tiers() -> { ed25519: { best, available }, … }: what this build contains and this processor runs.
Napi::Value tiers(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const chainwright::TierChoice best = chainwright::best_tiers();
  Napi::Object all = Napi::Object::New(env);
  all.Set(kEd25519.name, describe(env, kEd25519, best.ed25519));
  all.Set(kSha256.name, describe(env, kSha256, best.sha256));
  all.Set(kSha512.name, describe(env, kSha512, best.sha512));
  return all;
}

// modularTiers() -> { best, available }: of the arithmetic modulo large numbers, which is no part of an engine.
Napi::Value modular_tiers(const Napi::CallbackInfo& info) {
  return describe(info.Env(), kModular, chainwright::modular::best_montgomery_tier());
}

// searchCounter(prefix, from, count, target, { sha256: name of a tier }) -> number, -1: none.
Napi::Value search_counter(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  Bytes prefix, target;
  size_t from = 0, count = 0;
  Tier tier = Tier::kPortable;
  if (!read_bytes(env, info[0], "prefix", &prefix) || !read_count(env, info[1], "from", kCounters, &from) ||
      !read_count(env, info[2], "count", kCounters - from, &count) || !read_bytes(env, info[3], "target", &target)) {
    return Napi::Value();
  }
  if (target.length != kNodeBytes) {
    refuse(env, kInput, "target has %zu bytes, not 32", target.length);
    return Napi::Value();
  }
  if (!info[4].IsObject()) {
    refuse(env, kInput, "options is no object");
    return Napi::Value();
  }
  if (!read_tier(env, info[4].As<Napi::Object>(), kSha256, &tier)) return Napi::Value();
  const uint64_t found = chainwright::sha256_search(chainwright::sha256_blocks(tier), prefix.data, prefix.length, from, count, target.data);
  return Napi::Number::New(env, found == chainwright::kNotFound ? -1.0 : static_cast<double>(found));
}

// features() -> { avx2: boolean, … }: of the processor, where the operating system saves the registers.
Napi::Value features(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const chainwright::CpuFeatures& cpu = chainwright::cpu_features();
  Napi::Object all = Napi::Object::New(env);
  all.Set("avx2", Napi::Boolean::New(env, cpu.avx2));
  all.Set("bmi2", Napi::Boolean::New(env, cpu.bmi2));
  all.Set("adx", Napi::Boolean::New(env, cpu.adx));
  all.Set("sha-ni", Napi::Boolean::New(env, cpu.sha_ni));
  all.Set("avx512", Napi::Boolean::New(env, cpu.avx512));
  all.Set("avx512-ifma", Napi::Boolean::New(env, cpu.avx512_ifma));
  all.Set("avx512-vbmi", Napi::Boolean::New(env, cpu.avx512_vbmi));
  return all;
}

Napi::Object initialize(Napi::Env env, Napi::Object exports) {
  exports.Set("Engine", EngineObject::define(env));
  exports.Set("TrieWalk", TrieWalkObject::define(env));
  exports.Set("Modulus", ModulusObject::define(env));
  exports.Set("tiers", Napi::Function::New<tiers>(env, "tiers"));
  exports.Set("modularTiers", Napi::Function::New<modular_tiers>(env, "modularTiers"));
  exports.Set("searchCounter", Napi::Function::New<search_counter>(env, "searchCounter"));
  exports.Set("features", Napi::Function::New<features>(env, "features"));
  return exports;
}

}  // namespace

NODE_API_MODULE(chainwright, initialize)

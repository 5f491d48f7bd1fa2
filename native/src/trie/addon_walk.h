// The N-API face of walk.h: an object that does one update of the state trie after another.
//
// Numbers cross in arrays of 32-bit words, so that a call costs the same for one page and for thousands. They are copied
// before they are checked, since a shared array may change while we read. Slabs are looked up anew in each call: between calls
// JavaScript may have done anything to them.
#ifndef CHAINWRIGHT_TRIE_ADDON_WALK_H
#define CHAINWRIGHT_TRIE_ADDON_WALK_H

#include <napi.h>

#include "../addon_values.h"
#include "../sha256/sha256.h"
#include "walk.h"

namespace chainwright::addon {

class TrieWalkObject : public Napi::ObjectWrap<TrieWalkObject> {
 public:
  static Napi::Function define(Napi::Env env) {
    return DefineClass(env, "TrieWalk",
                       {
                           InstanceMethod<&TrieWalkObject::begin>("begin"),
                           InstanceMethod<&TrieWalkObject::descend>("descend"),
                           InstanceMethod<&TrieWalkObject::build>("build"),
                           InstanceMethod<&TrieWalkObject::end>("end"),
                       });
  }

  // new TrieWalk({ sha256: name of a tier })
  explicit TrieWalkObject(const Napi::CallbackInfo& info) : Napi::ObjectWrap<TrieWalkObject>(info) {
    const Napi::Env env = info.Env();
    Tier tier = Tier::kPortable;
    if (!info[0].IsObject()) {
      refuse(env, kInput, "options is no object");
      return;
    }
    if (!read_tier(env, info[0].As<Napi::Object>(), kSha256, &tier)) return;
    walk_.reset(new (std::nothrow) trie::Walk(sha256_pairs(tier)));
    if (walk_ == nullptr) refuse(env, kMemory, "memory was short");
  }

  // begin(paths: Uint32Array, valueHashes: Uint32Array, deleted: Uint8Array, count, hasRoot: boolean)
  void begin(const Napi::CallbackInfo& info) {
    const Napi::Env env = info.Env();
    Words paths, hashes;
    Bytes deleted;
    size_t count = 0;
    bool has_root = false;
    if (!read_words(env, info[0], "paths", &paths) || !read_words(env, info[1], "valueHashes", &hashes) ||
        !read_bytes(env, info[2], "deleted", &deleted) || !read_count(env, info[3], "count", trie::Walk::kChangesMax, &count)) {
      return;
    }
    if (napi_get_value_bool(env, info[4], &has_root) != napi_ok) return refuse(env, kInput, "hasRoot is no boolean");
    if (paths.length < kHashWords * count || hashes.length < kHashWords * count || deleted.length < count)
      return refuse(env, kInput, "paths, valueHashes or deleted are shorter than %zu changes", count);
    report(env, walk_->begin(paths.data, hashes.data, deleted.data, count, has_root));
  }

  // descend(slabs: Uint32Array[], places: Uint32Array, count, requests: Uint32Array) -> number of requests
  // places: 3 words a page: slab (0xffffffff: none), word in it, masks. requests: parent * 32 + slot * 2 + hasBase.
  Napi::Value descend(const Napi::CallbackInfo& info) {
    const Napi::Env env = info.Env();
    Words places, requests;
    size_t count = 0;
    if (!read_slabs(env, info[0]) || !read_words(env, info[1], "places", &places) ||
        !read_count(env, info[2], "count", places.length / kPlaceWords, &count) || !read_words(env, info[3], "requests", &requests)) {
      return Napi::Value();
    }
    if (requests.length / trie::kSlots < count) return fault(env, "%zu words of requests for %zu pages", requests.length, count);
    trie::Place* const copies = places_.reserve(count);
    if (copies == nullptr && count != 0) return short_of_memory(env);
    for (size_t i = 0; i < count; i++) {
      uint32_t words[kPlaceWords];
      std::memcpy(words, places.data + sizeof words * i, sizeof words);
      copies[i] = {words[0], words[2], sizeof(uint32_t) * size_t{words[1]}};
    }
    const size_t before = walk_->frames();
    if (!report(env, walk_->descend(slabs(), copies, count))) return Napi::Value();
    const size_t after = walk_->frames();
    for (size_t i = before; i < after; i++) {
      const trie::Request request = walk_->request(i);
      const uint32_t word = request.parent << 5 | static_cast<uint32_t>(request.slot) << 1 | (request.has_base ? 1u : 0u);
      std::memcpy(requests.data + sizeof word * (i - before), &word, sizeof word);
    }
    return Napi::Number::New(env, static_cast<double>(after - before));
  }

  // build(slabs: Uint32Array[], output: Uint32Array, from, frames, results: Uint32Array) -> number of results
  // results: frames left, words of output taken, hashes so far, 0; then 4 words a page: frame, word in output
  // (0xffffffff: gone), masks, present.
  Napi::Value build(const Napi::CallbackInfo& info) {
    const Napi::Env env = info.Env();
    Words output, results;
    size_t from = 0, frames = 0;
    if (!read_slabs(env, info[0]) || !read_words(env, info[1], "output", &output) ||
        !read_count(env, info[2], "from", output.length, &from) || !read_words(env, info[4], "results", &results)) {
      return Napi::Value();
    }
    const size_t most = results.length / kResultWords;
    if (most == 0) return fault(env, "%zu words of results", results.length);
    if (!read_count(env, info[3], "frames", most - 1, &frames)) return Napi::Value();
    trie::Built* const built = built_.reserve(frames);
    if (built == nullptr && frames != 0) return short_of_memory(env);
    size_t count = 0, used = 0;
    const size_t room = sizeof(uint32_t) * (output.length - from);
    if (!report(env, walk_->build(slabs(), output.data + sizeof(uint32_t) * from, room, frames, built, &count, &used))) return Napi::Value();
    const uint32_t head[kResultWords] = {static_cast<uint32_t>(walk_->left()), static_cast<uint32_t>(used / sizeof(uint32_t)),
                                         static_cast<uint32_t>(walk_->hashes()), 0};
    std::memcpy(results.data, head, sizeof head);
    for (size_t i = 0; i < count; i++) {
      const uint32_t at = built[i].at == SIZE_MAX ? trie::kNone : static_cast<uint32_t>(from + built[i].at / sizeof(uint32_t));
      const uint32_t words[kResultWords] = {built[i].frame, at, built[i].masks, built[i].present};
      std::memcpy(results.data + sizeof words * (i + 1), words, sizeof words);
    }
    return Napi::Number::New(env, static_cast<double>(count));
  }

  // Ends the update, whatever its state.
  void end(const Napi::CallbackInfo&) { walk_->end(kKeepBytes); }

 private:
  static constexpr size_t kHashWords = 8;
  static constexpr size_t kPlaceWords = 3;
  static constexpr size_t kResultWords = 4;
  static constexpr size_t kSlabsMax = size_t{1} << 20;
  // What a block of some ten thousand keys takes.
  static constexpr size_t kKeepBytes = size_t{16} << 20;

  // Elements of a Uint32Array, in bytes; length in elements.
  struct Words {
    uint8_t* data;
    size_t length;
  };

  static bool read_words(napi_env env, napi_value value, const char* name, Words* words) {
    void* data = nullptr;
    if (!read_array(env, value, napi_uint32_array, name, &data, &words->length)) return false;
    words->data = static_cast<uint8_t*>(data);
    return true;
  }

  // An array of Uint32Arrays, to `slabs_`.
  bool read_slabs(napi_env env, napi_value value) {
    uint32_t length = 0;
    if (napi_get_array_length(env, value, &length) != napi_ok || length > kSlabsMax) {
      refuse(env, kInput, "slabs is no array, or a longer one than %zu", kSlabsMax);
      return false;
    }
    slab_count_ = 0;
    trie::Slab* const all = slabs_.reserve(length);
    if (all == nullptr && length != 0) {
      refuse(env, kMemory, "memory was short");
      return false;
    }
    for (uint32_t i = 0; i < length; i++) {
      // A handle each: they are not to pile up until the call ends.
      const Napi::HandleScope scope(env);
      napi_value element = nullptr;
      Words words;
      if (napi_get_element(env, value, i, &element) != napi_ok) return false;
      if (!read_words(env, element, "a slab", &words)) return false;
      all[i] = {words.data, sizeof(uint32_t) * words.length};
    }
    slab_count_ = length;
    return true;
  }

  trie::Slabs slabs() { return {slabs_.reserve(slab_count_), slab_count_}; }

  // Throws what an outcome stands for; true: nothing.
  bool report(napi_env env, trie::Outcome outcome) {
    if (outcome == trie::Outcome::kRefused) refuse(env, kInput, "%s", walk_->reason());
    if (outcome == trie::Outcome::kMemory) refuse(env, kMemory, "memory was short");
    return outcome == trie::Outcome::kDone;
  }

  template <typename... Arguments>
  static Napi::Value fault(napi_env env, const char* format, Arguments... arguments) {
    refuse(env, kInput, format, arguments...);
    return Napi::Value();
  }

  static Napi::Value short_of_memory(napi_env env) {
    refuse(env, kMemory, "memory was short");
    return Napi::Value();
  }

  std::unique_ptr<trie::Walk> walk_;
  Buffer<trie::Slab> slabs_;
  size_t slab_count_ = 0;
  Buffer<trie::Place> places_;
  Buffer<trie::Built> built_;
};

}  // namespace chainwright::addon

#endif

// What the classes of the addon share: reading and checking what JavaScript hands over, and refusing it.
#ifndef CHAINWRIGHT_ADDON_VALUES_H
#define CHAINWRIGHT_ADDON_VALUES_H

#include <napi.h>

#include <cmath>
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <memory>
#include <new>

#include "engine.h"

namespace chainwright::addon {

constexpr Tier kTiers[] = {Tier::kPortable, Tier::kAvx2, Tier::kShaNi, Tier::kAvx512};

// A primitive that has tiers: its name in JavaScript, and the questions of cpu.h.
struct Primitive {
  const char* name;
  bool (*has)(Tier);
  const char* (*tier_name)(Tier);
};
constexpr Primitive kEd25519 = {"ed25519", chainwright::has_ed25519_tier, chainwright::ed25519_tier_name};
constexpr Primitive kSha256 = {"sha256", chainwright::has_sha256_tier, chainwright::sha256_tier_name};
constexpr Primitive kSha512 = {"sha512", chainwright::has_sha512_tier, chainwright::sha512_tier_name};

// Throws in JavaScript; the caller returns at once.
__attribute__((format(printf, 3, 4))) inline void refuse(napi_env env, const char* code, const char* format, ...) {
  char reason[192];
  va_list arguments;
  va_start(arguments, format);
  std::vsnprintf(reason, sizeof reason, format, arguments);
  va_end(arguments);
  napi_throw_error(env, code, reason);
}

constexpr char kInput[] = "NATIVE_INPUT";
constexpr char kTier[] = "NATIVE_TIER";
constexpr char kMemory[] = "NATIVE_MEMORY";

struct Bytes {
  uint8_t* data;
  size_t length;
};

// Elements of a typed array of the given type. An empty or detached one has a null pointer, which no engine should see.
inline bool read_array(napi_env env, napi_value value, napi_typedarray_type type, const char* name, void** data, size_t* length) {
  static uint64_t nothing = 0;
  napi_typedarray_type actual;
  napi_value memory;
  if (napi_get_typedarray_info(env, value, &actual, length, data, &memory, nullptr) != napi_ok || actual != type) {
    refuse(env, kInput, "%s is no %s", name, type == napi_uint8_array ? "Uint8Array" : "Uint32Array");
    return false;
  }
  // Memory that was handed to another thread looks empty, and an empty list of nodes has a root.
  bool is_detached = false;
  if (*length == 0 && napi_is_detached_arraybuffer(env, memory, &is_detached) == napi_ok && is_detached) {
    refuse(env, kInput, "the memory of %s is detached", name);
    return false;
  }
  if (*data == nullptr) {
    *length = 0;
    *data = &nothing;
  }
  return true;
}

inline bool read_bytes(napi_env env, napi_value value, const char* name, Bytes* bytes) {
  void* data = nullptr;
  if (!read_array(env, value, napi_uint8_array, name, &data, &bytes->length)) return false;
  bytes->data = static_cast<uint8_t*>(data);
  return true;
}

// A whole number from 0 to `max`: JavaScript's may be NaN, negative, fractional or far beyond size_t.
inline bool read_count(napi_env env, napi_value value, const char* name, size_t max, size_t* count) {
  double number = 0;
  if (napi_get_value_double(env, value, &number) != napi_ok) {
    refuse(env, kInput, "%s is no number", name);
    return false;
  }
  if (!(number >= 0 && number <= static_cast<double>(max)) || number != std::floor(number)) {
    refuse(env, kInput, "%s is no whole number from 0 to %zu: %g", name, max, number);
    return false;
  }
  *count = static_cast<size_t>(number);
  return true;
}

// from <= to <= count.
inline bool read_range(napi_env env, napi_value from_value, napi_value to_value, size_t count, size_t* from, size_t* to) {
  return read_count(env, to_value, "to", count, to) && read_count(env, from_value, "from", *to, from);
}

inline bool read_tier(napi_env env, Napi::Object options, const Primitive& primitive, Tier* tier) {
  const Napi::Value value = options.Get(primitive.name);
  if (!value.IsString()) {
    refuse(env, kInput, "options.%s is no string", primitive.name);
    return false;
  }
  const std::string name = value.As<Napi::String>().Utf8Value();
  for (const Tier candidate : kTiers) {
    if (primitive.has(candidate) && name == primitive.tier_name(candidate)) {
      *tier = candidate;
      return true;
    }
  }
  refuse(env, kTier, "no tier %.40s of %s here", name.c_str(), primitive.name);
  return false;
}

// Memory that grows and is not preserved while it does.
template <typename Element>
class Buffer {
 public:
  // nullptr if memory is short.
  Element* reserve(size_t length) {
    if (length > length_) {
      data_.reset(new (std::nothrow) Element[length]);
      length_ = data_ == nullptr ? 0 : length;
    }
    return data_.get();
  }

 private:
  std::unique_ptr<Element[]> data_;
  size_t length_ = 0;
};

}  // namespace chainwright::addon

#endif

// The N-API face of modulus.h: an object for each modulus that JavaScript works with.
//
// It keeps nothing of a value: what a chain of squarings needs lies in JavaScript's memory and is handed over in each call, so that it counts there
// and ends there. Values are copied before they are checked or used, since shared memory may change while we read. Exponents are not: only
// their length is checked, any bytes index within their tables, and the worst that a changing one gives is another power.
#ifndef CHAINWRIGHT_MODULAR_ADDON_MODULUS_H
#define CHAINWRIGHT_MODULAR_ADDON_MODULUS_H

#include <napi.h>

#include "../addon_values.h"
#include "../sha256/messages.h"
#include "chain.h"
#include "proof.h"

namespace chainwright::addon {

constexpr Primitive kModular = {"modular", modular::has_montgomery_tier, modular::montgomery_tier_name};

class ModulusObject : public Napi::ObjectWrap<ModulusObject> {
 public:
  static Napi::Function define(Napi::Env env) {
    return DefineClass(env, "Modulus",
                       {
                           InstanceMethod<&ModulusObject::element_bytes>("elementBytes"),
                           InstanceMethod<&ModulusObject::power>("power"),
                           InstanceMethod<&ModulusObject::power_product>("powerProduct"),
                           InstanceMethod<&ModulusObject::squarings>("squarings"),
                           InstanceMethod<&ModulusObject::is_unit>("isUnit"),
                           InstanceMethod<&ModulusObject::challenge_prime>("challengePrime"),
                           InstanceMethod<&ModulusObject::enter>("enter"),
                           InstanceMethod<&ModulusObject::leave>("leave"),
                           InstanceMethod<&ModulusObject::advance>("advance"),
                           InstanceMethod<&ModulusObject::prove>("prove"),
                           InstanceMethod<&ModulusObject::check_proofs>("checkProofs"),
                       });
  }

  // new Modulus(modulus, { modular, sha256: names of tiers })
  explicit ModulusObject(const Napi::CallbackInfo& info) : Napi::ObjectWrap<ModulusObject>(info) {
    const Napi::Env env = info.Env();
    modular::Number n;
    Tier tier = Tier::kPortable, hashes = Tier::kPortable;
    if (!read_number(env, info[0], "modulus", &n)) return;
    if (n.words[modular::kWords - 1] >> 63 == 0 || (n.words[0] & 1) == 0) {
      refuse(env, kInput, "modulus is even, or has less than 2048 bits");
      return;
    }
    if (!info[1].IsObject()) {
      refuse(env, kInput, "options is no object");
      return;
    }
    const Napi::Object options = info[1].As<Napi::Object>();
    if (!read_tier(env, options, kModular, &tier) || !read_tier(env, options, kSha256, &hashes)) return;
    modulus_.reset(new (std::nothrow) modular::Modulus(n, *modular::montgomery_tier(tier)));
    finder_.reset(new (std::nothrow) modular::PrimeFinder(*modular::prime_tier(tier), sha256_blocks(hashes)));
    if (modulus_ == nullptr || finder_ == nullptr) refuse(env, kMemory, "memory was short");
  }

  // elementBytes() -> bytes of an element: of `enter`, `leave`, `advance` and of the values that a chain keeps.
  Napi::Value element_bytes(const Napi::CallbackInfo& info) {
    return Napi::Number::New(info.Env(), static_cast<double>(element_size()));
  }

  // power(base, exponent, result)
  void power(const Napi::CallbackInfo& info) {
    const Napi::Env env = info.Env();
    modular::Element base;
    Bytes exponent;
    if (!read_element_of_value(env, info[0], "base", &base) || !read_exponent(env, info[1], "exponent", &exponent)) return;
    modular::Element result;
    modulus_->power(base, exponent.data, exponent.length, &result);
    write_value(env, info[2], result);
  }

  // powerProduct(a, exponentA, b, exponentB, result)
  void power_product(const Napi::CallbackInfo& info) {
    const Napi::Env env = info.Env();
    modular::Element a, b, result;
    Bytes exponent_a, exponent_b;
    if (!read_element_of_value(env, info[0], "a", &a) || !read_exponent(env, info[1], "exponentA", &exponent_a) ||
        !read_element_of_value(env, info[2], "b", &b) || !read_exponent(env, info[3], "exponentB", &exponent_b)) {
      return;
    }
    modulus_->power_product(a, exponent_a.data, exponent_a.length, b, exponent_b.data, exponent_b.length, &result);
    write_value(env, info[4], result);
  }

  // squarings(x, count, result)
  void squarings(const Napi::CallbackInfo& info) {
    const Napi::Env env = info.Env();
    modular::Element x;
    size_t count = 0;
    if (!read_element_of_value(env, info[0], "x", &x) || !read_count(env, info[1], "count", kSquaringsMax, &count)) return;
    modulus_->square(&x, count);
    write_value(env, info[2], x);
  }

  // isUnit(value) -> boolean
  Napi::Value is_unit(const Napi::CallbackInfo& info) {
    const Napi::Env env = info.Env();
    modular::Number value;
    if (!read_value(env, info[0], "value", &value)) return Napi::Value();
    return Napi::Boolean::New(env, modular::is_unit(value, modulus_->n()));
  }

  // challengePrime(candidateTag, baseTag, seed, prime) -> which candidate it was
  Napi::Value challenge_prime(const Napi::CallbackInfo& info) {
    const Napi::Env env = info.Env();
    modular::PrimeTags tags;
    uint8_t seed[kSeedBytes];
    Bytes prime;
    if (!read_tags(env, info[0], info[1], &tags) || !read_exactly(env, info[2], "seed", seed, sizeof seed) ||
        !read_sized(env, info[3], "prime", modular::kShortBytes, &prime)) {
      return Napi::Value();
    }
    modular::FoundPrime found;
    if (!finder_->find(tags, seed, &found)) {
      refuse(env, kInput, "none of the candidates is prime");
      return Napi::Value();
    }
    modular::bytes_of_words<4>(found.prime.words, prime.data);
    return Napi::Number::New(env, found.counter);
  }

  // enter(value, element), leave(element, value): a chain's value in the form in which it is squared, and back.
  void enter(const Napi::CallbackInfo& info) {
    const Napi::Env env = info.Env();
    modular::Element element;
    Bytes out;
    if (!read_element_of_value(env, info[0], "value", &element) || !read_sized(env, info[1], "element", element_size(), &out)) return;
    std::memcpy(out.data, element.words, out.length);
  }
  void leave(const Napi::CallbackInfo& info) {
    const Napi::Env env = info.Env();
    modular::Element element = {};
    if (!read_exactly(env, info[0], "element", reinterpret_cast<uint8_t*>(element.words), element_size())) return;
    write_value(env, info[1], element);
  }

  // advance(element, count, kept, done, spacing): squares the element, and keeps the values of a chain that stand at multiples of spacing.
  void advance(const Napi::CallbackInfo& info) {
    const Napi::Env env = info.Env();
    Bytes element, kept;
    size_t count = 0, done = 0, spacing = 0;
    if (!read_sized(env, info[0], "element", element_size(), &element) || !read_count(env, info[1], "count", kSquaringsMax, &count) ||
        !read_bytes(env, info[2], "kept", &kept) || !read_count(env, info[3], "done", kSquaringsMax, &done) ||
        !read_count(env, info[4], "spacing", kSquaringsMax, &spacing)) {
      return;
    }
    if (spacing == 0) return refuse(env, kInput, "spacing is 0");
    if (count == 0) return;
    const size_t last = (done + count - 1) / spacing;
    if (kept.length / element_size() <= last) return refuse(env, kInput, "%zu bytes of kept have no place %zu", kept.length, last);
    modular::advance_chain(*modulus_, element.data, count, kept.data, done, spacing);
  }

  // prove(kept, squarings, window, digitsApart, prime, proof)
  void prove(const Napi::CallbackInfo& info) {
    const Napi::Env env = info.Env();
    Bytes kept;
    uint8_t prime_bytes[modular::kShortBytes];
    size_t squarings = 0, window = 0, digits_apart = 0;
    if (!read_bytes(env, info[0], "kept", &kept) || !read_count(env, info[1], "squarings", kSquaringsMax, &squarings) ||
        !read_count(env, info[2], "window", modular::kWindowBitsMax, &window) ||
        !read_count(env, info[3], "digitsApart", kSquaringsMax, &digits_apart) ||
        !read_exactly(env, info[4], "prime", prime_bytes, sizeof prime_bytes)) {
      return;
    }
    if (squarings == 0 || window == 0 || digits_apart == 0) return refuse(env, kInput, "squarings, window or digitsApart is 0");
    const modular::ProofPlan plan = {squarings, static_cast<unsigned>(window), digits_apart};
    if (kept.length / element_size() < plan.kept())
      return refuse(env, kInput, "%zu bytes of kept for %zu values", kept.length, static_cast<size_t>(plan.kept()));
    const modular::Short prime = modular::short_of(prime_bytes);
    if (prime.words[3] >> 63 == 0) return refuse(env, kInput, "prime has less than 256 bits");
    modular::Number proof;
    if (!modular::prove_chain(*modulus_, kept.data, plan, prime, &proof)) return refuse(env, kMemory, "memory was short");
    write_number(env, info[5], proof);
  }

  // checkProofs(candidateTag, baseTag, xs, ys, proofs, squarings: Uint32Array, seeds, verdicts): all packed; a verdict is a byte, 1: holds.
  void check_proofs(const Napi::CallbackInfo& info) {
    const Napi::Env env = info.Env();
    modular::PrimeTags tags;
    Bytes xs, ys, proofs, seeds, verdicts;
    void* counts = nullptr;
    size_t count = 0;
    if (!read_tags(env, info[0], info[1], &tags) || !read_array(env, info[5], napi_uint32_array, "squarings", &counts, &count) ||
        !read_sized(env, info[2], "xs", modular::kBytes * count, &xs) || !read_sized(env, info[3], "ys", modular::kBytes * count, &ys) ||
        !read_sized(env, info[4], "proofs", modular::kBytes * count, &proofs) ||
        !read_sized(env, info[6], "seeds", kSeedBytes * count, &seeds) || !read_sized(env, info[7], "verdicts", count, &verdicts)) {
      return;
    }
    for (size_t i = 0; i < count; i++) {
      modular::ProofClaim claim;
      uint32_t squarings = 0;
      std::memcpy(&squarings, static_cast<const uint8_t*>(counts) + sizeof squarings * i, sizeof squarings);
      claim.squarings = squarings;
      claim.x = modular::number_of(xs.data + modular::kBytes * i);
      claim.y = modular::number_of(ys.data + modular::kBytes * i);
      claim.proof = modular::number_of(proofs.data + modular::kBytes * i);
      std::memcpy(claim.seed, seeds.data + kSeedBytes * i, kSeedBytes);
      if (!modulus_->contains(claim.x) || !modulus_->contains(claim.y) || !modulus_->contains(claim.proof))
        return refuse(env, kInput, "a value of claim %zu is not below the modulus", i);
      verdicts.data[i] = modular::proof_holds(*modulus_, *finder_, tags, claim) ? 1 : 0;
    }
  }

 private:
  static constexpr size_t kSeedBytes = 32;
  static constexpr size_t kSquaringsMax = size_t{1} << 30;

  size_t element_size() const { return 8 * modulus_->tier().element_words; }

  static bool read_sized(napi_env env, napi_value value, const char* name, size_t length, Bytes* bytes) {
    if (!read_bytes(env, value, name, bytes)) return false;
    if (bytes->length == length) return true;
    refuse(env, kInput, "%s has %zu bytes, not %zu", name, bytes->length, length);
    return false;
  }

  // A copy.
  static bool read_exactly(napi_env env, napi_value value, const char* name, uint8_t* to, size_t length) {
    Bytes bytes;
    if (!read_sized(env, value, name, length, &bytes)) return false;
    std::memcpy(to, bytes.data, length);
    return true;
  }

  static bool read_number(napi_env env, napi_value value, const char* name, modular::Number* number) {
    Bytes bytes;
    if (!read_sized(env, value, name, modular::kBytes, &bytes)) return false;
    *number = modular::number_of(bytes.data);
    return true;
  }

  // Below the modulus.
  bool read_value(napi_env env, napi_value value, const char* name, modular::Number* number) const {
    if (!read_number(env, value, name, number)) return false;
    if (modulus_->contains(*number)) return true;
    refuse(env, kInput, "%s is not below the modulus", name);
    return false;
  }

  bool read_element_of_value(napi_env env, napi_value value, const char* name, modular::Element* element) const {
    modular::Number number;
    if (!read_value(env, value, name, &number)) return false;
    modulus_->enter(number, element);
    return true;
  }

  static bool read_exponent(napi_env env, napi_value value, const char* name, Bytes* bytes) {
    if (!read_bytes(env, value, name, bytes)) return false;
    if (bytes->length <= modular::kExponentBytesMax) return true;
    refuse(env, kInput, "%s has %zu bytes, more than %zu", name, bytes->length, modular::kExponentBytesMax);
    return false;
  }

  static bool read_tags(napi_env env, napi_value candidate, napi_value base, modular::PrimeTags* tags) {
    return read_exactly(env, candidate, "candidateTag", tags->candidate, modular::kTagBytes) &&
           read_exactly(env, base, "baseTag", tags->base, modular::kTagBytes);
  }

  void write_value(napi_env env, napi_value to, const modular::Element& element) const {
    modular::Number number;
    modulus_->leave(element, &number);
    write_number(env, to, number);
  }

  static void write_number(napi_env env, napi_value to, const modular::Number& number) {
    Bytes bytes;
    if (read_sized(env, to, "result", modular::kBytes, &bytes)) modular::bytes_of_words<modular::kWords>(number.words, bytes.data);
  }

  std::unique_ptr<modular::Modulus> modulus_;
  std::unique_ptr<modular::PrimeFinder> finder_;
};

}  // namespace chainwright::addon

#endif

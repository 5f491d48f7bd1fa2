// An array that grows and keeps what it has: std::vector would end the process where memory is short.
#ifndef CHAINWRIGHT_TRIE_MEMORY_H
#define CHAINWRIGHT_TRIE_MEMORY_H

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>

namespace chainwright::trie {

// `Element` is copied as bytes and never constructed or destroyed.
template <typename Element>
class Array {
 public:
  Array() = default;
  ~Array() { std::free(data_); }
  Array(const Array&) = delete;
  Array& operator=(const Array&) = delete;

  // Room for `count` elements in all; the first `kept` of them stay as they are. False if memory is short: then nothing changed.
  bool reserve(size_t count, size_t kept) {
    if (count <= capacity_) return true;
    size_t capacity = capacity_ + capacity_ / 2;
    if (capacity < count) capacity = count;
    if (capacity > SIZE_MAX / 2 / sizeof(Element)) return false;
    const size_t bytes = (capacity * sizeof(Element) + 63) & ~size_t{63};
    void* const grown = std::aligned_alloc(64, bytes);
    if (grown == nullptr) return false;
    if (kept != 0) std::memcpy(grown, static_cast<const void*>(data_), kept * sizeof(Element));
    std::free(data_);
    data_ = static_cast<Element*>(grown);
    capacity_ = bytes / sizeof(Element);
    return true;
  }

  void release() {
    std::free(data_);
    data_ = nullptr;
    capacity_ = 0;
  }

  Element* data() { return data_; }
  Element& operator[](size_t at) { return data_[at]; }
  const Element& operator[](size_t at) const { return data_[at]; }
  size_t bytes() const { return capacity_ * sizeof(Element); }

 private:
  Element* data_ = nullptr;
  size_t capacity_ = 0;
};

}  // namespace chainwright::trie

#endif

// One update of the state trie: changed leaves and the pages that they touch go in, new pages and their hashes come out.
//
// The rules are those of core/state/trie-update.ts, the result is the same to the byte. What differs is the order: breadth
// first. A frame is a page that the changes touch. Descending numbers frames level by level, sorts each frame's changes by
// slot, and asks for the pages of all frames below at once. Building goes through the frames backwards, so that what is below
// is done before, in groups of one depth, whose pages are hashed together while they lie in the cache. All state is in arrays,
// so the work can stop after any number of frames: who calls decides how long a call holds the thread.
//
// Memory that belongs to others (slabs with base pages, the slab that new pages go to) is handed over anew in each call and
// used in that call only. What lies in it may be wrong, and may change while it is read: places are worked out from masks
// that were copied and checked, and contents never decide where memory is touched.
#ifndef CHAINWRIGHT_TRIE_WALK_H
#define CHAINWRIGHT_TRIE_WALK_H

#include <cstddef>
#include <cstdint>

#include "../sha256/sha256.h"
#include "memory.h"
#include "page.h"

namespace chainwright::trie {

struct Slab {
  const uint8_t* data;
  size_t bytes;
};
struct Slabs {
  const Slab* all;
  size_t count;
};

constexpr uint32_t kNone = 0xffffffff;

// Where the base page of a frame lies: slab and byte in it; slab kNone: there is none.
struct Place {
  uint32_t slab;
  uint32_t masks;  // leaves, and borders in the upper half
  size_t at;
};

// A page that differs from the base, or is gone (at: SIZE_MAX).
struct Built {
  uint32_t frame;
  uint32_t masks;
  uint32_t present;
  size_t at;  // byte in the output
};

enum class Outcome : uint8_t { kDone, kRefused, kMemory };

// A frame that descending came upon: its parent frame, its slot there, and whether it has a base page.
struct Request {
  uint32_t parent;
  uint8_t slot;
  bool has_base;
};

class Walk {
 public:
  // Updates of more changes than this are refused.
  static constexpr size_t kChangesMax = size_t{1} << 24;
  // Of more pages, too: a moved leaf names a frame and a slot in 32 bits, a request in JavaScript one more.
  static constexpr size_t kFramesMax = size_t{1} << 27;

  explicit Walk(Sha256PairsFn pairs) : pairs_(pairs) {}

  // Begins an update of `count` leaves: paths and hashes of values, 32 bytes each; deleted[i] != 0: leaf i goes, and its value
  // hash means nothing. In any order, no path twice. All is copied. What an earlier update left is forgotten. Frame 0, the root
  // page, is there afterwards and has a base if `has_root`.
  Outcome begin(const uint8_t* paths, const uint8_t* value_hashes, const uint8_t* deleted, size_t count, bool has_root);

  // Looks at the next `count` frames, whose base pages lie at `places`.
  Outcome descend(const Slabs& slabs, const Place* places, size_t count);

  // Frames there are, and looked at.
  size_t frames() const { return frame_count_; }
  size_t looked_at() const { return next_; }
  Request request(size_t frame) const { return {frames_[frame].parent, frames_[frame].slot, frames_[frame].has_base}; }

  // Builds the pages of up to `frames` frames, backwards, into output[0 .. bytes), as long as there is room for one page of
  // kPageBytesMax more. All frames must have been looked at. `built` has room for one entry a frame. Answers how many pages
  // were built or went, and how many bytes of output were taken.
  Outcome build(const Slabs& slabs, uint8_t* output, size_t bytes, size_t frames, Built* built, size_t* built_count, size_t* used);

  // Frames that are still to be built.
  size_t left() const { return left_; }
  // Node hashes computed.
  size_t hashes() const { return hashes_; }
  // What is wrong, after kRefused: a piece of static text. The update is over then.
  const char* reason() const { return reason_; }

  // Ends the update. Memory stays for the next one up to `keep_bytes`.
  void end(size_t keep_bytes);

 private:
  // Where a slot's content comes from.
  enum Kind : uint8_t {
    kEmpty,
    kKeptLeaf,
    kKeptBorder,
    kMovedLeaf,  // of another frame's base: value is that frame * 16 + its slot
    kNewLeaf,    // value is the index of the change
    kNewBorder,  // value is the frame of the child page
  };

  struct Frame {
    size_t base_at;  // byte in the slab
    uint32_t base_slab;
    uint32_t base_present;
    uint32_t parent;
    uint32_t from, to;  // its changes, in order_
    uint16_t base_leaves, base_borders;
    uint16_t changed;  // slots whose content differs from the base
    uint8_t slot;      // in the parent
    uint8_t depth;
    bool has_base;
    uint8_t kinds[kSlots];
    uint32_t values[kSlots];
  };

  // A page whose hashes are missing.
  struct Unhashed {
    uint8_t* page;
    uint32_t frame;
    uint32_t leaves;
    uint32_t present;
    uint32_t dirty;
    uint8_t ranks[32];  // of node p: how many hashes stand before its own
  };

  // A new leaf: its change, and where its hash belongs.
  struct LeafJob {
    uint32_t change;
    uint8_t* hash;
  };

  // Pages that are hashed together: enough to fill a tier's lanes on each level, few enough to stay in the cache.
  static constexpr size_t kGroup = 128;
  static constexpr size_t kWindow = 16;

  Outcome refuse(const char* reason);
  const uint8_t* base_of(const Frame& frame, const Slabs& slabs) const;
  const uint8_t* leaf_of(const Frame& frame, unsigned slot, const Slabs& slabs, const uint8_t** hash) const;

  Outcome admit(Frame& frame, const Place& place, const Slabs& slabs);
  Outcome check_base(const Frame& frame, const Slabs& slabs);
  Outcome look_at(size_t frame, const Slabs& slabs);
  void partition(const Frame& frame, uint32_t bounds[kSlots + 1]);
  Outcome change_leaves(size_t frame, unsigned slot, uint32_t from, uint32_t to, const Slabs& slabs);
  Outcome push(size_t parent, unsigned slot, uint32_t from, uint32_t to, bool has_base);

  Outcome complete(size_t frame, const Slabs& slabs, uint8_t* output, size_t* used, Built* built, size_t* built_count);
  void collapse(const Frame& frame, size_t index, uint32_t leaves);
  Outcome fill(const Frame& frame, unsigned slot, const Slabs& slabs, const Unhashed& page);
  Outcome copy_shape(const Frame& frame, const uint8_t* base, const Slabs& slabs, uint32_t nodes, const Unhashed& page);
  void hash_group();
  void hash_level(unsigned level);
  void prefetch(const Frame& frame, const Slabs& slabs) const;

  const Sha256PairsFn pairs_;
  const char* reason_ = "";
  bool is_open_ = false;

  size_t change_count_ = 0;
  Array<uint8_t> leaves_;
  Array<uint8_t> deleted_;
  // Changes in the order of their slots, as far as descending has come; and memory to sort by.
  Array<uint32_t> order_;
  Array<uint32_t> sorted_;

  Array<Frame> frames_;
  size_t frame_count_ = 0;
  size_t next_ = 0;
  size_t left_ = 0;
  size_t hashes_ = 0;
  // The hash at the top of each page that was built, by frame.
  Array<uint8_t> tops_;

  Array<Unhashed> group_;
  size_t group_count_ = 0;
  Array<LeafJob> leaf_jobs_;
  size_t leaf_job_count_ = 0;
  // Pairs of one level of a group and their hashes.
  Array<uint8_t> pairs_in_;
  Array<uint8_t> pairs_out_;
};

}  // namespace chainwright::trie

#endif

// The face of an update: its beginning, the way down and its end. The way up is in build.cc.
#include "walk.h"

namespace chainwright::trie {

namespace {

constexpr size_t kBuckets = 4096;

}  // namespace

Outcome Walk::refuse(const char* reason) {
  reason_ = reason;
  is_open_ = false;
  return Outcome::kRefused;
}

Outcome Walk::begin(const uint8_t* paths, const uint8_t* value_hashes, const uint8_t* deleted, size_t count, bool has_root) {
  is_open_ = false;
  frame_count_ = next_ = left_ = hashes_ = 0;
  if (count > kChangesMax) return refuse("there are more changes than one update takes");
  if (!leaves_.reserve(kLeafBytes * count, 0) || !deleted_.reserve(count, 0) || !order_.reserve(count, 0) || !sorted_.reserve(count, 0) ||
      !group_.reserve(kGroup, 0) || !leaf_jobs_.reserve(kGroup * kSlots, 0) || !pairs_in_.reserve(kGroup * kSlots * 64, 0) ||
      !pairs_out_.reserve(kGroup * kSlots * 32, 0)) {
    return Outcome::kMemory;
  }
  // Ordered by the first 12 bits of their paths, so that changes of one page lie close together in memory.
  uint32_t at[kBuckets + 1] = {};
  const auto bucket = [&](size_t i) { return size_t{paths[kHashBytes * i]} << 4 | paths[kHashBytes * i + 1] >> 4; };
  for (size_t i = 0; i < count; i++) at[bucket(i) + 1]++;
  for (size_t i = 0; i < kBuckets; i++) at[i + 1] += at[i];
  for (size_t i = 0; i < count; i++) {
    // The paths may be changed by another thread meanwhile: no place is past the end for that.
    uint32_t& next = at[bucket(i)];
    const uint32_t to = next < count ? next++ : static_cast<uint32_t>(count - 1);
    // Side by side, as a leaf's record is, and the pair that its hash is taken of.
    std::memcpy(leaves_.data() + kLeafBytes * to, paths + kHashBytes * i, kHashBytes);
    std::memcpy(leaves_.data() + kLeafBytes * to + kHashBytes, value_hashes + kHashBytes * i, kHashBytes);
    deleted_[to] = deleted[i];
    order_[i] = static_cast<uint32_t>(i);
  }
  change_count_ = count;
  is_open_ = true;
  return push(0, 0, 0, static_cast<uint32_t>(count), has_root);
}

void Walk::end(size_t keep_bytes) {
  is_open_ = false;
  frame_count_ = next_ = left_ = 0;
  const size_t bytes = leaves_.bytes() + deleted_.bytes() + order_.bytes() + sorted_.bytes() + frames_.bytes() + tops_.bytes();
  if (bytes <= keep_bytes) return;
  leaves_.release();
  deleted_.release();
  order_.release();
  sorted_.release();
  frames_.release();
  tops_.release();
}

// nullptr if the slab is not as long as it was when the page was admitted.
const uint8_t* Walk::base_of(const Frame& frame, const Slabs& slabs) const {
  if (frame.base_slab >= slabs.count) return nullptr;
  const Slab& slab = slabs.all[frame.base_slab];
  const size_t bytes = page_bytes(frame.base_leaves, frame.base_present);
  if (slab.bytes < bytes || frame.base_at > slab.bytes - bytes) return nullptr;
  return slab.data + frame.base_at;
}

// The record of a leaf that is kept or moved, and its hash; nullptr as above.
const uint8_t* Walk::leaf_of(const Frame& frame, unsigned slot, const Slabs& slabs, const uint8_t** hash) const {
  const bool is_kept = frame.kinds[slot] == kKeptLeaf;
  const Frame& home = is_kept ? frame : frames_[frame.values[slot] / kSlots];
  const unsigned home_slot = is_kept ? slot : frame.values[slot] % kSlots;
  const uint8_t* const base = base_of(home, slabs);
  if (base == nullptr) return nullptr;
  if (hash != nullptr) *hash = base + hash_at(home.base_present, kFirstSlot + home_slot);
  return base + leaf_at(home.base_leaves, home.base_present, home_slot);
}

// A frame below `parent` (frame 0: no matter).
Outcome Walk::push(size_t parent, unsigned slot, uint32_t from, uint32_t to, bool has_base) {
  const unsigned depth = frame_count_ == 0 ? 0 : frames_[parent].depth + 1u;
  // Two leaves that are still together here have the same path.
  if (depth >= kPageDepths) return refuse("a path comes twice, or a leaf lies in a page that is not on its path");
  if (frame_count_ >= kFramesMax) return refuse("there are more pages than one update takes");
  if (!frames_.reserve(frame_count_ + 1, frame_count_)) return Outcome::kMemory;
  Frame& frame = frames_[frame_count_++];
  frame.base_slab = kNone;
  frame.base_at = 0;
  frame.base_present = 0;
  frame.base_leaves = frame.base_borders = frame.changed = 0;
  frame.parent = static_cast<uint32_t>(parent);
  frame.from = from;
  frame.to = to;
  frame.slot = static_cast<uint8_t>(slot);
  frame.depth = static_cast<uint8_t>(depth);
  frame.has_base = has_base;
  std::memset(frame.kinds, kEmpty, sizeof frame.kinds);
  return Outcome::kDone;
}

// Takes over where the base page lies and what shape it has. From here on its bounds are known to hold.
Outcome Walk::admit(Frame& frame, const Place& place, const Slabs& slabs) {
  if (!frame.has_base) return place.slab == kNone ? Outcome::kDone : refuse("a new page was given a base");
  const uint32_t leaves = place.masks & 0xffff;
  const uint32_t borders = place.masks >> 16;
  if (place.slab >= slabs.count) return refuse("a page lies in a slab that is not there");
  if ((leaves & borders) != 0) return refuse("a slot of a page is a leaf and a border");
  if (borders == 0 && popcount(leaves) < (frame.depth == 0 ? 1u : 2u)) return refuse("a page has too few leaves");
  frame.base_slab = place.slab;
  frame.base_at = place.at;
  frame.base_leaves = static_cast<uint16_t>(leaves);
  frame.base_borders = static_cast<uint16_t>(borders);
  frame.base_present = present_nodes(leaves, borders);
  for (unsigned slot = 0; slot < kSlots; slot++) {
    frame.kinds[slot] = (leaves >> slot & 1) != 0 ? kKeptLeaf : (borders >> slot & 1) != 0 ? kKeptBorder : kEmpty;
  }
  const uint8_t* const base = base_of(frame, slabs);
  if (base == nullptr) return refuse("a page does not lie within its slab");
  // All that is looked at on the way down are leaves in slots that change.
  uint32_t touched = 0;
  for (uint32_t i = frame.from; i < frame.to && i < frame.from + kSlots; i++) {
    touched |= 1u << slot_of(leaves_.data() + kLeafBytes * order_[i], frame.depth);
  }
  for (uint32_t slots = touched & leaves; slots != 0; slots &= slots - 1) {
    __builtin_prefetch(base + leaf_at(leaves, frame.base_present, lowest_bit(slots)));
  }
  return Outcome::kDone;
}

Outcome Walk::descend(const Slabs& slabs, const Place* places, size_t count) {
  if (!is_open_) return refuse("no update is open");
  if (count > frame_count_ - next_) return refuse("there are not so many pages to look at");
  const size_t end = next_ + count;
  for (size_t window = next_; window < end; window += kWindow) {
    const size_t stop = end - window < kWindow ? end : window + kWindow;
    for (size_t i = window; i < stop; i++, places++) {
      const Outcome outcome = admit(frames_[i], *places, slabs);
      if (outcome != Outcome::kDone) return outcome;
    }
    for (; next_ < stop; next_++) {
      const Outcome outcome = look_at(next_, slabs);
      if (outcome != Outcome::kDone) return outcome;
    }
  }
  left_ = frame_count_;
  return Outcome::kDone;
}

// Sorts the frame's changes by slot: one step of a radix sort.
void Walk::partition(const Frame& frame, uint32_t bounds[kSlots + 1]) {
  const unsigned depth = frame.depth;
  uint32_t* const order = order_.data();
  uint32_t counts[kSlots] = {};
  for (uint32_t i = frame.from; i < frame.to; i++) counts[slot_of(leaves_.data() + kLeafBytes * order[i], depth)]++;
  uint32_t places[kSlots];
  uint32_t at = frame.from;
  for (unsigned slot = 0; slot < kSlots; slot++) {
    bounds[slot] = places[slot] = at;
    at += counts[slot];
  }
  bounds[kSlots] = at;
  if (frame.to - frame.from < 2) return;
  uint32_t* const sorted = sorted_.data();
  for (uint32_t i = frame.from; i < frame.to; i++) {
    sorted[places[slot_of(leaves_.data() + kLeafBytes * order[i], depth)]++] = order[i];
  }
  std::memcpy(order + frame.from, sorted + frame.from, sizeof(uint32_t) * (frame.to - frame.from));
}

Outcome Walk::look_at(size_t index, const Slabs& slabs) {
  uint32_t bounds[kSlots + 1];
  partition(frames_[index], bounds);
  for (unsigned slot = 0; slot < kSlots; slot++) {
    const uint32_t from = bounds[slot], to = bounds[slot + 1];
    if (from == to) continue;
    const Outcome outcome = frames_[index].kinds[slot] == kKeptBorder ? push(index, slot, from, to, true)
                                                                       : change_leaves(index, slot, from, to, slabs);
    if (outcome != Outcome::kDone) return outcome;
  }
  return Outcome::kDone;
}

// A slot without a page below it: none or one leaf so far.
Outcome Walk::change_leaves(size_t index, unsigned slot, uint32_t from, uint32_t to, const Slabs& slabs) {
  const Kind kind = static_cast<Kind>(frames_[index].kinds[slot]);
  const uint8_t* leaf = nullptr;
  if (kind != kEmpty) {
    leaf = leaf_of(frames_[index], slot, slabs, nullptr);
    if (leaf == nullptr) return refuse("a slab is shorter than it was");
  }
  uint32_t same = kNone, last = kNone;
  size_t inserted = 0;
  for (uint32_t i = from; i < to; i++) {
    const uint32_t change = order_[i];
    if (leaf != nullptr && std::memcmp(leaves_.data() + kLeafBytes * change, leaf, kHashBytes) == 0) same = change;
    if (deleted_[change] != 0) continue;
    inserted++;
    last = change;
  }
  const bool is_kept = leaf != nullptr && same == kNone;
  if (inserted + (is_kept ? 1 : 0) >= 2) {
    const Outcome outcome = push(index, slot, from, to, false);
    if (outcome != Outcome::kDone || !is_kept) return outcome;
    Frame& child = frames_[frame_count_ - 1];
    const unsigned below = slot_of(leaf, child.depth);
    child.kinds[below] = kMovedLeaf;
    child.values[below] = kind == kKeptLeaf ? static_cast<uint32_t>(index * kSlots + slot) : frames_[index].values[slot];
    child.changed = static_cast<uint16_t>(child.changed | 1u << below);
    return Outcome::kDone;
  }
  Frame& frame = frames_[index];
  if (inserted == 1) {
    const bool is_unchanged =
        last == same && std::memcmp(leaves_.data() + kLeafBytes * last + kHashBytes, leaf + kHashBytes, kHashBytes) == 0;
    if (is_unchanged) return Outcome::kDone;
    frame.kinds[slot] = kNewLeaf;
    frame.values[slot] = last;
    frame.changed = static_cast<uint16_t>(frame.changed | 1u << slot);
  } else if (!is_kept && kind != kEmpty) {
    frame.kinds[slot] = kEmpty;
    frame.changed = static_cast<uint16_t>(frame.changed | 1u << slot);
  }
  return Outcome::kDone;
}

}  // namespace chainwright::trie

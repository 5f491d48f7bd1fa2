// The way up: pages are built from the last frame to the first and hashed in groups of one depth.
//
// What keeps the shape canonical is the rule of core/state/trie-update.ts: a page that ends with a single leaf and no border
// is no page; its leaf moves up into the slot above.
#include "walk.h"

namespace chainwright::trie {

namespace {

inline void copy_hash(uint8_t* to, const uint8_t* from) { std::memcpy(to, from, kHashBytes); }

}  // namespace

// The whole base page: it is copied soon.
void Walk::prefetch(const Frame& frame, const Slabs& slabs) const {
  const uint8_t* const base = frame.has_base ? base_of(frame, slabs) : nullptr;
  if (base == nullptr) return;
  const size_t bytes = page_bytes(frame.base_leaves, frame.base_present);
  for (size_t at = 0; at < bytes; at += 64) __builtin_prefetch(base + at);
  if (frame.depth == 0) return;
  const Frame& parent = frames_[frame.parent];
  const uint8_t* const above = base_of(parent, slabs);
  if (above != nullptr) __builtin_prefetch(above + hash_at(parent.base_present, kFirstSlot + frame.slot));
}

Outcome Walk::build(const Slabs& slabs, uint8_t* output, size_t bytes, size_t frames, Built* built, size_t* built_count, size_t* used) {
  *built_count = 0;
  *used = 0;
  if (!is_open_) return refuse("no update is open");
  if (next_ != frame_count_) return refuse("pages that are still to be looked at can't be built");
  // Grows at most once an update: before there is anything in it.
  if (!tops_.reserve(kHashBytes * frame_count_, 0)) return Outcome::kMemory;
  const size_t stop = frames < left_ ? left_ - frames : 0;
  constexpr size_t kAhead = 6;
  for (size_t i = 0; i < kAhead && left_ > stop + i; i++) prefetch(frames_[left_ - 1 - i], slabs);
  while (left_ > stop && bytes - *used >= kPageBytesMax) {
    group_count_ = leaf_job_count_ = 0;
    const uint8_t depth = frames_[left_ - 1].depth;
    while (left_ > stop && group_count_ < kGroup && bytes - *used >= kPageBytesMax && frames_[left_ - 1].depth == depth) {
      if (left_ > stop + kAhead) prefetch(frames_[left_ - 1 - kAhead], slabs);
      const Outcome outcome = complete(left_ - 1, slabs, output, used, built, built_count);
      if (outcome != Outcome::kDone) return outcome;
      left_--;
    }
    hash_group();
  }
  return Outcome::kDone;
}

// The page must be the one that its parent's border names. Asked on the way up, when both are read anyway.
Outcome Walk::check_base(const Frame& frame, const Slabs& slabs) {
  if (!frame.has_base || frame.depth == 0) return Outcome::kDone;
  const Frame& parent = frames_[frame.parent];
  const uint8_t* const above = base_of(parent, slabs);
  const uint8_t* const base = base_of(frame, slabs);
  if (above == nullptr || base == nullptr) return refuse("a slab is shorter than it was");
  const uint8_t* const border = above + hash_at(parent.base_present, kFirstSlot + frame.slot);
  return std::memcmp(base, border, kHashBytes) == 0 ? Outcome::kDone : refuse("a page is not the one that the page above names");
}

// The frame's slots are settled: builds its page, or collapses it, and tells the frame above.
Outcome Walk::complete(size_t index, const Slabs& slabs, uint8_t* output, size_t* used, Built* built, size_t* built_count) {
  const Frame& frame = frames_[index];
  const Outcome checked = check_base(frame, slabs);
  if (checked != Outcome::kDone) return checked;
  if (frame.changed == 0) return Outcome::kDone;
  uint32_t leaves = 0, borders = 0;
  for (unsigned slot = 0; slot < kSlots; slot++) {
    const uint8_t kind = frame.kinds[slot];
    if (kind == kKeptBorder || kind == kNewBorder) borders |= 1u << slot;
    else if (kind != kEmpty) leaves |= 1u << slot;
  }
  if (borders == 0 && popcount(leaves) < 2 && (frame.depth > 0 || leaves == 0)) {
    if (frame.has_base) built[(*built_count)++] = {static_cast<uint32_t>(index), 0, 0, SIZE_MAX};
    if (frame.depth > 0) collapse(frame, index, leaves);
    return Outcome::kDone;
  }
  const uint32_t nodes = present_nodes(leaves, borders);
  Unhashed& page = group_[group_count_];
  page.page = output + *used;
  page.frame = static_cast<uint32_t>(index);
  page.leaves = leaves;
  page.present = nodes;
  page.dirty = nodes_above(frame.changed) & nodes;
  uint8_t rank = 0;
  for (unsigned node = 0; node < 32; node++) {
    page.ranks[node] = rank;
    rank = static_cast<uint8_t>(rank + (nodes >> node & 1));
  }
  const uint8_t* const base = frame.has_base ? base_of(frame, slabs) : nullptr;
  if (frame.has_base && base == nullptr) return refuse("a slab is shorter than it was");
  if (base != nullptr && frame.base_leaves == leaves && frame.base_borders == borders) {
    std::memcpy(page.page, base, page_bytes(leaves, nodes));
  } else {
    const Outcome outcome = copy_shape(frame, base, slabs, nodes, page);
    if (outcome != Outcome::kDone) return outcome;
  }
  for (uint32_t slots = frame.changed; slots != 0; slots &= slots - 1) {
    const Outcome outcome = fill(frame, lowest_bit(slots), slabs, page);
    if (outcome != Outcome::kDone) return outcome;
  }
  group_count_++;
  built[(*built_count)++] = {static_cast<uint32_t>(index), leaves | borders << 16, nodes, *used};
  *used += page_bytes(leaves, nodes);
  if (frame.depth > 0) {
    Frame& above = frames_[frame.parent];
    above.kinds[frame.slot] = kNewBorder;
    above.values[frame.slot] = static_cast<uint32_t>(index);
    above.changed = static_cast<uint16_t>(above.changed | 1u << frame.slot);
  }
  return Outcome::kDone;
}

// A page with one leaf or none: what is left moves into the slot above.
void Walk::collapse(const Frame& frame, size_t index, uint32_t leaves) {
  Frame& above = frames_[frame.parent];
  const unsigned into = frame.slot;
  above.changed = static_cast<uint16_t>(above.changed | 1u << into);
  if (leaves == 0) {
    above.kinds[into] = kEmpty;
    return;
  }
  const unsigned slot = lowest_bit(leaves);
  const bool is_kept = frame.kinds[slot] == kKeptLeaf;
  above.kinds[into] = is_kept ? static_cast<uint8_t>(kMovedLeaf) : frame.kinds[slot];
  above.values[into] = is_kept ? static_cast<uint32_t>(index * kSlots + slot) : frame.values[slot];
}

// What a page of another shape takes from its base: inner nodes that stay, and slots that are not changed.
Outcome Walk::copy_shape(const Frame& frame, const uint8_t* base, const Slabs& slabs, uint32_t nodes, const Unhashed& page) {
  if (base == nullptr) return Outcome::kDone;
  for (uint32_t kept = nodes & frame.base_present & ~page.dirty & 0xffff; kept != 0; kept &= kept - 1) {
    const unsigned node = lowest_bit(kept);
    copy_hash(page.page + kHashBytes * page.ranks[node], base + hash_at(frame.base_present, node));
  }
  for (uint32_t slots = (page.present >> kFirstSlot) & ~uint32_t{frame.changed}; slots != 0; slots &= slots - 1) {
    const Outcome outcome = fill(frame, lowest_bit(slots), slabs, page);
    if (outcome != Outcome::kDone) return outcome;
  }
  return Outcome::kDone;
}

Outcome Walk::fill(const Frame& frame, unsigned slot, const Slabs& slabs, const Unhashed& page) {
  uint8_t* const hash = page.page + kHashBytes * page.ranks[kFirstSlot + slot];
  uint8_t* const record = page.page + leaf_at(page.leaves, page.present, slot);
  switch (frame.kinds[slot]) {
    case kEmpty:
      return Outcome::kDone;
    case kNewBorder:
      copy_hash(hash, tops_.data() + kHashBytes * frame.values[slot]);
      return Outcome::kDone;
    case kKeptBorder: {
      const uint8_t* const base = base_of(frame, slabs);
      if (base == nullptr) return refuse("a slab is shorter than it was");
      copy_hash(hash, base + hash_at(frame.base_present, kFirstSlot + slot));
      return Outcome::kDone;
    }
    case kNewLeaf:
      std::memcpy(record, leaves_.data() + kLeafBytes * frame.values[slot], kLeafBytes);
      leaf_jobs_[leaf_job_count_++] = {frame.values[slot], hash};
      return Outcome::kDone;
    default: {
      const uint8_t* leaf_hash = nullptr;
      const uint8_t* const leaf = leaf_of(frame, slot, slabs, &leaf_hash);
      if (leaf == nullptr) return refuse("a slab is shorter than it was");
      copy_hash(hash, leaf_hash);
      std::memcpy(record, leaf, kLeafBytes);
      return Outcome::kDone;
    }
  }
}

// Fills in what is missing in the pages of a group: leaves, then inner nodes level by level.
void Walk::hash_group() {
  for (size_t i = 0; i < leaf_job_count_; i++) {
    std::memcpy(pairs_in_.data() + 64 * i, leaves_.data() + kLeafBytes * leaf_jobs_[i].change, kLeafBytes);
  }
  if (leaf_job_count_ != 0) pairs_(pairs_in_.data(), pairs_out_.data(), leaf_job_count_, 0x7f, 0x00);
  for (size_t i = 0; i < leaf_job_count_; i++) copy_hash(leaf_jobs_[i].hash, pairs_out_.data() + 32 * i);
  hashes_ += leaf_job_count_;
  for (unsigned level = kLevels; level-- > 0;) hash_level(level);
  for (size_t i = 0; i < group_count_; i++) {
    // A root page of one leaf has no inner node, and nobody above that asks for its hash.
    if ((group_[i].present & 2) != 0) copy_hash(tops_.data() + kHashBytes * group_[i].frame, group_[i].page);
  }
}

void Walk::hash_level(unsigned level) {
  const uint32_t of_level = ((uint32_t{1} << (1u << level)) - 1) << (1u << level);
  uint8_t* into = pairs_in_.data();
  for (size_t i = 0; i < group_count_; i++) {
    const Unhashed& page = group_[i];
    for (uint32_t bits = page.dirty & of_level; bits != 0; bits &= bits - 1, into += 64) {
      const unsigned left = 2 * lowest_bit(bits);
      if ((page.present >> left & 3) == 3) {
        // Both have hashes of their own, which then lie side by side: a pair as it stands.
        std::memcpy(into, page.page + kHashBytes * page.ranks[left], 64);
        continue;
      }
      for (unsigned child = left; child < left + 2; child++) {
        uint8_t* const half = into + kHashBytes * (child - left);
        unsigned node = child;
        if ((page.present >> node & 1) == 0) {
          // No hash of its own: a lone leaf's, which stands in its slot, or none.
          const unsigned shift = kLevels - 1 - level;
          const uint32_t span = ((uint32_t{1} << (1u << shift)) - 1) << ((child << shift) - kFirstSlot);
          const uint32_t leaf = child >= kFirstSlot ? 0 : page.leaves & span;
          if (leaf == 0) {
            std::memset(half, 0, kHashBytes);
            continue;
          }
          node = kFirstSlot + lowest_bit(leaf);
        }
        copy_hash(half, page.page + kHashBytes * page.ranks[node]);
      }
    }
  }
  const size_t count = static_cast<size_t>(into - pairs_in_.data()) / 64;
  if (count == 0) return;
  pairs_(pairs_in_.data(), pairs_out_.data(), count, 0x7f, 0x80);
  hashes_ += count;
  const uint8_t* from = pairs_out_.data();
  for (size_t i = 0; i < group_count_; i++) {
    const Unhashed& page = group_[i];
    for (uint32_t bits = page.dirty & of_level; bits != 0; bits &= bits - 1, from += 32) {
      copy_hash(page.page + kHashBytes * page.ranks[lowest_bit(bits)], from);
    }
  }
}

}  // namespace chainwright::trie

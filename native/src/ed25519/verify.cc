// Memory and order of the pipeline (verify.h). One block of arrays serves a chunk; each step closes the gaps that it leaves, so
// that the next one runs over dense arrays.
#include "verify.h"

#include <cstring>

#include "batch_items.h"
#include "culprits.h"
#include "packed_point.h"
#include "scalar.h"

namespace chainwright::ed25519 {

namespace {

// More signatures at once would make a combination little cheaper (an addition a term less), and no longer fit the caches.
constexpr size_t kChunkMax = 8192;
// Hashed at once: enough to order them by length, and their digests stay in the first-level cache's reach.
constexpr size_t kHashChunk = 1024;

// Where one way becomes quicker than another, measured from bytes (native/README.md): up to `single_at_most` signatures one
// after the other (verify_one), from `combine_at_least` on a random combination, between them lanes of single ones
// (verify_each).
struct Thresholds {
  size_t single_at_most, combine_at_least;
};

Thresholds thresholds(const CurveTier& tier) {
  if (tier.lanes >= 8) return {3, 9};
  if (tier.lanes >= 4) return {2, 13};
  return {9, 10};
}

// Hands out parts of one block, each on cache lines of its own. Without a block it only measures.
class Parts {
 public:
  explicit Parts(uint8_t* block) : block_(block) {}
  template <class T>
  void take(T*& part, size_t count) {
    if (block_ != nullptr) part = reinterpret_cast<T*>(block_ + used_);
    used_ += (count * sizeof(T) + 63) & ~size_t{63};
  }
  size_t used() const { return used_; }

 private:
  uint8_t* block_;
  size_t used_ = 0;
};

size_t table_size(size_t keys) {
  size_t size = 64;
  while (size < 2 * keys) size *= 2;
  return size;
}

}  // namespace

// Arrays for one chunk of at most `capacity` signatures. Entry j of the arrays of `items` belongs to the j-th signature that
// is still in question; places[j] is its place in the chunk.
struct Verifier::Workspace {
  size_t capacity;
  PackedPoint* points;       // [0] B, [1..] the R's, behind them keys to decode; known keys from the end down
  uint8_t* decoded;          // of points[1..]
  const uint8_t** encodings; // of points[1..]
  uint32_t* places;
  uint32_t* indices;         // places + the chunk's beginning
  uint32_t* order;           // for the hash
  uint8_t* digests;
  uint32_t* key_of;          // signature j's key: a number below the count of distinct keys
  uint32_t* key_table;       // open addressing: key number + 1, 0 is free
  uint8_t* keys;             // of each distinct key, its bytes: what is looked up, decoded and cached is this copy, whatever happens
                             // to the caller's memory meanwhile, for the cache outlives the batch
  uint64_t* key_hashes;
  uint32_t* key_items;       // a signature that has it
  uint32_t* key_points;      // its point's index, or kNoSlot
  Scalar* weights;
  uint32_t* found;
  uint8_t* verdicts;         // of signature j
  uint8_t* ok;               // of place i in the chunk
  BatchItems items;

  size_t lay_out(uint8_t* block) {
    Parts parts(block);
    const size_t points_max = 2 * capacity + 1;
    parts.take(points, points_max);
    parts.take(decoded, points_max);
    parts.take(encodings, points_max);
    parts.take(places, capacity);
    parts.take(indices, capacity);
    parts.take(order, kHashChunk);
    parts.take(digests, 64 * kHashChunk);
    parts.take(key_of, capacity);
    parts.take(key_table, table_size(capacity));
    parts.take(keys, 32 * capacity);
    parts.take(key_hashes, capacity);
    parts.take(key_items, capacity);
    parts.take(key_points, capacity);
    parts.take(weights, 2 * capacity);
    parts.take(found, capacity);
    parts.take(verdicts, capacity);
    parts.take(ok, capacity);
    parts.take(items.a_points, capacity);
    parts.take(items.r_points, capacity);
    parts.take(items.s, capacity);
    parts.take(items.k, capacity);
    parts.take(items.z, capacity);
    parts.take(items.short_terms, capacity);
    parts.take(items.long_terms, 2 * capacity + 1);
    parts.take(items.wide_sums, capacity);
    parts.take(items.slots, points_max);
    items.points = points;
    return parts.used();
  }
};

// Signatures with s < L; s and places are set for them.
size_t Verifier::parse(const SignatureBatch& batch, size_t from, size_t count, Workspace& work) const {
  size_t live = 0;
  for (size_t i = 0; i < count; ++i) {
    const Scalar s = load_scalar(batch.signatures + 64 * (from + i) + 32);
    work.items.s[live] = s;
    work.places[live] = static_cast<uint32_t>(i);
    work.indices[live] = static_cast<uint32_t>(from + i);
    live += is_reduced(s) ? 1 : 0;
  }
  return live;
}

// Numbers the distinct keys and looks them up in the cache: known ones are copied to the end of `points`, the others are
// lined up behind the R's to be decoded. Returns how many those are.
size_t Verifier::find_keys(const SignatureBatch& batch, size_t count, Workspace& work) {
  const size_t mask = table_size(count) - 1;
  std::memset(work.key_table, 0, (mask + 1) * sizeof(uint32_t));
  size_t keys = 0, misses = 0, known = 0;
  for (size_t j = 0; j < count; ++j) {
    uint8_t* const key = work.keys + 32 * keys;
    std::memcpy(key, batch.public_keys + 32 * size_t{work.indices[j]}, 32);
    const uint64_t hash = key_hash_(key);
    size_t at = static_cast<size_t>(hash) & mask;
    uint32_t number;
    while ((number = work.key_table[at]) != 0) {
      const uint32_t other = number - 1;
      if (work.key_hashes[other] == hash && std::memcmp(work.keys + 32 * size_t{other}, key, 32) == 0) break;
      at = (at + 1) & mask;
    }
    if (number != 0) {
      work.key_of[j] = number - 1;
      continue;
    }
    work.key_table[at] = static_cast<uint32_t>(keys + 1);
    work.key_hashes[keys] = hash;
    work.key_items[keys] = static_cast<uint32_t>(j);
    work.key_of[j] = static_cast<uint32_t>(keys);
    const PackedPoint* point = nullptr;
    switch (cache_.find(key, hash, &point)) {
      case KeyCache::Found::kPoint: {
        const size_t index = 2 * work.capacity - known++;
        work.points[index] = *point;
        work.key_points[keys] = static_cast<uint32_t>(index);
        break;
      }
      case KeyCache::Found::kUndecodable:
        work.key_points[keys] = BatchItems::kNoSlot;
        break;
      case KeyCache::Found::kAbsent: {
        const size_t index = 1 + count + misses++;
        work.encodings[index] = key;
        work.key_points[keys] = static_cast<uint32_t>(index);
        break;
      }
    }
    ++keys;
  }
  // What is not cached yet is inserted after decoding, in the order of the keys' numbers (decode).
  return misses;
}

// Decodes R's and unknown keys, and closes the gaps of signatures that have something undecodable.
size_t Verifier::decode(const SignatureBatch& batch, size_t count, size_t misses, Workspace& work) {
  BatchItems& items = work.items;
  for (size_t j = 0; j < count; ++j) work.encodings[1 + j] = batch.signatures + 64 * size_t{work.indices[j]};
  tier_.decompress(work.encodings + 1, count + misses, work.points + 1, work.decoded + 1);

  size_t live = 0;
  size_t next_miss = 1 + count;
  for (size_t j = 0; j < count; ++j) {
    const uint32_t key = work.key_of[j];
    // A key that had to be decoded, at the first signature that has it. (Where all of `points` is used, the index behind the
    // last decoded one is that of a key from the cache.)
    if (next_miss < 1 + count + misses && work.key_points[key] == next_miss && work.key_items[key] == j) {
      const bool decodes = work.decoded[next_miss] != 0;
      cache_.insert(work.encodings[next_miss], work.key_hashes[key], decodes ? work.points + next_miss : nullptr);
      if (!decodes) work.key_points[key] = BatchItems::kNoSlot;
      ++next_miss;
    }
    if (work.decoded[1 + j] == 0 || work.key_points[key] == BatchItems::kNoSlot) continue;
    items.r_points[live] = static_cast<uint32_t>(1 + j);
    items.a_points[live] = work.key_points[key];
    items.s[live] = items.s[j];
    work.places[live] = work.places[j];
    work.indices[live] = work.indices[j];
    ++live;
  }
  return live;
}

void Verifier::hash(const SignatureBatch& batch, size_t count, Workspace& work) const {
  for (size_t from = 0; from < count; from += kHashChunk) {
    const size_t part = count - from < kHashChunk ? count - from : kHashChunk;
    challenges_(batch.signatures, batch.public_keys, batch.messages, batch.offsets, work.indices + from, part, work.order, work.digests);
    for (size_t j = 0; j < part; ++j) work.items.k[from + j] = reduce_digest(work.digests + 64 * j);
  }
}

// verdicts[0..count).
void Verifier::judge(size_t count, Workspace& work) {
  BatchItems& items = work.items;
  items.count = count;
  if (count < thresholds(tier_).combine_at_least || !random_.seed()) {
    // Few of them; or no randomness, without which every verdict is still exact, but dearer.
    return verify_items_each(tier_, items, 0, count, work.verdicts, tier_scratch_);
  }
  random_.fill(reinterpret_cast<uint8_t*>(items.z), count * sizeof(Coefficient));
  for (size_t j = 0; j < count; ++j) {
    if ((items.z[j].words[0] | items.z[j].words[1]) == 0) items.z[j].words[0] = 1;
  }
  std::memset(items.slots, 0xff, (2 * work.capacity + 1) * sizeof(uint32_t));  // kNoSlot
  PackedPoint sum;
  switch (sum_of_items(tier_, items, 0, count, tier_scratch_, &sum)) {
    case 1:
      std::memset(work.verdicts, 1, count);
      break;
    case 0:
      find_culprits(tier_, items, sum, work.weights, work.found, work.verdicts, tier_scratch_);
      break;
    default:
      verify_items_each(tier_, items, 0, count, work.verdicts, tier_scratch_);
  }
}

void Verifier::verify_chunk(const SignatureBatch& batch, size_t from, size_t count, Workspace& work) {
  std::memset(work.ok, 0, count);
  work.points[BatchItems::kBasePoint] = base_point();
  size_t live = parse(batch, from, count, work);
  const size_t misses = find_keys(batch, live, work);
  live = decode(batch, live, misses, work);
  if (live == 0) return;
  hash(batch, live, work);
  judge(live, work);
  for (size_t j = 0; j < live; ++j) work.ok[work.places[j]] = work.verdicts[j];
}

bool Verifier::verify_single(const SignatureBatch& batch, uint32_t index) {
  uint8_t key[32];  // a copy, as Workspace::keys
  std::memcpy(key, batch.public_keys + 32 * size_t{index}, 32);
  const uint8_t* const signature = batch.signatures + 64 * size_t{index};
  const Scalar s = load_scalar(signature + 32);
  if (!is_reduced(s)) return false;
  const uint64_t key_hash = key_hash_(key);
  const PackedPoint* cached = nullptr;
  const KeyCache::Found found = cache_.find(key, key_hash, &cached);
  if (found == KeyCache::Found::kUndecodable) return false;
  uint8_t digest[64];
  uint32_t order;
  challenges_(batch.signatures, batch.public_keys, batch.messages, batch.offsets, &index, 1, &order, digest);
  PackedPoint point;
  uint8_t decodes = 0;
  const bool valid = tier_.verify_one(key, cached, signature, s, reduce_digest(digest), &point, &decodes);
  if (found == KeyCache::Found::kAbsent) cache_.insert(key, key_hash, decodes != 0 ? &point : nullptr);
  return valid;
}

size_t Verifier::verify(const SignatureBatch& batch, size_t from, size_t to, uint8_t* bitmap) {
  const size_t count = to - from;
  if (count == 0) return 0;
  size_t valid = 0;
  if (count <= thresholds(tier_).single_at_most) {
    for (size_t entry = from; entry < to; ++entry) {
      if (!verify_single(batch, static_cast<uint32_t>(entry))) continue;
      bitmap[entry >> 3] = static_cast<uint8_t>(bitmap[entry >> 3] | 1u << (entry & 7));
      ++valid;
    }
    return valid;
  }
  // Chunks of equal size, so that none is a small rest.
  const size_t chunks = (count + kChunkMax - 1) / kChunkMax;
  Workspace work = {};
  work.capacity = (count + chunks - 1) / chunks;
  // The only memory that must be there, and asked for before any verdict: the tier's may be short, then judge() goes on
  // without it.
  uint8_t* const block = work_scratch_.reserve(work.lay_out(nullptr));
  if (block == nullptr) return SIZE_MAX;
  work.lay_out(block);

  for (size_t at = from; at < to; at += work.capacity) {
    const size_t part = to - at < work.capacity ? to - at : work.capacity;
    verify_chunk(batch, at, part, work);
    for (size_t i = 0; i < part; ++i) {
      const size_t entry = at + i;
      bitmap[entry >> 3] = static_cast<uint8_t>(bitmap[entry >> 3] | static_cast<unsigned>(work.ok[i]) << (entry & 7));
      valid += work.ok[i];
    }
  }
  return valid;
}

}  // namespace chainwright::ed25519

// The walk over pages of the state trie: random updates against the rule of the trie in its plainest form, in calls of random
// sizes, over pages that lie exactly in their slabs; then pages and calls that are wrong, which must be refused.
#include <algorithm>
#include <cstring>
#include <map>
#include <memory>

#include "../src/engine.h"
#include "../src/sha256/sha256.h"
#include "../src/trie/walk.h"
#include "checks.h"

namespace chainwright::test {

namespace {

using trie::Built;
using trie::kHashBytes;
using trie::kLeafBytes;
using trie::kNone;
using trie::Outcome;
using trie::Place;
using trie::Request;
using trie::Walk;

using Hash = std::string;
using Leaves = std::map<std::string, std::string>;  // path to value hash

Hash tagged(Engine& engine, HashTag tag, const std::string& pair) {
  uint8_t out[32];
  engine.hash_pairs(reinterpret_cast<const uint8_t*>(pair.data()), out, tag, 0, 1);
  return Hash(reinterpret_cast<const char*>(out), 32);
}

bool bit_of(const std::string& path, unsigned bit) { return (static_cast<uint8_t>(path[bit / 8]) >> (7 - bit % 8) & 1) != 0; }

// The rule of the trie, word for word: an empty subtree is zero, a lone leaf stands as high as it can.
Hash plain_root(Engine& engine, Leaves::const_iterator from, Leaves::const_iterator to, unsigned bit = 0) {
  if (from == to) return Hash(32, '\0');
  if (std::next(from) == to) return tagged(engine, HashTag::kLeaf, from->first + from->second);
  auto middle = from;
  while (middle != to && !bit_of(middle->first, bit)) ++middle;
  return tagged(engine, HashTag::kInner, plain_root(engine, from, middle, bit + 1) + plain_root(engine, middle, to, bit + 1));
}

struct Change {
  std::string path;
  std::string value;
  bool deleted;
};

// A page: in its own slab or one of a few shared ones.
struct Page {
  uint32_t slab;
  uint32_t masks;
  size_t at;
};

// What core/state/page-walk.ts is to the walk.
class Trie {
 public:
  explicit Trie(Sha256PairsFn pairs) : walk_(pairs) {}

  size_t pages() const { return pages_.size(); }
  Walk& walk() { return walk_; }

  Outcome begin(const std::vector<Change>& changes) {
    std::vector<uint8_t> paths, values, deleted;
    for (const Change& change : changes) {
      paths.insert(paths.end(), change.path.begin(), change.path.end());
      values.insert(values.end(), change.value.begin(), change.value.end());
      deleted.push_back(change.deleted ? 1 : 0);
    }
    ids_ = {""};
    return walk_.begin(paths.data(), values.data(), deleted.data(), changes.size(), pages_.count("") != 0);
  }

  std::vector<trie::Slab> slabs() const {
    std::vector<trie::Slab> all;
    for (const auto& slab : slabs_) all.push_back({slab->data(), sizes_[all.size()]});
    return all;
  }

  // Where the pages from number `from` on lie.
  std::vector<Place> places(size_t from, size_t count) const {
    std::vector<Place> all;
    for (size_t i = from; i < from + count; i++) {
      const auto found = walk_.request(i).has_base ? pages_.find(ids_[i]) : pages_.end();
      if (found == pages_.end()) all.push_back({kNone, 0, 0});
      else all.push_back({found->second.slab, found->second.masks, found->second.at});
    }
    return all;
  }

  Outcome descend(Random& random) {
    while (walk_.looked_at() < walk_.frames()) {
      const size_t left = walk_.frames() - walk_.looked_at();
      const size_t some = random.chance(50) ? left : 1 + random.below(left);
      const std::vector<trie::Slab> slabs = this->slabs();
      const std::vector<Place> where = places(walk_.looked_at(), some);
      const size_t before = walk_.frames();
      const Outcome outcome = walk_.descend({slabs.data(), slabs.size()}, where.data(), some);
      if (outcome != Outcome::kDone) return outcome;
      for (size_t i = before; i < walk_.frames(); i++) {
        const Request request = walk_.request(i);
        ids_.push_back(ids_[request.parent] + "0123456789abcdef"[request.slot]);
      }
    }
    return Outcome::kDone;
  }

  Outcome build(Random& random) {
    while (walk_.left() > 0) {
      const size_t some = random.chance(50) ? walk_.left() : 1 + random.below(walk_.left());
      const size_t room = trie::kPageBytesMax + random.below(20000);
      auto slab = std::make_unique<Exact>(room, 0);
      std::vector<Built> built(some);
      size_t count = 0, used = 0;
      const std::vector<trie::Slab> slabs = this->slabs();
      const Outcome outcome = walk_.build({slabs.data(), slabs.size()}, slab->data(), room, some, built.data(), &count, &used);
      if (outcome != Outcome::kDone) return outcome;
      if (count > some || used > room) fail("trie: %zu pages of %zu, %zu bytes of %zu", count, some, used, room);
      // Cut to what was used, so that the next update's reads can't go past it unseen.
      auto exact = std::make_unique<Exact>(used, 0);
      if (used != 0) std::memcpy(exact->data(), slab->data(), used);
      for (size_t i = 0; i < count; i++) {
        const std::string& id = ids_[built[i].frame];
        if (built[i].at == SIZE_MAX) {
          if (pages_.erase(id) != 1) fail("trie: a page went that was not there");
        } else {
          pages_[id] = {static_cast<uint32_t>(slabs_.size()), built[i].masks, built[i].at};
        }
      }
      slabs_.push_back(std::move(exact));
      sizes_.push_back(used);
    }
    test::count("trie pages", walk_.frames());
    return Outcome::kDone;
  }

  Hash root() const {
    const auto found = pages_.find("");
    if (found == pages_.end()) return Hash(32, '\0');
    // Node 1 comes first; a root page of one leaf begins with its hash.
    const uint8_t* const page = slabs_[found->second.slab]->data() + found->second.at;
    return Hash(reinterpret_cast<const char*>(page), 32);
  }

  // For spoiling.
  std::map<std::string, Page>& table() { return pages_; }
  uint8_t* bytes_of(const Page& page) { return slabs_[page.slab]->data() + page.at; }
  std::vector<size_t>& sizes() { return sizes_; }

 private:
  Walk walk_;
  std::map<std::string, Page> pages_;
  std::vector<std::unique_ptr<Exact>> slabs_;
  std::vector<size_t> sizes_;
  std::vector<std::string> ids_;
};

// Paths that share long beginnings, which no hash would give us, and random ones.
std::string make_path(Random& random) {
  std::string path(32, '\x5a');
  const size_t shared = random.chance(60) ? random.below(14) : random.below(256);
  path[shared / 8] = static_cast<char>(path[shared / 8] ^ (0x80 >> shared % 8));
  const size_t seed = random.below(16);
  for (size_t i = shared / 8 + 1; i < 32; i++) path[i] = static_cast<char>(random.chance(20) ? random.next() : seed * 37 + i);
  return path;
}

std::vector<Change> make_changes(Random& random, Leaves& leaves, size_t count, unsigned percent_deleted) {
  std::map<std::string, Change> changes;
  for (size_t i = 0; i < count; i++) {
    std::string path = make_path(random);
    if (!leaves.empty() && random.chance(50)) {
      auto at = leaves.lower_bound(path);
      if (at == leaves.end()) at = leaves.begin();
      path = at->first;
    }
    changes[path] = {path, std::string(32, static_cast<char>('a' + random.below(4))), random.chance(percent_deleted)};
  }
  std::vector<Change> all;
  for (const auto& [path, change] : changes) {
    if (change.deleted) leaves.erase(path);
    else leaves[path] = change.value;
    all.push_back(change);
  }
  for (size_t i = all.size(); i > 1; i--) std::swap(all[i - 1], all[random.below(i)]);
  return all;
}

void check_updates(Engine& engine, Sha256PairsFn pairs, const char* name, Random& random) {
  Trie trie(pairs);
  Leaves leaves;
  for (int batch = 0; batch < 8; batch++) {
    std::vector<Change> changes;
    if (batch < 7) {
      changes = make_changes(random, leaves, random.below(random.chance(10) ? 2000 : 60), batch % 3 == 2 ? 80 : 25);
    } else {
      for (const auto& leaf : leaves) changes.push_back({leaf.first, leaf.second, true});
      leaves.clear();
    }
    if (trie.begin(changes) != Outcome::kDone || trie.descend(random) != Outcome::kDone || trie.build(random) != Outcome::kDone)
      fail("trie %s: an update was refused: %s", name, trie.walk().reason());
    if (trie.root() != plain_root(engine, leaves.begin(), leaves.end())) fail("trie %s: the root after batch %d is wrong", name, batch);
    trie.walk().end(random.chance(50) ? 0 : SIZE_MAX);
    count("trie updates");
  }
  if (trie.pages() != 0) fail("trie %s: emptying it leaves %zu pages", name, trie.pages());
}

// Whatever is wrong, an update ends with a refusal or with pages of some contents; memory is the sanitizer's to watch.
void check_wrong(Engine& engine, Sha256PairsFn pairs, Random& random) {
  Trie trie(pairs);
  Leaves leaves;
  if (trie.begin(make_changes(random, leaves, 300, 0)) != Outcome::kDone || trie.descend(random) != Outcome::kDone ||
      trie.build(random) != Outcome::kDone) {
    fail("trie: an update was refused: %s", trie.walk().reason());
  }
  std::vector<Change> changes = make_changes(random, leaves, 100, 30);
  const size_t kind = random.below(8);
  const auto page = std::next(trie.table().begin(), static_cast<long>(random.below(trie.table().size())));
  bool must_refuse = false;
  const bool is_root = page->first.empty();
  switch (kind) {
    case 0:
      page->second.masks ^= 1u << random.below(32);
      break;
    case 1:
      page->second.masks = static_cast<uint32_t>(random.next());
      break;
    case 2:
      page->second.at = random.chance(50) ? SIZE_MAX - random.below(5000) : random.below(100000);
      break;
    case 3:
      page->second.slab = random.chance(50) ? kNone : static_cast<uint32_t>(random.below(1000));
      break;
    case 4: {
      // Any byte of the page's first hash: it is not the one that the page above names any more.
      trie.bytes_of(page->second)[random.below(32)] ^= 1;
      must_refuse = !is_root;
      changes.assign(1, {make_path(random), std::string(32, 'z'), false});
      for (size_t i = 0; i < page->first.size(); i++) {
        const size_t digit = std::string("0123456789abcdef").find(page->first[i]);
        uint8_t byte = static_cast<uint8_t>(changes[0].path[i / 2]);
        byte = static_cast<uint8_t>(i % 2 == 0 ? (byte & 0x0f) | digit << 4 : (byte & 0xf0) | digit);
        changes[0].path[i / 2] = static_cast<char>(byte);
      }
      break;
    }
    case 5:
      for (size_t i = 0; i < 64; i++) trie.bytes_of(page->second)[i] = static_cast<uint8_t>(random.next());
      break;
    case 6:
      changes.push_back(changes.empty() ? Change{make_path(random), std::string(32, 'y'), false} : changes[0]);
      changes.push_back({changes.back().path, std::string(32, 'x'), false});
      changes[changes.size() - 2].deleted = false;
      must_refuse = true;
      break;
    default:
      // A slab that becomes shorter between the way down and the way up.
      if (trie.begin(changes) != Outcome::kDone || trie.descend(random) != Outcome::kDone) return;
      for (size_t& size : trie.sizes()) size = random.below(size + 1);
      (void)trie.build(random);
      count("trie slabs cut");
      return;
  }
  const bool is_done = trie.begin(changes) == Outcome::kDone && trie.descend(random) == Outcome::kDone && trie.build(random) == Outcome::kDone;
  if (!is_done) count("trie refusals");
  if (is_done && must_refuse) fail("trie: fault %zu was not noticed", kind);
  // The walk is as good as new.
  Trie other(pairs);
  Leaves few;
  const std::vector<Change> good = make_changes(random, few, 20, 0);
  if (other.begin(good) != Outcome::kDone || other.descend(random) != Outcome::kDone || other.build(random) != Outcome::kDone ||
      other.root() != plain_root(engine, few.begin(), few.end())) {
    fail("trie: an update after a refused one fails");
  }
}

void check_order(Sha256PairsFn pairs, Random& random) {
  Trie trie(pairs);
  Leaves leaves;
  Walk& walk = trie.walk();
  const Place none = {kNone, 0, 0};
  if (walk.descend({nullptr, 0}, &none, 1) != Outcome::kRefused) fail("trie: a walk that has not begun goes down");
  const std::vector<Change> changes = make_changes(random, leaves, 20, 0);
  if (trie.begin(changes) != Outcome::kDone) fail("trie: %s", walk.reason());
  Built built[4];
  size_t count = 0, used = 0;
  uint8_t output[trie::kPageBytesMax];
  if (walk.build({nullptr, 0}, output, sizeof output, 4, built, &count, &used) != Outcome::kRefused) fail("trie: builds before it went down");
  if (trie.begin(changes) != Outcome::kDone) fail("trie: %s", walk.reason());
  const Place two[2] = {none, none};
  if (walk.descend({nullptr, 0}, two, 2) != Outcome::kRefused) fail("trie: looks at a page that it has not asked for");
  if (walk.begin(nullptr, nullptr, nullptr, Walk::kChangesMax + 1, false) != Outcome::kRefused) fail("trie: takes too many changes");
}

// At each allocation in turn, memory is short.
void check_memory(Sha256PairsFn pairs, Random& random) {
  for (size_t allocation = 1;; allocation++) {
    Trie trie(pairs);
    Leaves leaves;
    const std::vector<Change> changes = make_changes(random, leaves, 200, 0);
    faults.allocation = allocation;
    Outcome outcome = trie.begin(changes);
    if (outcome == Outcome::kDone) outcome = trie.descend(random);
    if (outcome == Outcome::kDone) outcome = trie.build(random);
    const bool all_passed = faults.allocation != 0;
    faults.allocation = 0;
    if (outcome == Outcome::kRefused) fail("trie: short memory is called a wrong input: %s", trie.walk().reason());
    if (all_passed) {
      if (outcome != Outcome::kDone) fail("trie: memory was short without a fault");
      return;
    }
    if (outcome != Outcome::kMemory) fail("trie: allocation %zu failed unnoticed", allocation);
    count("trie allocations that fail");
  }
}

}  // namespace

void check_trie(Random& random, double seconds) {
  const std::unique_ptr<Engine> plain(Engine::create({{Tier::kPortable, Tier::kPortable, Tier::kPortable}, 0}));
  const double end = processor_seconds() + seconds;
  for (const Tier tier : {Tier::kPortable, Tier::kShaNi, Tier::kAvx512}) {
    if (!has_sha256_tier(tier)) continue;
    check_order(sha256_pairs(tier), random);
    check_updates(*plain, sha256_pairs(tier), sha256_tier_name(tier), random);
  }
  check_memory(sha256_pairs(Tier::kPortable), random);
  size_t rounds = 0;
  do {
    check_wrong(*plain, sha256_pairs(Tier::kPortable), random);
    if (rounds % 8 == 0) check_updates(*plain, sha256_pairs(Tier::kPortable), "portable", random);
  } while (++rounds < 200 || processor_seconds() < end);
}

}  // namespace chainwright::test

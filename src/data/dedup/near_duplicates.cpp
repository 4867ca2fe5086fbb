#include "data/dedup/near_duplicates.h"

#include <fmt/format.h>

#include <deque>
#include <optional>

namespace fulcrum::data::dedup {

namespace {

constexpr std::size_t kReadBytes = 256U << 10;

/// A sorter's entries with those of a sorted file.
template <class T>
class Both {
 public:
  Both(Sorter<T>& fresh, const SpillFile* known) : fresh_(fresh) {
    if (known) known_.emplace(*known, kReadBytes);
    pull_fresh();
    pull_known();
  }
  bool next(T& entry) {
    if (fresh_head_ && (!known_head_ || *fresh_head_ < *known_head_)) {
      entry = *fresh_head_;
      pull_fresh();
      return true;
    }
    if (!known_head_) return false;
    entry = *known_head_;
    pull_known();
    return true;
  }
  base::Status status() const {
    CHECK_OK(fresh_.status());
    if (known_) CHECK_OK(known_->status());
    return {};
  }

 private:
  void pull_fresh() {
    T entry;
    fresh_head_ = fresh_.next(entry) ? std::optional<T>(entry) : std::nullopt;
  }
  void pull_known() {
    T entry;
    known_head_ = known_ && known_->next(entry) ? std::optional<T>(entry) : std::nullopt;
  }
  Sorter<T>& fresh_;
  std::optional<EntryReader<T>> known_;
  std::optional<T> fresh_head_, known_head_;
};

base::Status check(Document document, std::size_t documents) {
  if (document < documents) return {};
  return base::failed("index.damaged",
                      fmt::format("an entry names document {} of {}", document, documents),
                      "restore the index from a copy, or make it anew");
}

/// Documents of one bucket and what has been read of them.
class Bucket {
 public:
  Bucket(const DocumentStore& store, const MinHashSettings& settings, Document first_new,
         Clusters& clusters, NearCounts& counts)
      : store_(store),
        settings_(settings),
        first_new_(first_new),
        clusters_(clusters),
        counts_(counts) {}

  void clear() { members_.clear(); }

  /// Compares with those before it.
  base::Status add(Document document) {
    if (document >= first_new_) {
      has_set_ = false;
      for (const Document before : members_) CHECK_OK(compare(before, document));
    }
    if (members_.size() >= std::max(settings_.max_bucket, 2U)) {
      members_.erase(members_.begin() + 1);
      ++counts_.capped;
    }
    members_.push_back(document);
    return {};
  }

 private:
  base::Status compare(Document before, Document document) {
    if (clusters_.find(before) == clusters_.find(document)) return {};
    ++counts_.candidates;
    if (!has_set_) CHECK_OK(store_.read(document, set_));
    has_set_ = true;
    CHECK_OK(store_.read(before, other_));
    const double similarity = jaccard(other_.data(), other_.size(), set_.data(), set_.size());
    if (similarity < settings_.min_jaccard) return {};
    ++counts_.verified;
    clusters_.join(before, document);
    return {};
  }

  const DocumentStore& store_;
  const MinHashSettings& settings_;
  const Document first_new_;
  Clusters& clusters_;
  NearCounts& counts_;
  std::deque<Document> members_;
  std::vector<Shingle> set_, other_;
  bool has_set_ = false;
};

}  // namespace

base::Status join_equal(Sorter<HashEntry>& entries, const SpillFile* known, Clusters& clusters,
                        std::vector<bool>& is_copy, const KeptEntries& keep, NearCounts& counts) {
  CHECK_OK(entries.finish());
  Both<HashEntry> both(entries, known);
  std::optional<HashEntry> first;
  for (HashEntry entry; both.next(entry);) {
    CHECK_OK(check(entry.document, clusters.size()));
    if (first && first->hash == entry.hash) {
      clusters.join(first->document, entry.document);
      is_copy[entry.document] = true;
      ++counts.equal;
      continue;
    }
    first = entry;
    if (keep.hashes) CHECK_OK(keep.hashes->append(&entry, sizeof entry));
  }
  return both.status();
}

base::Status join_near(Sorter<BandEntry>& entries, const SpillFile* known,
                       const DocumentStore& store, const MinHashSettings& settings,
                       Document first_new, const std::vector<bool>& is_copy, Clusters& clusters,
                       const KeptEntries& keep, NearCounts& counts) {
  CHECK_OK(entries.finish());
  Both<BandEntry> both(entries, known);
  Bucket bucket(store, settings, first_new, clusters, counts);
  std::optional<BandEntry> before;
  for (BandEntry entry; both.next(entry);) {
    CHECK_OK(check(entry.document, clusters.size()));
    if (is_copy[entry.document]) continue;
    if (!before || !before->shares_key(entry)) bucket.clear();
    before = entry;
    CHECK_OK(bucket.add(entry.document));
    if (keep.bands) CHECK_OK(keep.bands->append(&entry, sizeof entry));
  }
  return both.status();
}

}  // namespace fulcrum::data::dedup

#pragma once
// Whole documents that are equal, or nearly so.
//
//   equal word sequences (or normalised texts) ─ joined; only the first goes on
//   band keys, sorted ─ buckets ─ pairs ─ Jaccard of the shingle sets ─ joined
//
// Entries may come from earlier runs: those of an index are sorted files that are merged in.
#include <cstdint>
#include <vector>

#include "data/dedup/clusters.h"
#include "data/dedup/document_store.h"
#include "data/dedup/normalise.h"
#include "data/dedup/sorter.h"

namespace fulcrum::data::dedup {

struct HashEntry {  // 24 bytes on disk
  Hash128 hash;
  Document document = 0;
  std::uint32_t unused = 0;
  auto operator<=>(const HashEntry&) const = default;
};

struct BandEntry {  // 12 bytes on disk
  std::uint32_t key_high = 0, key_low = 0;
  Document document = 0;
  auto operator<=>(const BandEntry&) const = default;
  bool shares_key(const BandEntry& o) const {
    return key_high == o.key_high && key_low == o.key_low;
  }
};
static_assert(sizeof(HashEntry) == 24 && sizeof(BandEntry) == 12);

/// Where the sorted entries of all documents go, for an index; empty: nowhere.
struct KeptEntries {
  SpillFile* hashes = nullptr;
  SpillFile* bands = nullptr;
};

struct NearCounts {
  std::int64_t equal = 0;       // documents whose equal came before
  std::int64_t candidates = 0;  // pairs that shared a band and were not together yet
  std::int64_t verified = 0;    // of these: similar enough
  std::int64_t capped = 0;      // pairs not looked at because of max_bucket
};

/// Joins documents of one hash. `known`: a sorted file of earlier documents, or nullptr. Fails with
/// `file.read`, `file.write`, `index.damaged`.
base::Status join_equal(Sorter<HashEntry>& entries, const SpillFile* known, Clusters& clusters,
                        std::vector<bool>& is_copy, const KeptEntries& keep, NearCounts& counts);

/// Joins near duplicates; pairs of documents before `first_new` are taken as looked at.
base::Status join_near(Sorter<BandEntry>& entries, const SpillFile* known,
                       const DocumentStore& store, const MinHashSettings& settings,
                       Document first_new, const std::vector<bool>& is_copy, Clusters& clusters,
                       const KeptEntries& keep, NearCounts& counts);

}  // namespace fulcrum::data::dedup

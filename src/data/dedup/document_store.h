#pragma once
// The shingles of documents on disk, found by the document's number; those of earlier runs first.
#include <utility>
#include <vector>

#include "data/dedup/clusters.h"
#include "data/dedup/shingles.h"
#include "data/dedup/spill.h"

namespace fulcrum::data::dedup {

/// Where a document's shingles stand. The layout on disk: 16 bytes, little-endian.
struct StoredDocument {
  std::uint64_t first = 0;  // index of its first shingle in the file
  std::uint32_t shingles = 0;
  std::uint32_t text_bytes = 0;
};

/// Two files that only grow. Not thread-safe while it is written.
class DocumentStore {
 public:
  DocumentStore() = default;
  /// What stands in the files comes first.
  DocumentStore(SpillFile documents, SpillFile shingles)
      : documents_(std::move(documents)), shingles_(std::move(shingles)) {}

  /// `count` of `shingles`, from `begin` on. Fails with `file.write`.
  base::Status add(const std::vector<Shingle>& shingles, std::size_t begin, std::uint32_t count,
                   std::uint32_t text_bytes);
  base::Status flush();
  base::Status sync();
  /// The document's shingles as a sorted set. Fails with `file.read` and `index.damaged`.
  base::Status read(Document document, std::vector<Shingle>& set) const;
  std::uint64_t shingle_bytes() const { return shingles_.bytes(); }

 private:
  SpillFile documents_, shingles_;
};

}  // namespace fulcrum::data::dedup

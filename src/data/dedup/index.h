#pragma once
// What is remembered of earlier runs, in a folder:
//   index.json    format, version, settings, and the files that count, with sizes and checksums
//   documents, shingles        of all runs (document_store.h); only ever appended to
//   hashes-N, bands-N          sorted entries of all runs (near_duplicates.h), one pair
//   clusters-N                 4 bytes a document: the first document of its cluster
// A run appends, writes new files beside the old and then replaces index.json: a killed run leaves
// the index as it was. What index.json does not name, or its sizes do not cover, goes with the
// next.
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "data/dedup/clusters.h"
#include "data/dedup/document_store.h"
#include "data/dedup/spill.h"

namespace fulcrum::data::dedup {

struct IndexFile {
  std::string name;
  std::uint64_t bytes = 0;
  std::uint64_t checksum = 0;  // low 53 bits of XXH3 of the content
};

/// Content of index.json.
struct IndexManifest {
  std::string settings;
  std::uint64_t generation = 0, documents = 0, shingle_bytes = 0;
  IndexFile hashes, bands, clusters;
};

/// Fails with `index.damaged` (also where a name leads out of the folder or sizes do not fit
/// together) and `index.version`.
base::Result<IndexManifest> parse_manifest(std::string_view text);
std::string manifest_text(const IndexManifest& manifest);
/// 4 bytes a document, each at most its own number. Fails with `index.damaged`.
base::Result<Clusters> parse_clusters(std::string_view bytes, std::uint64_t documents);

/// One user at a time: a second one gets `index.busy`.
class Index {
 public:
  Index(Index&&) noexcept;
  Index& operator=(Index&&) noexcept;
  ~Index();
  /// Makes the folder when absent. Fails with `index.settings` where it was made with others,
  /// `index.busy`, `index.damaged`, `index.version`, `file.read`, `file.write`.
  static base::Result<Index> open(const std::filesystem::path& folder, const std::string& settings);

  base::Result<Clusters> clusters() const;
  /// Of all runs before; what is added belongs to this run.
  base::Result<DocumentStore> documents() const;
  const SpillFile* hashes() const;  // nullptr: no run before
  const SpillFile* bands() const;

  base::Result<SpillFile*> new_hashes();
  base::Result<SpillFile*> new_bands();
  /// Everything but index.json on disk.
  base::Status prepare(DocumentStore& store, Clusters& clusters);
  base::Status replace();

 private:
  struct State;
  explicit Index(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace fulcrum::data::dedup

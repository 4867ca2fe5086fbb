#pragma once
// Files into chunks and entries, in parallel. Small files share chunks; large ones are cut by
// content, text tables at record ends; what is known to be unchanged is not read.
#include <functional>
#include <string>
#include <vector>

#include "data/versions/repository.h"
#include "data/versions/scan.h"
#include "data/versions/stat_cache.h"

namespace fulcrum::data::versions {

/// Files below this share a chunk with their neighbours.
inline constexpr std::uint64_t kSmallFileBytes = 32U << 10;

struct IngestProgress {
  std::uint64_t files = 0, all_files = 0, bytes = 0, all_bytes = 0;
};
/// Called from any thread, one at a time.
using OnIngest = std::function<void(const IngestProgress&)>;

struct IngestRequest {
  std::vector<ScannedFile> files;     // sorted by name
  std::vector<Entry> before;          // of the parent version, sorted by path
  std::vector<KnownFile> known;       // sorted by name
  std::vector<std::string> key;       // the key of every table that has these columns
  std::int64_t reading_began_ns = 0;  // by the file system's clock; 0: nothing is remembered
  OnIngest on_progress;
};
struct IngestResult {
  std::vector<Entry> entries;
  std::vector<KnownFile> known;  // to be remembered
  std::uint64_t files_read = 0, bytes_read = 0;
};

/// Fails with `file.read`, `version.changing` for a file that grows while it is read, and as
/// ChunkStore::put does.
base::Result<IngestResult> ingest(ChunkStore& chunks, IngestRequest request, unsigned threads);

}  // namespace fulcrum::data::versions

#pragma once
// Three-way merge: files by path, tables by key and column.
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "data/versions/commit.h"
#include "data/versions/diff.h"

namespace fulcrum::data::versions {

enum class Prefer { kNeither, kOurs, kTheirs };

struct Conflict {
  std::string path;
  std::string kind;    // "file", "row" (removed here, changed there), "cell", "duplicate_key"
  std::string key;     // of the row, as RowChange::key
  std::string column;  // of the cell
  std::optional<std::string> base, ours, theirs;
};

struct MergeRequest {
  std::string dataset, into = "main", from;  // from: whatever Repository::resolve understands
  std::string author, message;
  std::int64_t time_us = 0;
  std::vector<std::string> key = {};  // overrides what the versions recorded
  Prefer prefer = Prefer::kNeither;   // what becomes of conflicts
};

struct MergeResult {
  std::string outcome;  // "up_to_date", "fast_forward", "merged", "conflicts"
  std::string version;  // of `into` afterwards; empty with conflicts
  std::string base, ours, theirs;
  std::uint64_t files_taken = 0, tables_merged = 0, rows_taken = 0;
  std::vector<Conflict> conflicts;  // without a preference: nothing was committed
  std::uint64_t conflicts_resolved = 0;
};

/// The newest version that both descend from; empty when there is none.
base::Result<std::string> merge_base(const Repository& repository, const std::string& ours,
                                     const std::string& theirs);

/// Fails with `version.unrelated`, and as resolve() and commit_entries() do. Conflicts are no
/// failure: they are in the result.
base::Result<MergeResult> merge(Repository& repository, const MergeRequest& request);

}  // namespace fulcrum::data::versions

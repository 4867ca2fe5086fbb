#pragma once
// Where a row of a table comes from: the versions that added and changed it.
#include <string>
#include <vector>

#include "data/versions/diff.h"

namespace fulcrum::data::versions {

struct RowStep {
  Version version;     // in which the row got this form
  std::string change;  // "added", "changed", "removed"
  std::vector<CellChange> cells;
};

struct RowHistory {
  std::vector<std::string> key;  // columns
  Cells row;                     // as it is in the version that was asked for
  std::vector<RowStep> steps;    // newest first; the last one added it
};

/// Follows the parent in which the row is as it is; a version without such a parent made it so.
/// Reads the table once for each version that changed the file. `key_values`: one for each column
/// of the key (JSONL: as the value stands in the file, or the text of a string). Fails with
/// `version.nothing` (no such file or row), `version.no_key` for a table without one, and as
/// ChunkStore::get.
base::Result<RowHistory> row_history(const Repository& repository, const Version& version,
                                     const std::string& path,
                                     const std::vector<std::string>& asked_key,
                                     const std::vector<std::string>& key_values);

}  // namespace fulcrum::data::versions

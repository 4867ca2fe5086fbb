#pragma once
// What changed between two versions: files by path, tables by row and column.
#include <optional>
#include <string>
#include <vector>

#include "data/versions/repository.h"
#include "data/versions/table_rows.h"

namespace fulcrum::data::versions {

struct SchemaChange {
  std::string column;
  std::string change;    // "added", "removed", "renamed", "widened", "narrowed", "type"
  std::string from, to;  // types; renamed: the names
};

struct CellChange {
  std::string column;
  std::optional<std::string> from, to;
};

struct RowChange {
  std::string change;  // "added", "removed", "changed"
  std::string key;     // values joined by kKeySeparator, or kWholeRecord and the record
  std::vector<CellChange> cells;
};

struct TableDiff {
  std::vector<std::string> key;  // empty: rows are compared whole
  std::uint64_t rows_added = 0, rows_removed = 0, rows_changed = 0;
  std::uint64_t duplicate_keys = 0;  // keys that stand in several rows; those pair up in order
  std::vector<SchemaChange> schema;
  std::vector<RowChange> samples;  // the first few of each kind
};

struct FileDiff {
  std::string path, change;  // "added", "removed", "changed", "moved"
  std::string from_path;     // moved: the same bytes stood there
  std::optional<Entry> before, after;
  std::optional<TableDiff> table;
};

struct DiffOptions {
  std::vector<std::string> key = {};  // overrides what the versions recorded
  std::size_t samples = 5;            // of each kind and table
  bool rows = true;                   // false: files only
};

struct VersionDiff {
  std::uint64_t files_added = 0, files_removed = 0, files_changed = 0, files_moved = 0;
  std::vector<FileDiff> files;  // by path
};

/// Pages and chunks that both have are not read. Fails as ChunkStore::get.
base::Result<VersionDiff> diff(const Repository& repository, const Root& before, const Root& after,
                               const DiffOptions& options = {});

/// The entries in which two trees differ, by path: {before, after}.
struct EntryPair {
  std::optional<Entry> before, after;
};
base::Result<std::vector<std::pair<std::string, EntryPair>>> differing_entries(
    const ChunkStore& chunks, const Root& before, const Root& after);

/// The key to compare by: what is asked for, what either recorded, or a column "id"; empty: none.
std::vector<std::string> comparison_key(const std::vector<std::string>& asked,
                                        const TableInfo& before, const TableInfo& after);

std::vector<SchemaChange> schema_changes(const TableInfo& before, const TableInfo& after);

}  // namespace fulcrum::data::versions

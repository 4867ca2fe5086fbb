#pragma once
// Two revisions of one table into one, by key and column, on top of a common ancestor.
#include <functional>
#include <string>
#include <vector>

#include "data/versions/merge.h"

namespace fulcrum::data::versions {

struct TableMerge {
  std::uint64_t rows_taken = 0, conflicts_resolved = 0;
  std::vector<Conflict> conflicts;
};

/// Whether these three are the same kind of table and have a key in common.
std::optional<std::vector<std::string>> merge_key(const Entry& base, const Entry& ours,
                                                  const Entry& theirs,
                                                  const std::vector<std::string>& asked);

/// Reads ours once from front to back and hands the merged table to `write` in pieces: ours' rows
/// in ours' order, untouched ones byte for byte, then the rows that theirs added. Columns: ours',
/// less those that theirs removed, and those that theirs added. A cell that one side changed is
/// taken; one that both changed, to different values, is a conflict, as is a row that one removed
/// and the other changed. Memory: the rows of chunks that base and theirs do not share.
base::Result<TableMerge> merge_tables(const ChunkStore& chunks, const Entry& base,
                                      const Entry& ours, const Entry& theirs,
                                      const std::vector<std::string>& key, Prefer prefer,
                                      const std::function<base::Status(std::string_view)>& write);

}  // namespace fulcrum::data::versions

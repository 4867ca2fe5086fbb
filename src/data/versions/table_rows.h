#pragma once
// The rows in which two revisions of a table differ, found through the chunks they do not share,
// and named by their key.
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "data/versions/chunk_store.h"
#include "data/versions/table_info.h"
#include "data/versions/tree.h"

namespace fulcrum::data::versions {

/// A row's cells by column: CSV as text, JSONL as it stands. A column without a cell is absent.
using Cells = std::map<std::string, std::string>;

/// How to take records of one table apart.
struct RowForm {
  TableInfo info;
  std::vector<std::string> key;     // empty: a row is named by all of itself
  std::vector<std::size_t> key_at;  // CSV: columns of the key
};
RowForm row_form(const TableInfo& info, const std::vector<std::string>& key);
/// nullopt for a record that fits no table.
std::optional<Cells> cells_of(const RowForm& form, std::string_view record);
/// The key's values joined by a separator; records without one are named by all of themselves,
/// behind kWholeRecord.
std::string key_of(const RowForm& form, std::string_view record);
inline constexpr char kWholeRecord = '\x1e', kKeySeparator = '\x1f';

/// Whether `key` are columns of the table.
bool has_columns(const TableInfo& info, const std::vector<std::string>& key);

/// Stretches of whole records.
using Pieces = std::vector<std::string>;

/// What stands in chunks of one revision that the other does not have; all, where their columns
/// differ. Headers are left out.
struct DifferingRows {
  Pieces before, after;
};
/// Fails as ChunkStore::get.
base::Result<DifferingRows> differing_rows(const ChunkStore& chunks, const Entry& before,
                                           const TableInfo& before_info, const Entry& after,
                                           const TableInfo& after_info);

/// Records by key, in the order of the table; a key that occurs more than once has several.
class RowIndex {
 public:
  RowIndex(const RowForm& form, const Pieces& pieces);
  const std::unordered_map<std::string, std::vector<std::string_view>>& rows() const {
    return rows_;
  }
  /// Keys in the order of their first row.
  const std::vector<const std::string*>& order() const { return order_; }

 private:
  std::unordered_map<std::string, std::vector<std::string_view>> rows_;
  std::vector<const std::string*> order_;
};

}  // namespace fulcrum::data::versions

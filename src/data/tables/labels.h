#pragma once
// Cells that a person judged: the little that detection may learn from.
//
// A CSV file in one of two forms, rows counted from 0 (the first after the header):
//   row,column,is_error[,value]   one line a cell; value: what is right. Without is_error a cell is
//                                 wrong if its value differs.
//   row,A,B,…                     one line a row with the right values; A, B: the table's columns
// A cell that is listed and right is as worth as one that is wrong.
#include <optional>
#include <string>
#include <vector>

#include "data/tables/table.h"

namespace fulcrum::data::tables {

struct Label {
  std::uint32_t row = 0, column = 0;
  bool is_error = false;
  std::optional<std::string> value;
};

/// Sorted by row and column; of a cell that is listed twice the last counts. Fails with
/// `table.labels` (field WHAT:line), `table.column`, and as read_table().
base::Result<std::vector<Label>> read_labels(const std::filesystem::path& path, const Table& table);
base::Result<std::vector<Label>> labels_of(const Table& listed, const Table& table);

}  // namespace fulcrum::data::tables

#pragma once
// What a version knows of a text table: its form, key and schema.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "data/versions/rows.h"

namespace fulcrum::data::versions {

struct TableColumn {
  std::string name;
  CellType type = CellType::kNone;
  bool has_gaps = false;  // some record lacks a value
  bool operator==(const TableColumn&) const = default;
};

struct TableInfo {
  Records records = Records::kLines;  // kLines: JSONL
  char delimiter = ',';
  std::vector<std::string> key;  // columns that name a row; empty: not known
  std::vector<TableColumn> columns;
  bool operator==(const TableInfo&) const = default;
};

inline constexpr std::size_t kMaxTableBytes = 1U << 20;  // of encode_table()

base::json::object table_json(const TableInfo& info);
std::string encode_table(const TableInfo& info);
/// nullopt for a text that encode_table() did not make.
std::optional<TableInfo> decode_table(std::string_view text);

/// Whether a file's name says that it is a text table (.csv, .tsv, .jsonl, .ndjson).
Records records_of_name(std::string_view path);

/// Adds up what records hold; states of parts merge into the whole's. Not thread-safe.
class SchemaCounter {
 public:
  SchemaCounter(Records records, char delimiter) : records_(records), delimiter_(delimiter) {}
  /// CSV only: the names of the columns, before any record. False for a header that cannot be read.
  bool set_header(std::string_view record);
  /// Whole records.
  void add(std::string_view bytes);
  void merge(const SchemaCounter& other);
  /// With the same columns and nothing counted, for a part of the whole.
  SchemaCounter empty_copy() const;
  std::uint64_t records() const { return count_; }
  /// Records that fit no table: wrong number of fields, no JSON object.
  std::uint64_t misfits() const { return misfits_; }
  /// CSV: as in the header; JSONL: sorted by name, so that the order of parts does not matter.
  std::vector<TableColumn> columns() const;

 private:
  struct Cells {
    TableColumn column;
    std::uint64_t present = 0;
  };
  void add_csv(std::string_view record);
  void add_json(std::string_view record);
  Records records_;
  char delimiter_;
  std::vector<Cells> cells_;
  std::uint64_t count_ = 0, misfits_ = 0;
  std::vector<std::string_view> fields_;
  std::vector<std::pair<std::string_view, std::string_view>> members_;
};

/// ',', ';' or tab, whichever the first record holds most.
char delimiter_of(std::string_view first_record);

}  // namespace fulcrum::data::versions

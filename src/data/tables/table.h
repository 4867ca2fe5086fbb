#pragma once
// A table in memory, by columns. Every cell is text: a code into its column's dictionary, so that
// work on values is done once for each distinct value.
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace fulcrum::data::tables {

using Code = std::uint32_t;
inline constexpr Code kNoCode = 0xFFFFFFFFU;

class Column {
 public:
  explicit Column(std::string name) : name(std::move(name)) {}

  std::string name;
  std::vector<Code> codes;  // by row

  std::size_t rows() const { return codes.size(); }
  std::size_t distinct() const { return ends_.size(); }
  std::string_view value(Code code) const {
    const std::uint64_t begin = code == 0 ? 0 : ends_[code - 1];
    return std::string_view(bytes_).substr(begin, ends_[code] - begin);
  }
  std::string_view at(std::size_t row) const { return value(codes[row]); }
  /// Rows that hold the value.
  std::uint32_t count(Code code) const { return counts_[code]; }
  std::optional<Code> find(std::string_view text) const;
  /// Appends a row.
  void add(std::string_view text);
  /// Changes one cell. A value that no row holds any more stays in the dictionary with count 0.
  void set(std::size_t row, std::string_view text);
  std::size_t bytes() const;

 private:
  Code code_of(std::string_view text);
  void grow();
  std::string bytes_;
  std::vector<std::uint64_t> ends_;
  std::vector<std::uint32_t> counts_;
  std::vector<Code> slots_;  // open addressing
};

/// A row with more or fewer fields than the header. Missing fields became "", further ones are
/// lost.
struct RaggedRow {
  std::size_t row = 0, fields = 0;
};

struct Table {
  std::string name;
  std::vector<Column> columns;
  std::vector<RaggedRow> ragged;

  std::size_t rows() const { return columns.empty() ? 0 : columns.front().rows(); }
  std::optional<std::size_t> find(std::string_view column) const;
};

/// A CSV or TSV file, plain or gzip, with a header; row 0 is the first after it. Fails as
/// base::CsvReader, with `table.header` (none, a name twice, an empty name), `table.damaged`
/// (a gzip file that breaks off) and `table.too_large` (2^32 - 1 rows).
base::Result<Table> read_table(const std::filesystem::path& path);
/// The same columns, no rows.
Table empty_like(const Table& table);
/// RFC 4180; fields are quoted where they must be.
std::string csv_line(const std::vector<std::string_view>& fields);
std::string to_csv(const Table& table);
/// Fails with `table.column`, naming the nearest column.
base::Result<std::size_t> need_column(const Table& table, std::string_view name,
                                      std::string_view field);

}  // namespace fulcrum::data::tables

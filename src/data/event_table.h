#pragma once
// Collected rows in columns: what the rules look at. Text is interned, a cell is twelve bytes, so
// that a row of a click log costs some 500 bytes.
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "data/clean_settings.h"
#include "data/file_list.h"

namespace fulcrum::data {

/// Each distinct text once; ids count from 0. Texts stay where they are.
class TextPool {
 public:
  std::uint32_t intern(std::string_view text);
  std::string_view operator[](std::uint32_t id) const { return *texts_[id]; }
  std::size_t size() const { return texts_.size(); }
  /// The id, when the text was seen.
  std::optional<std::uint32_t> find(std::string_view text) const;

 private:
  std::unordered_map<std::string, std::uint32_t> ids_;
  std::vector<const std::string*> texts_;
};

enum class CellKind : std::uint8_t { kAbsent, kNull, kText, kNumber, kBool, kNested };

struct Column {
  std::string name;
  std::vector<CellKind> kinds;
  std::vector<std::uint32_t> texts;  // of kText and kNested (as JSON)
  std::vector<double> numbers;       // of kNumber and kBool
  bool is_missing(std::size_t row) const {
    return kinds[row] == CellKind::kAbsent || kinds[row] == CellKind::kNull;
  }
};

enum class Action : std::uint8_t { kKeep, kChange, kDrop };

/// A line that is no row at all.
struct BadLine {
  std::uint32_t file = 0;
  std::int64_t line = 0;
  std::string sample, reason;
};

struct EventTable {
  std::vector<std::string> files;
  std::vector<std::uint32_t> file;  // per row
  std::vector<std::int64_t> line;   // per row, from 1, in the decompressed file
  std::vector<Column> columns;      // in the order of first sight
  TextPool texts;
  std::vector<BadLine> bad_lines;

  // Roles: index into columns, or -1.
  int user = -1, item = -1, time = -1, event_id = -1, session = -1, event = -1, dwell_s = -1,
      price = -1, agent = -1;
  std::vector<std::int64_t> time_us;  // per row, filled by find_roles; kNoTime when unreadable
  static constexpr std::int64_t kNoTime = INT64_MIN;

  std::size_t rows() const { return file.size(); }
  int column(std::string_view name) const;
  /// Text of a cell; empty when it is none.
  std::string_view text(int column, std::size_t row) const;
  /// A number, also one written as text.
  std::optional<double> number(int column, std::size_t row) const;
  base::json::value cell(std::size_t column, std::size_t row) const;
  base::json::object row(std::size_t row) const;
  void set_text(int column, std::size_t row, std::string_view text);
  void set_number(int column, std::size_t row, double number);
};

/// Reads JSONL, CSV and TSV (plain or gzip). What cannot be read becomes a BadLine.
base::Result<EventTable> read_events(const std::vector<ListedFile>& files);
/// Finds roles by name and reads the times. Fails with `clean.role` when a named column is not
/// there, or when user, item or time cannot be told.
base::Status find_roles(EventTable& table, const FieldRoles& fields);

}  // namespace fulcrum::data

#pragma once
// Rows of text, read by column name: a CSV file with a header, or lines of known columns. What is
// wrong with a row is told by file, line, field and reason, and either ends the reading or, when
// lenient, is counted and skipped.
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace fulcrum::sched {

/// What a lenient reading left out.
struct SkippedRows {
  std::int64_t count = 0;
  std::vector<base::Error> first;  // at most kShown
  static constexpr std::size_t kShown = 5;
};

/// One row. The first value that cannot be taken makes the row bad; later calls return defaults.
class Row {
 public:
  /// Empty when the column or the cell is.
  std::string_view text(std::string_view column) const;
  bool has(std::string_view column) const;
  /// A number without fraction in [least, most]; a missing optional one is `otherwise`.
  std::int64_t integer(std::string_view column, std::int64_t least, std::int64_t most,
                       std::optional<std::int64_t> otherwise = std::nullopt);
  /// A finite number in [least, most].
  double number(std::string_view column, double least, double most,
                std::optional<double> otherwise = std::nullopt);
  /// Marks the row as bad because of this column; empty: because of the whole row.
  void refuse(std::string_view column, std::string reason);
  bool is_good() const { return !error_; }
  std::int64_t line() const { return line_; }

 private:
  friend class RowSource;
  std::optional<std::size_t> position(std::string_view column) const;
  std::vector<std::string> header_;
  std::vector<std::string> cells_;
  std::string file_;
  std::int64_t line_ = 0;
  std::optional<base::Error> error_;
};

/// Sees each row; what it takes from one that turns out bad must not be kept (look at is_good()
/// first).
using TakeRow = std::function<void(Row&)>;

/// Each row after the header. Fails with `file.read`, `trace.header` (a required column is
/// missing), `trace.row`, `trace.damaged` (a compressed file breaks off; when lenient it ends
/// there, counted as one row), or the CSV reader's codes.
base::Result<SkippedRows> read_rows(const std::filesystem::path& path,
                                    const std::vector<std::string>& required, bool lenient,
                                    const TakeRow& take);

/// Lines without a header: as many fields as columns, in their order. Empty lines are none.
struct Lines {
  std::vector<std::string> columns;
  char separator = '\t';  // ' ': any run of blanks and tabs
  char comment = 0;       // lines that begin with it go to `on_comment`
  std::function<void(std::string_view line)> on_comment;
};
/// Fails as read_rows(), but for the header.
base::Result<SkippedRows> read_lines(const std::filesystem::path& path, const Lines& lines,
                                     bool lenient, const TakeRow& take);

}  // namespace fulcrum::sched

#pragma once
// A CSV file with a header, read by column name; what is wrong with a row is told by file, line,
// field and reason, and either ends the reading or, when lenient, is counted and skipped.
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
  /// Marks the row as bad because of this column.
  void refuse(std::string_view column, std::string reason);
  bool is_good() const { return !error_; }
  std::int64_t line() const { return line_; }

 private:
  friend class RowSource;
  std::optional<std::size_t> position(std::string_view column) const;
  const std::vector<std::string>* header_ = nullptr;
  std::vector<std::string> cells_;
  std::string file_;
  std::int64_t line_ = 0;
  std::optional<base::Error> error_;
};

/// Calls `take` for each row after the header; what it takes from a row that turns out bad must not
/// be kept (look at is_good() first). Fails with `file.read`, `trace.header` (a required column is
/// missing), `trace.row`, or the CSV reader's codes.
base::Result<SkippedRows> read_rows(const std::filesystem::path& path,
                                    const std::vector<std::string>& required, bool lenient,
                                    const std::function<void(Row&)>& take);

}  // namespace fulcrum::sched

#include "sched/trace/rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/text_reader.h"

namespace fulcrum::sched {

namespace {

constexpr const char* kFix =
    "mend the row, or read with --lenient, which counts and skips such rows";

template <class T>
bool parse(std::string_view cell, T& value) {
  const auto [end, code] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
  return code == std::errc{} && end == cell.data() + cell.size();
}

std::string_view trimmed(std::string_view cell) {
  while (!cell.empty() && cell.front() == ' ') cell.remove_prefix(1);
  while (!cell.empty() && cell.back() == ' ') cell.remove_suffix(1);
  return cell;
}

/// Into `cells`, whose strings are used again.
void split(std::string_view line, char separator, std::vector<std::string>& cells) {
  const std::string_view separators = separator == ' ' ? " \t" : std::string_view(&separator, 1);
  std::size_t count = 0;
  while (true) {
    if (separator == ' ') {
      const std::size_t begin = line.find_first_not_of(separators);
      if (begin == std::string_view::npos) break;
      line.remove_prefix(begin);
    }
    const std::size_t length = std::min(line.find_first_of(separators), line.size());
    if (cells.size() == count) cells.emplace_back();
    cells[count++].assign(line.substr(0, length));
    if (length == line.size()) break;
    line.remove_prefix(length + 1);
  }
  cells.resize(count);
}

}  // namespace

std::optional<std::size_t> Row::position(std::string_view column) const {
  const auto at = std::find(header_.begin(), header_.end(), column);
  const auto index = static_cast<std::size_t>(at - header_.begin());
  if (index >= cells_.size()) return std::nullopt;
  return index;
}

bool Row::has(std::string_view column) const {
  return !text(column).empty();
}

std::string_view Row::text(std::string_view column) const {
  const auto at = position(column);
  return at ? std::string_view(cells_[*at]) : std::string_view{};
}

std::int64_t Row::integer(std::string_view column, std::int64_t least, std::int64_t most,
                          std::optional<std::int64_t> otherwise) {
  const std::string_view cell = trimmed(text(column));
  if (cell.empty() && otherwise) return *otherwise;
  std::int64_t value = 0;
  if (parse(cell, value) && value >= least && value <= most) return value;
  refuse(column,
         fmt::format("'{}' is not a whole number from {} to {}", cell.substr(0, 40), least, most));
  return least;
}

double Row::number(std::string_view column, double least, double most,
                   std::optional<double> otherwise) {
  const std::string_view cell = trimmed(text(column));
  if (cell.empty() && otherwise) return *otherwise;
  double value = 0;
  if (parse(cell, value) && value >= least && value <= most) return value;  // false for NaN
  refuse(column,
         fmt::format("'{}' is not a number from {} to {}", cell.substr(0, 40), least, most));
  return least;
}

void Row::refuse(std::string_view column, std::string reason) {
  if (error_) return;
  const auto at = position(column);
  error_ = base::Error{
      base::ErrorKind::kUsage, "trace.row",
      column.empty() ? std::move(reason) : fmt::format("{}: {}", column, std::move(reason)),
      fmt::format("{}:{}{}", file_, line_, at ? fmt::format(":{}", *at + 1) : ""), kFix};
}

/// One way to go on from row to row and to account for what is wrong.
class RowSource {
 public:
  /// Fills the cells; true: there is a row, which may be empty, that is without cells.
  using Next = std::function<base::Result<bool>(std::vector<std::string>& cells)>;

  RowSource(std::string file, bool lenient) : lenient_(lenient) { row_.file_ = std::move(file); }

  void set_columns(std::vector<std::string> columns) { row_.header_ = std::move(columns); }

  base::Status read_header(base::CsvReader& reader, const std::vector<std::string>& required) {
    TRY(const bool more, reader.next(row_.header_));
    for (const std::string& column : required)
      if (!more ||
          std::find(row_.header_.begin(), row_.header_.end(), column) == row_.header_.end())
        return base::usage("trace.header", fmt::format("there is no column '{}'", column),
                           fmt::format("{}:1", row_.file_),
                           fmt::format("the first line must name: {}", fmt::join(required, ",")));
    return {};
  }

  template <class Reader>
  base::Result<SkippedRows> read(Reader& reader, const Next& next, const TakeRow& take) {
    while (true) {
      const auto more = next(row_.cells_);
      row_.line_ = reader.line_number();
      row_.error_.reset();
      if (!more) {
        row_.error_ = more.error();
      } else if (!*more) {
        break;
      } else if (row_.cells_.empty()) {
        continue;
      } else if (row_.cells_.size() != row_.header_.size()) {
        row_.refuse(row_.header_[0], fmt::format("{} fields where the header has {}",
                                                 row_.cells_.size(), row_.header_.size()));
      } else {
        take(row_);
      }
      // A bad row of a file that breaks off is most likely where it does.
      if (row_.error_ && !lenient_ && !reader.damaged().empty()) break;
      CHECK_OK(account());
    }
    if (!reader.damaged().empty()) {
      row_.error_ = base::Error{base::ErrorKind::kFailed, "trace.damaged",
                                fmt::format("{}: {}", row_.file_, reader.damaged()), row_.file_,
                                "--lenient takes what can be read"};
      CHECK_OK(account());
    }
    return std::move(skipped_);
  }

 private:
  base::Status account() {
    if (!row_.error_) return {};
    if (!lenient_) return base::Failure(*row_.error_);
    ++skipped_.count;
    if (skipped_.first.size() < SkippedRows::kShown)
      skipped_.first.push_back(*std::move(row_.error_));
    return {};
  }

  bool lenient_;
  Row row_;
  SkippedRows skipped_;
};

base::Result<SkippedRows> read_rows(const std::filesystem::path& path,
                                    const std::vector<std::string>& required, bool lenient,
                                    const TakeRow& take) {
  TRY(base::CsvReader reader, base::CsvReader::open(path));
  RowSource source(path.filename().string(), lenient);
  CHECK_OK(source.read_header(reader, required));
  const auto next = [&](std::vector<std::string>& cells) -> base::Result<bool> {
    TRY(const bool more, reader.next(cells));
    if (more && cells.size() == 1 && cells[0].empty()) cells.clear();
    return more;
  };
  return source.read(reader, next, take);
}

base::Result<SkippedRows> read_lines(const std::filesystem::path& path, const Lines& lines,
                                     bool lenient, const TakeRow& take) {
  TRY(base::LineReader reader, base::LineReader::open(path));
  RowSource source(path.filename().string(), lenient);
  source.set_columns(lines.columns);
  std::string line;
  const auto next = [&](std::vector<std::string>& cells) -> base::Result<bool> {
    if (!reader.next(line)) return false;
    const std::size_t begin = line.find_first_not_of(" \t");
    if (begin == std::string::npos) {
      cells.clear();
    } else if (lines.comment != 0 && line[begin] == lines.comment) {
      if (lines.on_comment) lines.on_comment(line);
      cells.clear();
    } else {
      split(line, lines.separator, cells);
    }
    return true;
  };
  return source.read(reader, next, take);
}

}  // namespace fulcrum::sched

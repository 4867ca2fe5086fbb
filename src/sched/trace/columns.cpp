#include "sched/trace/columns.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/text_reader.h"

namespace fulcrum::sched {

std::optional<std::size_t> Row::position(std::string_view column) const {
  const auto at = std::find(header_->begin(), header_->end(), column);
  const auto index = static_cast<std::size_t>(at - header_->begin());
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

namespace {
template <class T>
bool parse(std::string_view cell, T& value) {
  const auto [end, code] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
  return code == std::errc{} && end == cell.data() + cell.size();
}
}  // namespace

std::int64_t Row::integer(std::string_view column, std::int64_t least, std::int64_t most,
                          std::optional<std::int64_t> otherwise) {
  const std::string_view cell = text(column);
  if (cell.empty() && otherwise) return *otherwise;
  std::int64_t value = 0;
  if (parse(cell, value) && value >= least && value <= most) return value;
  refuse(column, fmt::format("'{}' is not a whole number from {} to {}", cell, least, most));
  return least;
}

double Row::number(std::string_view column, double least, double most,
                   std::optional<double> otherwise) {
  const std::string_view cell = text(column);
  if (cell.empty() && otherwise) return *otherwise;
  double value = 0;
  if (parse(cell, value) && value >= least && value <= most) return value;  // false for NaN
  refuse(column, fmt::format("'{}' is not a number from {} to {}", cell, least, most));
  return least;
}

void Row::refuse(std::string_view column, std::string reason) {
  if (error_) return;
  const auto at = position(column);
  error_ = base::Error{base::ErrorKind::kUsage, "trace.row",
                       fmt::format("{}: {}", column, std::move(reason)),
                       fmt::format("{}:{}:{}", file_, line_, at ? *at + 1 : 0),
                       "mend the row, or read with --lenient, which counts and skips such rows"};
}

class RowSource {
 public:
  RowSource(base::CsvReader reader, std::string file, bool lenient)
      : reader_(std::move(reader)), lenient_(lenient) {
    row_.file_ = std::move(file);
    row_.header_ = &header_;
  }

  base::Status read_header(const std::vector<std::string>& required) {
    TRY(const bool more, reader_.next(header_));
    for (const std::string& column : required)
      if (!more || std::find(header_.begin(), header_.end(), column) == header_.end())
        return base::usage("trace.header", fmt::format("there is no column '{}'", column),
                           fmt::format("{}:1", row_.file_),
                           fmt::format("the first line must name: {}", fmt::join(required, ",")));
    return {};
  }

  base::Result<SkippedRows> read(const std::function<void(Row&)>& take) {
    while (true) {
      const auto more = reader_.next(row_.cells_);
      row_.line_ = reader_.line_number();
      row_.error_.reset();
      if (!more) {
        row_.error_ = more.error();
      } else if (!*more) {
        break;
      } else if (row_.cells_.size() == 1 && row_.cells_[0].empty()) {
        continue;  // an empty line
      } else if (row_.cells_.size() != header_.size()) {
        row_.refuse(header_[0], fmt::format("{} fields where the header has {}", row_.cells_.size(),
                                            header_.size()));
      } else {
        take(row_);
      }
      if (row_.error_ && !lenient_) return base::Failure(*row_.error_);
      if (row_.error_) skip();
    }
    if (!reader_.damaged().empty())
      return base::failed("file.read", fmt::format("{}: {}", row_.file_, reader_.damaged()));
    return std::move(skipped_);
  }

 private:
  void skip() {
    ++skipped_.count;
    if (skipped_.first.size() < SkippedRows::kShown)
      skipped_.first.push_back(*std::move(row_.error_));
  }

  base::CsvReader reader_;
  bool lenient_;
  std::vector<std::string> header_;
  Row row_;
  SkippedRows skipped_;
};

base::Result<SkippedRows> read_rows(const std::filesystem::path& path,
                                    const std::vector<std::string>& required, bool lenient,
                                    const std::function<void(Row&)>& take) {
  TRY(base::CsvReader reader, base::CsvReader::open(path));
  RowSource source(std::move(reader), path.filename().string(), lenient);
  CHECK_OK(source.read_header(required));
  return source.read(take);
}

}  // namespace fulcrum::sched

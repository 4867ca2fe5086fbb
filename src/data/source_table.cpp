// CSV or TSV of (user, item, time[, value]): the columns are named in the plan. Every mistake in
// the file is an error with file, line and column: a table is somebody's export, not a noisy log.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <optional>

#include "base/clock.h"
#include "base/files.h"
#include "base/text_reader.h"
#include "data/file_list.h"
#include "data/row_file.h"
#include "data/settings.h"
#include "data/source.h"

namespace fulcrum::data {

namespace json = base::json;

namespace {

constexpr std::int64_t kCheckpointRows = 100'000;

struct Layout {
  std::size_t user = 0, item = 0, time = 0, value = 0, columns = 0;
  bool has_value = false;
};

base::Result<std::size_t> find_column(const std::vector<std::string>& header,
                                      const std::string& name, const char* role,
                                      const std::string& file) {
  const auto found = std::find(header.begin(), header.end(), name);
  if (found != header.end()) return static_cast<std::size_t>(found - header.begin());
  return base::usage("table.column",
                     fmt::format("there is no column \"{}\" for {}; the columns are: {}", name,
                                 role, fmt::join(header, ", ")),
                     file + ":1:1", fmt::format("name the right one as source.columns.{}", role));
}

base::Result<Layout> read_layout(base::CsvReader& reader, const TableSettings& settings,
                                 const std::string& file) {
  std::vector<std::string> header;
  TRY(const bool any, reader.next(header));
  if (!any)
    return base::usage("table.empty", "the file is empty", file + ":1:1",
                       "it needs a header line and rows");
  for (auto& name : header) {
    const auto first = name.find_first_not_of(' ');
    name = first == std::string::npos ? ""
                                      : name.substr(first, name.find_last_not_of(' ') - first + 1);
  }
  Layout layout{.columns = header.size()};
  TRY(layout.user, find_column(header, settings.columns.user, "user", file));
  TRY(layout.item, find_column(header, settings.columns.item, "item", file));
  TRY(layout.time, find_column(header, settings.columns.time, "time", file));
  layout.has_value = !settings.columns.value.empty();
  if (layout.has_value) {
    TRY(layout.value, find_column(header, settings.columns.value, "value", file));
  }
  return layout;
}

std::optional<double> number(const std::string& text) {
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  if (text.empty() || end != text.c_str() + text.size() || !std::isfinite(value))
    return std::nullopt;
  return value;
}

/// Reads a time in the declared unit, or in the one that the first row shows, kept in `unit`.
std::optional<std::int64_t> read_time(const std::string& text, std::string& unit) {
  const auto value = number(text);
  if (unit.empty()) {
    if (!value) {
      unit = "iso";
    } else {
      unit = std::abs(*value) < 1e11 ? "s" : std::abs(*value) < 1e14 ? "ms" : "us";
    }
  }
  if (unit == "iso") {
    const auto time_us = base::parse_iso_time(text);
    if (!time_us) return std::nullopt;
    return *time_us;
  }
  if (!value) return std::nullopt;
  const double scaled = *value * (unit == "s" ? 1e6 : unit == "ms" ? 1e3 : 1);
  if (std::abs(scaled) > 9e18) return std::nullopt;
  return static_cast<std::int64_t>(std::llround(scaled));
}

base::Failure bad_cell(const char* code, const std::string& what, const std::string& file,
                       std::int64_t line, std::size_t column, const char* fix) {
  return base::usage(code, what, fmt::format("{}:{}:{}", file, line, column + 1), fix);
}

struct Progress {
  std::size_t file = 0;    // index of the file being read
  std::int64_t rows = 0;   // of that file, taken or left out
  std::int64_t below = 0;  // left out by min_value, all files
  std::string unit;
  json::object as_json() const {
    return {{"file", file}, {"rows", rows}, {"below", below}, {"unit", unit}};
  }
};

/// One record -> one row of rows.jsonl, or nothing when it is below min_value.
base::Result<std::optional<json::object>> read_record(const std::vector<std::string>& fields,
                                                      const Layout& layout,
                                                      const TableSettings& settings,
                                                      const std::string& file, std::int64_t line,
                                                      Progress& progress) {
  if (fields.size() != layout.columns)
    return bad_cell(
        "table.ragged",
        fmt::format("this row has {} columns, the header {}", fields.size(), layout.columns), file,
        line, std::min(fields.size(), layout.columns),
        "quote fields that hold the delimiter, or set source.delimiter");
  const auto time_us = read_time(fields[layout.time], progress.unit);
  if (!time_us)
    return bad_cell(
        "table.time",
        fmt::format("\"{}\" is not a time (unit {})", fields[layout.time], progress.unit), file,
        line, layout.time,
        "write seconds since 1970 or ISO 8601, or set source.time_unit (s, ms, us, iso)");
  json::object row{{"user", fields[layout.user]},
                   {"item", fields[layout.item]},
                   {"time", base::iso_time(*time_us)}};
  if (!layout.has_value) return row;
  const auto value = number(fields[layout.value]);
  if (!value)
    return bad_cell("table.value", fmt::format("\"{}\" is not a number", fields[layout.value]),
                    file, line, layout.value,
                    "correct the cell, or leave source.columns.value out");
  if (settings.min_value && *value < *settings.min_value) {
    ++progress.below;
    return std::optional<json::object>();
  }
  row["value"] = *value;
  return row;
}

base::Status read_table(const ListedFile& file, const TableSettings& settings, RowFile& rows,
                        Progress& progress, exec::StepProgress& shown) {
  char delimiter = ',';
  if (settings.delimiter == "\\t" || settings.delimiter == "tab") {
    delimiter = '\t';
  } else if (!settings.delimiter.empty()) {
    delimiter = settings.delimiter[0];
  } else {
    TRY(delimiter, base::guess_delimiter(file.path));
  }
  TRY(base::CsvReader reader, base::CsvReader::open(file.path, delimiter));
  TRY(const Layout layout, read_layout(reader, settings, file.name));
  std::vector<std::string> fields;
  for (std::int64_t row_number = 0;; ++row_number) {
    TRY(const bool any, reader.next(fields));
    if (!any) break;
    if (fields.size() == 1 && fields[0].empty()) continue;  // a blank line
    if (row_number < progress.rows) continue;               // taken before a kill
    TRY(const auto row,
        read_record(fields, layout, settings, file.name, reader.line_number(), progress));
    ++progress.rows;
    if (row) CHECK_OK(rows.append(*row));
    if (progress.rows % kCheckpointRows == 0) CHECK_OK(rows.checkpoint(progress.as_json()));
    if (progress.rows % 1000 == 0) shown.at(rows.records(), 0, "rows");
  }
  if (!reader.damaged().empty())
    return base::failed("file.damaged", fmt::format("{}: {}", file.name, reader.damaged()),
                        "fetch the file again");
  if (progress.rows == 0)
    return base::usage("table.empty", "the file has a header and no rows", file.name + ":1:1",
                       "check the export");
  ++progress.file;
  progress.rows = 0;
  return rows.checkpoint(progress.as_json());
}

}  // namespace

base::Result<Collected> collect_table(SourceContext& context) {
  TRY(const auto settings, read_settings<TableSettings>(context.settings));
  TRY(const auto files, list_files(settings.path));
  TRY(RowFile rows, RowFile::open(context.raw, context.work));
  Progress progress{.file = static_cast<std::size_t>(base::get_integer(rows.state(), "file")),
                    .rows = base::get_integer(rows.state(), "rows"),
                    .below = base::get_integer(rows.state(), "below"),
                    .unit = base::get_string(rows.state(), "unit", settings.time_unit)};
  json::object cursor;
  for (std::size_t i = 0; i < files.size(); ++i) {
    TRY(const std::uint64_t bytes, base::file_bytes(files[i].path));
    cursor[files[i].name] = static_cast<std::int64_t>(bytes);
    if (i < progress.file) continue;
    CHECK_OK(read_table(files[i], settings, rows, progress, context.progress));
  }
  return Collected{
      rows.records(),
      base::to_text(cursor),
      {{"files", files.size()}, {"below_min_value", progress.below}, {"time_unit", progress.unit}}};
}

}  // namespace fulcrum::data

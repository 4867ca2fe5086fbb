#pragma once
// What the readers share: numbers, names, the account of rows left out.
#include <cmath>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/text_reader.h"
#include "sched/trace/trace.h"

namespace fulcrum::sched {

class Rows {
 public:
  Rows(const std::filesystem::path& path, const ReadOptions& options)
      : file_(path.filename().string()), options_(options) {}

  base::Failure bad(std::int64_t line, std::string_view field, std::string_view code,
                    std::string message) const;
  base::Result<double> number(std::int64_t line, std::string_view field,
                              std::string_view text) const;
  /// A whole number of 1 or more.
  base::Result<std::uint32_t> count(std::int64_t line, std::string_view field,
                                    std::string_view text) const;
  /// The row is kept when `job` holds one. A failure is passed on, or counted when lenient.
  base::Status add(base::Result<TraceJob> job);
  void skip(const std::string& reason) { ++trace_.skipped[reason]; }
  std::uint32_t group(const std::string& name);
  std::uint32_t user(const std::string& name);
  Trace& trace() { return trace_; }
  /// Sorts, checks `damaged` (see ByteReader); fails with `trace.damaged`, `trace.empty`.
  base::Result<Trace> finish(const std::string& damaged);

 private:
  std::string file_;
  ReadOptions options_;
  Trace trace_;
  std::unordered_map<std::string, std::uint32_t> groups_, users_;
};

/// A job that the filter leaves out: a row that is well-formed but not wanted. Rows::add counts it
/// by its message.
base::Failure filtered(std::string reason);

/// CSV with a header line. `columns`: the names wanted, in this order in what `row` gets. Calls
/// `row(line, fields)` for each record and adds what it returns.
template <class Row>
base::Result<Trace> read_table(const std::filesystem::path& path, const ReadOptions& options,
                               const std::vector<std::string_view>& columns, const Row& row);

/// Where each wanted column is; `trace.header` names the missing one.
base::Result<std::vector<std::size_t>> find_columns(const Rows& rows,
                                                    const std::vector<std::string>& header,
                                                    const std::vector<std::string_view>& wanted);

template <class Row>
base::Result<Trace> read_table(const std::filesystem::path& path, const ReadOptions& options,
                               const std::vector<std::string_view>& columns, const Row& row) {
  Rows rows(path, options);
  TRY(auto reader, base::CsvReader::open(path));
  std::vector<std::string> fields;
  TRY(const bool has_header, reader.next(fields));
  if (!has_header) return rows.finish(reader.damaged());
  TRY(const auto at, find_columns(rows, fields, columns));
  const std::size_t width = fields.size();
  std::vector<std::string_view> wanted(columns.size());
  while (true) {
    const auto more = reader.next(fields);
    if (!more) {
      CHECK_OK(rows.add(base::Failure(more.error())));
      continue;
    }
    if (!*more) break;
    if (fields.size() == 1 && fields[0].empty()) continue;
    if (fields.size() != width) {
      CHECK_OK(rows.add(rows.bad(reader.line_number(), "", "trace.columns",
                                 std::to_string(fields.size()) + " columns, the header has " +
                                     std::to_string(width))));
      continue;
    }
    for (std::size_t i = 0; i < at.size(); ++i) wanted[i] = fields[at[i]];
    CHECK_OK(rows.add(row(rows, reader.line_number(), wanted)));
  }
  return rows.finish(reader.damaged());
}

}  // namespace fulcrum::sched

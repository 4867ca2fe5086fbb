#pragma once
// What the readers of job lists share: numbers, names, the account of rows left out.
#include <cmath>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "sched/trace/trace.h"

namespace fulcrum::sched {

class Rows {
 public:
  Rows(const std::filesystem::path& path, const ReadOptions& options)
      : file_(path.filename().string()), options_(options) {}

  base::Failure bad(std::int64_t line, std::string_view field, std::string reason) const;
  base::Result<double> number(std::int64_t line, std::string_view field,
                              std::string_view text) const;
  /// A whole number of 1 or more.
  base::Result<std::uint32_t> count(std::int64_t line, std::string_view field,
                                    std::string_view text) const;
  /// The row is kept when `job` holds one. A failure is passed on, or counted when lenient.
  base::Status add(base::Result<TraceJob> job);
  void keep(const TraceJob& job) { trace_.jobs.push_back(job); }
  void skip(const std::string& reason, std::size_t count = 1) {
    if (count > 0) trace_.skipped[reason] += count;
  }
  std::uint32_t group(const std::string& name);
  std::uint32_t user(const std::string& name);
  Trace& trace() { return trace_; }
  /// Sorts. `damaged`: see ByteReader. Fails with `trace.damaged`, `trace.empty`.
  base::Result<Trace> finish(const std::string& damaged = {});

 private:
  std::string file_;
  ReadOptions options_;
  Trace trace_;
  std::unordered_map<std::string, std::uint32_t> groups_, users_;
};

/// A job that the filter leaves out: a row that is well-formed but not wanted. Rows::add counts it
/// by its message.
base::Failure filtered(std::string reason);

}  // namespace fulcrum::sched

#pragma once
// What the readers of job lists share: the list as it grows, names, the account of rows left out.
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>

#include "sched/trace/rows.h"
#include "sched/trace/trace.h"

namespace fulcrum::sched {

class TraceBuilder {
 public:
  /// `what` is read, for errors: a file's name.
  explicit TraceBuilder(std::string what) : what_(std::move(what)) {}

  void keep(const TraceJob& job) { trace_.jobs.push_back(job); }
  /// A row that is well-formed but not wanted.
  void skip(const std::string& reason) { ++trace_.skipped[reason]; }
  /// Malformed ones.
  void skip(const SkippedRows& rows);
  std::uint32_t group(const std::string& name);
  std::uint32_t user(const std::string& name);
  /// "A|B" as TraceJob::models; empty: 0.
  std::uint64_t models(std::string_view list);
  /// As Task::custom; amounts of 0 are none.
  std::uint32_t custom(const std::map<std::string, std::int64_t>& amounts);
  Trace& trace() { return trace_; }
  /// Sorts. Fails with `trace.empty`.
  base::Result<Trace> finish();

 private:
  std::string what_;
  Trace trace_;
  std::unordered_map<std::string, std::uint32_t> groups_, users_, models_, custom_names_;
  std::map<std::map<std::string, std::int64_t>, std::uint32_t> customs_;
};

}  // namespace fulcrum::sched

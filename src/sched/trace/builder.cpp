#include "sched/trace/builder.h"

#include <fmt/format.h>

#include <algorithm>

namespace fulcrum::sched {

namespace {

std::uint32_t index_of(std::unordered_map<std::string, std::uint32_t>& known,
                       std::vector<std::string>& names, const std::string& name) {
  const auto [at, is_new] = known.try_emplace(name, static_cast<std::uint32_t>(names.size()));
  if (is_new) names.push_back(name);
  return at->second;
}

}  // namespace

void TraceBuilder::skip(const SkippedRows& rows) {
  if (rows.count > 0) trace_.skipped["malformed"] += static_cast<std::size_t>(rows.count);
}

std::uint32_t TraceBuilder::group(const std::string& name) {
  return index_of(groups_, trace_.groups, name);
}
std::uint32_t TraceBuilder::user(const std::string& name) {
  return index_of(users_, trace_.users, name);
}

base::Result<Trace> TraceBuilder::finish() {
  if (trace_.jobs.empty())
    return base::usage("trace.empty", fmt::format("{} holds no job", what_), what_);
  if (trace_.groups.empty()) trace_.groups.emplace_back("all");
  if (trace_.users.empty()) trace_.users.emplace_back("all");
  std::sort(trace_.jobs.begin(), trace_.jobs.end(), [](const TraceJob& a, const TraceJob& b) {
    return a.submit_s != b.submit_s ? a.submit_s < b.submit_s : a.line < b.line;
  });
  return std::move(trace_);
}

}  // namespace fulcrum::sched

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

std::uint64_t TraceBuilder::models(std::string_view list) {
  std::uint64_t bits = 0;
  while (!list.empty()) {
    const std::string_view one = list.substr(0, list.find('|'));
    list.remove_prefix(std::min(one.size() + 1, list.size()));
    if (one.empty()) continue;
    const bool room = trace_.models.size() < kMostModels || models_.contains(std::string(one));
    bits |= room ? std::uint64_t{1} << index_of(models_, trace_.models, std::string(one))
                 : kNoNodesModel;
  }
  return bits;
}

std::uint32_t TraceBuilder::custom(const std::map<std::string, std::int64_t>& amounts) {
  std::map<std::string, std::int64_t> asked;
  for (const auto& [name, amount] : amounts)
    if (amount > 0) asked.emplace(name, amount);
  if (asked.empty()) return 0;
  if (trace_.customs.empty()) trace_.customs.emplace_back();
  const auto [at, is_new] =
      customs_.try_emplace(asked, static_cast<std::uint32_t>(trace_.customs.size()));
  if (!is_new) return at->second;
  std::vector<std::int64_t> row;
  for (const auto& [name, amount] : asked) {
    const std::uint32_t column = index_of(custom_names_, trace_.custom_names, name);
    if (row.size() <= column) row.resize(column + 1, 0);
    row[column] = amount;
  }
  trace_.customs.push_back(std::move(row));
  return at->second;
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

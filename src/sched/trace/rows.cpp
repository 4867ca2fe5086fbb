#include "sched/trace/rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace fulcrum::sched {

namespace {

constexpr const char* kFiltered = "trace.filtered";

std::uint32_t index_of(std::unordered_map<std::string, std::uint32_t>& known,
                       std::vector<std::string>& names, const std::string& name) {
  const auto [at, is_new] = known.try_emplace(name, static_cast<std::uint32_t>(names.size()));
  if (is_new) names.push_back(name);
  return at->second;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

}  // namespace

base::Failure filtered(std::string reason) {
  return base::failed(kFiltered, std::move(reason));
}

base::Failure Rows::bad(std::int64_t line, std::string_view field, std::string reason) const {
  return base::usage("trace.row", std::move(reason),
                     fmt::format("{}:{}{}{}", file_, line, field.empty() ? "" : ":", field),
                     "--lenient counts such rows and leaves them out");
}

base::Result<double> Rows::number(std::int64_t line, std::string_view field,
                                  std::string_view text) const {
  text = trimmed(text);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value))
    return bad(line, field, fmt::format("\"{}\" is no number", text.substr(0, 40)));
  return value;
}

base::Result<std::uint32_t> Rows::count(std::int64_t line, std::string_view field,
                                        std::string_view text) const {
  TRY(const double value, number(line, field, text));
  if (value < 1 || value > 1e9 || value != std::floor(value))
    return bad(line, field, fmt::format("{} is not a whole number of 1 or more", value));
  return static_cast<std::uint32_t>(value);
}

base::Status Rows::add(base::Result<TraceJob> job) {
  if (job) {
    trace_.jobs.push_back(*job);
  } else if (job.error().code == kFiltered) {
    skip(job.error().message);
  } else if (options_.lenient) {
    skip(job.error().code);
  } else {
    return base::Failure(job.error());
  }
  return {};
}

std::uint32_t Rows::group(const std::string& name) {
  return index_of(groups_, trace_.groups, name);
}
std::uint32_t Rows::user(const std::string& name) {
  return index_of(users_, trace_.users, name);
}

base::Result<Trace> Rows::finish(const std::string& damaged) {
  if (!damaged.empty()) {
    if (!options_.lenient)
      return base::failed("trace.damaged", fmt::format("{}: {}", file_, damaged));
    skip("trace.damaged");
  }
  if (trace_.jobs.empty())
    return base::usage("trace.empty", fmt::format("{} holds no job", file_), file_);
  if (trace_.groups.empty()) trace_.groups.emplace_back("all");
  if (trace_.users.empty()) trace_.users.emplace_back("all");
  std::sort(trace_.jobs.begin(), trace_.jobs.end(), [](const TraceJob& a, const TraceJob& b) {
    return a.submit_s != b.submit_s ? a.submit_s < b.submit_s : a.line < b.line;
  });
  return std::move(trace_);
}

}  // namespace fulcrum::sched

#include "sched/arrays.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "sched/dependencies.h"

namespace fulcrum::sched {

namespace {

bool read_number(std::string_view text, std::uint32_t& number) {
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  return !text.empty() && read.ec == std::errc() && read.ptr == end;
}

bool is_full(const OpenArray& array) {
  return array.limit > 0 && array.active >= array.limit;
}

}  // namespace

base::Result<ArrayRange> parse_array(const std::string& text) {
  const auto wrong = [](std::string why) {
    return base::usage("job.array", std::move(why), "array",
                       "give first-last, and %most for how many at once: 0-99 or 0-99%5");
  };
  const std::size_t percent = text.find('%');
  const std::string_view range = std::string_view(text).substr(0, percent);
  const std::size_t dash = range.find('-');
  ArrayRange array;
  if (dash == std::string_view::npos || !read_number(range.substr(0, dash), array.first) ||
      !read_number(range.substr(dash + 1), array.last))
    return wrong(fmt::format("\"{}\" is no range of indices", text));
  if (array.last < array.first || array.last - array.first >= kMostArrayJobs)
    return wrong(fmt::format("an array has from 1 to {} jobs", kMostArrayJobs));
  if (percent != std::string::npos &&
      (!read_number(std::string_view(text).substr(percent + 1), array.limit) || array.limit == 0))
    return wrong("how many go at once is a number of at least 1");
  return array;
}

std::string array_job(const std::string& array, std::uint32_t index) {
  return fmt::format("{}_{}", array, index);
}

std::string array_job_name(const std::string& name, std::uint32_t index) {
  return fmt::format("{}[{}]", name, index);
}

std::vector<const OpenJob*> jobs_of_array(const State& state, const std::string& array) {
  std::vector<const OpenJob*> jobs;
  if (!state.arrays.contains(array)) return jobs;
  const std::string prefix = array + "_";
  for (auto at = state.jobs.lower_bound(prefix);
       at != state.jobs.end() && at->first.starts_with(prefix); ++at)
    jobs.push_back(&at->second);
  std::sort(jobs.begin(), jobs.end(),
            [](const OpenJob* a, const OpenJob* b) { return a->array_index < b->array_index; });
  return jobs;
}

void open_array(State& state, const JobSubmitted& submitted, const ledger::EventMeta& meta) {
  const auto range = parse_array(submitted.spec.array);
  if (!range) return;  // cannot be: decide looked
  OpenArray& array = state.arrays[submitted.job];
  array.limit = range->limit;
  array.open = range->size();
  for (std::uint32_t i = 0; i < range->size(); ++i) {
    OpenJob job;
    job.id = array_job(submitted.job, range->first + i);
    job.spec = submitted.spec;
    job.spec.array.clear();
    job.spec.name = array_job_name(submitted.spec.name, range->first + i);
    job.array = submitted.job;
    job.array_index = range->first + i;
    add_job(state, std::move(job), i, meta);
  }
}

void make_ready(State& state, OpenJob& job) {
  job.phase = JobPhase::kQueued;
  const auto found = state.arrays.find(job.array);
  if (job.array.empty() || found == state.arrays.end()) return;
  OpenArray& array = found->second;
  if (!is_full(array)) {
    ++array.active;
    return;
  }
  job.phase = JobPhase::kBlocked;
  job.over_limit = true;
  array.behind.insert(
      std::upper_bound(array.behind.begin(), array.behind.end(), job.array_index, std::greater<>()),
      job.array_index);
}

void leave_array(State& state, const OpenJob& ended, bool succeeded) {
  const auto found = state.arrays.find(ended.array);
  if (ended.array.empty() || found == state.arrays.end()) return;
  OpenArray& array = found->second;
  if (ended.over_limit) std::erase(array.behind, ended.array_index);
  if (ended.phase == JobPhase::kQueued || ended.phase == JobPhase::kRunning) --array.active;
  array.failed = array.failed || !succeeded;
  while (!is_full(array) && !array.behind.empty()) {
    const auto next = state.jobs.find(array_job(ended.array, array.behind.back()));
    array.behind.pop_back();
    if (next == state.jobs.end()) continue;
    next->second.over_limit = false;
    next->second.phase = JobPhase::kQueued;
    ++array.active;
    state.changes.add(ChangeOf::kJob, next->first);
  }
  if (--array.open > 0) return;
  const bool all_succeeded = !array.failed;
  state.arrays.erase(found);
  settle(state, ended.array, all_succeeded);
}

}  // namespace fulcrum::sched

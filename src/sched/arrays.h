#pragma once
// Job arrays: one submission, many jobs that differ in their index. A job of an array is a job like
// any other, with a name of its own; what they share is State::arrays. While an array has as many
// jobs queued or running as it may, the others are blocked, and the next one by index follows each
// that ends.
#include "sched/decide.h"

namespace fulcrum::sched {

/// "0-99" or "0-99%5": both ends are meant, and at most 5 go at once.
struct ArrayRange {
  std::uint32_t first = 0;
  std::uint32_t last = 0;
  std::uint32_t limit = 0;  // 0: none
  std::uint32_t size() const { return last - first + 1; }
};
inline constexpr std::uint32_t kMostArrayJobs = 10'000;
/// Fails with `job.array`.
base::Result<ArrayRange> parse_array(const std::string& text);

/// The job of this index: ARRAY_INDEX.
std::string array_job(const std::string& array, std::uint32_t index);
/// NAME[INDEX]
std::string array_job_name(const std::string& name, std::uint32_t index);
/// Those that have not ended, by index; none for an id that is no open array.
std::vector<const OpenJob*> jobs_of_array(const State& state, const std::string& array);

/// Adds the jobs of a submission that names a range.
void open_array(State& state, const JobSubmitted& submitted, const ledger::EventMeta& meta);
/// A job that nothing else holds: into the queue, or behind its array's limit. Sets its phase.
void make_ready(State& state, OpenJob& job);
/// Before a job of an array is forgotten: who follows it. The array itself ends with its last job;
/// it succeeded when all did.
void leave_array(State& state, const OpenJob& ended, bool succeeded);

}  // namespace fulcrum::sched

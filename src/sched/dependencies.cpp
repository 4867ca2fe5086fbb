#include "sched/dependencies.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "sched/arrays.h"

namespace fulcrum::sched {

base::Status check_dependencies(const State& state, const JobSpec& spec) {
  for (std::size_t i = 0; i < spec.depends_on.size(); ++i) {
    const std::string& job = spec.depends_on[i];
    const auto array = state.arrays.find(job);
    const bool is_going = array != state.arrays.end() && !array->second.failed;
    if (state.jobs.contains(job) || is_going) continue;
    const std::string field = fmt::format("depends_on[{}]", i);
    if (array != state.arrays.end())
      return base::refused("job.dependency_failed",
                           fmt::format("a job of array {} did not succeed", job),
                           "run it again, and depend on that run");
    const auto ended = state.recent_ends.find(job);
    if (ended == state.recent_ends.end())
      return base::usage("job.dependency_unknown",
                         fmt::format("no job {} waits, runs or ended lately", job), field,
                         "give the id that `job submit` answered");
    if (!ended->second)
      return base::refused("job.dependency_failed", fmt::format("job {} did not succeed", job),
                           "run it again, and depend on that run");
  }
  return {};
}

std::vector<std::string> open_dependencies(const State& state, const JobSpec& spec) {
  std::vector<std::string> open;
  for (const auto& job : spec.depends_on)
    if ((state.jobs.contains(job) || state.arrays.contains(job)) &&
        std::find(open.begin(), open.end(), job) == open.end())
      open.push_back(job);
  return open;
}

void cancel_dependents(const State& state, std::vector<std::string> jobs,
                       ledger::NewEvents& events) {
  std::vector<std::string>& ended = jobs;
  std::set<std::string> told(jobs.begin(), jobs.end());
  for (std::size_t next = 0; next < ended.size(); ++next) {
    const std::string failed = ended[next];
    if (const auto job = state.jobs.find(failed); job != state.jobs.end() &&
                                                  !job->second.array.empty() &&
                                                  told.insert(job->second.array).second)
      ended.push_back(job->second.array);
    const auto waiting = state.dependents.find(failed);
    if (waiting == state.dependents.end()) continue;
    for (const auto& dependent : waiting->second) {
      if (!told.insert(dependent).second) continue;
      ended.push_back(dependent);
      events.push_back(event(
          "job/" + dependent,
          JobEnded{.job = dependent,
                   .state = JobState::kCancelled,
                   .detail = fmt::format("it depends on job {}, which did not succeed", failed),
                   .run = {}}));
    }
  }
}

void add_dependent(State& state, const OpenJob& job) {
  for (const auto& awaited : job.waits_for) state.dependents[awaited].push_back(job.id);
}

void add_job(State& state, OpenJob job, std::uint32_t place, const ledger::EventMeta& meta) {
  constexpr unsigned kPlaceBits = 16;  // jobs of one event keep their order, and so do events
  job.order = meta.seq << kPlaceBits | place;
  job.submitted_us = meta.time_us;
  job.waits_for = open_dependencies(state, job.spec);
  if (!job.waits_for.empty())
    job.phase = JobPhase::kBlocked;
  else if (job.spec.held)
    job.phase = JobPhase::kHeld;
  else
    make_ready(state, job);
  add_dependent(state, job);
  state.changes.add(ChangeOf::kJob, job.id);
  const std::string id = job.id;
  state.jobs[id] = std::move(job);
}

void settle(State& state, const std::string& ended, bool succeeded) {
  state.recent_ends[ended] = succeeded;
  if (state.recent_ends.size() > kRecentEnds) state.recent_ends.erase(state.recent_ends.begin());
  const auto waiting = state.dependents.find(ended);
  if (waiting == state.dependents.end()) return;
  for (const auto& id : waiting->second) {
    const auto job = state.jobs.find(id);
    if (job == state.jobs.end() || !succeeded) continue;
    std::erase(job->second.waits_for, ended);
    if (!job->second.waits_for.empty() || job->second.phase != JobPhase::kBlocked) continue;
    if (job->second.spec.held)
      job->second.phase = JobPhase::kHeld;
    else
      make_ready(state, job->second);
    state.changes.add(ChangeOf::kJob, id);
  }
  state.dependents.erase(waiting);
}

void settle_dependents(State& state, const OpenJob& ended, bool succeeded) {
  for (const auto& awaited : ended.waits_for)
    if (const auto found = state.dependents.find(awaited); found != state.dependents.end())
      std::erase(found->second, ended.id);
  if (ended.array.empty() || state.dependents.contains(ended.id))
    settle(state, ended.id, succeeded);
}

}  // namespace fulcrum::sched

#include "sched/dependencies.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace fulcrum::sched {

base::Status check_dependencies(const State& state, const JobSpec& spec) {
  for (std::size_t i = 0; i < spec.depends_on.size(); ++i) {
    const std::string& job = spec.depends_on[i];
    if (state.jobs.contains(job)) continue;
    const std::string field = fmt::format("depends_on[{}]", i);
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
    if (state.jobs.contains(job) && std::find(open.begin(), open.end(), job) == open.end())
      open.push_back(job);
  return open;
}

void cancel_dependents(const State& state, const std::string& job, ledger::NewEvents& events) {
  std::vector<std::string> ended{job};
  std::set<std::string> told;
  for (std::size_t next = 0; next < ended.size(); ++next) {
    const std::string failed = ended[next];
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

void settle_dependents(State& state, const OpenJob& ended, bool succeeded) {
  for (const auto& awaited : ended.waits_for)
    if (const auto found = state.dependents.find(awaited); found != state.dependents.end())
      std::erase(found->second, ended.id);
  state.recent_ends[ended.id] = succeeded;
  if (state.recent_ends.size() > kRecentEnds) state.recent_ends.erase(state.recent_ends.begin());
  const auto waiting = state.dependents.find(ended.id);
  if (waiting == state.dependents.end()) return;
  for (const auto& id : waiting->second) {
    const auto job = state.jobs.find(id);
    if (job == state.jobs.end() || !succeeded) continue;
    std::erase(job->second.waits_for, ended.id);
    if (!job->second.waits_for.empty() || job->second.phase != JobPhase::kBlocked) continue;
    job->second.phase = job->second.spec.held ? JobPhase::kHeld : JobPhase::kQueued;
    state.changes.add(ChangeOf::kJob, id);
  }
  state.dependents.erase(waiting);
}

}  // namespace fulcrum::sched

#include "sched/eta.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <queue>

#include "base/random.h"
#include "sched/mirror.h"

namespace fulcrum::sched {

namespace {

constexpr std::size_t kEnough = 3;  // run times that a group needs before it is asked

std::string joined(const std::string& a, const std::string& b, const std::string& c = {}) {
  return a + '\n' + b + '\n' + c;
}

/// One way things may go on.
class Future {
 public:
  Future(const ClusterView& view, const RunTimes& history, base::Random& random, Eta& eta)
      : view_(view),
        history_(history),
        random_(random),
        eta_(eta),
        now_s_(static_cast<double>(view.now_us) / 1e6) {}

  /// Seconds from now until `job` starts; infinity: never.
  double start_of(const OpenJob& job, std::uint64_t& starts_before) {
    MirrorSide side(view_, job.spec.simulated, policy_of(view_));
    Brain& brain = side.brain();
    for (const auto& [id, other] : view_.jobs)
      if (other.phase == JobPhase::kRunning && other.spec.simulated == job.spec.simulated)
        will_end(side, side.index(id), static_cast<double>(other.started_us) / 1e6);
    const JobIndex target = side.index(job.id);
    for (double at_s = now_s_;;) {
      const std::vector<JobIndex> started = brain.pass(at_s);
      for (const JobIndex one : started) {
        if (one == target) return at_s - now_s_;
        ++starts_before;
        will_end(side, one, at_s);
      }
      if (endings_.empty()) return INFINITY;
      at_s = std::max(at_s, endings_.top().first);
      for (; !endings_.empty() && endings_.top().first <= at_s; endings_.pop())
        brain.end(endings_.top().second, at_s);
    }
  }

 private:
  void will_end(const MirrorSide& side, JobIndex index, double start_s) {
    const OpenJob& job = view_.jobs.at(side.id(index));
    const JobSpec& spec = job.spec;
    const double elapsed_s = std::max(0.0, now_s_ - start_s);
    RunTimes::Draw draw;
    if (spec.simulated) {
      draw = {left_s(job, spec.predicted_s), RunTimes::Group::kPrediction};
    } else {  // what it kept was run before
      draw = history_.draw(spec, elapsed_s + job.kept_s, random_.uniform());
      draw.run_s -= job.kept_s;
    }
    if (spec.time_limit_s > 0) draw.run_s = std::min(draw.run_s, spec.time_limit_s);
    ++eta_.groups[std::string(group_name(draw.group))];
    endings_.emplace(std::max(now_s_, start_s + draw.run_s), index);
  }

  using Ending = std::pair<double, JobIndex>;
  const ClusterView& view_;
  const RunTimes& history_;
  base::Random& random_;
  Eta& eta_;
  double now_s_;
  std::priority_queue<Ending, std::vector<Ending>, std::greater<>> endings_;
};

}  // namespace

void RunTimes::add(const std::string& owner, const std::string& project, const std::string& name,
                   double run_s) {
  by_name_[joined(owner, project, name)].push_back(run_s);
  by_project_[joined(owner, project)].push_back(run_s);
  by_owner_[owner].push_back(run_s);
  all_.push_back(run_s);
}

void RunTimes::sort() {
  for (auto* groups : {&by_name_, &by_project_, &by_owner_})
    for (auto& [key, times] : *groups) std::sort(times.begin(), times.end());
  std::sort(all_.begin(), all_.end());
}

RunTimes::Draw RunTimes::draw(const JobSpec& spec, double elapsed_s, double quantile) const {
  const auto from = [&](const Times& times, Draw& draw, Group group) {
    if (times.size() < kEnough) return false;
    const auto longer = std::upper_bound(times.begin(), times.end(), elapsed_s);
    const auto count = static_cast<double>(times.end() - longer);
    if (count == 0) return false;
    draw = {longer[static_cast<std::ptrdiff_t>(quantile * count)], group};
    return true;
  };
  const auto in = [](const std::map<std::string, Times>& groups, const std::string& key) {
    static const Times none;
    const auto found = groups.find(key);
    return std::cref(found == groups.end() ? none : found->second);
  };
  Draw draw;
  if (from(in(by_name_, joined(spec.owner, spec.project, spec.name)), draw, Group::kName))
    return draw;
  // What its submitter says beats what others' jobs did.
  if (spec.predicted_s > elapsed_s) return {spec.predicted_s, Group::kPrediction};
  if (from(in(by_project_, joined(spec.owner, spec.project)), draw, Group::kProject) ||
      from(in(by_owner_, spec.owner), draw, Group::kOwner) || from(all_, draw, Group::kAll))
    return draw;
  if (spec.time_limit_s > elapsed_s) return {spec.time_limit_s, Group::kPrediction};
  constexpr double kUnknownS = 3600;
  return {elapsed_s > 0 ? 2 * elapsed_s : kUnknownS, Group::kNothing};
}

std::string_view group_name(RunTimes::Group group) {
  switch (group) {
    case RunTimes::Group::kName:
      return "name";
    case RunTimes::Group::kProject:
      return "project";
    case RunTimes::Group::kOwner:
      return "owner";
    case RunTimes::Group::kAll:
      return "all";
    case RunTimes::Group::kPrediction:
      return "prediction";
    case RunTimes::Group::kNothing:
      break;
  }
  return "nothing";
}

Eta eta(const ClusterView& view, const OpenJob& job, const RunTimes& history, std::uint32_t draws,
        std::uint64_t seed) {
  Eta result;
  base::Random random(seed);
  std::vector<double> starts_s;
  std::vector<std::uint64_t> before;
  for (std::uint32_t i = 0; i < std::max(1U, draws); ++i) {
    std::uint64_t starts_before = 0;
    Future future(view, history, random, result);
    starts_s.push_back(future.start_of(job, starts_before));
    before.push_back(starts_before);
  }
  std::sort(starts_s.begin(), starts_s.end());
  std::sort(before.begin(), before.end());
  // The smallest value that at least this share of the draws does not exceed.
  const auto quantile = [&](double share) {
    const auto rank =
        static_cast<std::size_t>(std::ceil(share * static_cast<double>(starts_s.size())) - 1);
    const double value = starts_s[rank];
    return std::isfinite(value) ? value : -1;
  };
  result.p50_s = quantile(0.5);
  result.p90_s = quantile(0.9);
  result.draws = static_cast<std::uint32_t>(starts_s.size());
  result.never = static_cast<std::uint32_t>(
      std::count_if(starts_s.begin(), starts_s.end(), [](double s) { return std::isinf(s); }));
  result.jobs_before = before[before.size() / 2];
  return result;
}

}  // namespace fulcrum::sched

#include "sched/eta.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "base/codec.h"
#include "sched/mirror.h"
#include "sched/trace/ledger.h"
#include "sched/twin/calibrate.h"
#include "sched/twin/own_nodes.h"

namespace fulcrum::sched {

namespace {

namespace json = base::json;

constexpr std::uint64_t kMostSteps = 2'000'000;  // of futures: the answer comes within seconds
constexpr std::uint64_t kCalibrationSteps = 1'000'000;
constexpr std::uint64_t kCalibrated = 200;  // past jobs asked about

RunLevels levels_of(bool simulated) {
  return {.names = {"name_and_size", "name", "project", "owner", "all"},
          .said_before = simulated ? 0U : 2U,  // a simulated job runs as long as it says
          .parts_from = 2};
}

std::vector<std::string> names_of(const std::string& owner, const std::string& project,
                                  const std::string& name, const std::string& size) {
  const std::string whose = owner + '\n' + project, what = whose + '\n' + name;
  return {what + '\n' + size, what, whose, owner, ""};
}

std::string size_of(const Demand& demand, std::uint32_t tasks) {
  return fmt::format("{} {} {} {}", demand.gpus, demand.gpu_milli, demand.cpu_milli, tasks);
}

Demand demand_of(const json::value& row) {
  Demand demand;
  demand.gpus = static_cast<std::uint32_t>(base::get_integer(row, "gpus"));
  if (demand.gpus > 0) demand.gpu_milli = base::get_integer(row, "gpu_milli");
  demand.cpu_milli = base::get_integer(row, "cpu_milli");
  demand.memory_bytes = base::get_integer(row, "memory_bytes");
  return demand;
}

OpenJob job_of(const json::value& row) {
  OpenJob job;
  job.spec.name = base::get_string(row, "name");
  job.spec.project = base::get_string(row, "project");
  job.spec.owner = base::get_string(row, "owner");
  job.spec.priority = std::max(1e-9, base::get_number(row, "priority"));
  job.spec.resources = demand_of(row);
  job.spec.tasks =
      static_cast<std::uint32_t>(std::max<std::int64_t>(1, base::get_integer(row, "tasks")));
  job.spec.time_limit_s = std::max(0.0, base::get_number(row, "time_limit_s"));
  job.spec.predicted_s = std::max(0.0, base::get_number(row, "predicted_s"));
  job.submitted_us = base::get_integer(row, "submitted_us");
  job.started_us = base::get_integer(row, "started_us");
  return job;
}

/// The home's jobs by submission, those that are open among them, and what is known of each.
class Past {
 public:
  Past(const ClusterView& view, bool simulated, const json::array& rows)
      : memory_(levels_of(simulated)) {
    std::vector<std::pair<OpenJob, double>> jobs;  // and its run time, once it has ended
    for (const auto& row : rows) {
      const std::int64_t ended_us = base::get_integer(row, "ended_us");
      OpenJob job = job_of(row);
      if ((base::get_integer(row, "simulated") != 0) != simulated || job.started_us == 0 ||
          ended_us < job.started_us)
        continue;
      const double run_s = seconds(ended_us - job.started_us) + base::get_number(row, "kept_s");
      jobs.emplace_back(std::move(job), run_s);
    }
    for (const auto& [id, job] : view.jobs)
      if (job.spec.simulated == simulated &&
          (job.phase == JobPhase::kQueued || job.phase == JobPhase::kRunning))
        jobs.emplace_back(job, kNotYet);
    std::stable_sort(jobs.begin(), jobs.end(), [](const auto& a, const auto& b) {
      return a.first.submitted_us < b.first.submitted_us;
    });
    std::vector<std::pair<double, std::size_t>> ends;
    for (auto& [job, run_s] : jobs) {
      Job core;
      core.submit_s = seconds(job.submitted_us);
      const std::size_t number = memory_.submitted(core, like_of(job));
      const bool started = job.phase == JobPhase::kRunning || run_s != kNotYet;
      if (started) memory_.started(number, seconds(job.started_us));
      if (run_s != kNotYet) ends.emplace_back(seconds(job.started_us) + run_s, number);
      jobs_.push_back(std::move(job));
    }
    std::sort(ends.begin(), ends.end());
    for (const auto& [end_s, number] : ends)
      memory_.ended(number, end_s - memory_.jobs()[number].start_s);
  }

  RunsLike like_of(const OpenJob& job) {
    const JobSpec& spec = job.spec;
    const auto names =
        names_of(spec.owner, spec.project, spec.name, size_of(spec.resources, spec.tasks));
    RunsLike like;
    for (std::size_t level = 0; level < names.size(); ++level)
      like.groups[level] = memory_.run_times().group(level, names[level]);
    like.said_s = spec.predicted_s;
    like.limit_s = spec.time_limit_s;
    return like;
  }

  const Memory& memory() const { return memory_; }
  const OpenJob& job(std::size_t number) const { return jobs_[number]; }

 private:
  Memory memory_;
  std::vector<OpenJob> jobs_;
};

class LiveWorld final : public World {
 public:
  LiveWorld(const ClusterView& view, bool simulated, const Past& past)
      : view_(view), simulated_(simulated), past_(past) {}
  Brain& renew() override {
    side_.emplace(view_, simulated_, policy_of(view_));
    return side_->brain();
  }
  JobIndex comes(std::size_t past, double now_s) override {
    OpenJob job = past_.job(past);
    job.phase = JobPhase::kQueued;
    job.kept_s = 0;
    job.submitted_us = static_cast<std::int64_t>(now_s * 1e6);
    job.order = kBehindAll + side_->brain().jobs();
    return side_->foresee(job, view_);
  }
  const MirrorSide& side() const { return *side_; }

 private:
  static constexpr std::uint64_t kBehindAll = std::uint64_t{1} << 62;
  const ClusterView& view_;
  bool simulated_;
  const Past& past_;
  std::optional<MirrorSide> side_;
};

/// What the same forecast was worth in the home's past, replayed under the present policy on the
/// present nodes. Nothing where these are not alike.
Conformal calibrated(const ClusterView& view, bool simulated, const json::array& rows,
                     std::uint64_t seed) {
  json::array nodes;
  for (const auto& [name, node] : view.nodes) nodes.push_back(base::encode(node));
  const auto size = cluster_of_nodes(nodes, simulated);
  const auto trace =
      trace_of_history(rows, {.simulated = simulated, .cores = only_cores(nodes, simulated)});
  if (!size || !trace || trace->jobs.size() < Conformal::kLeast) return {};
  CalibrateOptions options;
  options.prediction = Prediction::kGiven;
  options.grouping.levels = levels_of(simulated);
  options.grouping.names = [&](const TraceJob& job) {
    const auto& row = rows[rows.size() - static_cast<std::size_t>(job.line)];
    const OpenJob open = job_of(row);
    return names_of(open.spec.owner, open.spec.project, open.spec.name,
                    size_of(open.spec.resources, open.spec.tasks));
  };
  const double first_s = trace->jobs.front().submit_s, last_s = trace->jobs.back().submit_s;
  options.train_until_s = INFINITY;
  options.learn_from_s = first_s + (last_s - first_s) / 4;
  options.samples = kCalibrated;
  options.most_steps = kCalibrationSteps;
  options.seed = seed;
  return calibrate(*trace, *size, policy_of(view), options).all;
}

double or_never(double wait_s) {
  return std::isfinite(wait_s) ? wait_s : -1;
}

}  // namespace

Eta eta(const ClusterView& view, const OpenJob& job, const json::array& rows,
        const EtaOptions& options) {
  const bool simulated = job.spec.simulated;
  Past past(view, simulated, rows);
  LiveWorld world(view, simulated, past);
  world.renew();
  std::vector<OpenRun> open(world.side().brain().jobs());
  std::vector<RunningJob> running;
  for (const auto& [id, other] : view.jobs) {
    if (other.spec.simulated != simulated ||
        (other.phase != JobPhase::kQueued && other.phase != JobPhase::kRunning))
      continue;
    const JobIndex index = world.side().index(id);
    open[index] = {past.like_of(other), other.kept_s};
    if (other.phase == JobPhase::kRunning) running.push_back({index, seconds(other.started_us)});
  }
  Question question;
  question.target = world.side().index(job.id);
  question.policy = policy_of(view);
  question.running = running;
  question.open = open;
  question.now_s = seconds(view.now_us);
  if (may_be_overtaken(question.policy)) question.past = past.memory().jobs().size();
  ForecastOptions forecast_options;
  forecast_options.seed = options.seed;
  const auto most = static_cast<std::uint32_t>(kMostSteps / (open.size() + 1));
  forecast_options.draws = std::clamp(std::min(options.draws, most), 10U, 2'000U);
  const Forecast found = forecast(world, question, past.memory(), forecast_options);
  const Conformal record = calibrated(view, simulated, rows, options.seed);
  const WaitQuantiles plain = found.quantiles(), wait = record.corrected(plain);
  Eta result;
  result.p50_s = or_never(wait[kP50]);
  result.p90_s = or_never(wait[kP90]);
  result.plain_p50_s = or_never(plain[kP50]);
  result.plain_p90_s = or_never(plain[kP90]);
  result.draws = static_cast<std::uint32_t>(found.starts_s.size());
  result.never =
      static_cast<std::uint32_t>(std::count_if(found.starts_s.begin(), found.starts_s.end(),
                                               [](double start_s) { return std::isinf(start_s); }));
  result.jobs_before = found.jobs_before;
  result.past_runs = past.memory().run_times().size();
  result.corrected_by = record.known() >= Conformal::kLeast ? record.known() : 0;
  result.foresees = question.past > 0;
  for (std::size_t level = 0; level < found.drawn_from.size(); ++level)
    if (found.drawn_from[level] > 0)
      result.groups[std::string(past.memory().run_times().level_name(level))] =
          found.drawn_from[level];
  return result;
}

}  // namespace fulcrum::sched

#include "control/run/plan_runner.h"

#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <filesystem>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include "control/run/chosen_model.h"
#include "control/run/plan_records.h"
#include "control/run/run_report.h"
#include "control/run/services.h"
#include "control/run/step_runner.h"

namespace fulcrum::control {

namespace {

namespace json = base::json;

/// Walks the graph: every step whose needs are done runs in a thread of its own.
class PlanRunner {
 public:
  PlanRunner(RunSurroundings surroundings, CheckedPlan checked, bool refresh, RunObserver& observer)
      : surroundings_(surroundings),
        checked_(std::move(checked)),
        observer_(observer),
        refresh_(refresh),
        records_(surroundings_.engine),
        services_(checked_.plan, surroundings_.executor,
                  {.home = surroundings_.home,
                   .plan_folder = checked_.folder,
                   .environment = child_environment(surroundings_)}),
        step_runner_(surroundings_, checked_, records_, services_, checked_.folder, refresh) {
    for (const auto& step : checked_.graph.steps) outcomes_.push_back({.id = step.id});
  }

  base::Result<RunOutcome> run() {
    const std::int64_t started_us = surroundings_.clock.now_us();
    TRY(run_, records_.open_run(checked_.plan, checked_.graph, checked_.document.path, refresh_));
    observer_.planned(run_, checked_.plan.plan, step_ids());
    run_steps();
    services_.stop_all();
    if (surroundings_.interrupted)
      return base::failed("run.interrupted", "the run was interrupted",
                          "the same command goes on where it stopped");
    RunOutcome outcome{
        .run = run_,
        .plan = checked_.plan.plan,
        .state = overall_state(),
        .seconds = static_cast<double>(surroundings_.clock.now_us() - started_us) / 1e6,
        .steps = outcomes_,
        .report = {}};
    outcome.report = make_run_report(surroundings_.engine, checked_.plan, outcome);
    CHECK_OK(records_.end_run(run_, outcome.state, outcome.seconds, outcome.report));
    return outcome;
  }

 private:
  std::vector<std::string> step_ids() const {
    std::vector<std::string> ids;
    for (const auto& step : checked_.graph.steps) ids.push_back(step.id);
    return ids;
  }

  /// Position of a step in the graph.
  std::size_t index_of(const std::string& id) const {
    const auto& steps = checked_.graph.steps;
    return static_cast<std::size_t>(
        std::find_if(steps.begin(), steps.end(), [&](const auto& s) { return s.id == id; }) -
        steps.begin());
  }

  std::vector<std::string> needs_of(const plan::Step& step) const {
    std::vector<std::string> needs = step.needs;
    for (const auto& [name, source] : step.inputs) needs.push_back(source.step);
    return needs;
  }

  enum class Readiness { kReady, kNotYet, kNever };
  Readiness readiness(const plan::Step& step) const {
    for (const auto& need : needs_of(step)) {
      const std::string& state = outcomes_[index_of(need)].state;
      if (state == "running") return Readiness::kNotYet;
      if (state == "waiting") {
        if (!blocked_.contains(need)) return Readiness::kNotYet;
        if (!step.always) return Readiness::kNever;
      } else if (state != "done" && !step.always) {
        return Readiness::kNever;
      }
    }
    return Readiness::kReady;
  }

  void run_steps() {
    std::unique_lock lock(mutex_);
    for (;;) {
      start_ready_steps();
      if (running_ == 0) break;
      changed_.wait(lock);
    }
    lock.unlock();
    for (auto& thread : threads_) thread.join();
  }

  void start_ready_steps() {
    for (bool again = true; again;) {
      again = false;
      for (std::size_t i = 0; i < checked_.graph.steps.size(); ++i) {
        const plan::Step& step = checked_.graph.steps[i];
        if (outcomes_[i].state != "waiting" || blocked_.contains(step.id)) continue;
        const Readiness ready = readiness(step);
        if (ready == Readiness::kNever) {
          blocked_.insert(step.id);
          again = true;
        } else if (ready == Readiness::kReady && !surroundings_.interrupted) {
          start(i);
        }
      }
    }
  }

  void start(std::size_t index) {
    outcomes_[index].state = "running";
    ++running_;
    threads_.emplace_back([this, index, finished = finished_] {
      const plan::Step& step = checked_.graph.steps[index];
      auto [outcome, end] = step_runner_.run(run_, step, finished, *this_observer());
      const std::lock_guard lock(mutex_);
      outcomes_[index] = std::move(outcome);
      finished_[step.id] = std::move(end);
      --running_;
      if (!surroundings_.interrupted) observer_.ended(outcomes_[index]);
      changed_.notify_all();
    });
  }

  /// One call at a time reaches the observer.
  class LockedObserver final : public RunObserver {
   public:
    LockedObserver(RunObserver& inner, std::mutex& mutex) : inner_(inner), mutex_(mutex) {}
    void started(const std::string& step) override {
      const std::lock_guard lock(mutex_);
      inner_.started(step);
    }
    void progressed(const std::string& step, std::int64_t done, std::int64_t total,
                    const std::string& what) override {
      const std::lock_guard lock(mutex_);
      inner_.progressed(step, done, total, what);
    }

   private:
    RunObserver& inner_;
    std::mutex& mutex_;
  };
  LockedObserver* this_observer() { return &locked_observer_; }

  std::string overall_state() const {
    for (const char* worst : {"failed", "refused", "need_more_data"})
      for (const auto& outcome : outcomes_)
        if (outcome.state == worst) return worst;
    return "done";
  }

  RunSurroundings surroundings_;
  CheckedPlan checked_;
  RunObserver& observer_;
  bool refresh_;
  PlanRecords records_;
  Services services_;
  StepRunner step_runner_;
  std::string run_;

  std::mutex mutex_;  // guards everything below
  std::condition_variable changed_;
  std::vector<StepOutcome> outcomes_;
  std::map<std::string, FinishedStep> finished_;
  std::set<std::string> blocked_;  // will never run: something before them did not end well
  int running_ = 0;
  std::vector<std::thread> threads_;
  LockedObserver locked_observer_{observer_, mutex_};
};

}  // namespace

base::Result<CheckedPlan> check_plan(const RunOptions& options) {
  const auto file = std::filesystem::path(options.folder) / options.plan_path;
  CheckedPlan checked;
  if (options.text) {
    TRY(checked.document, plan::parse_document(*options.text, options.plan_path));
  } else {
    TRY(checked.document, plan::load_document(file.string()));
    checked.document.path = options.plan_path;
  }
  checked.folder = std::filesystem::absolute(file).lexically_normal().parent_path().string();
  for (const auto& assignment : options.overrides)
    CHECK_OK(plan::override_value(checked.document, assignment));
  TRY(checked.plan, plan::decode_plan(checked.document));
  auto graph = plan::build_graph(checked.plan);
  if (!graph) return base::Failure(plan::locate(checked.document, graph.error()));
  checked.graph = std::move(*graph);
  CHECK_OK(check_step_settings(checked));
  return checked;
}

base::Result<RunOutcome> run_plan(RunSurroundings surroundings, CheckedPlan checked, bool refresh,
                                  RunObserver& observer) {
  return PlanRunner(surroundings, std::move(checked), refresh, observer).run();
}

base::Result<std::vector<StepForecast>> forecast_plan(Engine& engine, const CheckedPlan& checked,
                                                      bool refresh) {
  PlanRecords records(engine);
  std::map<std::string, FinishedStep> finished;
  std::vector<StepForecast> forecasts;
  for (const auto& step : checked.graph.steps) {
    StepForecast forecast{.id = step.id};
    const bool known =
        std::all_of(step.inputs.begin(), step.inputs.end(),
                    [&](const auto& input) { return finished.contains(input.second.step); }) &&
        std::all_of(step.needs.begin(), step.needs.end(),
                    [&](const auto& need) { return finished.contains(need); });
    const bool fetches = refresh && step.kind == "data.collect";
    if (known && !fetches) {
      TRY(const std::string identity,
          identity_in_registry(engine, checked.plan, step,
                               identity_of(checked.plan, step, finished, checked.folder)));
      TRY(auto result, records.find_result(identity));
      if (result) {
        forecast.cached = true;
        result->identity = identity;
        finished[step.id] = std::move(*result);
      }
    }
    if (!forecast.cached) {
      TRY(forecast.expected_s, records.last_seconds(checked.plan.plan, step.id));
      if (forecast.expected_s >= 0)
        forecast.expected_usd =
            forecast.expected_s / 3600 * step.devices * checked.plan.cluster.price_usd_per_hour;
    }
    forecasts.push_back(forecast);
  }
  return forecasts;
}

}  // namespace fulcrum::control

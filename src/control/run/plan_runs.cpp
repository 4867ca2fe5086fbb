#include "control/run/plan_runs.h"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <mutex>
#include <thread>

#include "base/hash.h"
#include "control/jobs/scheduled_steps.h"

namespace fulcrum::control {

namespace {

constexpr std::size_t kKeptRuns = 20;  // that have ended, for followers who come late

/// Everything that makes two requests the same run.
std::string signature_of(const CheckedPlan& checked, bool refresh) {
  return base::sha256_hex(checked.folder + "\n" + base::to_text(checked.document.root) +
                          (refresh ? "\nrefresh" : ""));
}

struct Run {
  std::string plan;
  std::string signature;
  std::shared_ptr<RunNews> news = std::make_shared<RunNews>();
  std::atomic<bool> interrupted{false};
  std::thread thread;

  ~Run() {
    if (thread.joinable()) thread.join();
  }
};

base::Failure closing() {
  return base::failed("run.closing", "this process is about to end", "start again");
}

class OpenPlanRuns final : public PlanRuns {
 public:
  OpenPlanRuns(Home& home, LocalMachine& machine)
      : home_(home),
        machine_(machine),
        jobs_(open_scheduled_steps(home.engine(), machine.dispatcher())) {}
  ~OpenPlanRuns() override { close(); }

  base::Result<std::string> start(const RunOptions& options) override {
    TRY(const CheckedPlan checked, check_plan(options));
    const std::string signature = signature_of(checked, options.refresh);
    for (;;) {
      TRY(const Place place, find_place(checked, signature, options.refresh));
      if (!place.is_ending) return place.news->wait_for_run();
      place.news->wait_until_over();  // what it leaves is what this one goes on with
    }
  }

  base::Result<std::vector<StepForecast>> forecast(const RunOptions& options) override {
    TRY(const CheckedPlan checked, check_plan(options));
    return forecast_plan(home_.engine(), checked, options.refresh);
  }

  base::Result<std::shared_ptr<RunNews>> follow(const std::string& id) override {
    TRY(const auto run, find(id));
    return run->news;
  }

  base::Status interrupt(const std::string& id) override {
    TRY(const auto run, find(id));
    run->interrupted = true;
    return {};
  }

  bool close_when_idle() override {
    const std::lock_guard lock(mutex_);
    closing_ = closing_ || std::all_of(runs_.begin(), runs_.end(),
                                       [](const auto& run) { return run->news->is_over(); });
    return closing_;
  }

  void close() override {
    std::vector<std::shared_ptr<Run>> all;
    {
      const std::lock_guard lock(mutex_);
      closing_ = true;
      all = runs_;
    }
    for (const auto& run : all) run->interrupted = true;
    for (const auto& run : all) run->news->wait_until_over();
  }

 private:
  struct Place {
    std::shared_ptr<RunNews> news;
    bool is_ending = false;  // interrupted, but not over
  };

  /// The same run, a new one, or one that has to end first.
  base::Result<Place> find_place(const CheckedPlan& checked, const std::string& signature,
                                 bool refresh) {
    const std::lock_guard lock(mutex_);
    if (closing_) return closing();
    for (const auto& run : runs_) {
      if (run->plan != checked.plan.plan || run->news->is_over()) continue;
      if (run->interrupted) return Place{run->news, true};
      if (run->signature == signature) return Place{run->news};
      return base::conflict(
          "run.busy", fmt::format("plan {} is running with other settings", checked.plan.plan),
          "wait until it has ended, or stop it where it was started (Ctrl-C)");
    }
    forget_old();
    auto run = std::make_shared<Run>();
    run->plan = checked.plan.plan;
    run->signature = signature;
    run->thread = std::thread([this, run = run.get(), checked, refresh] {
      run->news->finish(carry_out(*run, checked, refresh));
    });
    runs_.push_back(run);
    return Place{run->news};
  }

  base::Result<RunOutcome> carry_out(Run& run, const CheckedPlan& checked, bool refresh) {
    try {
      return run_plan({.engine = home_.engine(),
                       .objects = home_.objects(),
                       .gate = gate_,
                       .executor = machine_.executor(),
                       .jobs = *jobs_,
                       .home = home_.paths().root.string(),
                       .programs = programs_folder(),
                       .clock = base::system_clock(),
                       .interrupted = run.interrupted},
                      checked, refresh, *run.news);
    } catch (const std::exception& error) {
      // Expected failures are values; what arrives here (no memory, a broken folder) ends this run.
      return base::failed("run.exception", error.what());
    }
  }

  /// Newest first: an interrupted run goes on under its old id.
  base::Result<std::shared_ptr<Run>> find(const std::string& id) const {
    const std::lock_guard lock(mutex_);
    for (auto run = runs_.rbegin(); run != runs_.rend(); ++run)
      if (!id.empty() && (*run)->news->run() == id) return *run;
    return base::not_found("plan.unknown_run", fmt::format("no run {} is known here", id),
                           "start it again: it goes on where it was");
  }

  void forget_old() {
    std::size_t ended = 0;
    for (auto run = runs_.end(); run != runs_.begin();) {
      --run;
      if ((*run)->news->is_over() && ++ended > kKeptRuns) run = runs_.erase(run);
    }
  }

  Home& home_;
  LocalMachine& machine_;
  std::unique_ptr<StepJobs> jobs_;
  StepGate gate_;
  mutable std::mutex mutex_;  // of what follows
  bool closing_ = false;
  std::vector<std::shared_ptr<Run>> runs_;  // in the order of their starts
};

}  // namespace

std::unique_ptr<PlanRuns> open_plan_runs(Home& home, LocalMachine& machine) {
  return std::make_unique<OpenPlanRuns>(home, machine);
}

}  // namespace fulcrum::control

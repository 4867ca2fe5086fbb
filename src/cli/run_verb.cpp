// fulcrum run PLAN: brings the world to the state that the plan describes.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <filesystem>
#include <memory>
#include <thread>

#include "api/holder.h"
#include "base/table.h"
#include "base/text.h"
#include "cli/run_progress.h"
#include "cli/run_report_text.h"
#include "cli/stop_signal.h"
#include "cli/verb.h"
#include "control/run/local_run.h"

namespace fulcrum::cli {

namespace {

namespace json = base::json;

constexpr int kDefaultPort = 7470;

struct Options {
  control::RunOptions run;
  bool once = false;
  bool dry_run = false;
  int port = kDefaultPort;
};

json::object step_json(const control::StepOutcome& step) {
  json::object object{
      {"id", step.id}, {"state", step.state}, {"cached", step.cached}, {"seconds", step.seconds}};
  if (!step.error.code.empty())
    object["error"] = json::object{{"code", step.error.code},
                                   {"message", step.error.message},
                                   {"field", step.error.field},
                                   {"fix", step.error.fix}};
  return object;
}

/// The last line of `--json`, which scripts rely on.
json::object summary(const control::RunOutcome& outcome) {
  json::array steps;
  for (const auto& step : outcome.steps) steps.push_back(step_json(step));
  const auto* scores = base::find_path(outcome.report, "scores");
  return {{"plan", outcome.plan},      {"run", outcome.run},
          {"state", outcome.state},    {"seconds", outcome.seconds},
          {"steps", std::move(steps)}, {"scores", scores ? *scores : json::value(nullptr)},
          {"report", outcome.report}};
}

int exit_code(const std::string& state) {
  if (state == "failed") return 1;
  if (state == "refused") return 3;
  return 0;
}

int show_forecast(const std::vector<control::StepForecast>& forecasts, const Session& session) {
  json::array steps;
  base::TableText table{.header = {base::text("run.step"), base::text("run.would"),
                                   base::text("run.expected_s"), base::text("report.usd")},
                        .rows = {},
                        .right_aligned = {false, false, true, true}};
  for (const auto& step : forecasts) {
    const auto known = [](double value) {
      return value < 0 ? json::value(nullptr) : json::value(value);
    };
    steps.push_back(json::object{{"id", step.id},
                                 {"cached", step.cached},
                                 {"expected_s", known(step.expected_s)},
                                 {"expected_usd", known(step.expected_usd)}});
    table.rows.push_back({step.id, base::text(step.cached ? "run.cached" : "run.would_run"),
                          step.expected_s < 0 ? "–" : fmt::format("{:.1f}", step.expected_s),
                          step.expected_usd < 0 ? "–" : fmt::format("{:.4f}", step.expected_usd)});
  }
  if (session.output.mode == OutputMode::kTable) {
    fmt::print("{}", base::render(table));
  } else {
    session.output.value(json::object{{"steps", std::move(steps)}});
  }
  return 0;
}

/// A thread that turns the signal into the flag which the runner looks at.
class Interruption {
 public:
  Interruption() : thread_([this] { watch(); }) {}
  ~Interruption() {
    done_ = true;
    thread_.join();
  }
  const std::atomic<bool>& flag() const { return flag_; }

 private:
  void watch() {
    while (!done_) {
      if (stop_.came()) flag_ = true;
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
  }
  StopSignal stop_;
  std::atomic<bool> flag_{false};
  std::atomic<bool> done_{false};
  std::thread thread_;
};

base::Result<std::unique_ptr<api::Holder>> hold(const Options& options, const Session& session) {
  const auto paths = session.paths();
  auto lock = control::lock_home(paths);
  if (!lock) {
    base::Error error = lock.error();
    error.fix = base::text("run.home_held");
    return base::Failure(std::move(error));
  }
  return api::start_holder(paths, std::move(*lock),
                           {.port = options.once || options.dry_run ? -1 : options.port,
                            .with_components = false});  // the run has a dispatcher of its own
}

int run(const Options& options, const Session& session) {
  // Mistakes in the plan are shown before anything is opened or started.
  if (auto checked = control::check_plan(options.run); !checked)
    return session.output.error(checked.error());
  auto holder = hold(options, session);
  if (!holder && holder.error().code == "http.listen") {
    Options any = options;
    any.port = 0;  // the usual port is taken: any free one will do
    holder = hold(any, session);
  }
  if (!holder) return session.output.error(holder.error());
  const Interruption interruption;
  auto local = control::open_local_run((*holder)->home(), interruption.flag());
  if (!local) return session.output.error(local.error());
  if (options.dry_run) {
    auto forecasts = control::forecast_plan((*local)->surroundings(), options.run);
    if (!forecasts) return session.output.error(forecasts.error());
    return show_forecast(*forecasts, session);
  }
  const bool people = session.output.mode == OutputMode::kTable;
  const auto progress = make_run_progress(people ? detect_progress_style() : ProgressStyle::kPlain);
  auto outcome = control::run_plan((*local)->surroundings(), options.run, *progress);
  if (!outcome) return session.output.error(outcome.error());
  if (people) {
    fmt::print("\n{}", run_report_text(outcome->report));
  } else {
    session.output.value(summary(*outcome));
  }
  std::fflush(stdout);
  if (!options.once) {
    session.output.say(
        base::text("run.serving", (*holder)->url(), (*holder)->home().owner_token()));
    std::fflush(stdout);
    while (!interruption.flag()) std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  return exit_code(outcome->state);
}

}  // namespace

Action run_verb(CLI::App& app, const AlsoRegister&) {
  auto options = std::make_shared<Options>();
  app.add_option("plan", options->run.plan_path, base::text("run.plan"))->required();
  app.add_option("--set", options->run.overrides, base::text("run.set"))->type_name("KEY=VALUE");
  app.add_flag("--once", options->once, base::text("run.once"));
  app.add_flag("--dry-run", options->dry_run, base::text("run.dry_run"));
  app.add_flag("--refresh", options->run.refresh, base::text("run.refresh"));
  app.add_option("--port", options->port, base::text("up.port"))->check(CLI::Range(0, 65535));
  return [options](const Session& session) { return run(*options, session); };
}

}  // namespace fulcrum::cli

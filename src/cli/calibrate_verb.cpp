// fulcrum calibrate: how far the forecast of `fulcrum eta` can be trusted, measured on a trace.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <thread>

#include "base/codec.h"
#include "base/files.h"
#include "base/table.h"
#include "base/text.h"
#include "cli/trace_source.h"
#include "cli/verb.h"
#include "cli/world_options.h"
#include "sched/twin/calibration_figures.h"
#include "sched/twin/simulation.h"

namespace fulcrum::cli {

namespace {

namespace json = base::json;

constexpr double kDayS = 86400;

struct Options {
  WorldOptions world;
  std::vector<std::string> policies{"fifo", "easy"};
  double train_days = 0;  // 0: half of the trace
  std::uint64_t asked = 500;
  std::uint32_t draws = 20;
  std::filesystem::path report;
};

/// What the policies are told of durations: never the truth, which the forecast would then read.
base::Result<sched::Prediction> prediction_of(const std::string& text, const sched::Trace& trace) {
  TRY(const auto prediction, sched::parse_prediction(text, trace));
  if (prediction != sched::Prediction::kPerfect) return prediction;
  if (text == "auto") return sched::Prediction::kLastTwo;
  return base::usage("calibrate.perfect", "who knows the run times has nothing to forecast",
                     "predict", "auto, limit, given or last_two");
}

struct Plan {
  World world;
  sched::CalibrateOptions calibrate;
  std::vector<sched::Scenario> scenarios;
};

base::Result<Plan> plan_of(const Options& options, const Session& session) {
  Plan plan;
  TRY(Sourced sourced, read_source(options.world.source, session));
  plan.world = {std::move(sourced.trace), sourced.size, {}};
  const sched::Trace& trace = plan.world.trace;
  for (const std::string& name : options.policies) {
    TRY(auto scenario, scenario_of(name, plan.world.size));
    plan.scenarios.push_back(std::move(scenario));
  }
  TRY(plan.world.prediction, prediction_of(options.world.predict, trace));
  const double first_s = trace.jobs.front().submit_s, last_s = trace.jobs.back().submit_s;
  auto& calibrate = plan.calibrate;
  calibrate.prediction = plan.world.prediction;
  calibrate.grouping = sched::grouping_of(trace);
  calibrate.train_until_s =
      options.train_days > 0 ? options.train_days * kDayS : (first_s + last_s) / 2;
  if (calibrate.train_until_s <= first_s || calibrate.train_until_s >= last_s)
    return base::usage(
        "calibrate.train_days",
        fmt::format("{} days leave nothing to learn from or to test", options.train_days),
        "train-days",
        fmt::format("the trace goes from day {:.1f} to day {:.1f}", first_s / kDayS,
                    last_s / kDayS));
  calibrate.learn_from_s = (first_s + calibrate.train_until_s) / 2;
  calibrate.samples = options.asked;
  calibrate.seed = options.world.seed;
  calibrate.forecast.draws = std::clamp(options.draws, 1U, 10'000U);
  return plan;
}

std::vector<sched::Calibration> run_all(const Plan& plan) {
  std::vector<sched::Calibration> results(plan.scenarios.size());
  std::vector<std::jthread> threads;
  for (std::size_t i = 0; i < results.size(); ++i)
    threads.emplace_back([&plan, &results, i] {
      results[i] = sched::calibrate(plan.world.trace, plan.world.size, plan.scenarios[i].policy,
                                    plan.calibrate);
    });
  threads.clear();
  return results;
}

std::string percent(double part) {
  return fmt::format("{:.1f} %", 100 * part);
}

std::string table_of(const std::vector<sched::CalibrationFigures>& all) {
  base::TableText table;
  table.header = {"policy",
                  base::text("calibrate.jobs"),
                  "P50",
                  "P90",
                  base::text("calibrate.plain"),
                  base::text("calibrate.rolling"),
                  base::text("calibrate.ratio")};
  table.right_aligned.assign(table.header.size(), true);
  table.right_aligned[0] = false;
  const auto add = [&](const std::string& name, const sched::HeldRow& row, const std::string& end) {
    table.rows.push_back({name, fmt::format("{}", row.jobs), percent(row.fixed_p50),
                          percent(row.fixed_p90), percent(row.plain_p90), percent(row.rolling_p90),
                          end});
  };
  for (const auto& figures : all) {
    add(figures.policy, figures.all, fmt::format("{:.2f}", figures.sharpness.p90_to_waited));
    for (const auto& row : figures.classes) add(fmt::format("  {} {}", row.by, row.of), row, "");
  }
  return base::render(table);
}

base::Status write_report(const std::filesystem::path& folder, const json::object& result,
                          const std::vector<sched::Calibration>& calibrations, const Plan& plan) {
  CHECK_OK(base::make_folder(folder));
  CHECK_OK(base::write_file(folder / "results.json", base::to_text(result) + "\n"));
  for (std::size_t i = 0; i < calibrations.size(); ++i)
    CHECK_OK(base::write_file(folder / ("asked-" + plan.scenarios[i].name + ".csv"),
                              sched::asked_csv(calibrations[i])));
  return {};
}

int calibrate(const Options& options, const Session& session) {
  const auto plan = plan_of(options, session);
  if (!plan) return session.output.error(plan.error());
  const auto calibrations = run_all(*plan);
  std::vector<sched::CalibrationFigures> figures;
  for (std::size_t i = 0; i < calibrations.size(); ++i)
    figures.push_back(sched::figures_of(plan->scenarios[i].name, calibrations[i]));
  const json::object result{{"simulated", true},
                            {"predictions", sched::prediction_name(plan->world.prediction)},
                            {"train_until_s", plan->calibrate.train_until_s},
                            {"draws", plan->calibrate.forecast.draws},
                            {"seed", plan->calibrate.seed},
                            {"skipped", skipped_of(plan->world)},
                            {"policies", base::encode(figures)}};
  if (!options.report.empty())
    if (const auto written = write_report(options.report, result, calibrations, *plan); !written)
      return session.output.error(written.error());
  if (session.output.mode != OutputMode::kTable) {
    session.output.value(result);
    return 0;
  }
  const std::string text = table_of(figures);
  std::fwrite(text.data(), 1, text.size(), stdout);
  for (const auto& one : figures)
    session.output.say(base::text("calibrate.at_once", one.policy, one.at_once, one.asked));
  session.output.say(base::text("calibrate.method"));
  return 0;
}

}  // namespace

Action calibrate_verb(CLI::App& app, const AlsoRegister&) {
  auto options = std::make_shared<Options>();
  app.add_option("--format", options->world.source.format, base::text("world.format"))
      ->type_name("NAME")
      ->required();
  add_source_options(app, options->world.source);
  app.add_option("--policy", options->policies, base::text("sim.policy"))
      ->type_name("NAME[,NAME]")
      ->delimiter(',');
  app.add_option("--predict", options->world.predict, base::text("sim.predict"))->type_name("HOW");
  app.add_option("--train-days", options->train_days, base::text("calibrate.train_days"))
      ->type_name("DAYS");
  app.add_option("--asked", options->asked, base::text("calibrate.asked"))->type_name("N");
  app.add_option("--draws", options->draws, base::text("calibrate.draws"))->type_name("N");
  app.add_option("--seed", options->world.seed, base::text("calibrate.seed"))->type_name("N");
  app.add_option("--report", options->report, base::text("sim.report"))->type_name("DIR");
  return [options](const Session& session) { return calibrate(*options, session); };
}

}  // namespace fulcrum::cli

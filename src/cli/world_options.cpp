#include "cli/world_options.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <thread>

#include "base/spelling.h"
#include "base/text.h"
#include "sched/twin/simulation.h"

namespace fulcrum::cli {

namespace {

constexpr std::uint64_t kMostResamples = 10'000;

}  // namespace

void add_world_options(CLI::App& app, WorldOptions& options) {
  app.add_option("--trace", options.trace, base::text("sim.trace"))->type_name("FILE")->required();
  app.add_option("--format", options.format, base::text("world.format"))
      ->type_name("NAME")
      ->required();
  app.add_option("--cluster", options.cluster, base::text("sim.cluster"))
      ->type_name("80x8")
      ->required();
  app.add_option("--predict", options.predict, base::text("sim.predict"))->type_name("HOW");
  app.add_option("--price-per-hour,--price-usd-per-hour", options.price_usd_per_hour,
                 base::text("sim.price"))
      ->type_name("USD");
  app.add_option("--resamples", options.resamples, base::text("world.resamples"))->type_name("N");
  app.add_option("--seed", options.seed, base::text("world.seed"))->type_name("N");
  app.add_flag("--lenient", options.lenient, base::text("sim.lenient"));
}

base::Result<World> read_world(const WorldOptions& options) {
  if (options.resamples > kMostResamples)
    return base::usage("advise.resamples",
                       fmt::format("{} resamples are too many", options.resamples), "resamples",
                       fmt::format("at most {}", kMostResamples));
  World world;
  TRY(world.size, sched::parse_cluster(options.cluster));
  world.size.price_usd_per_hour = options.price_usd_per_hour;
  const auto reader = sched::find_trace_format(options.format);
  if (reader == nullptr)
    return base::usage("sim.format", fmt::format("no trace format is called {}", options.format),
                       "format",
                       fmt::format("formats: {}", fmt::join(sched::trace_format_names(), ", ")));
  TRY(world.trace, reader(options.trace, sched::ReadOptions{options.lenient}));
  TRY(world.prediction, sched::parse_prediction(options.predict, world.trace));
  return world;
}

base::Result<sched::Scenario> scenario_of(const std::string& policy,
                                          const sched::ClusterSize& size) {
  const auto found = sched::find_policy(policy);
  if (found) return sched::Scenario{policy, policy, *found, size, {}};
  std::vector<std::string_view> known;
  for (const auto& preset : sched::presets()) known.push_back(preset.name);
  const std::string near = base::nearest(policy, known);
  return base::usage("policy.unknown", fmt::format("no policy is called {}", policy), "policy",
                     near.empty() ? fmt::format("policies: {}", fmt::join(known, ", "))
                                  : fmt::format("did you mean {}?", near));
}

sched::ScenarioPlan plan_of(const World& world, const WorldOptions& options) {
  sched::ScenarioPlan plan;
  plan.trace = &world.trace;
  plan.prediction = world.prediction;
  plan.resamples = options.resamples;
  plan.seed = options.seed;
  plan.threads = std::max(1U, std::thread::hardware_concurrency());
  return plan;
}

base::json::object skipped_of(const World& world) {
  base::json::object skipped;
  for (const auto& [reason, count] : world.trace.skipped) skipped[reason] = count;
  return skipped;
}

}  // namespace fulcrum::cli

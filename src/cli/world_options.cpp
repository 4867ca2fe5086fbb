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

void add_world_options(CLI::App& app, WorldOptions& options, const std::string& quota_option) {
  app.add_option("--format", options.source.format, base::text("world.format"))
      ->type_name("NAME")
      ->required();
  add_source_options(app, options.source, quota_option);
  app.add_option("--predict", options.predict, base::text("sim.predict"))->type_name("HOW");
  app.add_option("--price-per-hour,--price-usd-per-hour", options.source.price_usd_per_hour,
                 base::text("sim.price"))
      ->type_name("USD");
  app.add_option("--resamples", options.resamples, base::text("world.resamples"))->type_name("N");
  app.add_option("--seed", options.seed, base::text("world.seed"))->type_name("N");
}

base::Result<World> read_world(const WorldOptions& options, const Session& session) {
  if (options.resamples > kMostResamples)
    return base::usage("advise.resamples",
                       fmt::format("{} resamples are too many", options.resamples), "resamples",
                       fmt::format("at most {}", kMostResamples));
  TRY(Sourced sourced, read_source(options.source, session));
  World world{.trace = std::move(sourced.trace), .size = sourced.size};
  TRY(world.prediction, sched::parse_prediction(options.predict, world.trace));
  return world;
}

base::Result<sched::Scenario> scenario_of(const std::string& policy,
                                          const sched::ClusterSize& size) {
  const auto found = sched::find_policy(policy);
  if (found) return sched::Scenario{policy, policy, *found, size};
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

#pragma once
// What `fulcrum advise` and `fulcrum whatif` have in common: a trace, a cluster, resamples.
#include <filesystem>
#include <string>

#include "base/json.h"
#include "sched/twin/scenario.h"

namespace CLI {
class App;
}

namespace fulcrum::cli {

struct WorldOptions {
  std::filesystem::path trace;
  std::string format;
  std::string cluster;  // "80x8"
  std::string predict = "auto";
  double price_usd_per_hour = 0;  // of a node
  std::uint64_t resamples = 20;
  std::uint64_t seed = 1;
  bool lenient = false;
};

/// Binds the options; `options` outlives the app.
void add_world_options(CLI::App& app, WorldOptions& options);

struct World {
  sched::Trace trace;
  sched::ClusterSize size;
  sched::Prediction prediction = sched::Prediction::kPerfect;
};

/// Fails as the trace's reader, parse_cluster() and parse_prediction(), or with `sim.format`,
/// `advise.resamples`.
base::Result<World> read_world(const WorldOptions& options);
/// Fails with `policy.unknown`.
base::Result<sched::Scenario> scenario_of(const std::string& policy, const sched::ClusterSize& size);
/// Without scenarios. Points to the world.
sched::ScenarioPlan plan_of(const World& world, const WorldOptions& options);
/// Rows of the trace that were left out, by reason.
base::json::object skipped_of(const World& world);

}  // namespace fulcrum::cli

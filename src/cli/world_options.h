#pragma once
// What `fulcrum advise` and `fulcrum whatif` have in common: a trace, a cluster, resamples.
#include <string>

#include "base/json.h"
#include "cli/trace_source.h"
#include "sched/twin/scenario.h"

namespace CLI {
class App;
}

namespace fulcrum::cli {

struct WorldOptions {
  TraceSource source;
  std::string predict = "auto";
  std::uint64_t resamples = 20;
  std::uint64_t seed = 1;
};

/// Binds the options; `options` outlives the app.
void add_world_options(CLI::App& app, WorldOptions& options,
                       const std::string& quota_option = "--quota");

struct World {
  sched::Trace trace;
  sched::ClusterSize size;
  sched::Prediction prediction = sched::Prediction::kPerfect;
};

/// Fails as read_source() and parse_prediction(), or with `advise.resamples`.
base::Result<World> read_world(const WorldOptions& options, const Session& session);
/// Fails with `policy.unknown`.
base::Result<sched::Scenario> scenario_of(const std::string& policy,
                                          const sched::ClusterSize& size);
/// Without scenarios. Points to the world.
sched::ScenarioPlan plan_of(const World& world, const WorldOptions& options);
/// Rows of the trace that were left out, by reason.
base::json::object skipped_of(const World& world);

}  // namespace fulcrum::cli

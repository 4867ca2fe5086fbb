// fulcrum sim: what would policies do with this trace on such a cluster? One format, one way to run
// it: jobs of a trace are replayed in time, those of the openb lists are placed once and stay.
#include <CLI/CLI.hpp>
#include <memory>

#include "base/text.h"
#include "cli/sim_openb.h"
#include "cli/sim_replay.h"
#include "cli/verb.h"

namespace fulcrum::cli {

namespace {

/// The options that only the openb lists have; those that both have are the replay's.
std::shared_ptr<SimOpenbOptions> openb_options(CLI::App& app) {
  auto openb = std::make_shared<SimOpenbOptions>();
  app.add_option("--nodes", openb->nodes, base::text("sim.nodes"))->type_name("FILE");
  app.add_option("--load", openb->load, base::text("sim.load"))->type_name("RATIO");
  app.add_option("--seed", openb->seed, base::text("sim.seed"))->type_name("N");
  app.add_option("--node-order", openb->node_order, base::text("sim.node_order"))
      ->type_name("mixed|name");
  return openb;
}

}  // namespace

Action sim_verb(CLI::App& app, const AlsoRegister&) {
  auto replay = std::make_shared<SimReplayOptions>();
  auto openb = openb_options(app);
  app.add_option("--format", replay->source.format, base::text("sim.format"))
      ->type_name("NAME")
      ->required();
  add_source_options(app, replay->source);
  const auto* policy = app.add_option("--policy", replay->policies, base::text("sim.policy"))
                           ->type_name("NAME[,NAME]")
                           ->delimiter(',');
  app.add_option("--seeds", replay->seeds, base::text("sim.seeds"))->type_name("N");
  app.add_option("--predict", replay->predict, base::text("sim.predict"))->type_name("HOW");
  app.add_option("--price-usd-per-hour", replay->source.price_usd_per_hour, base::text("sim.price"))
      ->type_name("USD");
  app.add_option("--report", replay->report, base::text("sim.report"))->type_name("DIR");
  return [replay, openb, policy](const Session& session) {
    if (replay->source.format != "openb") return sim_replay(*replay, session);
    if (const auto given = check_file(replay->source); !given)
      return session.output.error(given.error());
    openb->trace = replay->source.trace;
    openb->seeds = replay->seeds;
    openb->lenient = replay->source.lenient;
    openb->report = replay->report;
    if (policy->count() > 0) openb->policies = replay->policies;
    return sim_openb(*openb, session);
  };
}

}  // namespace fulcrum::cli

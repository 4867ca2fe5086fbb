// fulcrum sim: what would policies do with this trace on such a cluster? One format, one way to run
// it: jobs of a trace are replayed in time.
#include <CLI/CLI.hpp>
#include <memory>

#include "base/text.h"
#include "cli/sim_replay.h"
#include "cli/verb.h"

namespace fulcrum::cli {

Action sim_verb(CLI::App& app, const AlsoRegister&) {
  auto replay = std::make_shared<SimReplayOptions>();
  app.add_option("--format", replay->format, base::text("sim.format"))
      ->type_name("NAME")
      ->required();
  app.add_option("--trace", replay->trace, base::text("sim.trace"))->type_name("FILE")->required();
  app.add_option("--cluster", replay->cluster, base::text("sim.cluster"))->type_name("80x8");
  app.add_option("--policy", replay->policies, base::text("sim.policy"))
      ->type_name("NAME[,NAME]")
      ->delimiter(',');
  app.add_option("--seeds", replay->seeds, base::text("sim.seeds"))->type_name("N");
  app.add_option("--predict", replay->predict, base::text("sim.predict"))->type_name("HOW");
  app.add_option("--price-usd-per-hour", replay->price_usd_per_hour, base::text("sim.price"))
      ->type_name("USD");
  app.add_option("--report", replay->report, base::text("sim.report"))->type_name("DIR");
  app.add_flag("--lenient", replay->lenient, base::text("sim.lenient"));
  return [replay](const Session& session) { return sim_replay(*replay, session); };
}

}  // namespace fulcrum::cli

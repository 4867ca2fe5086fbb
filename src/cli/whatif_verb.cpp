// fulcrum whatif: more nodes, another policy, another price, beside what there is.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "base/text.h"
#include "cli/verb.h"
#include "cli/world_options.h"
#include "sched/trace/assume.h"
#include "sched/twin/advise.h"
#include "sched/twin/whatif.h"

namespace fulcrum::cli {

namespace {

struct Options {
  WorldOptions world;
  std::string base_policy = "fifo";
  std::string policy;  // empty: the base's
  std::vector<std::string> add_nodes;
  std::vector<std::string> quotas;       // that would hold instead
  double added_price_usd_per_hour = -1;  // negative: as of the others
};

base::Result<sched::Scenario> changed_world(const Options& options, const sched::Scenario& before,
                                            const sched::Trace& trace) {
  if (options.policy.empty() && options.add_nodes.empty() && options.quotas.empty())
    return base::usage("whatif.nothing", "nothing would change", "add-nodes",
                       "give --add-nodes 8xA100, --policy NAME, --quota GROUP=G:L or several");
  TRY(auto changed,
      scenario_of(options.policy.empty() ? options.base_policy : options.policy, before.size));
  for (const std::string& text : options.add_nodes) {
    TRY(const auto added, sched::parse_added(text, before.size));
    for (sched::ClusterSize kind : added) {
      if (options.added_price_usd_per_hour >= 0)
        kind.price_usd_per_hour = options.added_price_usd_per_hour;
      changed.size.more.push_back(std::move(kind));
    }
  }
  if (!options.quotas.empty()) {
    changed.quotas = trace.quotas;
    for (const std::string& text : options.quotas)
      CHECK_OK(sched::add_quota(*changed.quotas, text));
    CHECK_OK(sched::check_quotas(*changed.quotas, trace));
  }
  return changed;
}

int whatif(const Options& options, const Session& session) {
  const auto world = read_world(options.world, session);
  if (!world) return session.output.error(world.error());
  sched::ScenarioPlan plan = plan_of(*world, options.world);
  auto before = scenario_of(options.base_policy, world->size);
  if (!before) return session.output.error(before.error());
  auto after = changed_world(options, *before, world->trace);
  if (!after) return session.output.error(after.error());
  if (const auto priced = price_clusters(options.world.source, {&before->size, &after->size});
      !priced)
    return session.output.error(priced.error());
  plan.scenarios = {std::move(*before), std::move(*after)};
  const auto answer = sched::what_if(plan, sched::run_scenarios(plan));
  if (session.output.mode != OutputMode::kTable) {
    auto json = sched::to_json(answer, plan);
    json["skipped"] = skipped_of(*world);
    session.output.value(json);
    return 0;
  }
  std::string text;
  for (const std::string& line : answer.words) text += line + "\n";
  std::fwrite(text.data(), 1, text.size(), stdout);
  for (const std::string& line : sched::method_words(plan, answer.blocks)) session.output.say(line);
  for (const auto& [reason, count] : world->trace.skipped)
    session.output.say(base::text("sim.skipped", count, reason));
  return 0;
}

}  // namespace

Action whatif_verb(CLI::App& app, const AlsoRegister&) {
  auto options = std::make_shared<Options>();
  add_world_options(app, options->world, "--base-quota");
  app.add_option("--base-policy", options->base_policy, base::text("whatif.base_policy"))
      ->type_name("NAME");
  app.add_option("--policy", options->policy, base::text("whatif.policy"))->type_name("NAME");
  app.add_option("--add-nodes", options->add_nodes, base::text("whatif.add_nodes"))
      ->type_name("8xA100");
  app.add_option("--quota", options->quotas, base::text("whatif.quota"))
      ->type_name("GROUP=G:L")
      ->allow_extra_args(false);
  app.add_option("--added-price-per-hour", options->added_price_usd_per_hour,
                 base::text("whatif.added_price"))
      ->type_name("USD");
  return [options](const Session& session) { return whatif(*options, session); };
}

}  // namespace fulcrum::cli

// fulcrum advise: which policy should I use? Every preset on one's own trace, ranked.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "base/table.h"
#include "base/text.h"
#include "cli/verb.h"
#include "cli/world_options.h"
#include "sched/twin/advise.h"

namespace fulcrum::cli {

namespace {

struct Options {
  WorldOptions world;
  std::string objective = "cost";
  std::vector<std::string> policies;
};

std::string table_of(const sched::Advice& advice) {
  using sched::measure_text;
  base::TableText table;
  table.header = {base::text("advise.policy"), sched::measure_name(advice.objective),
                  base::text("advise.interval"), base::text("advise.behind"),
                  base::text("advise.on_trace")};
  table.right_aligned = {false, true, true, true, true};
  for (const auto& row : advice.rows) {
    const auto text = [&](double value) { return measure_text(advice.objective, value); };
    table.rows.push_back({row.policy, text(row.value.mean),
                          fmt::format("[{}, {}]", text(row.value.low), text(row.value.high)),
                          fmt::format("{} [{}, {}]", text(row.to_best.mean), text(row.to_best.low),
                                      text(row.to_best.high)),
                          text(row.on_trace)});
  }
  return base::render(table);
}

int advise(const Options& options, const Session& session) {
  const auto objective = sched::parse_objective(options.objective);
  if (!objective) return session.output.error(objective.error());
  auto world = read_world(options.world, session);
  if (!world) return session.output.error(world.error());
  if (const auto priced = price_clusters(options.world.source, {&world->size}); !priced)
    return session.output.error(priced.error());
  sched::ScenarioPlan plan = plan_of(*world, options.world);
  std::vector<std::string> names = options.policies;
  if (names.empty())
    for (const auto& preset : sched::presets()) names.emplace_back(preset.name);
  for (const std::string& name : names) {
    auto scenario = scenario_of(name, world->size);
    if (!scenario) return session.output.error(scenario.error());
    plan.scenarios.push_back(std::move(*scenario));
  }
  const auto advice = sched::advise(plan, sched::run_scenarios(plan), *objective);
  if (session.output.mode != OutputMode::kTable) {
    auto answer = sched::to_json(advice, plan);
    answer["skipped"] = skipped_of(*world);
    session.output.value(answer);
    return 0;
  }
  std::string text = table_of(advice) + "\n";
  for (const std::string& line : advice.words) text += line + "\n";
  std::fwrite(text.data(), 1, text.size(), stdout);
  for (const std::string& line : sched::method_words(plan, advice.blocks)) session.output.say(line);
  for (const auto& [reason, count] : world->trace.skipped)
    session.output.say(base::text("sim.skipped", count, reason));
  return 0;
}

}  // namespace

Action advise_verb(CLI::App& app, const AlsoRegister&) {
  auto options = std::make_shared<Options>();
  add_world_options(app, options->world);
  app.add_option("--objective", options->objective, base::text("advise.objective"))
      ->type_name("NAME");
  app.add_option("--policy", options->policies, base::text("advise.policies"))
      ->type_name("NAME[,NAME]")
      ->delimiter(',');
  return [options](const Session& session) { return advise(*options, session); };
}

}  // namespace fulcrum::cli

#include "control/run/plan_records.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/codec.h"
#include "plan/pillar.h"
#include "plan/types.h"

namespace fulcrum::control {

namespace {

namespace json = base::json;

constexpr const char* kActor = "service/runner";

plan::StartRun description(const plan::Plan& plan, const plan::Graph& graph,
                           const std::string& path) {
  static constexpr std::string_view kWork[] = {"job", "command", "inside", "wait"};
  plan::StartRun start{.run = {},
                       .plan = plan.plan,
                       .product = plan.product.name,
                       .path = path,
                       .steps = {},
                       .refresh = false};
  for (const auto& step : graph.steps)
    start.steps.push_back(
        {step.id, step.kind, std::string(kWork[static_cast<std::size_t>(step.work)])});
  return start;
}

bool same_steps(const plan::OpenRun& run, const plan::Graph& graph) {
  if (run.steps.size() != graph.steps.size()) return false;
  for (const auto& step : graph.steps)
    if (!run.steps.contains(step.id)) return false;
  return true;
}

bool has_ended(const std::string& state) {
  return state != "waiting" && state != "running";
}

}  // namespace

base::Status PlanRecords::send(const std::string& name, json::value body, std::string key) {
  TRY([[maybe_unused]] auto reply, engine_.submit({.name = name,
                                                   .body = std::move(body),
                                                   .actor = kActor,
                                                   .role = ledger::Role::kMember,
                                                   .idempotency_key = std::move(key),
                                                   .key_of = KeyOf::kDeed}));
  return {};
}

base::Result<std::string> PlanRecords::open_run(const plan::Plan& plan, const plan::Graph& graph,
                                                const std::string& path, bool refresh) {
  std::map<std::string, plan::OpenRun> open;
  engine_.with_pillar("plan",
                      [&](const ledger::Pillar& pillar) { open = plan::state_of(pillar).open; });
  for (const auto& [run, state] : open) {
    if (state.plan != plan.plan) continue;
    // A step that failed before the kill cannot end twice in one run.
    const bool all_good = std::none_of(
        state.steps.begin(), state.steps.end(),
        [](const auto& step) { return has_ended(step.second) && step.second != "done"; });
    // What a run without refresh has done does not count for one with it.
    if (all_good && same_steps(state, graph) && (state.refresh || !refresh)) return run;
    CHECK_OK(end_run(run, "failed", 0));
  }
  plan::StartRun start = description(plan, graph, path);
  start.refresh = refresh;
  auto ids = base::IdSource::system();
  start.run = ids.next(base::system_clock().now_us());
  CHECK_OK(send("plan.start", base::encode(start)));
  return start.run;
}

base::Status PlanRecords::start_step(const std::string& run, const std::string& step,
                                     const std::string& identity) {
  return send("plan.step_start", base::encode(plan::StartStep{run, step, identity, {}}));
}

std::string PlanRecords::step_state(const std::string& run, const std::string& step) const {
  std::string state = "waiting";
  engine_.with_pillar("plan", [&](const ledger::Pillar& pillar) {
    const auto& open = plan::state_of(pillar).open;
    const auto found = open.find(run);
    if (found == open.end()) return;
    if (const auto known = found->second.steps.find(step); known != found->second.steps.end())
      state = known->second;
  });
  return state;
}

base::Status PlanRecords::end_step(const std::string& run, const StepOutcome& outcome,
                                   const FinishedStep& finished) {
  // Recorded before a kill; the run goes on.
  if (const auto state = step_state(run, outcome.id); has_ended(state)) return {};
  plan::EndStep end{
      .run = run,
      .step = outcome.id,
      .identity = finished.identity,
      .state = outcome.state,
      .cached = outcome.cached,
      .seconds = outcome.seconds,
      .outputs = outcome.cached ? decltype(finished.outputs){} : finished.outputs,
      .report = outcome.report,
      .error = {outcome.error.code, outcome.error.message, outcome.error.field, outcome.error.fix}};
  return send("plan.step_end", base::encode(end));
}

base::Status PlanRecords::end_run(const std::string& run, const std::string& state, double seconds,
                                  json::value report) {
  return send("plan.end", base::encode(plan::EndRun{run, state, seconds, std::move(report)}));
}

base::Status PlanRecords::commit(const std::vector<exec::StepCommand>& commands,
                                 const std::string& key) {
  for (std::size_t i = 0; i < commands.size(); ++i)
    CHECK_OK(send(commands[i].name, commands[i].body, fmt::format("{}:{}", key, i)));
  return {};
}

base::Result<std::optional<FinishedStep>> PlanRecords::find_result(const std::string& identity) {
  TRY(const json::value answer, engine_.query("plan.result", json::object{{"identity", identity}},
                                              kActor, ledger::Role::kService));
  const auto* result = base::find_path(answer, "result");
  if (!result || !result->is_object()) return std::optional<FinishedStep>{};
  FinishedStep finished;
  finished.state = base::get_string(*result, "state");
  finished.identity = identity;
  finished.seconds = base::get_number(*result, "seconds");
  if (const auto* report = base::find_path(*result, "report")) finished.report = *report;
  if (const auto* outputs = base::find_path(*result, "outputs"); outputs && outputs->is_object()) {
    TRY(finished.outputs, (base::decode<std::map<std::string, plan::Output>>(*outputs, "outputs")));
  }
  return std::optional(std::move(finished));
}

base::Result<double> PlanRecords::last_seconds(const std::string& plan, const std::string& step) {
  ledger::Select runs{.table = "plan_runs",
                      .where = {{.column = "plan", .value = plan}},
                      .order = {"-started_us"},
                      .limit = 20};
  TRY(const auto rows, engine_.store().tables().select(runs));
  for (const auto& run : rows) {
    ledger::Select steps{.table = "plan_steps",
                         .where = {{.column = "run", .value = run[0]},
                                   {.column = "step", .value = step},
                                   {.column = "state", .value = "done"},
                                   {.column = "cached", .value = std::int64_t{0}}}};
    TRY(const auto found, engine_.store().tables().select(steps));
    if (!found.empty()) return ledger::as_real(found[0][9]);
  }
  return -1.0;
}

}  // namespace fulcrum::control

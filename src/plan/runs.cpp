// Plan runs: which steps started and ended, and how.
#include <fmt/format.h>
#include <algorithm>
#include <array>

#include "plan/decide.h"

namespace fulcrum::plan {

using ledger::Context;
using ledger::EventMeta;
using ledger::NewEvents;
namespace json = base::json;

namespace {

std::string stream_of(const std::string& run) {
  return "plan/" + run;
}

base::Result<const OpenRun*> open_run(const State& state, const std::string& run) {
  const auto found = state.open.find(run);
  if (found == state.open.end())
    return base::not_found("plan.unknown_run", fmt::format("no open plan run {}", run));
  return &found->second;
}

base::Status known_step(const OpenRun& run, const std::string& step) {
  if (run.steps.contains(step)) return {};
  return base::usage("plan.unknown_step", fmt::format("the run has no step {}", step), "step");
}

bool is_end_state(const std::string& state) {
  static constexpr std::array<std::string_view, 4> kEnds = {"done", "failed", "refused",
                                                            "need_more_data"};
  return std::find(kEnds.begin(), kEnds.end(), state) != kEnds.end();
}

base::Status valid_end(const std::string& state) {
  if (is_end_state(state)) return {};
  return base::usage("plan.state", fmt::format("\"{}\" is not a way to end", state), "state",
                     "done, failed, refused or need_more_data");
}

}  // namespace

base::Result<NewEvents> decide(const State& state, const StartRun& command, const Context&) {
  if (state.open.contains(command.run))
    return base::conflict("plan.open", fmt::format("plan run {} is open already", command.run));
  return NewEvents{event(stream_of(command.run), RunStarted{command})};
}

base::Result<NewEvents> decide(const State& state, const StartStep& command, const Context&) {
  TRY(const OpenRun* run, open_run(state, command.run));
  CHECK_OK(known_step(*run, command.step));
  return NewEvents{event(stream_of(command.run), StepStarted{command})};
}

base::Result<NewEvents> decide(const State& state, const EndStep& command, const Context&) {
  TRY(const OpenRun* run, open_run(state, command.run));
  CHECK_OK(known_step(*run, command.step));
  CHECK_OK(valid_end(command.state));
  if (is_end_state(run->steps.at(command.step)))
    return base::conflict("plan.step_ended", fmt::format("step {} has ended", command.step));
  return NewEvents{event(stream_of(command.run), StepEnded{command})};
}

base::Result<NewEvents> decide(const State& state, const EndRun& command, const Context&) {
  CHECK_OK(open_run(state, command.run));
  CHECK_OK(valid_end(command.state));
  return NewEvents{event(stream_of(command.run), RunEnded{command})};
}

void evolve(State& state, const RunStarted& started, const EventMeta&) {
  OpenRun& run = state.open[started.run];
  run.plan = started.plan;
  run.refresh = started.refresh;
  for (const auto& step : started.steps) run.steps[step.id] = "waiting";
}
void evolve(State& state, const StepStarted& started, const EventMeta&) {
  state.open[started.run].steps[started.step] = "running";
}
void evolve(State& state, const StepEnded& ended, const EventMeta&) {
  state.open[ended.run].steps[ended.step] = ended.state;
}
void evolve(State& state, const RunEnded& ended, const EventMeta&) {
  state.open.erase(ended.run);
}

}  // namespace fulcrum::plan

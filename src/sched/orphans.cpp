// What the dispatcher found to run without a job, until it is gone.
#include "base/codec.h"
#include "sched/decide.h"

namespace fulcrum::sched {

using ledger::Context;
using ledger::EventMeta;
using ledger::NewEvents;

namespace {

namespace json = base::json;

base::Status check_service(const Context& context) {
  if (context.actor.starts_with("service/")) return {};
  return base::refused("job.service_only", "only the dispatcher looks for orphans");
}

}  // namespace

base::Result<NewEvents> decide(const State& state, const ReportOrphan& command,
                               const Context& context) {
  CHECK_OK(check_service(context));
  if (state.orphans.contains(command.orphan.run)) return NewEvents{};
  OrphanFound found{command.orphan};
  found.orphan.found_us = context.now_us;
  return NewEvents{event("job/" + command.orphan.job, found)};
}

base::Result<NewEvents> decide(const State& state, const ClearOrphan& command,
                               const Context& context) {
  CHECK_OK(check_service(context));
  const auto known = state.orphans.find(command.run);
  if (known == state.orphans.end()) return NewEvents{};
  return NewEvents{event("job/" + known->second.job, OrphanGone{known->second.job, command.run})};
}

void evolve(State& state, const OrphanFound& found, const EventMeta& meta) {
  state.orphans[found.orphan.run] = found.orphan;
  state.last_us = meta.time_us;
}

void evolve(State& state, const OrphanGone& gone, const EventMeta& meta) {
  state.orphans.erase(gone.run);
  state.last_us = meta.time_us;
}

base::Result<json::value> answer(const State& state, const ListOrphans&,
                                 const ledger::TableReader&) {
  json::array shown;
  for (const auto& [run, orphan] : state.orphans) shown.push_back(base::encode(orphan));
  return json::object{{"orphans", std::move(shown)}};
}

}  // namespace fulcrum::sched

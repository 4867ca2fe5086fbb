// Goals are saved queries; their progress is computed above the pillars (score's goal.check).
#include <cmath>

#include "team/decide.h"

namespace fulcrum::team {

using ledger::Context;
using ledger::EventMeta;
using ledger::NewEvents;

base::Result<NewEvents> decide(const State&, const AddGoal& command, const Context&) {
  if (command.goal.empty()) return base::usage("goal.words", "say what the goal is", "goal");
  const SavedQuery& query = command.query;
  if (query.name.empty())
    return base::usage("goal.query", "a goal needs a query that measures it", "query.name");
  if (!query.pointer.empty() && query.pointer[0] != '/')
    return base::usage("goal.pointer", "a JSON pointer starts with /", "query.pointer",
                       "for example /scores/data_quality/value");
  if (!query.parameters.is_object())
    return base::usage("goal.parameters", "parameters are a JSON object", "query.parameters");
  if (!std::isfinite(query.target))
    return base::usage("goal.target", "a target is a finite number", "query.target");
  return NewEvents{
      event("goal/" + command.goal, GoalAdded{command.goal, command.owner, command.due_us, query})};
}

base::Result<NewEvents> decide(const State& state, const CloseGoal& command, const Context&) {
  const auto found = state.goals.find(command.goal);
  if (found == state.goals.end())
    return base::not_found("goal.unknown", "no goal \"" + command.goal + "\"", "see goal.list");
  if (!found->second) return NewEvents{};
  return NewEvents{
      event("goal/" + command.goal, GoalClosed{command.goal, command.met, command.note})};
}

void evolve(State& state, const GoalAdded& e, const EventMeta&) {
  state.goals[e.goal] = true;
}
void evolve(State& state, const GoalClosed& e, const EventMeta&) {
  state.goals[e.goal] = false;
}

base::Result<base::json::value> answer(const State&, const ListGoals& query,
                                       const ledger::TableReader& tables) {
  ledger::Select select{.table = "team_goals", .limit = 0};
  if (!query.owner.empty()) select.where.push_back({.column = "owner", .value = query.owner});
  if (!query.closed) select.where.push_back({.column = "closed", .value = std::int64_t{0}});
  TRY(const auto rows, tables.select(select));
  base::json::array goals;
  for (const auto& row : rows) {
    auto goal = ledger::row_as_json(*tables.spec("team_goals"), row);
    auto parameters = base::parse_json(base::get_string(goal, "parameters"), "parameters");
    goal["parameters"] = parameters ? std::move(*parameters) : base::json::object{};
    goals.push_back(std::move(goal));
  }
  return base::json::object{{"goals", std::move(goals)}};
}

}  // namespace fulcrum::team

// What the team tried and kept, and what it spent.
#include <cmath>

#include "team/decide.h"

namespace fulcrum::team {

using ledger::Context;
using ledger::EventMeta;
using ledger::NewEvents;

namespace {

base::Result<base::json::value> listed(const ledger::TableReader& tables, const char* table,
                                       const char* name) {
  TRY(const auto rows, tables.select({.table = table, .limit = 0}));
  base::json::array array;
  for (const auto& row : rows) array.push_back(ledger::row_as_json(*tables.spec(table), row));
  return base::json::object{{name, std::move(array)}};
}

}  // namespace

base::Result<NewEvents> decide(const State& state, const RecordImprovement& command,
                               const Context&) {
  if (command.title.empty())
    return base::usage("improvement.title", "an improvement needs a title", "title");
  if (const auto found = state.improvements.find(command.title);
      found != state.improvements.end()) {
    const Improvement& known = found->second;
    const bool tried = command.simulated ? known.tried_simulated : known.tried;
    const bool adopted = command.simulated ? known.adopted_simulated : known.adopted;
    if (adopted || (tried && command.outcome == Outcome::kTried)) return NewEvents{};
  }
  return NewEvents{event(
      "improvement/" + command.title,
      ImprovementRecorded{command.title, command.outcome, command.evidence, command.simulated})};
}

base::Result<NewEvents> decide(const State& state, const SetBudget& command, const Context&) {
  if (command.budget.empty()) return base::usage("budget.name", "a budget needs a name", "budget");
  if (!(command.amount_usd >= 0) || !std::isfinite(command.amount_usd))
    return base::usage("budget.amount", "an amount is not below 0", "amount_usd");
  const auto found = state.budgets.find(command.budget);
  if (found != state.budgets.end() && found->second == command.amount_usd) return NewEvents{};
  return NewEvents{
      event("budget/" + command.budget, BudgetSet{command.budget, command.amount_usd})};
}

base::Result<NewEvents> decide(const State& state, const SpendBudget& command, const Context&) {
  if (!state.budgets.contains(command.budget))
    return base::not_found("budget.unknown", "no budget " + command.budget, "budget.set first");
  if (!std::isfinite(command.amount_usd))  // below 0 is a refund
    return base::usage("budget.amount", "an amount is a finite number", "amount_usd");
  return NewEvents{event("budget/" + command.budget, BudgetSpent{command.budget, command.amount_usd,
                                                                 command.what, command.simulated})};
}

void evolve(State& state, const ImprovementRecorded& e, const EventMeta&) {
  Improvement& improvement = state.improvements[e.title];
  (e.simulated ? improvement.tried_simulated : improvement.tried) = true;
  if (e.outcome != Outcome::kAdopted) return;
  (e.simulated ? improvement.adopted_simulated : improvement.adopted) = true;
}
void evolve(State& state, const BudgetSet& e, const EventMeta&) {
  state.budgets[e.budget] = e.amount_usd;
}
void evolve(State&, const BudgetSpent&, const EventMeta&) {}

base::Result<base::json::value> answer(const State&, const ListImprovements&,
                                       const ledger::TableReader& tables) {
  return listed(tables, "team_improvements", "improvements");
}
base::Result<base::json::value> answer(const State&, const ListBudgets&,
                                       const ledger::TableReader& tables) {
  return listed(tables, "team_budgets", "budgets");
}

}  // namespace fulcrum::team

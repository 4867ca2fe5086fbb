// Goals are saved queries: a number that some query gives, set against a target.
#include <algorithm>
#include <string_view>

#include "score/answers.h"
#include "score/evidence.h"

namespace fulcrum::score {

namespace json = base::json;

namespace {

base::Result<double> number_at(const json::value& answer, const std::string& pointer) {
  boost::system::error_code error;
  const auto* found = answer.find_pointer(pointer, error);
  if (!found || error)
    return base::not_found("goal.pointer", "the answer has nothing at " + pointer);
  if (found->is_bool()) return found->get_bool() ? 1.0 : 0.0;
  if (found->is_null())
    return base::not_found("goal.not_assessed", pointer + " is not assessed yet");
  if (!found->is_number()) return base::failed("goal.pointer", pointer + " is not a number");
  return found->to_number<double>();
}

/// Share of the way, in [0, 1]; 1 when it is met.
double progress(double value, double target, bool at_least, bool met) {
  if (met) return 1;
  const double share = at_least ? value / target : target / value;
  return share >= 0 && share < 1 ? share : 0;  // also when it is no number
}

json::object check(const Sight& sight, const RowView& goal) {
  const double target = goal.real("target");
  const bool at_least = goal.text("direction") != "at_most";
  json::object object{{"goal", goal.text("goal")},           {"owner", goal.text("owner")},
                      {"due_us", goal.integer("due_us")},    {"query", goal.text("query")},
                      {"pointer", goal.text("pointer")},     {"target", target},
                      {"direction", goal.text("direction")}, {"seq", goal.seq()}};
  const auto number = [&]() -> base::Result<double> {
    TRY(const auto parameters, base::parse_json(goal.text("parameters"), "goal parameters"));
    TRY(const auto answer, run_query(sight, goal.text("query"), parameters));
    return number_at(answer, goal.text("pointer"));
  }();
  if (!number) {
    object["value"] = nullptr;
    object["met"] = nullptr;
    object["progress"] = nullptr;
    object["state"] = "not_assessed";
    object["why"] = base::describe(number.error());
    return object;
  }
  const bool met = at_least ? *number >= target : *number <= target;
  object["value"] = *number;
  object["met"] = met;
  object["progress"] = progress(*number, target, at_least, met);
  object["state"] = "assessed";
  return object;
}

}  // namespace

base::Result<json::value> run_query(const Sight& sight, const std::string& name,
                                    const json::value& parameters) {
  for (const auto* pillar : sight.pillars) {
    for (const auto& query : pillar->queries()) {
      if (query.name != name || name == "goal.check") continue;  // itself would not end
      if (query.role > ledger::Role::kMember)
        return base::refused("goal.permission", "a goal may not read " + name);
      return pillar->answer(name, parameters, sight.tables);
    }
  }
  return base::not_found("query.unknown", "no such query: " + name);
}

base::Result<json::value> answer(const Sight& sight, const CheckGoals& query) {
  const Evidence evidence(sight.tables, {});
  ledger::Select select{
      .table = "team_goals", .where = {{.column = "closed", .value = std::int64_t{0}}}, .limit = 0};
  if (!query.goal.empty()) select.where.push_back({.column = "goal", .value = query.goal});
  if (!query.owner.empty()) select.where.push_back({.column = "owner", .value = query.owner});
  json::array goals;
  std::size_t met = 0;
  for (const auto& row : evidence.rows(select)) {
    goals.push_back(check(sight, row));
    if (base::get_bool(goals.back(), "met")) ++met;
  }
  if (!query.goal.empty() && goals.empty())
    return base::not_found("goal.unknown", "no open goal \"" + query.goal + "\"", "see goal.list");
  return json::object{{"met", met}, {"goals", std::move(goals)}};
}

}  // namespace fulcrum::score

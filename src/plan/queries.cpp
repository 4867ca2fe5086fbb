// Reading plan runs.
#include <fmt/format.h>

#include "plan/decide.h"

namespace fulcrum::plan {

namespace json = base::json;

namespace {

/// The text columns that hold JSON come out as JSON.
json::object step_json(const ledger::TableSpec& spec, const ledger::Row& row) {
  json::object step = ledger::row_as_json(spec, row);
  for (const char* column : {"report", "outputs", "error"}) {
    auto* text = step.if_contains(column);
    if (!text || !text->is_string()) continue;
    auto parsed = base::parse_json(std::string_view(text->get_string()), column);
    *text = parsed ? *parsed : json::value(nullptr);
  }
  return step;
}

base::Result<json::array> select_json(const ledger::TableReader& tables,
                                      const ledger::Select& select) {
  TRY(const auto rows, tables.select(select));
  json::array result;
  for (const auto& row : rows) result.push_back(step_json(*tables.spec(select.table), row));
  return result;
}

}  // namespace

base::Result<json::value> answer(const State&, const ListRuns& query,
                                 const ledger::TableReader& tables) {
  TRY(auto runs,
      select_json(tables, {.table = "plan_runs", .order = {"-started_us"}, .limit = query.limit}));
  return json::object{{"runs", std::move(runs)}};
}

base::Result<json::value> answer(const State&, const ShowRun& query,
                                 const ledger::TableReader& tables) {
  ledger::Select select{.table = "plan_runs", .order = {"-started_us"}, .limit = 1};
  if (!query.run.empty()) select.where.push_back({.column = "run", .value = query.run});
  TRY(auto runs, select_json(tables, select));
  if (runs.empty()) {
    if (query.run.empty()) return json::object{{"run", nullptr}, {"steps", json::array{}}};
    return base::not_found("plan.unknown_run", fmt::format("no plan run {}", query.run),
                           "`fulcrum plan list` shows the runs");
  }
  const std::string run = base::get_string(runs[0], "run");
  TRY(auto steps, select_json(tables, {.table = "plan_steps",
                                       .where = {{.column = "run", .value = run}},
                                       .order = {"position"}}));
  return json::object{{"run", std::move(runs[0])}, {"steps", std::move(steps)}};
}

base::Result<json::value> answer(const State&, const ShowReport& query,
                                 const ledger::TableReader& tables) {
  ledger::Select select{.table = "plan_runs", .order = {"-started_us"}, .limit = 1};
  if (query.run.empty()) {
    select.where.push_back(
        {.column = "state", .compare = ledger::Compare::kNotEqual, .value = "running"});
  } else {
    select.where.push_back({.column = "run", .value = query.run});
  }
  TRY(auto runs, select_json(tables, select));
  if (runs.empty()) return json::object{{"report", nullptr}};
  return json::object{{"report", std::move(runs[0].get_object()["report"])}};
}

base::Result<json::value> answer(const State&, const FindResult& query,
                                 const ledger::TableReader& tables) {
  TRY(auto results,
      select_json(tables, {.table = "plan_results",
                           .where = {{.column = "identity", .value = query.identity}}}));
  return json::object{{"result", results.empty() ? json::value(nullptr) : std::move(results[0])}};
}

}  // namespace fulcrum::plan

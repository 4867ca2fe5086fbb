#include "plan/read_models.h"

namespace fulcrum::plan {

using enum ledger::ColumnType;
namespace json = base::json;

std::vector<ledger::TableSpec> table_specs() {
  return {
      {.name = "plan_runs",
       .columns = {{"run", kText},
                   {"plan", kText},
                   {"product", kText},
                   {"path", kText},
                   {"state", kText},
                   {"started_us", kInteger},
                   {"ended_us", kInteger},
                   {"seconds", kReal},
                   {"report", kText}},
       .indexed = {"started_us"}},
      {.name = "plan_steps",
       .columns = {{"run", kText},
                   {"step", kText},
                   {"position", kInteger},
                   {"kind", kText},
                   {"work", kText},
                   {"state", kText},
                   {"identity", kText},
                   {"job", kText},
                   {"cached", kInteger},
                   {"seconds", kReal},
                   {"started_us", kInteger},
                   {"ended_us", kInteger},
                   {"report", kText},
                   {"error", kText},
                   {"seq", kInteger}},
       .key_columns = 2},
      // The newest good result of each identity: what makes a second run do nothing.
      {.name = "plan_results",
       .columns = {{"identity", kText},
                   {"run", kText},
                   {"step", kText},
                   {"state", kText},
                   {"seconds", kReal},
                   {"outputs", kText},
                   {"report", kText},
                   {"seq", kInteger}}},
  };
}

namespace {

enum StepColumn {
  kPosition = 2,
  kKind,
  kWork,
  kState,
  kIdentity,
  kJob,
  kCached,
  kSeconds,
  kStartedUs,
  kEndedUs,
  kReport,
  kError,
  kSeq
};

std::string text_of(const json::value& payload, std::string_view member) {
  const auto* found = base::find_path(payload, member);
  return found ? base::to_text(*found) : "null";
}

void project_start(const ledger::Event& event, const json::value& payload,
                   ledger::TableWriter& tables) {
  const std::string run = base::get_string(payload, "run");
  tables.upsert(
      "plan_runs",
      {run, base::get_string(payload, "plan"), base::get_string(payload, "product"),
       base::get_string(payload, "path"), "running", event.time_us, nullptr, nullptr, "null"});
  std::int64_t position = 0;
  const auto* steps = base::find_path(payload, "steps");
  if (!steps || !steps->is_array()) return;
  for (const auto& step : steps->get_array())
    tables.upsert("plan_steps",
                  {run, base::get_string(step, "id"), position++, base::get_string(step, "kind"),
                   base::get_string(step, "work"), "waiting", "", "", 0L, nullptr, nullptr, nullptr,
                   "null", "null", static_cast<std::int64_t>(event.seq)});
}

void project_step(const ledger::Event& event, const json::value& payload,
                  ledger::TableWriter& tables) {
  const std::string run = base::get_string(payload, "run");
  const std::string step = base::get_string(payload, "step");
  auto row = tables.get("plan_steps", {run, step});
  if (!row) return;
  auto& columns = *row;
  columns[kIdentity] = base::get_string(payload, "identity");
  columns[kSeq] = static_cast<std::int64_t>(event.seq);
  if (event.kind == "plan.step_started") {
    columns[kState] = "running";
    columns[kJob] = base::get_string(payload, "job");
    columns[kStartedUs] = event.time_us;
  } else {
    columns[kState] = base::get_string(payload, "state");
    columns[kCached] = static_cast<std::int64_t>(base::get_bool(payload, "cached"));
    columns[kSeconds] = base::get_number(payload, "seconds");
    columns[kEndedUs] = event.time_us;
    columns[kReport] = text_of(payload, "report");
    columns[kError] = text_of(payload, "error");
  }
  tables.upsert("plan_steps", std::move(columns));
}

void project_result(const ledger::Event& event, const json::value& payload,
                    ledger::TableWriter& tables) {
  const std::string state = base::get_string(payload, "state");
  if (state == "failed" || base::get_bool(payload, "cached")) return;
  tables.upsert("plan_results",
                {base::get_string(payload, "identity"), base::get_string(payload, "run"),
                 base::get_string(payload, "step"), state, base::get_number(payload, "seconds"),
                 text_of(payload, "outputs"), text_of(payload, "report"),
                 static_cast<std::int64_t>(event.seq)});
}

}  // namespace

void project(const ledger::Event& event, const json::value& payload, ledger::TableWriter& tables) {
  if (event.kind == "plan.started") {
    project_start(event, payload, tables);
  } else if (event.kind == "plan.ended") {
    auto row = tables.get("plan_runs", {base::get_string(payload, "run")});
    if (!row) return;
    (*row)[4] = base::get_string(payload, "state");
    (*row)[6] = event.time_us;
    (*row)[7] = base::get_number(payload, "seconds");
    (*row)[8] = text_of(payload, "report");
    tables.upsert("plan_runs", std::move(*row));
  } else {
    project_step(event, payload, tables);
    if (event.kind == "plan.step_ended") project_result(event, payload, tables);
  }
}

}  // namespace fulcrum::plan

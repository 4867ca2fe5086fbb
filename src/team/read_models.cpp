#include "team/read_models.h"

namespace fulcrum::team {

using enum ledger::ColumnType;
using ledger::TableWriter;
namespace json = base::json;

std::vector<ledger::TableSpec> table_specs() {
  return {
      {.name = "team_notes",
       .columns = {{"seq", kInteger},
                   {"time_us", kInteger},
                   {"actor", kText},
                   {"subject", kText},
                   {"text", kText}},
       .key_columns = 1,
       .indexed = {"subject"}},
      {.name = "team_members",
       .columns = {{"member", kText}, {"title", kText}, {"has_left", kInteger}, {"seq", kInteger}}},
      {.name = "team_skills",
       .columns = {{"member", kText},
                   {"skill", kText},
                   {"level", kInteger},
                   {"evidence", kText},
                   {"seq", kInteger}},
       .key_columns = 2},
      {.name = "team_goals",
       .columns = {{"goal", kText},
                   {"owner", kText},
                   {"due_us", kInteger},
                   {"query", kText},
                   {"parameters", kText},
                   {"pointer", kText},
                   {"target", kReal},
                   {"direction", kText},
                   {"closed", kInteger},
                   {"met", kInteger},
                   {"seq", kInteger}}},
      // One row a title and kind of evidence; adopted_us is null until it is adopted.
      {.name = "team_improvements",
       .columns = {{"title", kText},
                   {"simulated", kInteger},
                   {"tried_us", kInteger},
                   {"adopted_us", kInteger},
                   {"evidence", kText},
                   {"seq", kInteger}},
       .key_columns = 2},
      {.name = "team_budgets",
       .columns = {{"budget", kText},
                   {"amount_usd", kReal},
                   {"spent_usd", kReal},
                   {"spent_simulated_usd", kReal},
                   {"seq", kInteger}}}};
}

namespace {

std::string text(const json::value& payload, std::string_view key) {
  return base::get_string(payload, key);
}

void project_member(std::int64_t seq, const std::string& kind, const json::value& payload,
                    TableWriter& tables) {
  const std::string member = text(payload, "member");
  if (kind == "member.added") {
    tables.upsert("team_members", {member, text(payload, "title"), std::int64_t{0}, seq});
    const auto* skills = base::find_path(payload, "skills");
    if (!skills || !skills->is_array()) return;
    for (const auto& skill : skills->get_array()) {
      if (!skill.is_string()) continue;
      const std::string named(skill.get_string());
      if (!tables.get("team_skills", {member, named}))
        tables.upsert("team_skills", {member, named, std::int64_t{1}, std::string(), seq});
    }
  } else if (kind == "member.skilled") {
    tables.upsert("team_skills",
                  {member, text(payload, "skill"), base::get_integer(payload, "level"),
                   text(payload, "evidence"), seq});
  } else if (auto row = tables.get("team_members", {member})) {
    (*row)[2] = std::int64_t{1};
    tables.upsert("team_members", std::move(*row));
  }
}

void project_goal(std::int64_t seq, const std::string& kind, const json::value& payload,
                  TableWriter& tables) {
  const std::string goal = text(payload, "goal");
  if (kind == "goal.closed") {
    auto row = tables.get("team_goals", {goal});
    if (!row) return;
    (*row)[8] = std::int64_t{1};
    (*row)[9] = std::int64_t{base::get_bool(payload, "met")};
    tables.upsert("team_goals", std::move(*row));
    return;
  }
  const auto* query = base::find_path(payload, "query");
  if (!query) return;
  const auto* parameters = base::find_path(*query, "parameters");
  tables.upsert("team_goals", {goal, text(payload, "owner"), base::get_integer(payload, "due_us"),
                               text(*query, "name"), parameters ? base::to_text(*parameters) : "{}",
                               text(*query, "pointer"), base::get_number(*query, "target"),
                               text(*query, "direction"), std::int64_t{0}, nullptr, seq});
}

void project_improvement(const ledger::Event& event, const json::value& payload,
                         TableWriter& tables) {
  const std::string title = text(payload, "title");
  const std::int64_t simulated = base::get_bool(payload, "simulated");
  const auto known = tables.get("team_improvements", {title, simulated});
  ledger::Value tried = known ? (*known)[2] : ledger::Value(event.time_us);
  ledger::Value adopted = known ? (*known)[3] : ledger::Value(nullptr);
  if (text(payload, "outcome") == "adopted") adopted = event.time_us;
  tables.upsert("team_improvements",
                {title, simulated, std::move(tried), std::move(adopted), text(payload, "evidence"),
                 static_cast<std::int64_t>(event.seq)});
}

void project_budget(std::int64_t seq, const std::string& kind, const json::value& payload,
                    TableWriter& tables) {
  const std::string budget = text(payload, "budget");
  const double amount = base::get_number(payload, "amount_usd");
  const auto known = tables.get("team_budgets", {budget});
  double set = known ? ledger::as_real((*known)[1]) : 0;
  double spent = known ? ledger::as_real((*known)[2]) : 0;
  double simulated = known ? ledger::as_real((*known)[3]) : 0;
  if (kind == "budget.set") {
    set = amount;
  } else {
    (base::get_bool(payload, "simulated") ? simulated : spent) += amount;
  }
  tables.upsert("team_budgets", {budget, set, spent, simulated, seq});
}

}  // namespace

void project(const ledger::Event& event, const json::value& payload, TableWriter& tables) {
  const auto seq = static_cast<std::int64_t>(event.seq);
  const std::string& kind = event.kind;
  if (kind == "note.added") {
    tables.upsert("team_notes", {seq, event.time_us, event.actor, text(payload, "subject"),
                                 text(payload, "text")});
  } else if (kind.starts_with("member.")) {
    project_member(seq, kind, payload, tables);
  } else if (kind.starts_with("goal.")) {
    project_goal(seq, kind, payload, tables);
  } else if (kind.starts_with("improvement.")) {
    project_improvement(event, payload, tables);
  } else if (kind.starts_with("budget.")) {
    project_budget(seq, kind, payload, tables);
  }
}

}  // namespace fulcrum::team

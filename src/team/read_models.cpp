#include "team/read_models.h"

namespace fulcrum::team {

using enum ledger::ColumnType;

std::vector<ledger::TableSpec> table_specs() {
  return {{.name = "team_notes",
           .columns = {{"seq", kInteger}, {"time_us", kInteger}, {"actor", kText},
                       {"subject", kText}, {"text", kText}},
           .key_columns = 1,
           .indexed = {"subject"}}};
}

void project(const ledger::Event& event, const base::json::value& payload,
             ledger::TableWriter& tables) {
  if (event.kind == "note.added") {
    tables.upsert("team_notes",
                  {static_cast<std::int64_t>(event.seq), event.time_us, event.actor,
                   base::get_string(payload, "subject"), base::get_string(payload, "text")});
  }
}

}  // namespace fulcrum::team

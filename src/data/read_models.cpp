#include "data/read_models.h"

namespace fulcrum::data {

namespace json = base::json;
using enum ledger::ColumnType;

namespace {

/// A factor's columns: value, low, high, n; nulls when it was not assessed.
void push_factor(ledger::Row& row, const json::value& quality, const char* name) {
  const auto* factor = base::find_path(quality, name);
  if (!factor || !factor->is_object()) {
    row.insert(row.end(), 5, nullptr);
    return;
  }
  for (const char* part : {"value", "low", "high"})
    row.emplace_back(base::get_number(*factor, part));
  row.emplace_back(base::get_integer(*factor, "n"));
  row.emplace_back(std::int64_t{base::get_bool(*factor, "simulated")});
}

std::vector<ledger::Column> quality_columns() {
  std::vector<ledger::Column> columns = {{"seq", kInteger},
                                         {"time_us", kInteger},
                                         {"dataset", kText},
                                         {"version", kText},
                                         {"simulated", kInteger}};
  for (const char* name : {"accuracy", "completeness", "relevance", "timeliness"}) {
    const std::string factor = name;
    columns.push_back({factor, kReal});
    columns.push_back({factor + "_low", kReal});
    columns.push_back({factor + "_high", kReal});
    columns.push_back({factor + "_n", kInteger});
    columns.push_back({factor + "_simulated", kInteger});
  }
  return columns;
}

void project_quality(const ledger::Event& event, const json::value& payload,
                     ledger::TableWriter& tables) {
  const auto* quality = base::find_path(payload, "quality");
  if (!quality) return;
  ledger::Row row{static_cast<std::int64_t>(event.seq), event.time_us,
                  base::get_string(payload, "dataset"), base::get_string(payload, "version"),
                  std::int64_t{base::get_bool(payload, "simulated")}};
  for (const char* name : {"accuracy", "completeness", "relevance", "timeliness"})
    push_factor(row, *quality, name);
  for (std::size_t i = 5; i < row.size(); i += 5)
    if (!std::holds_alternative<std::nullptr_t>(row[i])) {  // something was assessed
      tables.upsert("data_quality", std::move(row));
      return;
    }
}

void project_answer(const ledger::Event& event, const json::value& payload,
                    ledger::TableWriter& tables) {
  tables.upsert("data_answers",
                {base::get_string(payload, "task"), base::get_string(payload, "annotator"),
                 base::get_string(payload, "queue"), base::get_string(payload, "answer"),
                 std::int64_t{base::get_bool(payload, "simulated")}, event.time_us});
}

}  // namespace

std::vector<ledger::TableSpec> table_specs() {
  return {{.name = "data_sources",
           .columns = {{"seq", kInteger},
                       {"time_us", kInteger},
                       {"source", kText},
                       {"kind", kText},
                       {"records", kInteger},
                       {"bytes", kInteger},
                       {"sha256", kText},
                       {"cursor", kText},
                       {"simulated", kInteger}},
           .key_columns = 1,
           .indexed = {"source"}},
          {.name = "data_versions",
           .columns = {{"dataset", kText},
                       {"version", kText},
                       {"seq", kInteger},
                       {"time_us", kInteger},
                       {"actor", kText},
                       {"parent", kText},
                       {"records", kInteger},
                       {"bytes", kInteger},
                       {"files", kInteger},
                       {"note", kText},
                       {"simulated", kInteger},
                       {"branch", kText},
                       {"author", kText},
                       {"made_by", kText}},
           .key_columns = 2,
           .indexed = {"seq"}},
          {.name = "data_quality",
           .columns = quality_columns(),
           .key_columns = 1,
           .indexed = {"dataset"}},
          {.name = "data_answers",
           .columns = {{"task", kText},
                       {"annotator", kText},
                       {"queue", kText},
                       {"answer", kText},
                       {"simulated", kInteger},
                       {"time_us", kInteger}},
           .key_columns = 2,
           .indexed = {"queue"}}};
}

void project(const ledger::Event& event, const json::value& payload, ledger::TableWriter& tables) {
  const auto text = [&](const char* key) { return base::get_string(payload, key); };
  const auto integer = [&](const char* key) { return base::get_integer(payload, key); };
  const auto simulated = std::int64_t{base::get_bool(payload, "simulated")};
  if (event.kind == "source.recorded") {
    tables.upsert("data_sources", {static_cast<std::int64_t>(event.seq), event.time_us,
                                   text("source"), text("kind"), integer("records"),
                                   integer("bytes"), text("sha256"), text("cursor"), simulated});
  } else if (event.kind == "dataset.committed") {
    const auto* files = base::find_path(payload, "files");
    const auto listed =
        static_cast<std::int64_t>(files && files->is_array() ? files->get_array().size() : 0);
    tables.upsert("data_versions",
                  {text("dataset"), text("version"), static_cast<std::int64_t>(event.seq),
                   event.time_us, event.actor, text("parent"), integer("records"), integer("bytes"),
                   std::max(listed, integer("file_count")), text("note"), simulated, text("branch"),
                   text("author"), text("made_by")});
    project_quality(event, payload, tables);
  } else if (event.kind == "quality.recorded") {
    project_quality(event, payload, tables);
  } else if (event.kind == "label.answered") {
    project_answer(event, payload, tables);
  }
}

}  // namespace fulcrum::data

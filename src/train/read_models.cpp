#include "train/read_models.h"

namespace fulcrum::train {

using enum ledger::ColumnType;

namespace {

/// Null where the run did not measure it.
ledger::Value metric(const base::json::value& payload, std::string_view name) {
  const auto* found = base::find_path(payload, "metrics." + std::string(name) + ".value");
  if (!found || !found->is_number()) return nullptr;
  return found->to_number<double>();
}

ledger::Value flag(const base::json::value& payload, std::string_view name) {
  return static_cast<std::int64_t>(base::get_bool(payload, name));
}

void project_run(const ledger::Event& event, const base::json::value& payload,
                 ledger::TableWriter& tables) {
  tables.upsert("train_runs",
                {base::get_string(payload, "run"), static_cast<std::int64_t>(event.seq),
                 event.time_us, event.actor, base::get_string(payload, "name"),
                 base::get_string(payload, "plan"), base::get_string(payload, "kind"),
                 base::get_string(payload, "dataset"), base::get_integer(payload, "seed"),
                 base::get_string(payload, "model"), metric(payload, "ndcg_at_10"),
                 metric(payload, "hr_at_10"), base::get_integer(payload, "best_epoch"),
                 base::get_integer(payload, "epochs"), base::get_number(payload, "seconds"),
                 flag(payload, "shuffled"), flag(payload, "simulated"), base::to_text(payload)});
}

}  // namespace

std::vector<ledger::TableSpec> table_specs() {
  return {{.name = "train_runs",
           .columns = {{"run", kText},
                       {"seq", kInteger},
                       {"time_us", kInteger},
                       {"actor", kText},
                       {"name", kText},
                       {"plan", kText},
                       {"kind", kText},
                       {"dataset", kText},
                       {"seed", kInteger},
                       {"model", kText},
                       {"ndcg_at_10", kReal},
                       {"hr_at_10", kReal},
                       {"best_epoch", kInteger},
                       {"epochs", kInteger},
                       {"seconds", kReal},
                       {"shuffled", kInteger},
                       {"simulated", kInteger},
                       {"facts", kText}},
           .key_columns = 1,
           .indexed = {"plan", "dataset", "seq"}},
          {.name = "train_samples",
           .columns = {{"stream", kText},
                       {"object", kText},
                       {"seq", kInteger},
                       {"first_us", kInteger},
                       {"last_us", kInteger},
                       {"count", kInteger},
                       {"sha256", kText}},
           .key_columns = 2}};
}

void project(const ledger::Event& event, const base::json::value& payload,
             ledger::TableWriter& tables) {
  if (event.kind == "run.recorded") project_run(event, payload, tables);
  if (event.kind == "samples.sealed")
    tables.upsert("train_samples",
                  {base::get_string(payload, "stream"), base::get_string(payload, "object"),
                   static_cast<std::int64_t>(event.seq), base::get_integer(payload, "first_us"),
                   base::get_integer(payload, "last_us"), base::get_integer(payload, "count"),
                   base::get_string(payload, "sha256")});
}

}  // namespace fulcrum::train

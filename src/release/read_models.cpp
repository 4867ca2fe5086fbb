#include "release/read_models.h"

#include <string_view>
#include <unordered_map>

namespace fulcrum::release {

using base::get_bool;
using base::get_integer;
using base::get_number;
using base::get_string;
using base::json::value;
using ledger::Event;
using ledger::Row;
using ledger::TableWriter;
using ledger::Value;
using enum ledger::ColumnType;

namespace {

// Columns are found by name, so that a new one cannot shift its neighbours.
const ledger::TableSpec& spec_of(std::string_view table) {
  static const std::vector<ledger::TableSpec> specs = table_specs();
  for (const auto& spec : specs)
    if (spec.name == table) return spec;
  return specs.front();
}

using Cells = std::unordered_map<std::string_view, Value>;

/// Writes the given cells of one row, keeping the others of the row that is there.
void write(TableWriter& tables, std::string_view table, const Row& key, const Cells& cells) {
  const auto& spec = spec_of(table);
  Row row = tables.get(table, key).value_or(Row(spec.columns.size(), Value{nullptr}));
  for (std::size_t i = 0; i < spec.columns.size(); ++i) {
    if (i < key.size()) row[i] = key[i];
    if (const auto cell = cells.find(spec.columns[i].name); cell != cells.end())
      row[i] = cell->second;
  }
  tables.upsert(table, std::move(row));
}

Value cell(const Row& row, std::string_view table, std::string_view column) {
  const auto& columns = spec_of(table).columns;
  for (std::size_t i = 0; i < columns.size(); ++i)
    if (columns[i].name == column) return row[i];
  return nullptr;
}

std::string member_text(const value& payload, std::string_view name) {
  const auto* found = base::find_path(payload, name);
  return found ? base::to_text(*found) : "null";
}

Value flag(const value& payload, std::string_view name) {
  return static_cast<std::int64_t>(get_bool(payload, name) ? 1 : 0);
}

Value seq_of(const Event& event) {
  return static_cast<std::int64_t>(event.seq);
}

void set_stage(TableWriter& tables, const Event& event, const value& payload,
               std::string_view version_member, const char* stage) {
  write(tables, "release_models",
        {get_string(payload, "model"), get_string(payload, version_member)},
        {{"stage", std::string(stage)},
         {"stage_simulated", flag(payload, "simulated")},
         {"staged_us", event.time_us},
         {"release", get_string(payload, "release")}});
}

void on_registered(const Event& event, const value& payload, TableWriter& tables) {
  write(tables, "release_models", {get_string(payload, "model"), get_string(payload, "version")},
        {{"kind", get_string(payload, "kind")},
         {"stage", std::string("candidate")},
         {"simulated", flag(payload, "simulated")},
         {"stage_simulated", std::int64_t{0}},
         {"dataset", get_string(payload, "dataset")},
         {"run", get_string(payload, "run")},
         {"metrics", member_text(payload, "metrics")},
         {"artifacts", member_text(payload, "artifacts")},
         {"registered_us", event.time_us},
         {"staged_us", event.time_us},
         {"registered_seq", seq_of(event)},
         {"release", std::string()}});
}

void on_started(const Event& event, const value& payload, TableWriter& tables) {
  write(tables, "release_releases", {get_string(payload, "release")},
        {{"model", get_string(payload, "model")},
         {"candidate", get_string(payload, "candidate")},
         {"stable", get_string(payload, "stable")},
         {"status", std::string("running")},
         {"reason", std::string("too_few_samples")},
         {"simulated", flag(payload, "simulated")},
         {"offline_replay", flag(payload, "offline_replay")},
         {"policy", member_text(payload, "policy")},
         {"observations", std::int64_t{0}},
         {"samples", std::int64_t{0}},
         {"started_us", event.time_us},
         {"started_seq", seq_of(event)}});
  set_stage(tables, event, payload, "candidate", "canary");
}

void on_observed(const Event& event, const value& payload, TableWriter& tables) {
  const std::string release = get_string(payload, "release");
  const value stable = payload.at("stable"), candidate = payload.at("candidate");
  write(tables, "release_observations", {release, get_integer(payload, "observation")},
        {{"time_us", event.time_us},
         {"seq", seq_of(event)},
         {"simulated", flag(payload, "simulated")},
         {"elapsed_s", get_number(payload, "elapsed_s")},
         {"stable_samples", get_integer(stable, "samples")},
         {"stable_successes", get_integer(stable, "successes")},
         {"stable_requests", get_integer(stable, "requests")},
         {"stable_errors", get_integer(stable, "errors")},
         {"candidate_samples", get_integer(candidate, "samples")},
         {"candidate_successes", get_integer(candidate, "successes")},
         {"candidate_requests", get_integer(candidate, "requests")},
         {"candidate_errors", get_integer(candidate, "errors")}});
  write(tables, "release_releases", {release},
        {{"observations", get_integer(payload, "observation")},
         {"samples", get_integer(stable, "samples") + get_integer(candidate, "samples")},
         {"stable_counts", base::to_text(stable)},
         {"candidate_counts", base::to_text(candidate)},
         {"elapsed_s", get_number(payload, "elapsed_s")}});
  for (const auto& chunk : payload.at("chunks").as_array())
    write(tables, "release_chunks", {release, get_string(chunk, "object")},
          {{"seq", seq_of(event)},
           {"observation", get_integer(payload, "observation")},
           {"count", get_integer(chunk, "count")},
           {"bytes", get_integer(chunk, "bytes")},
           {"first_us", get_integer(chunk, "first_us")},
           {"last_us", get_integer(chunk, "last_us")},
           {"simulated", flag(payload, "simulated")}});
}

/// The numbers of a verdict, on the release and on the look they belong to.
void on_verdict(const Event& event, const value& payload, TableWriter& tables, const char* status) {
  const std::string release = get_string(payload, "release");
  const value& evidence = payload.at("evidence");
  const bool ended = std::string_view(status) != "running";
  Cells cells{{"status", std::string(status)},
              {"reason", get_string(payload, "reason")},
              {"because", get_string(payload, "because")},
              {"stable_rate", get_number(evidence, "stable_rate")},
              {"candidate_rate", get_number(evidence, "candidate_rate")},
              {"difference", get_number(evidence, "difference")},
              {"low", get_number(evidence, "low")},
              {"high", get_number(evidence, "high")},
              {"evidence", base::to_text(evidence)}};
  if (ended) {
    cells["ended_us"] = event.time_us;
    cells["ended_seq"] = seq_of(event);
  }
  write(tables, "release_releases", {release}, cells);
  const auto row = tables.get("release_releases", {release});
  const std::int64_t observation =
      row ? ledger::as_integer(cell(*row, "release_releases", "observations")) : 0;
  if (observation == 0) return;
  write(tables, "release_observations", {release, observation},
        {{"difference", get_number(evidence, "difference")},
         {"low", get_number(evidence, "low")},
         {"high", get_number(evidence, "high")},
         {"reason", get_string(payload, "reason")}});
}

/// The version that was compared with is not stable yet.
bool is_first_release(const value& payload, TableWriter& tables) {
  const auto row =
      tables.get("release_models", {get_string(payload, "model"), get_string(payload, "stable")});
  return row && cell(*row, "release_models", "stage") == Value{std::string("candidate")};
}

void on_baseline(const Event& event, const value& payload, TableWriter& tables) {
  write(tables, "release_releases", {get_string(payload, "release")},
        {{"model", get_string(payload, "model")},
         {"candidate", get_string(payload, "version")},
         {"stable", std::string()},
         {"status", std::string("baseline")},
         {"reason", std::string("baseline")},
         {"because", get_string(payload, "reason")},
         {"simulated", flag(payload, "simulated")},
         {"offline_replay", std::int64_t{0}},
         {"evidence", base::to_text(base::json::object{{"metric", get_string(payload, "metric")},
                                                       {"value", get_number(payload, "value")},
                                                       {"considered", payload.at("considered")}})},
         {"observations", std::int64_t{0}},
         {"samples", std::int64_t{0}},
         {"started_us", event.time_us},
         {"started_seq", seq_of(event)},
         {"ended_us", event.time_us},
         {"ended_seq", seq_of(event)}});
  set_stage(tables, event, payload, "version", "stable");
}

}  // namespace

std::vector<ledger::TableSpec> table_specs() {
  return {{.name = "release_models",
           .columns = {{"model", kText},
                       {"version", kText},
                       {"kind", kText},
                       {"stage", kText},
                       {"simulated", kInteger},
                       {"stage_simulated", kInteger},
                       {"dataset", kText},
                       {"run", kText},
                       {"metrics", kText},
                       {"artifacts", kText},
                       {"registered_us", kInteger},
                       {"staged_us", kInteger},
                       {"registered_seq", kInteger},
                       {"release", kText}},
           .key_columns = 2,
           .indexed = {"stage", "registered_seq"}},
          {.name = "release_releases",
           .columns = {{"release", kText},
                       {"model", kText},
                       {"candidate", kText},
                       {"stable", kText},
                       {"status", kText},
                       {"reason", kText},
                       {"because", kText},
                       {"simulated", kInteger},
                       {"offline_replay", kInteger},
                       {"policy", kText},
                       {"observations", kInteger},
                       {"samples", kInteger},
                       {"stable_counts", kText},
                       {"candidate_counts", kText},
                       {"elapsed_s", kReal},
                       {"stable_rate", kReal},
                       {"candidate_rate", kReal},
                       {"difference", kReal},
                       {"low", kReal},
                       {"high", kReal},
                       {"evidence", kText},
                       {"started_us", kInteger},
                       {"started_seq", kInteger},
                       {"ended_us", kInteger},
                       {"ended_seq", kInteger}},
           .key_columns = 1,
           .indexed = {"model", "status", "started_seq"}},
          {.name = "release_observations",
           .columns = {{"release", kText},
                       {"observation", kInteger},
                       {"time_us", kInteger},
                       {"seq", kInteger},
                       {"simulated", kInteger},
                       {"elapsed_s", kReal},
                       {"stable_samples", kInteger},
                       {"stable_successes", kInteger},
                       {"stable_requests", kInteger},
                       {"stable_errors", kInteger},
                       {"candidate_samples", kInteger},
                       {"candidate_successes", kInteger},
                       {"candidate_requests", kInteger},
                       {"candidate_errors", kInteger},
                       {"difference", kReal},
                       {"low", kReal},
                       {"high", kReal},
                       {"reason", kText}},
           .key_columns = 2},
          {.name = "release_chunks",
           .columns = {{"release", kText},
                       {"object", kText},
                       {"seq", kInteger},
                       {"observation", kInteger},
                       {"count", kInteger},
                       {"bytes", kInteger},
                       {"first_us", kInteger},
                       {"last_us", kInteger},
                       {"simulated", kInteger}},
           .key_columns = 2,
           .indexed = {"seq"}}};
}

void project(const Event& event, const value& payload, TableWriter& tables) {
  if (event.kind == "model.registered") on_registered(event, payload, tables);
  if (event.kind == "release.started") on_started(event, payload, tables);
  if (event.kind == "release.observed") on_observed(event, payload, tables);
  if (event.kind == "release.baseline_released") on_baseline(event, payload, tables);
  if (event.kind == "release.promoted") {
    on_verdict(event, payload, tables, "promoted");
    set_stage(tables, event, payload, "candidate", "stable");
    set_stage(tables, event, payload, "stable", "retired");
  }
  if (event.kind == "release.rolled_back") {
    on_verdict(event, payload, tables, "rolled_back");
    set_stage(tables, event, payload, "candidate", "rolled_back");
    if (is_first_release(payload, tables) && get_string(payload, "reason") != "stopped_by_hand")
      set_stage(tables, event, payload, "stable", "stable");
  }
  if (event.kind == "release.more_data_needed") {
    const bool is_final = get_bool(payload, "is_final");
    on_verdict(event, payload, tables, is_final ? "undecided" : "running");
    if (is_final) set_stage(tables, event, payload, "candidate", "candidate");
  }
}

base::json::object row_with_json(const ledger::TableSpec& spec, const Row& row) {
  base::json::object object = ledger::row_as_json(spec, row);
  for (const char* name :
       {"metrics", "artifacts", "policy", "stable_counts", "candidate_counts", "evidence"}) {
    const auto found = object.find(name);
    if (found == object.end() || !found->value().is_string()) continue;
    auto parsed = base::parse_json(std::string(found->value().get_string()), name);
    if (parsed) found->value() = std::move(*parsed);
  }
  return object;
}

}  // namespace fulcrum::release

// Training runs and their telemetry.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/codec.h"
#include "base/hash.h"
#include "train/decide.h"

namespace fulcrum::train {

namespace json = base::json;
using ledger::Context;
using ledger::EventMeta;
using ledger::NewEvents;

namespace {

bool is_digest(std::string_view text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

/// Reals as text of six digits: a real that went through JSON text may differ in its last bit.
json::value rounded(const json::value& value) {
  if (value.is_double()) return json::value(fmt::format("{:.6g}", value.get_double()));
  if (const auto* object = value.if_object()) {
    json::object result;
    for (const auto& [key, inner] : *object) result[key] = rounded(inner);
    return result;
  }
  if (const auto* array = value.if_array()) {
    json::array result;
    for (const auto& inner : *array) result.push_back(rounded(inner));
    return result;
  }
  return value;
}

/// What makes two records of one run the same: everything but how long it took.
std::string digest_of(const RunFacts& run) {
  RunFacts same = run;
  same.seconds = 0;
  for (const char* timing : {"p95_ms", "p50_ms", "scalability"}) same.metrics.erase(timing);
  return base::sha256_hex(base::to_text(rounded(base::encode(same))));
}

base::Result<json::object> find_run(const std::string& run, const ledger::TableReader& tables) {
  const ledger::Select select{.table = "train_runs", .where = {{.column = "run", .value = run}}};
  TRY(const auto rows, tables.select(select));
  if (rows.empty())
    return base::not_found("run.unknown", "no such training run: " + run, "see run list");
  json::object result = ledger::row_as_json(*tables.spec("train_runs"), rows.front());
  TRY(const json::value facts,
      base::parse_json(base::get_string(result, "facts"), "train_runs.facts"));
  result.erase("facts");
  for (const auto& [key, value] : facts.get_object()) result[key] = value;
  return result;
}

/// {"metric": {"values":[…], "differences":[…], "apart":[…]}} against the first run; `apart` says
/// whether the 95 % intervals do not touch.
json::object compare_metrics(const std::vector<json::object>& runs) {
  std::set<std::string> names;
  for (const auto& run : runs)
    for (const auto& [name, value] : run.at("metrics").as_object()) names.emplace(name);
  json::object result;
  for (const auto& name : names) {
    json::array values, differences, apart;
    const auto* first = runs.front().at("metrics").as_object().if_contains(name);
    for (const auto& run : runs) {
      const auto* own = run.at("metrics").as_object().if_contains(name);
      values.push_back(own ? *own : json::value(nullptr));
      if (!first || !own) {
        differences.push_back(nullptr);
        apart.push_back(nullptr);
        continue;
      }
      differences.push_back(base::get_number(*own, "value") - base::get_number(*first, "value"));
      apart.push_back(base::get_number(*own, "low") > base::get_number(*first, "high") ||
                      base::get_number(*own, "high") < base::get_number(*first, "low"));
    }
    result[name] = json::object{{"values", std::move(values)},
                                {"differences", std::move(differences)},
                                {"apart", std::move(apart)}};
  }
  return result;
}

void flatten(const json::value& value, const std::string& path,
             std::map<std::string, std::string>& flat) {
  if (const auto* object = value.if_object()) {
    for (const auto& [key, inner] : *object)
      flatten(inner, path.empty() ? std::string(key) : path + "." + std::string(key), flat);
  } else if (!path.empty()) {
    flat[path] = base::to_text(value);
  }
}

/// Only what is not the same everywhere: {"optimizer.lr": ["0.001", "0.01"]}.
json::object compare_recipes(const std::vector<json::object>& runs) {
  std::vector<std::map<std::string, std::string>> flat(runs.size());
  std::set<std::string> names;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    flatten(runs[i].at("recipe"), "", flat[i]);
    for (const char* fact : {"dataset", "seed", "kind", "shuffled"})
      flatten(runs[i].at(fact), fact, flat[i]);
    for (const auto& [name, value] : flat[i]) names.insert(name);
  }
  json::object result;
  for (const auto& name : names) {
    json::array values;
    std::set<std::string> distinct;
    for (auto& one : flat) {
      const auto found = one.find(name);
      distinct.insert(found == one.end() ? "" : found->second);
      values.push_back(found == one.end() ? json::value(nullptr) : json::value(found->second));
    }
    if (distinct.size() > 1) result[name] = std::move(values);
  }
  return result;
}

}  // namespace

base::Result<NewEvents> decide(const State& state, const RecordRun& command,
                               const Context& context) {
  if (command.kind.empty()) return base::usage("run.kind", "a run needs a kind", "kind");
  if (command.dataset.empty())
    return base::usage("run.dataset", "a run needs the data it learnt from", "dataset");
  for (const auto& [name, figure] : command.metrics)
    if (figure.n < 0)
      return base::usage("run.metric", "a figure rests on n >= 0 observations",
                         "metrics." + name + ".n");
  RunRecorded event_of = command;
  if (event_of.run.empty()) event_of.run = context.ids->next(context.now_us);
  if (event_of.run.find('/') != std::string::npos)
    return base::usage("run.id", "a run's id has no slash", "run");
  // The same run recorded again (a plan run anew, nothing changed) is not news.
  const auto known = state.runs.find(event_of.run);
  if (known != state.runs.end() && known->second == digest_of(event_of)) return NewEvents{};
  return NewEvents{event("run/" + event_of.run, event_of)};
}

void evolve(State& state, const RunRecorded& event, const EventMeta&) {
  state.runs[event.run] = digest_of(event);
}

base::Result<NewEvents> decide(const State&, const SealSamples& command, const Context&) {
  if (command.stream.empty())
    return base::usage("samples.stream", "a chunk needs what it samples", "stream");
  if (!is_digest(command.sha256))
    return base::usage("samples.sha256", "expected 64 lower-case hexadecimal digits", "sha256");
  if (!is_digest(command.object))
    return base::usage("samples.object", "expected an object id", "object");
  if (command.count < 1 || command.first_us > command.last_us)
    return base::usage("samples.range", "a chunk has at least one sample, and first_us <= last_us",
                       "count");
  return NewEvents{event(command.stream, command)};
}

/// Sealed twice, a chunk is one row of train_samples all the same.
void evolve(State&, const SamplesSealed&, const EventMeta&) {}

base::Result<json::value> answer(const State&, const ListRuns& query,
                                 const ledger::TableReader& tables) {
  ledger::Select select{.table = "train_runs", .order = {"-seq"}, .limit = query.limit};
  if (!query.plan.empty()) select.where.push_back({.column = "plan", .value = query.plan});
  if (!query.dataset.empty()) select.where.push_back({.column = "dataset", .value = query.dataset});
  TRY(const auto rows, tables.select(select));
  json::array runs;
  for (const auto& row : rows) {
    json::object run = ledger::row_as_json(*tables.spec(select.table), row);
    run.erase("facts");
    runs.push_back(std::move(run));
  }
  return json::object{{"runs", std::move(runs)}};
}

base::Result<json::value> answer(const State&, const ShowRun& query,
                                 const ledger::TableReader& tables) {
  TRY(auto run, find_run(query.run, tables));
  const ledger::Select select{.table = "train_samples",
                              .where = {{.column = "stream", .value = "run/" + query.run}}};
  TRY(const auto rows, tables.select(select));
  json::array samples;
  for (const auto& row : rows)
    samples.push_back(ledger::row_as_json(*tables.spec(select.table), row));
  run["samples"] = std::move(samples);
  return run;
}

base::Result<json::value> answer(const State&, const CompareRuns& query,
                                 const ledger::TableReader& tables) {
  if (query.runs.size() < 2) return base::usage("run.compare", "expected two runs or more", "runs");
  std::vector<json::object> runs;
  json::array shown;
  for (const auto& id : query.runs) {
    TRY(auto run, find_run(id, tables));
    json::object line;
    for (const char* key : {"run", "name", "kind", "dataset", "seed", "time_us", "simulated"})
      line[key] = run[key];
    shown.push_back(std::move(line));
    runs.push_back(std::move(run));
  }
  return json::object{{"runs", std::move(shown)},
                      {"metrics", compare_metrics(runs)},
                      {"differs", compare_recipes(runs)}};
}

}  // namespace fulcrum::train

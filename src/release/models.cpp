// The model registry: versions, and the first stable one.
#include <fmt/format.h>

#include <cmath>

#include "base/hash.h"
#include "release/decide.h"
#include "release/read_models.h"

namespace fulcrum::release {

using ledger::Context;
using ledger::EventMeta;
using ledger::NewEvents;

namespace {

std::string stream_of(const std::string& model, const std::string& version) {
  return "model/" + model + "/" + version;
}

std::string content_of(const ModelRegistered& registered) {
  return base::sha256_hex(event("", registered).payload);
}

}  // namespace

base::Result<NewEvents> decide(const State& state, const RegisterModel& command, const Context&) {
  if (command.model.empty()) return base::usage("model.name", "a model needs a name", "model");
  if (command.version.empty())
    return base::usage("model.version", "a model needs a version", "version");
  const ModelRegistered registered{command.model,     command.version,  command.kind,
                                   command.artifacts, command.metrics,  command.dataset,
                                   command.run,       command.simulated};
  if (const auto model = state.models.find(command.model); model != state.models.end()) {
    const auto version = model->second.versions.find(command.version);
    if (version != model->second.versions.end()) {
      if (version->second.content == content_of(registered)) return NewEvents{};
      return base::conflict("model.exists",
                            fmt::format("version {} of {} is registered with another content",
                                        command.version, command.model),
                            "register it under a new version");
    }
  }
  return NewEvents{event(stream_of(command.model, command.version), registered)};
}

void evolve(State& state, const ModelRegistered& registered, const EventMeta&) {
  VersionState version;
  version.content = content_of(registered);
  version.metrics = registered.metrics;
  version.simulated = registered.simulated;
  state.models[registered.model].versions[registered.version] = std::move(version);
}

namespace {

/// The versions that may go out first, with their metric. Fails when a named one cannot.
base::Result<std::map<std::string, double>> baseline_choices(const ModelState& model,
                                                             const ReleaseBaseline& command) {
  std::map<std::string, double> values;
  const auto add = [&](const std::string& name, bool is_named) -> base::Status {
    const auto version = model.versions.find(name);
    if (version == model.versions.end())
      return base::not_found("model.unknown",
                             fmt::format("{} has no version {}", command.model, name));
    const auto metric = version->second.metrics.find(command.metric);
    const bool fits = version->second.stage == Stage::kCandidate &&
                      metric != version->second.metrics.end() && std::isfinite(metric->second);
    if (fits) values[name] = metric->second;
    if (!fits && is_named)
      return base::refused(
          "release.baseline",
          fmt::format("version {} is no candidate with a metric {}", name, command.metric));
    return {};
  };
  for (const auto& name : command.versions) CHECK_OK(add(name, true));
  if (command.versions.empty())
    for (const auto& [name, version] : model.versions) CHECK_OK(add(name, false));
  return values;
}

}  // namespace

base::Result<NewEvents> decide(const State& state, const ReleaseBaseline& command, const Context&) {
  if (command.release.empty()) return base::usage("release.id", "a release needs an id", "release");
  const auto model = state.models.find(command.model);
  if (model == state.models.end())
    return base::not_found("model.unknown", "no such model: " + command.model);
  if (!model->second.stable.empty())
    return base::refused(
        "release.has_stable",
        fmt::format("{} has a stable version, {}; a canary decides what replaces it", command.model,
                    model->second.stable),
        "use release.start");
  if (state.running.contains(command.release) || state.ended.contains(command.release))
    return base::conflict("release.exists", "release " + command.release + " exists already");
  TRY(const auto values, baseline_choices(model->second, command));
  if (values.empty())
    return base::refused(
        "release.baseline",
        fmt::format("no candidate of {} has a metric {}", command.model, command.metric),
        "register a version with this metric first");
  auto best = values.begin();
  for (auto other = values.begin(); other != values.end(); ++other)
    if (command.lower_is_better ? other->second < best->second : other->second > best->second)
      best = other;
  return NewEvents{event(
      "release/" + command.release,
      BaselineReleased{command.release, command.model, best->first, command.metric, best->second,
                       values,
                       fmt::format("no stable version yet to compare with: best validation {} of "
                                   "{} goes out first",
                                   command.metric, values.size()),
                       model->second.versions.at(best->first).simulated})};
}

void evolve(State& state, const BaselineReleased& released, const EventMeta&) {
  ModelState& model = state.models[released.model];
  model.stable = released.version;
  model.versions[released.version].stage = Stage::kStable;
  state.ended[released.release] = "baseline";
}

base::Result<base::json::value> answer(const State&, const ListModels& query,
                                       const ledger::TableReader& tables) {
  ledger::Select select{
      .table = "release_models", .order = {"-registered_seq"}, .limit = query.limit};
  if (!query.model.empty()) select.where.push_back({.column = "model", .value = query.model});
  if (!query.stage.empty()) select.where.push_back({.column = "stage", .value = query.stage});
  TRY(const auto rows, tables.select(select));
  base::json::array models;
  for (const auto& row : rows) models.push_back(row_with_json(*tables.spec(select.table), row));
  return base::json::object{{"models", std::move(models)}};
}

base::Result<base::json::value> answer(const State& state, const ShowModel& query,
                                       const ledger::TableReader& tables) {
  std::string version = query.version;
  if (version.empty()) {
    const auto model = state.models.find(query.model);
    if (model != state.models.end()) version = model->second.stable;
    if (version.empty())
      return base::not_found("model.no_stable", query.model + " has no stable version",
                             "name a version");
  }
  TRY(const auto rows, tables.select({.table = "release_models",
                                      .where = {{.column = "model", .value = query.model},
                                                {.column = "version", .value = version}}}));
  if (rows.empty())
    return base::not_found("model.unknown",
                           fmt::format("{} has no version {}", query.model, version));
  base::json::object shown = row_with_json(*tables.spec("release_models"), rows.front());
  TRY(const auto releases, tables.select({.table = "release_releases",
                                          .where = {{.column = "model", .value = query.model},
                                                    {.column = "candidate", .value = version}},
                                          .order = {"-started_seq"}}));
  base::json::array list;
  for (const auto& row : releases)
    list.push_back(row_with_json(*tables.spec("release_releases"), row));
  shown["releases"] = std::move(list);
  return shown;
}

}  // namespace fulcrum::release

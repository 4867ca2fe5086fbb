// fulcrum data lineage DATASET[@REF] [--path FILE --row KEY]: from which run, steps and sources a
// version or one of its rows is. fulcrum data lineage --model MODEL[@VERSION]: which versions a
// model learnt from.
#include <CLI/CLI.hpp>
#include <memory>

#include "base/text.h"
#include "cli/data_verbs.h"
#include "cli/version_home.h"
#include "data/versions/row_history.h"

namespace fulcrum::cli {

namespace {

namespace json = base::json;
using namespace data::versions;

struct Options {
  std::string dataset, path, model;
  std::vector<std::string> key, row;
};

/// A query's answer, or null where the ledger knows nothing of it.
base::Result<json::value> ask(Backend& backend, const std::string& query, json::object parameters) {
  auto answer = backend.query(query, parameters);
  if (!answer && answer.error().kind == base::ErrorKind::kNotFound) return json::value(nullptr);
  if (!answer) return base::Failure(answer.error());
  return std::move(*answer);
}

/// What made a version: the plan's run and its steps with what each reported, the sources they
/// read.
base::Result<json::object> origin_of(Backend& backend, const Version& version) {
  json::object origin{{"version", version.name},
                      {"time_us", version.record.time_us},
                      {"author", version.record.author},
                      {"message", version.record.message}};
  const auto made_by = base::parse_json(version.record.made_by, "made_by");
  if (!made_by || !made_by->is_object()) return origin;
  origin["plan"] = base::get_string(*made_by, "plan");
  origin["run"] = base::get_string(*made_by, "run");
  json::array steps;
  const auto* listed = base::find_path(*made_by, "steps");
  if (!listed || !listed->is_array()) return origin;
  for (const auto& step : listed->get_array()) {
    json::object shown{{"step", base::get_string(step, "step")},
                       {"identity", base::get_string(step, "identity")}};
    TRY(const json::value result,
        ask(backend, "plan.result", {{"identity", base::get_string(step, "identity")}}));
    if (const auto* found = result.is_null() ? nullptr : base::find_path(result, "result");
        found && found->is_object())
      for (const char* name : {"report", "outputs"})
        if (const auto* value = base::find_path(*found, name)) shown[name] = *value;
    steps.push_back(std::move(shown));
  }
  origin["steps"] = std::move(steps);
  return origin;
}

base::Result<json::object> row_lineage(const Options& options, const Repository& repository,
                                       Backend& backend, const Version& version) {
  TRY(const RowHistory history,
      row_history(repository, version, options.path, options.key, options.row));
  json::object row;
  for (const auto& [name, value] : history.row) row[name] = shown_path(value);
  json::array steps;
  for (const auto& step : history.steps) {
    json::array cells;
    for (const auto& cell : step.cells)
      cells.push_back(json::object{
          {"column", cell.column}, {"from", cell_json(cell.from)}, {"to", cell_json(cell.to)}});
    TRY(json::object origin, origin_of(backend, step.version));
    steps.push_back(json::object{{"change", step.change},
                                 {"version", step.version.name},
                                 {"cells", std::move(cells)},
                                 {"origin", std::move(origin)}});
  }
  return json::object{
      {"path", shown_path(options.path)}, {"row", std::move(row)}, {"history", std::move(steps)}};
}

/// Runs and models that say they learnt from the version.
base::Result<json::object> users_of(Backend& backend, const std::string& dataset,
                                    const std::string& version) {
  json::object users;
  for (const auto& [query, member] :
       {std::pair{"run.list", "runs"}, std::pair{"model.list", "models"}}) {
    TRY(const json::value answer, backend.query(query, json::object{{"limit", 100'000}}));
    json::array found;
    for (const auto& one : answer.at(member).as_array())
      if (base::get_string(one, "dataset") == dataset + "@" + version) found.push_back(one);
    users[member] = std::move(found);
  }
  return users;
}

base::Result<json::object> version_lineage(const Options& options, const Session& session) {
  TRY(const auto repository, open_versions(session));
  const DatasetAt at = parse_dataset_at(options.dataset);
  TRY(const Version version, repository->resolve(at.dataset, at.what));
  if (!options.path.empty()) CHECK_OK(record_read(session, "dataset.lineage", at.dataset));
  TRY(const auto backend, connect(session));
  json::object answer{{"dataset", at.dataset}, {"version", version.name}};
  TRY(answer["origin"], origin_of(*backend, version));
  TRY(answer["used_by"], users_of(*backend, at.dataset, version.name));
  if (!options.path.empty()) {
    TRY(answer["record"], row_lineage(options, *repository, *backend, version));
  }
  return answer;
}

base::Result<json::object> model_lineage(const Options& options, const Session& session) {
  TRY(const auto repository, open_versions(session));
  TRY(const auto backend, connect(session));
  const DatasetAt at = parse_dataset_at(options.model);
  TRY(const json::value answer,
      backend->query("model.list", json::object{{"model", at.dataset}, {"limit", 100'000}}));
  json::array models;
  for (const auto& model : answer.at("models").as_array()) {
    if (!at.what.empty() && base::get_string(model, "version") != at.what) continue;
    json::object shown{{"model", at.dataset},
                       {"version", base::get_string(model, "version")},
                       {"run", base::get_string(model, "run")},
                       {"dataset", base::get_string(model, "dataset")}};
    const DatasetAt data = parse_dataset_at(base::get_string(model, "dataset"));
    if (const auto version = repository->resolve(data.dataset, data.what);
        version && !data.what.empty()) {
      TRY(shown["origin"], origin_of(*backend, *version));
      TRY(const auto ancestors, repository->history(version->name));
      json::array names;
      for (const auto& ancestor : ancestors) names.push_back(json::string(ancestor.name));
      shown["dataset_versions"] = std::move(names);
    }
    models.push_back(std::move(shown));
  }
  if (models.empty())
    return base::not_found("model.unknown", "there is no model \"" + options.model + "\"",
                           "`fulcrum model list` lists them");
  return json::object{{"models", std::move(models)}};
}

int run(const Options& options, const Session& session) {
  if (options.dataset.empty() == options.model.empty())
    return session.output.error(base::Error{base::ErrorKind::kUsage, "version.lineage",
                                            base::text("data.lineage.what"), "dataset"});
  const auto answer =
      options.model.empty() ? version_lineage(options, session) : model_lineage(options, session);
  if (!answer) return session.output.error(answer.error());
  session.output.value(*answer);
  return 0;
}

}  // namespace

Action data_lineage_verb(CLI::App& app, const AlsoRegister&) {
  auto options = std::make_shared<Options>();
  app.add_option("dataset", options->dataset, base::text("data.dataset_at"))
      ->type_name("DATASET[@REF]");
  app.add_option("--path", options->path, base::text("data.lineage.path"))->type_name("FILE");
  app.add_option("--row", options->row, base::text("data.lineage.row"))
      ->type_name("VALUE[,VALUE]")
      ->delimiter(',');
  app.add_option("--key", options->key, base::text("data.key"))
      ->type_name("COLUMN[,COLUMN]")
      ->delimiter(',');
  app.add_option("--model", options->model, base::text("data.lineage.model"))
      ->type_name("MODEL[@VERSION]");
  return [options](const Session& session) { return run(*options, session); };
}

}  // namespace fulcrum::cli

// fulcrum data log [DATASET[@REF]]: the versions that lead to one; without a dataset, all of them.
#include <CLI/CLI.hpp>
#include <map>
#include <memory>

#include "base/text.h"
#include "cli/data_verbs.h"
#include "cli/version_home.h"

namespace fulcrum::cli {

namespace {

namespace json = base::json;
using namespace data::versions;

struct Options {
  std::string dataset;
  std::size_t limit = 100;
};

base::Result<json::value> datasets(const Repository& repository) {
  TRY(const auto refs, repository.refs().list());
  json::array rows;
  for (const auto& ref : refs) {
    TRY(VersionRecord record, repository.version(ref.version));
    json::object row{{"dataset", ref.dataset},
                     {ref.kind == RefKind::kBranch ? "branch" : "tag", ref.name}};
    for (auto& member : version_json({ref.version, std::move(record)}))
      row[member.key()] = std::move(member.value());
    rows.push_back(std::move(row));
  }
  return json::object{{"datasets", std::move(rows)}};
}

base::Result<json::value> log(const Options& options, const Session& session) {
  TRY(const auto repository, open_versions(session));
  if (options.dataset.empty()) return datasets(*repository);
  const DatasetAt at = parse_dataset_at(options.dataset);
  TRY(const Version head, repository->resolve(at.dataset, at.what));
  TRY(const auto versions, repository->history(head.name, options.limit));
  TRY(const auto refs, repository->refs().list(at.dataset));
  std::map<std::string, json::array> names;
  for (const auto& ref : refs) names[ref.version].push_back(json::string(ref.name));
  json::array rows;
  for (const auto& version : versions) {
    json::object row = version_json(version);
    row["refs"] = names[version.name];
    rows.push_back(std::move(row));
  }
  return json::object{
      {"dataset", at.dataset}, {"version", head.name}, {"versions", std::move(rows)}};
}

int run(const Options& options, const Session& session) {
  auto answer = log(options, session);
  if (!answer) return session.output.error(answer.error());
  if (session.output.mode == OutputMode::kTable)  // what people do not read in a table
    for (auto& member : answer->as_object())
      if (auto* rows = member.value().if_array())
        for (auto& row : *rows)
          for (const char* name : {"parents", "content", "made_by"}) row.as_object().erase(name);
  session.output.value(*answer);
  return 0;
}

}  // namespace

Action data_log_verb(CLI::App& app, const AlsoRegister&) {
  auto options = std::make_shared<Options>();
  app.add_option("dataset", options->dataset, base::text("data.dataset_at"))
      ->type_name("DATASET[@REF]");
  app.add_option("--limit", options->limit, base::text("data.log.limit"))->type_name("N");
  return [options](const Session& session) { return run(*options, session); };
}

}  // namespace fulcrum::cli

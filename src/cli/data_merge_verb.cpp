// fulcrum data merge DATASET FROM [--into BRANCH].
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "base/clock.h"
#include "base/text.h"
#include "cli/data_verbs.h"
#include "cli/version_home.h"
#include "data/versions/merge.h"

namespace fulcrum::cli {

namespace {

namespace json = base::json;
using namespace data::versions;

struct Options {
  MergeRequest request;
  std::string prefer;
};

json::object conflict_json(const Conflict& conflict, const std::vector<std::string>& key) {
  json::object object{{"path", shown_path(conflict.path)}, {"kind", conflict.kind}};
  if (conflict.kind != "file") object["key"] = key_json(key, conflict.key);
  if (!conflict.column.empty()) object["column"] = conflict.column;
  object["base"] = cell_json(conflict.base);
  object["ours"] = cell_json(conflict.ours);
  object["theirs"] = cell_json(conflict.theirs);
  return object;
}

/// The key columns of a conflict's table, as it is in ours.
base::Result<std::vector<std::string>> key_of(const Repository& repository,
                                              const Conflict& conflict, const MergeRequest& request,
                                              const Root& ours) {
  TRY(const auto entry, find_entry(repository.chunks(), ours, conflict.path));
  const auto info = entry ? decode_table(entry->table) : std::nullopt;
  if (!info) return std::vector<std::string>();
  return comparison_key(request.key, *info, *info);
}

base::Result<json::object> merge_branches(const Options& options, const Session& session) {
  TRY(const auto repository, open_versions(session));
  TRY(const MergeResult result, merge(*repository, options.request));
  if (!result.version.empty()) {
    TRY(VersionRecord record, repository->version(result.version));
    if (record.dataset == options.request.dataset)
      CHECK_OK(tell_ledger(session, *repository, options.request.into,
                           {result.version, std::move(record)}));
  }
  json::array conflicts;
  if (!result.conflicts.empty()) {
    TRY(const VersionRecord ours, repository->version(result.ours));
    for (const auto& conflict : result.conflicts) {
      TRY(const auto key, key_of(*repository, conflict, options.request, ours.tree));
      conflicts.push_back(conflict_json(conflict, key));
    }
  }
  return json::object{{"dataset", options.request.dataset},
                      {"into", options.request.into},
                      {"from", options.request.from},
                      {"outcome", result.outcome},
                      {"version", result.version},
                      {"base", result.base},
                      {"ours", result.ours},
                      {"theirs", result.theirs},
                      {"files_taken", result.files_taken},
                      {"tables_merged", result.tables_merged},
                      {"rows_taken", result.rows_taken},
                      {"conflicts_resolved", result.conflicts_resolved},
                      {"conflicts", std::move(conflicts)}};
}

int run(Options& options, const Session& session) {
  options.request.prefer = options.prefer == "ours"     ? Prefer::kOurs
                           : options.prefer == "theirs" ? Prefer::kTheirs
                                                        : Prefer::kNeither;
  options.request.author = default_author();
  options.request.time_us = base::system_clock().now_us();
  const auto answer = merge_branches(options, session);
  if (!answer) return session.output.error(answer.error());
  session.output.value(*answer);
  if (base::get_string(*answer, "outcome") != "conflicts") return 0;
  if (session.output.mode == OutputMode::kTable)
    session.output.error(
        base::Error{base::ErrorKind::kConflict,
                    "version.conflicts",
                    base::text("data.merge.conflicts", answer->at("conflicts").as_array().size()),
                    {},
                    base::text("data.merge.fix")});
  return 1;
}

}  // namespace

Action data_merge_verb(CLI::App& app, const AlsoRegister&) {
  auto options = std::make_shared<Options>();
  auto& request = options->request;
  app.add_option("dataset", request.dataset, base::text("data.dataset"))
      ->type_name("DATASET")
      ->required();
  app.add_option("from", request.from, base::text("data.merge.from"))->type_name("REF")->required();
  app.add_option("--into", request.into, base::text("data.merge.into"))->type_name("BRANCH");
  app.add_option("--message,-m", request.message, base::text("data.message"))->type_name("TEXT");
  app.add_option("--key", request.key, base::text("data.key"))
      ->type_name("COLUMN[,COLUMN]")
      ->delimiter(',');
  app.add_option("--prefer", options->prefer, base::text("data.merge.prefer"))
      ->check(CLI::IsMember({"ours", "theirs"}));
  return [options](const Session& session) { return run(*options, session); };
}

}  // namespace fulcrum::cli

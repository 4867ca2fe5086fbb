// fulcrum data verify [DATASET[@REF]]: reads everything and compares it with its hashes.
#include <CLI/CLI.hpp>
#include <memory>

#include "base/text.h"
#include "cli/data_verbs.h"
#include "cli/version_home.h"
#include "data/versions/gc.h"

namespace fulcrum::cli {

namespace {

namespace json = base::json;
using namespace data::versions;

struct Options {
  std::string dataset;
  bool newest_only = false;
};

base::Result<json::object> check(const Options& options, const Session& session) {
  TRY(const auto repository, open_versions(session));
  std::vector<std::string> versions;
  if (options.dataset.empty()) {
    TRY(const auto refs, repository->refs().list());
    for (const auto& ref : refs) versions.push_back(ref.version);
  } else {
    TRY(const Version version, resolve(*repository, options.dataset));
    versions.push_back(version.name);
  }
  VersionProgress progress(session);
  TRY(const VerifyResult result,
      verify(*repository, versions, !options.newest_only,
             [&](std::uint64_t bytes) { progress.at(0, 0, bytes, bytes); }));
  json::array problems;
  for (const auto& problem : result.problems)
    problems.push_back(json::object{{"where", shown_path(problem.where)},
                                    {"code", problem.code},
                                    {"message", shown_path(problem.message)}});
  return json::object{{"ok", result.problems.empty()}, {"versions", result.versions},
                      {"files", result.files},         {"chunks", result.chunks},
                      {"bytes", result.bytes},         {"problems", std::move(problems)}};
}

}  // namespace

Action data_verify_verb(CLI::App& app, const AlsoRegister&) {
  auto options = std::make_shared<Options>();
  app.add_option("dataset", options->dataset, base::text("data.dataset_at"))
      ->type_name("DATASET[@REF]");
  app.add_flag("--newest-only", options->newest_only, base::text("data.verify.newest_only"));
  return [options](const Session& session) {
    const auto answer = check(*options, session);
    if (!answer) return session.output.error(answer.error());
    session.output.value(*answer);
    return base::get_bool(*answer, "ok") ? 0 : 1;
  };
}

}  // namespace fulcrum::cli

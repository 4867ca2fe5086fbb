// fulcrum data branch|tag DATASET [NAME] [--at REF] [--delete].
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "base/clock.h"
#include "base/text.h"
#include "cli/data_verbs.h"
#include "cli/version_home.h"

namespace fulcrum::cli {

namespace {

namespace json = base::json;
using namespace data::versions;

struct Options {
  RefKind kind = RefKind::kBranch;
  std::string dataset, name, at;
  bool is_deleted = false;
};

base::Result<json::value> list(const Repository& repository, const Options& options) {
  TRY(const auto refs, repository.refs().list(options.dataset));
  json::array rows;
  for (const auto& ref : refs)
    if (ref.kind == options.kind)
      rows.push_back(json::object{{"name", ref.name},
                                  {"version", ref.version},
                                  {"time_us", ref.time_us},
                                  {"author", ref.author}});
  return json::object{{"dataset", options.dataset},
                      {options.kind == RefKind::kBranch ? "branches" : "tags", std::move(rows)}};
}

base::Result<json::value> change(Repository& repository, const Options& options) {
  const RefKind other = options.kind == RefKind::kBranch ? RefKind::kTag : RefKind::kBranch;
  TRY(const RefState before, repository.refs().get(options.dataset, options.kind, options.name));
  TRY(const RefState twin, repository.refs().get(options.dataset, other, options.name));
  if (options.is_deleted && before.version.empty())
    return base::not_found("version.unknown",
                           fmt::format("{} has no such name: {}", options.dataset, options.name));
  if (!options.is_deleted && (!before.version.empty() || !twin.version.empty()))
    return base::conflict("version.taken",
                          fmt::format("{} has the name {} already", options.dataset, options.name),
                          "a branch moves by commits and merges; a tag stays where it is, or is "
                          "deleted and made anew");
  Version target;
  if (!options.is_deleted) {
    TRY(target, repository.resolve(options.dataset, options.at));
  }
  const std::int64_t now_us = base::system_clock().now_us();
  CHECK_OK(repository.publish(before, target.name, now_us, default_author()));
  return json::object{{"dataset", options.dataset},
                      {"name", options.name},
                      {"version", target.name},
                      {"before", before.version}};
}

base::Result<json::value> run(const Options& options, const Session& session) {
  TRY(const auto repository, open_versions(session));
  return options.name.empty() ? list(*repository, options) : change(*repository, options);
}

Action ref_verb(CLI::App& app, RefKind kind) {
  auto options = std::make_shared<Options>();
  options->kind = kind;
  app.add_option("dataset", options->dataset, base::text("data.dataset"))
      ->type_name("DATASET")
      ->required();
  app.add_option("name", options->name, base::text("data.ref.name"))->type_name("NAME");
  app.add_option("--at", options->at, base::text("data.ref.at"))->type_name("REF");
  app.add_flag("--delete", options->is_deleted, base::text("data.ref.delete"));
  return [options](const Session& session) {
    const auto answer = run(*options, session);
    if (!answer) return session.output.error(answer.error());
    session.output.value(*answer);
    return 0;
  };
}

}  // namespace

Action data_branch_verb(CLI::App& app, const AlsoRegister&) {
  return ref_verb(app, RefKind::kBranch);
}

Action data_tag_verb(CLI::App& app, const AlsoRegister&) {
  return ref_verb(app, RefKind::kTag);
}

}  // namespace fulcrum::cli

// fulcrum data commit DATASET PATH: a folder or file as the next version of a dataset.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <memory>

#include "base/clock.h"
#include "base/text.h"
#include "cli/data_verbs.h"
#include "cli/version_home.h"
#include "data/versions/commit.h"

namespace fulcrum::cli {

namespace {

namespace json = base::json;
using namespace data::versions;

struct Options {
  std::string dataset, branch = "main", message, author;
  std::filesystem::path path;
  std::vector<std::string> key;
};

base::Result<json::object> commit_path(const Options& options, const Session& session) {
  const auto began = std::chrono::steady_clock::now();
  TRY(const auto repository, open_versions(session));
  CommitRequest request;
  request.dataset = options.dataset;
  request.branch = options.branch;
  request.author = options.author.empty() ? default_author() : options.author;
  request.message = options.message;
  request.time_us = base::system_clock().now_us();
  request.source = options.path;
  request.key = options.key;
  TRY(request.files, list_inputs(options.path));
  VersionProgress progress(session);
  request.on_progress = [&](const IngestProgress& at) {
    progress.at(at.files, at.all_files, at.bytes, at.all_bytes);
  };
  TRY(const CommitResult done, commit(*repository, request));
  CHECK_OK(tell_ledger(session, *repository, options.branch, {done.version, done.record}));
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  json::object answer{{"dataset", options.dataset}, {"branch", options.branch}};
  for (auto& member : version_json({done.version, done.record}))
    answer[member.key()] = std::move(member.value());
  answer["is_new"] = done.is_new;
  answer["files_read"] = done.files_read;
  answer["bytes_read"] = done.bytes_read;
  answer["new_chunks"] = done.figures.new_chunks;
  answer["new_bytes"] = done.figures.new_bytes;
  answer["stored_bytes"] = done.figures.stored_bytes;
  answer["seconds"] = seconds;
  answer["mb_per_s"] = static_cast<double>(done.bytes_read) / 1e6 / std::max(seconds, 1e-9);
  return answer;
}

int run(const Options& options, const Session& session) {
  const auto answer = commit_path(options, session);
  if (!answer) return session.output.error(answer.error());
  if (session.output.mode == OutputMode::kQuiet) {
    fmt::print("{}\n", base::get_string(*answer, "version"));
    return 0;
  }
  if (session.output.mode == OutputMode::kJson) {
    session.output.value(*answer);
    return 0;
  }
  const char* key =
      base::get_bool(*answer, "is_new") ? "data.commit.done" : "data.commit.unchanged";
  session.output.say(base::text(
      key == std::string_view("data.commit.done") ? "data.commit.done" : "data.commit.unchanged",
      base::get_string(*answer, "version").substr(0, 12), base::get_integer(*answer, "files"),
      base::get_integer(*answer, "records"), base::get_integer(*answer, "bytes"),
      base::get_integer(*answer, "stored_bytes"), base::get_number(*answer, "seconds")));
  return 0;
}

}  // namespace

Action data_commit_verb(CLI::App& app, const AlsoRegister&) {
  auto options = std::make_shared<Options>();
  app.add_option("dataset", options->dataset, base::text("data.dataset"))
      ->type_name("DATASET")
      ->required();
  app.add_option("path", options->path, base::text("data.commit.path"))
      ->type_name("PATH")
      ->required();
  app.add_option("--branch", options->branch, base::text("data.branch"))->type_name("NAME");
  app.add_option("--message,-m", options->message, base::text("data.message"))->type_name("TEXT");
  app.add_option("--author", options->author, base::text("data.author"))->type_name("NAME");
  app.add_option("--key", options->key, base::text("data.key"))
      ->type_name("COLUMN[,COLUMN]")
      ->delimiter(',');
  return [options](const Session& session) { return run(*options, session); };
}

}  // namespace fulcrum::cli

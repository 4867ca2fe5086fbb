// fulcrum init --from my.csv: a plan to start from.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <fstream>
#include <memory>

#include "base/files.h"
#include "base/text.h"
#include "base/text_reader.h"
#include "cli/verb.h"
#include "plan/starter.h"

namespace fulcrum::cli {

namespace {

namespace fs = std::filesystem;

struct Options {
  std::string from;
  std::string out = "plan.yaml";
};

/// The header, after a look at what makes any table unusable.
base::Result<std::string> read_header(const std::string& path) {
  const std::string fix = "give a CSV file whose first line names its columns";
  if (base::folder_exists(path))
    return base::usage("init.read", path + " is a folder", "--from", fix);
  std::ifstream file(path);
  if (!file) return base::usage("init.read", "there is no file " + path, "--from", fix);
  std::string header, row;
  if (!std::getline(file, header))
    return base::usage("init.empty", "the file is empty", path + ":1:1", fix);
  if (const auto bad = base::invalid_utf8(header))
    return base::usage("init.encoding", "this is not UTF-8", fmt::format("{}:1:{}", path, *bad + 1),
                       "export it as UTF-8, or convert it: iconv -f WINDOWS-1252 -t UTF-8");
  while (std::getline(file, row))
    if (row.find_first_not_of(" \t\r") != std::string::npos) return header;
  return base::usage("init.empty", "the file has a header and no rows", path + ":1:1",
                     "check the export");
}

base::Status write_plan(const Options& options) {
  TRY(const std::string header, read_header(options.from));
  if (base::file_exists(options.out))
    return base::conflict("init.exists", options.out + " exists already",
                          "give another name with --out");
  auto columns = plan::guess_columns(plan::header_names(header));
  if (!columns) {
    base::Error error = columns.error();
    error.field = options.from + ":1:1";
    return base::Failure(std::move(error));
  }
  std::error_code error;  // the current folder may be gone, or not to be looked at
  const fs::path folder = fs::absolute(options.out, error).parent_path();
  if (!base::folder_exists(folder))
    return base::usage("init.out", "there is no folder " + folder.string(), "--out",
                       "make it first");
  std::string data = fs::relative(fs::absolute(options.from, error), folder, error).string();
  if (error || data.empty()) data = options.from;
  return base::write_file(
      options.out, plan::starter_plan(fs::path(options.from).stem().string(), data, *columns));
}

}  // namespace

Action init_verb(CLI::App& app, const AlsoRegister&) {
  auto options = std::make_shared<Options>();
  app.add_option("--from", options->from, base::text("init.from"))->required()->type_name("CSV");
  app.add_option("--out", options->out, base::text("init.out"))->type_name("FILE");
  return [options](const Session& session) {
    if (auto written = write_plan(*options); !written) return session.output.error(written.error());
    session.output.say(base::text("init.written", options->out));
    if (session.output.mode == OutputMode::kJson)
      session.output.value(base::json::object{{"plan", options->out}});
    return 0;
  };
}

}  // namespace fulcrum::cli

// fulcrum init --from my.csv: a plan to start from.
#include <CLI/CLI.hpp>
#include <filesystem>
#include <fstream>
#include <memory>

#include "base/files.h"
#include "base/text.h"
#include "cli/verb.h"
#include "plan/starter.h"

namespace fulcrum::cli {

namespace {

namespace fs = std::filesystem;

struct Options {
  std::string from;
  std::string out = "plan.yaml";
};

base::Status write_plan(const Options& options) {
  std::ifstream file(options.from);
  std::string first_line;
  if (!file || !std::getline(file, first_line))
    return base::usage("init.read", "cannot read " + options.from, "--from",
                       "give a CSV file whose first line names its columns");
  if (fs::exists(options.out))
    return base::conflict("init.exists", options.out + " exists already",
                          "give another name with --out");
  TRY(const auto columns, plan::guess_columns(plan::header_names(first_line)));
  const fs::path folder = fs::absolute(options.out).parent_path();
  const std::string data = fs::relative(fs::absolute(options.from), folder).string();
  return base::write_file(options.out,
                          plan::starter_plan(fs::path(options.from).stem().string(), data, columns));
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

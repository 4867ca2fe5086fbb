// fulcrum data profile PATH: what is there, printed and as a page.
#include <CLI/CLI.hpp>
#include <memory>

#include "base/text.h"
#include "cli/data_verbs.h"
#include "cli/profile_view.h"
#include "cli/report_files.h"

namespace fulcrum::cli {

namespace {

namespace json = base::json;

struct Options {
  ProfileOptions profile;
  std::filesystem::path out;
};

bool is_table(std::string path) {
  if (path.ends_with(".gz")) path.resize(path.size() - 3);
  return path.ends_with(".csv") || path.ends_with(".tsv");
}

base::Result<ProfileView> profile(const ProfileOptions& options) {
  if (is_table(options.path)) return profile_table(options);
  return base::usage("profile.unknown", "this is no table", options.path,
                     "profile reads .csv and .tsv files, plain or .gz");
}

base::Status write_page(const ProfileView& view, const std::filesystem::path& folder) {
  sched::Page page{view.title, view.facts, view.overview, view.figures};
  page.table_title = base::text("data.profile.columns");
  return write_files(folder, {{"index.html", sched::to_html(page)}});
}

int run(const Options& options, const Session& session) {
  auto view = profile(options.profile);
  if (!view) return session.output.error(view.error());
  if (!options.out.empty()) {
    if (const auto written = write_page(*view, options.out); !written)
      return session.output.error(written.error());
    view->answer["page"] = (options.out / "index.html").string();
  }
  if (session.output.mode != OutputMode::kTable) {
    session.output.value(view->answer);
    return 0;
  }
  const std::string text = base::render(view->overview);
  std::fwrite(text.data(), 1, text.size(), stdout);
  for (const std::string& fact : view->facts) session.output.say(fact);
  if (!options.out.empty())
    session.output.say(base::text("data.profile.page", (options.out / "index.html").string()));
  return 0;
}

}  // namespace

Action data_profile_verb(CLI::App& app, const AlsoRegister&) {
  auto options = std::make_shared<Options>();
  auto& profile = options->profile;
  app.add_option("path", profile.path, base::text("data.profile.path"))
      ->type_name("PATH")
      ->required();
  app.add_option("--out", options->out, base::text("data.profile.out"))->type_name("DIR");
  app.add_option("--rules", profile.rules, base::text("data.detect.rules"))->type_name("R.txt");
  app.add_option("--labels", profile.labels, base::text("data.detect.labels"))->type_name("L.csv");
  app.add_option("--expected-rows", profile.expected_rows, base::text("data.profile.expected_rows"))
      ->type_name("N");
  app.add_option("--time-column", profile.time_column, base::text("data.profile.time_column"))
      ->type_name("NAME");
  app.add_option("--half-life-days", profile.half_life_days, base::text("data.profile.half_life"))
      ->type_name("DAYS");
  return [options](const Session& session) { return run(*options, session); };
}

}  // namespace fulcrum::cli

// fulcrum data check: is a table what it is expected to be?
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "base/clock.h"
#include "base/files.h"
#include "base/table.h"
#include "base/text.h"
#include "cli/data_verbs.h"
#include "data/tables/checks.h"
#include "plan/document.h"

namespace fulcrum::cli {

namespace {

namespace json = base::json;
namespace tables = data::tables;

constexpr int kExitFailed = 3;

struct Options {
  std::string table, checks, state, against;
  std::vector<std::string> merge;
};

std::string_view outcome_name(tables::Outcome outcome) {
  switch (outcome) {
    case tables::Outcome::kPassed:
      return "passed";
    case tables::Outcome::kFailed:
      return "failed";
    case tables::Outcome::kNotAssessed:
      return "not_assessed";
  }
  return "";
}

base::Result<std::vector<tables::CheckState>> load_states(
    const std::string& path, const std::vector<tables::CheckSettings>& checks) {
  TRY(const std::string text, base::read_file(path));
  TRY(const json::value value, base::parse_json(text, path));
  return tables::states_from(value, checks);
}

base::Result<std::vector<tables::CheckSettings>> load_checks(const std::string& path) {
  TRY(const plan::Document document, plan::load_document(path));
  auto checks = tables::parse_checks(document.root);
  if (!checks) return base::Failure(plan::locate(document, checks.error()));
  CHECK_OK(tables::load_references(*checks, std::filesystem::path(path).parent_path()));
  return std::move(*checks);
}

base::Result<json::object> check(const Options& asked) {
  TRY(const auto checks, load_checks(asked.checks));
  TRY(const tables::Table table, tables::read_table(asked.table));
  auto states = tables::observe(checks, table);
  for (const std::string& path : asked.merge) {
    TRY(const auto earlier, load_states(path, checks));
    for (std::size_t i = 0; i < states.size(); ++i) states[i].merge(earlier[i]);
  }
  std::vector<tables::CheckState> before(checks.size());
  if (!asked.against.empty()) {
    TRY(before, load_states(asked.against, checks));
  }
  json::array verdicts;
  std::size_t failed = 0;
  for (std::size_t i = 0; i < checks.size(); ++i) {
    const tables::CheckContext context{base::system_clock().now_us(),
                                       asked.against.empty() ? nullptr : &before[i]};
    const tables::Verdict verdict = tables::judge(checks[i], states[i], context);
    failed += verdict.outcome == tables::Outcome::kFailed;
    verdicts.push_back(json::object{{"check", checks[i].key()},
                                    {"outcome", outcome_name(verdict.outcome)},
                                    {"value", verdict.value},
                                    {"expected", verdict.expectation},
                                    {"detail", verdict.detail}});
  }
  if (!asked.state.empty())
    CHECK_OK(base::write_file(asked.state, base::to_text(tables::to_json(checks, states)) + "\n"));
  return json::object{{"rows", table.rows()},
                      {"passed", failed == 0},
                      {"failed", failed},
                      {"checks", std::move(verdicts)}};
}

void show(const json::object& answer, const Session& session) {
  base::TableText text;
  text.header = {base::text("data.check.check"), base::text("data.check.outcome"),
                 base::text("data.check.value"), base::text("data.check.expected"),
                 base::text("data.check.detail")};
  text.right_aligned = {false, false, true};
  for (const auto& verdict : answer.at("checks").as_array())
    text.rows.push_back({base::get_string(verdict, "check"), base::get_string(verdict, "outcome"),
                         fmt::format("{:.4g}", base::get_number(verdict, "value")),
                         base::get_string(verdict, "expected"),
                         base::get_string(verdict, "detail")});
  const std::string lines = base::render(text);
  std::fwrite(lines.data(), 1, lines.size(), stdout);
  session.output.say(base::text("data.check.summary", base::get_integer(answer, "failed"),
                                answer.at("checks").as_array().size()));
}

int run(const Options& asked, const Session& session) {
  const auto answer = check(asked);
  if (!answer) return session.output.error(answer.error());
  if (session.output.mode == OutputMode::kTable)
    show(*answer, session);
  else
    session.output.value(*answer);
  return base::get_bool(*answer, "passed") ? 0 : kExitFailed;
}

}  // namespace

Action data_check_verb(CLI::App& app, const AlsoRegister&) {
  auto options = std::make_shared<Options>();
  app.add_option("table", options->table, base::text("data.detect.table"))
      ->type_name("TABLE.csv")
      ->required();
  app.add_option("--checks", options->checks, base::text("data.check.checks"))
      ->type_name("FILE")
      ->required();
  app.add_option("--merge", options->merge, base::text("data.check.merge"))
      ->type_name("STATE.json");
  app.add_option("--against", options->against, base::text("data.check.against"))
      ->type_name("STATE.json");
  app.add_option("--state", options->state, base::text("data.check.state"))
      ->type_name("STATE.json");
  return [options](const Session& session) { return run(*options, session); };
}

}  // namespace fulcrum::cli

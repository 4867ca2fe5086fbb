// fulcrum data detect: which cells of a table are wrong.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "base/codec.h"
#include "base/files.h"
#include "base/table.h"
#include "base/text.h"
#include "cli/data_verbs.h"
#include "data/tables/detect.h"
#include "data/tables/detect_files.h"

namespace fulcrum::cli {

namespace {

namespace json = base::json;
namespace tables = data::tables;

struct Options {
  std::string table, rules, labels, errors;
};

json::object summary_of(const tables::Table& table, const tables::Detection& detection,
                        const Options& asked) {
  std::size_t suggestions = 0;
  std::vector<std::size_t> found(table.columns.size(), 0);
  for (const auto& finding : detection.findings) {
    suggestions += finding.suggestion != tables::kNoText;
    ++found[finding.column];
  }
  json::object columns, reasons;
  for (std::size_t i = 0; i < found.size(); ++i) columns[table.columns[i].name] = found[i];
  for (const auto& [reason, count] : detection.by_reason) reasons[reason] = count;
  return {{"rows", table.rows()},
          {"columns", std::move(columns)},
          {"errors", detection.findings.size()},
          {"suggestions", suggestions},
          {"duplicate_rows", detection.duplicates.size()},
          {"ragged_rows", table.ragged.size()},
          {"reasons", std::move(reasons)},
          {"file", asked.errors}};
}

base::Result<json::object> detect(const Options& asked) {
  TRY(const tables::Table table, tables::read_table(asked.table));
  TRY(const tables::DetectOptions options,
      tables::read_detect_options(asked.rules, asked.labels, table));
  const tables::Detection detection = tables::detect(table, options);
  if (!asked.errors.empty())
    CHECK_OK(base::write_file(asked.errors, tables::errors_csv(table, detection)));
  return summary_of(table, detection, asked);
}

void show(const json::object& summary, const Session& session) {
  base::TableText text;
  text.header = {base::text("data.detect.column"), base::text("data.detect.errors")};
  text.right_aligned = {false, true};
  for (const auto& column : summary.at("columns").as_object())
    text.rows.push_back({std::string(column.key()), base::to_text(column.value())});
  const std::string lines = base::render(text);
  std::fwrite(lines.data(), 1, lines.size(), stdout);
  session.output.say(base::text("data.detect.summary", base::get_integer(summary, "errors"),
                                base::get_integer(summary, "rows"),
                                base::get_integer(summary, "suggestions"),
                                base::get_integer(summary, "duplicate_rows")));
}

int run(const Options& asked, const Session& session) {
  const auto summary = detect(asked);
  if (!summary) return session.output.error(summary.error());
  if (session.output.mode == OutputMode::kTable)
    show(*summary, session);
  else
    session.output.value(*summary);
  return 0;
}

}  // namespace

Action data_detect_verb(CLI::App& app, const AlsoRegister&) {
  auto options = std::make_shared<Options>();
  app.add_option("table", options->table, base::text("data.detect.table"))
      ->type_name("TABLE.csv")
      ->required();
  app.add_option("--rules", options->rules, base::text("data.detect.rules"))->type_name("R.txt");
  app.add_option("--labels", options->labels, base::text("data.detect.labels"))->type_name("L.csv");
  app.add_option("--errors", options->errors, base::text("data.detect.file"))->type_name("E.csv");
  return [options](const Session& session) { return run(*options, session); };
}

}  // namespace fulcrum::cli

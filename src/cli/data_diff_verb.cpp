// fulcrum data diff DATASET [FROM [TO]]: what changed, file by file and row by row.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "base/text.h"
#include "cli/data_verbs.h"
#include "cli/version_home.h"
#include "data/versions/diff.h"

namespace fulcrum::cli {

namespace {

namespace json = base::json;
using namespace data::versions;

struct Options {
  std::string dataset, from, to;
  DiffOptions diff;
  bool files_only = false;
};

json::array schema_json(const TableDiff& table) {
  json::array all;
  for (const auto& change : table.schema)
    all.push_back(json::object{{"column", change.column},
                               {"change", change.change},
                               {"from", change.from},
                               {"to", change.to}});
  return all;
}

json::array samples_json(const TableDiff& table) {
  json::array all;
  for (const auto& row : table.samples) {
    json::array cells;
    for (const auto& cell : row.cells)
      cells.push_back(json::object{
          {"column", cell.column}, {"from", cell_json(cell.from)}, {"to", cell_json(cell.to)}});
    all.push_back(json::object{{"change", row.change},
                               {"key", key_json(table.key, row.key)},
                               {"cells", std::move(cells)}});
  }
  return all;
}

json::object table_json(const TableDiff& table) {
  json::array key;
  for (const auto& column : table.key) key.push_back(json::string(column));
  return {{"key", std::move(key)},
          {"rows_added", table.rows_added},
          {"rows_removed", table.rows_removed},
          {"rows_changed", table.rows_changed},
          {"duplicate_keys", table.duplicate_keys},
          {"schema", schema_json(table)},
          {"samples", samples_json(table)}};
}

json::object file_json(const FileDiff& file) {
  json::object object{{"path", shown_path(file.path)}, {"change", file.change}};
  if (!file.from_path.empty()) object["from_path"] = shown_path(file.from_path);
  for (const auto& [name, entry] : {std::pair{"before", &file.before}, {"after", &file.after}})
    if (*entry) {
      object[fmt::format("bytes_{}", name)] = (*entry)->bytes;
      object[fmt::format("records_{}", name)] = (*entry)->records;
    }
  if (file.table) object["table"] = table_json(*file.table);
  return object;
}

base::Result<json::object> compare(const Options& options, const Session& session) {
  TRY(const auto repository, open_versions(session));
  const DatasetAt at = parse_dataset_at(options.dataset);
  TRY(const Version to, repository->resolve(at.dataset, options.to.empty() ? at.what : options.to));
  Version from{{}, {}};
  if (!options.from.empty()) {
    TRY(from, repository->resolve(at.dataset, options.from));
  } else if (!to.record.parents.empty()) {
    from.name = to.record.parents.front();
    TRY(from.record, repository->version(from.name));
  }
  if (from.name.empty()) {
    TRY(from.record.tree, write_tree(repository->chunks(), {}));
  }
  CHECK_OK(record_read(session, "dataset.diff", at.dataset));
  TRY(const VersionDiff found, diff(*repository, from.record.tree, to.record.tree, options.diff));
  json::array files;
  std::uint64_t added = 0, removed = 0, changed = 0;
  for (const auto& file : found.files) {
    files.push_back(file_json(file));
    if (file.table) {
      added += file.table->rows_added;
      removed += file.table->rows_removed;
      changed += file.table->rows_changed;
    } else if (file.change == "added") {
      added += file.after->records;
    } else if (file.change == "removed") {
      removed += file.before->records;
    }
  }
  return json::object{{"dataset", at.dataset},
                      {"from", from.name},
                      {"to", to.name},
                      {"files_added", found.files_added},
                      {"files_removed", found.files_removed},
                      {"files_changed", found.files_changed},
                      {"files_moved", found.files_moved},
                      {"rows_added", added},
                      {"rows_removed", removed},
                      {"rows_changed", changed},
                      {"files", std::move(files)}};
}

void print_cell(const json::value& cell) {
  if (cell.is_string())
    fmt::print("{}", std::string(cell.get_string()).substr(0, 60));
  else
    fmt::print("–");
}

void print_table(const json::value& table) {
  for (const auto& change : table.at("schema").as_array())
    fmt::print("      {} {} {} → {}\n", base::get_string(change, "change"),
               base::get_string(change, "column"), base::get_string(change, "from"),
               base::get_string(change, "to"));
  for (const auto& row : table.at("samples").as_array()) {
    fmt::print("      {} {}", base::get_string(row, "change"), base::to_text(row.at("key")));
    if (base::get_string(row, "change") == "changed")
      for (const auto& cell : row.at("cells").as_array()) {
        fmt::print("  {}: ", base::get_string(cell, "column"));
        print_cell(cell.at("from"));
        fmt::print(" → ");
        print_cell(cell.at("to"));
      }
    fmt::print("\n");
  }
}

int run(Options& options, const Session& session) {
  options.diff.rows = !options.files_only;
  const auto answer = compare(options, session);
  if (!answer) return session.output.error(answer.error());
  if (session.output.mode != OutputMode::kTable) {
    session.output.value(*answer);
    return 0;
  }
  for (const auto& file : answer->at("files").as_array()) {
    const std::string from = base::get_string(file, "from_path");
    fmt::print("{:<8} {}{}\n", base::get_string(file, "change"), base::get_string(file, "path"),
               from.empty() ? "" : " ← " + from);
    if (const auto* table = base::find_path(file, "table")) {
      fmt::print("      {}\n", base::text("data.diff.rows", base::get_integer(*table, "rows_added"),
                                          base::get_integer(*table, "rows_removed"),
                                          base::get_integer(*table, "rows_changed")));
      print_table(*table);
    }
  }
  session.output.say(base::text("data.diff.files", base::get_integer(*answer, "files_added"),
                                base::get_integer(*answer, "files_removed"),
                                base::get_integer(*answer, "files_changed"),
                                base::get_integer(*answer, "files_moved")));
  return 0;
}

}  // namespace

Action data_diff_verb(CLI::App& app, const AlsoRegister&) {
  auto options = std::make_shared<Options>();
  app.add_option("dataset", options->dataset, base::text("data.dataset_at"))
      ->type_name("DATASET[@REF]")
      ->required();
  app.add_option("from", options->from, base::text("data.diff.from"))->type_name("FROM");
  app.add_option("to", options->to, base::text("data.diff.to"))->type_name("TO");
  app.add_option("--key", options->diff.key, base::text("data.key"))
      ->type_name("COLUMN[,COLUMN]")
      ->delimiter(',');
  app.add_option("--samples", options->diff.samples, base::text("data.diff.samples"))
      ->type_name("N");
  app.add_flag("--files-only", options->files_only, base::text("data.diff.files_only"));
  return [options](const Session& session) { return run(*options, session); };
}

}  // namespace fulcrum::cli

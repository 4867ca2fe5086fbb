// data.version: puts files into the object store and names the set by its hash.
#include <fmt/format.h>

#include <fstream>

#include "base/files.h"
#include "base/text_reader.h"
#include "data/file_list.h"
#include "data/manifest.h"
#include "data/quality_json.h"
#include "data/steps.h"
#include "objects/store.h"

namespace fulcrum::data {

namespace json = base::json;
namespace fs = std::filesystem;

namespace {

/// Rows of a text file: its lines, less a CSV's header; 0 for anything else.
base::Result<std::int64_t> count_records(const ListedFile& file) {
  std::string name = file.name;
  if (name.ends_with(".gz")) name.resize(name.size() - 3);
  const bool table = name.ends_with(".csv") || name.ends_with(".tsv");
  if (!table && !name.ends_with(".jsonl") && !name.ends_with(".ndjson")) return 0;
  TRY(base::LineReader reader, base::LineReader::open(file.path));
  std::int64_t records = table ? -1 : 0;
  for (std::string line; reader.next(line);)
    if (!line.empty()) ++records;
  return std::max<std::int64_t>(records, 0);
}

/// All inputs' files; one input keeps its files' names, several put their own name before.
base::Result<std::vector<ListedFile>> all_files(const exec::StepSpec& spec) {
  std::vector<ListedFile> all;
  for (const auto& [name, path] : spec.inputs) {
    if (name == "quality") continue;
    TRY(auto files, list_files(path));
    for (auto& file : files) {
      if (spec.inputs.size() > 1) file.name = fmt::format("{}/{}", name, file.name);
      all.push_back(std::move(file));
    }
  }
  if (all.empty())
    return base::usage("version.input", "there is nothing to keep", "inputs",
                       "name a step's output as input `data`");
  return all;
}

}  // namespace

base::Result<exec::StepResult> step_version(const exec::StepSpec& spec,
                                            exec::StepProgress& progress) {
  const std::string dataset = base::get_string(spec.settings, "dataset", "dataset");
  const std::string root =
      base::get_string(spec.settings, "objects", spec.work_folder + "/objects");
  TRY(const auto files, all_files(spec));
  TRY(const auto store, objects::open_local_store(root));
  std::vector<DatasetFile> kept;
  json::array listed;
  std::int64_t records = 0, bytes = 0;
  for (const auto& file : files) {
    TRY(const objects::ObjectId object, store->put_file(file.path));
    TRY(const std::int64_t rows, count_records(file));
    TRY(const std::uint64_t size, base::file_bytes(file.path));
    kept.push_back({file.name, object, static_cast<std::int64_t>(size), rows});
    records = std::max(records, rows);  // views of the same rows are not more rows
    bytes += kept.back().bytes;
    listed.push_back(json::object{
        {"path", file.name}, {"object", object}, {"bytes", kept.back().bytes}, {"records", rows}});
    progress.at(static_cast<std::int64_t>(kept.size()), static_cast<std::int64_t>(files.size()),
                "files");
  }
  if (const auto declared = base::get_integer(spec.settings, "records"); declared > 0)
    records = declared;
  const std::string version = version_of(kept);
  json::object command{{"dataset", dataset},
                       {"version", version},
                       {"files", std::move(listed)},
                       {"records", records}};
  for (const char* key : {"parent", "note", "quality", "simulated"})
    if (const auto* value = base::find_path(spec.settings, key)) command[key] = *value;
  if (const auto* quality = command.if_contains("quality"); quality && quality->is_object()) {
    json::object factors;  // a report's vector holds more than the factors
    for (const char* name : {"accuracy", "completeness", "relevance", "timeliness"})
      if (const auto estimate = estimate_from(*quality, name))
        factors[name] = estimate_json(*estimate);
    command["quality"] = std::move(factors);
  }
  CHECK_OK(base::write_file(fs::path(spec.work_folder) / "manifest.json",
                            base::to_pretty_text(command) + "\n"));
  exec::StepResult result;
  result.outputs["manifest"] = "manifest.json";
  result.report = {{"dataset", dataset},
                   {"version", version},
                   {"files", kept.size()},
                   {"records", records},
                   {"bytes", bytes}};
  result.commands.push_back({"dataset.commit", std::move(command)});
  return result;
}

}  // namespace fulcrum::data

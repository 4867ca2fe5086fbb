// data.version: commits files as a new version of a dataset and says so to the ledger.
#include <fmt/format.h>

#include "base/clock.h"
#include "base/files.h"
#include "base/text_reader.h"
#include "data/commit_command.h"
#include "data/file_list.h"
#include "data/quality_json.h"
#include "data/steps.h"
#include "data/versions/commit.h"

namespace fulcrum::data {

namespace json = base::json;
namespace fs = std::filesystem;

namespace {

/// All inputs' files; one input keeps its files' names, several put their own name before.
base::Result<std::vector<versions::InputFile>> all_files(const exec::StepSpec& spec) {
  std::vector<versions::InputFile> all;
  for (const auto& [name, path] : spec.inputs) {
    if (name == "quality") continue;
    TRY(auto files, list_files(path));
    for (auto& file : files)
      all.push_back({file.path, spec.inputs.size() > 1 ? fmt::format("{}/{}", name, file.name)
                                                       : std::move(file.name)});
  }
  if (all.empty())
    return base::usage("version.input", "there is nothing to keep", "inputs",
                       "name a step's output as input `data`");
  return all;
}

/// Lines of a compressed table, which is no table to the store.
base::Result<std::int64_t> lines_of_gzip(const versions::InputFile& file) {
  TRY(base::LineReader reader, base::LineReader::open(file.path));
  const bool is_csv = file.name.ends_with(".csv.gz") || file.name.ends_with(".tsv.gz");
  std::int64_t lines = is_csv ? -1 : 0;
  for (std::string line; reader.next(line);) lines += !line.empty();
  return std::max<std::int64_t>(lines, 0);
}

/// Of the compressed tables: the most that one has.
base::Result<std::int64_t> most_records(const std::vector<versions::InputFile>& files) {
  std::int64_t most = 0;
  for (const auto& file : files)
    if (file.name.ends_with(".csv.gz") || file.name.ends_with(".tsv.gz") ||
        file.name.ends_with(".jsonl.gz") || file.name.ends_with(".ndjson.gz")) {
      TRY(const std::int64_t lines, lines_of_gzip(file));
      most = std::max(most, lines);
    }
  return most;
}

std::vector<std::string> words(const json::value& settings, const char* name) {
  std::vector<std::string> all;
  if (const auto* array = base::find_path(settings, name); array && array->is_array())
    for (const auto& word : array->get_array())
      if (word.is_string()) all.emplace_back(word.get_string());
  return all;
}

}  // namespace

base::Result<exec::StepResult> step_version(const exec::StepSpec& spec,
                                            exec::StepProgress& progress) {
  const std::string root =
      base::get_string(spec.settings, "versions", spec.work_folder + "/versions");
  TRY(auto blobs, objects::open_local_blobs(root));
  TRY(const auto repository,
      versions::Repository::open(std::move(blobs), {.clock = &base::system_clock()}));
  versions::CommitRequest request;
  request.dataset = base::get_string(spec.settings, "dataset", "dataset");
  request.branch = base::get_string(spec.settings, "branch", "main");
  request.author = base::get_string(spec.settings, "author", "plan");
  request.message = base::get_string(spec.settings, "note");
  request.time_us = base::get_integer(spec.settings, "time_us");
  request.key = words(spec.settings, "key");
  if (const auto* made_by = base::find_path(spec.settings, "made_by"))
    request.made_by = base::to_text(*made_by);
  TRY(request.files, all_files(spec));
  TRY(const std::int64_t compressed, most_records(request.files));
  const auto declared = base::get_integer(spec.settings, "records");
  request.count_records = [=](const std::vector<versions::Entry>& entries) {
    std::int64_t most = compressed;  // views of the same rows are not more rows
    for (const auto& entry : entries)
      most = std::max(most, static_cast<std::int64_t>(entry.records));
    return declared > 0 ? declared : most;
  };
  request.on_progress = [&](const versions::IngestProgress& at) {
    progress.at(static_cast<std::int64_t>(at.files), static_cast<std::int64_t>(at.all_files),
                "files");
  };
  TRY(const versions::CommitResult done, versions::commit(*repository, request));
  json::object command = commit_command(request.branch, done);
  if (base::get_bool(spec.settings, "simulated")) command["simulated"] = true;
  if (const auto* quality = base::find_path(spec.settings, "quality");
      quality && quality->is_object()) {
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
  result.report = {{"dataset", request.dataset},
                   {"version", done.version},
                   {"files", done.record.files},
                   {"records", done.record.records},
                   {"bytes", done.record.bytes},
                   {"stored_bytes", static_cast<std::int64_t>(done.figures.stored_bytes)}};
  result.commands.push_back({"dataset.commit", std::move(command)});
  return result;
}

}  // namespace fulcrum::data

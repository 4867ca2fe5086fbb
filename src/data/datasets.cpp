// Sources, dataset versions and their quality.
#include <fmt/format.h>

#include "base/codec.h"
#include "data/decide.h"
#include "data/manifest.h"
#include "data/versions/record.h"

namespace fulcrum::data {

namespace json = base::json;
using ledger::Context;
using ledger::EventMeta;
using ledger::NewEvents;

namespace {

base::Failure unknown_dataset(const State& state, const std::string& name) {
  std::vector<std::string_view> names;
  for (const auto& [known, dataset] : state.datasets) names.push_back(known);
  return base::not_found(
      "dataset.unknown", fmt::format("there is no dataset \"{}\"", name),
      names.empty() ? "commit one first" : fmt::format("known: {}", fmt::join(names, ", ")));
}

/// A version by its name or an unambiguous beginning of it; empty: the newest.
base::Result<std::string> find_version(const State& state, const std::string& dataset,
                                       const std::string& version) {
  const auto found = state.datasets.find(dataset);
  if (found == state.datasets.end()) return unknown_dataset(state, dataset);
  if (version.empty()) return found->second.head;
  const auto& versions = found->second.versions;
  const auto at = versions.lower_bound(version);
  if (at == versions.end() || !at->first.starts_with(version))
    return base::not_found("dataset.version", fmt::format("{} has no version {}", dataset, version),
                           "dataset.log lists them");
  const auto next = std::next(at);
  if (at->first != version && next != versions.end() && next->first.starts_with(version))
    return base::usage("dataset.version",
                       fmt::format("{} is the beginning of several versions", version), "version",
                       "give more digits");
  return at->first;
}

base::Status check_factor(const std::optional<Factor>& factor, const char* name) {
  if (!factor) return {};
  const bool good = factor->value >= 0 && factor->value <= 1 && factor->low >= 0 &&
                    factor->high <= 1 && factor->low <= factor->high && factor->n >= 0;
  if (good) return {};
  return base::usage("quality.range", "a factor lies in [0, 1], its low below its high",
                     fmt::format("quality.{}", name));
}

base::Status check_quality(const Quality& quality) {
  CHECK_OK(check_factor(quality.accuracy, "accuracy"));
  CHECK_OK(check_factor(quality.completeness, "completeness"));
  CHECK_OK(check_factor(quality.relevance, "relevance"));
  return check_factor(quality.timeliness, "timeliness");
}

/// Simulated evidence never replaces real evidence.
void merge(std::optional<Factor>& into, const std::optional<Factor>& from, bool simulated) {
  if (!from) return;
  Factor fresh = *from;
  fresh.simulated = fresh.simulated || simulated;
  if (into && !into->simulated && fresh.simulated) return;
  into = fresh;
}

void merge(Quality& into, const Quality& from, bool simulated) {
  merge(into.accuracy, from.accuracy, simulated);
  merge(into.completeness, from.completeness, simulated);
  merge(into.relevance, from.relevance, simulated);
  merge(into.timeliness, from.timeliness, simulated);
}

json::object version_json(const std::string& dataset, const std::string& name,
                          const VersionState& version) {
  return {{"dataset", dataset},
          {"version", name},
          {"parent", version.parent},
          {"records", version.records},
          {"bytes", version.bytes},
          {"time_us", version.time_us},
          {"files", base::encode(version.files)},
          {"file_count", version.file_count},
          {"branch", version.branch},
          {"author", version.author},
          {"parents", base::encode(version.parents)},
          {"made_by", version.made_by},
          {"quality", base::encode(version.quality)},
          {"note", version.note},
          {"simulated", version.simulated}};
}

DatasetCommitted committed(const CommitDataset& command, const versions::VersionRecord& record) {
  DatasetCommitted event;
  event.dataset = command.dataset;
  event.version = command.version;
  event.parents = record.parents;
  if (!record.parents.empty()) event.parent = record.parents.front();
  event.files = command.files;
  event.records = record.records;
  event.bytes = record.bytes;
  event.quality = command.quality;
  event.note = record.message;
  event.simulated = command.simulated;
  event.branch = command.branch;
  event.author = record.author;
  event.content = record.content;
  event.file_count = record.files;
  event.made_us = record.time_us;
  event.made_by = record.made_by;
  return event;
}

/// The ledger does not list the files of large versions.
base::Status check_listed(const std::string& name, const VersionState& version) {
  if (static_cast<std::int64_t>(version.files.size()) == version.file_count) return {};
  return base::refused(
      "dataset.unlisted",
      fmt::format("version {} has too many files to be listed in the ledger", name),
      "`fulcrum data diff` compares any two versions");
}

}  // namespace

base::Result<NewEvents> decide(const State&, const RecordSource& command, const Context&) {
  if (command.source.empty()) return base::usage("source.name", "a source needs a name", "source");
  if (command.records < 0 || command.bytes < 0)
    return base::usage("source.count", "records and bytes are not negative", "records");
  return NewEvents{
      event("source/" + command.source,
            SourceRecorded{command.source, command.kind, command.cursor, command.records,
                           command.bytes, command.sha256, command.simulated})};
}

base::Result<NewEvents> decide(const State& state, const CommitDataset& command, const Context&) {
  if (command.dataset.empty())
    return base::usage("dataset.name", "a dataset needs a name", "dataset");
  if (const std::string expected = versions::version_name(command.record);
      command.version != expected)
    return base::usage("dataset.hash", "the version is not the hash of its record", "version",
                       "it would be " + expected);
  const auto record = versions::decode_record(command.record);
  if (!record || record->dataset != command.dataset)
    return base::usage("dataset.record", "the record is none of a version of this dataset",
                       "record", "`fulcrum data commit` and the step data.version make one");
  if (!command.files.empty() && content_of(command.files) != record->content)
    return base::usage("dataset.hash", "the files are not those of the record", "files");
  CHECK_OK(check_quality(command.quality));
  if (const auto found = state.datasets.find(command.dataset); found != state.datasets.end())
    if (const auto branch = found->second.branches.find(command.branch);
        branch != found->second.branches.end() && branch->second == command.version)
      return NewEvents{};  // it is there already
  return NewEvents{event("dataset/" + command.dataset, committed(command, *record))};
}

base::Result<NewEvents> decide(const State& state, const RecordQuality& command, const Context&) {
  TRY(const std::string version, find_version(state, command.dataset, command.version));
  CHECK_OK(check_quality(command.quality));
  return NewEvents{
      event("dataset/" + command.dataset,
            QualityRecorded{command.dataset, version, command.quality, command.simulated})};
}

void evolve(State&, const SourceRecorded&, const EventMeta&) {}

void evolve(State& state, const DatasetCommitted& committed, const EventMeta& meta) {
  auto& dataset = state.datasets[committed.dataset];
  const bool known = dataset.versions.contains(committed.version);
  auto& version = dataset.versions[committed.version];
  if (!known)  // going back to an old version moves the head and rewrites no history
    version = {committed.parent, committed.records,   committed.bytes,
               meta.time_us,     committed.files,     {},
               committed.note,   committed.simulated, committed.branch,
               committed.author, committed.parents,   committed.file_count,
               committed.made_by};
  // Committed before there were records: one line of versions, all files listed.
  if (committed.branch.empty())
    version.file_count = static_cast<std::int64_t>(version.files.size());
  merge(version.quality, committed.quality, committed.simulated);
  const std::string branch = committed.branch.empty() ? "main" : committed.branch;
  dataset.branches[branch] = committed.version;
  const auto main = dataset.branches.find("main");
  dataset.head = main == dataset.branches.end() ? committed.version : main->second;
}

void evolve(State& state, const QualityRecorded& recorded, const EventMeta&) {
  merge(state.datasets[recorded.dataset].versions[recorded.version].quality, recorded.quality,
        recorded.simulated);
}

base::Result<json::value> answer(const State&, const ListSources& query,
                                 const ledger::TableReader& tables) {
  const ledger::Select select{.table = "data_sources", .order = {"-seq"}, .limit = query.limit};
  TRY(const auto rows, tables.select(select));
  json::array sources;
  for (const auto& row : rows)
    sources.push_back(ledger::row_as_json(*tables.spec(select.table), row));
  return json::object{{"sources", std::move(sources)}};
}

base::Result<json::value> answer(const State& state, const ListDatasets&,
                                 const ledger::TableReader&) {
  json::array datasets;
  for (const auto& [name, dataset] : state.datasets) {
    json::object entry = version_json(name, dataset.head, dataset.versions.at(dataset.head));
    entry["files"] = dataset.versions.at(dataset.head).file_count;
    entry["versions"] = dataset.versions.size();
    datasets.push_back(std::move(entry));
  }
  return json::object{{"datasets", std::move(datasets)}};
}

base::Result<json::value> answer(const State& state, const ShowDataset& query,
                                 const ledger::TableReader&) {
  TRY(const std::string version, find_version(state, query.dataset, query.version));
  return version_json(query.dataset, version,
                      state.datasets.at(query.dataset).versions.at(version));
}

base::Result<json::value> answer(const State& state, const LogDataset& query,
                                 const ledger::TableReader& tables) {
  if (!state.datasets.contains(query.dataset)) return unknown_dataset(state, query.dataset);
  ledger::Select select{.table = "data_versions", .order = {"-seq"}, .limit = query.limit};
  select.where.push_back({.column = "dataset", .value = query.dataset});
  TRY(const auto rows, tables.select(select));
  json::array versions;
  for (const auto& row : rows)
    versions.push_back(ledger::row_as_json(*tables.spec(select.table), row));
  return json::object{{"dataset", query.dataset}, {"versions", std::move(versions)}};
}

base::Result<json::value> answer(const State& state, const DiffDataset& query,
                                 const ledger::TableReader&) {
  TRY(const std::string to, find_version(state, query.dataset, query.to));
  const auto& versions = state.datasets.at(query.dataset).versions;
  std::string from = query.from;
  if (from.empty()) {
    from = versions.at(to).parent;
  } else {
    TRY(from, find_version(state, query.dataset, from));
  }
  CHECK_OK(check_listed(to, versions.at(to)));
  if (!from.empty() && !versions.contains(from)) from.clear();  // the ledger does not know it
  if (!from.empty()) CHECK_OK(check_listed(from, versions.at(from)));
  const std::vector<DatasetFile> nothing;
  json::array files;
  std::int64_t added = 0, removed = 0, changed = 0;
  for (const auto& change :
       diff_files(from.empty() ? nothing : versions.at(from).files, versions.at(to).files)) {
    added += change.change == "added";
    removed += change.change == "removed";
    changed += change.change == "changed";
    files.push_back(json::object{{"path", change.path},
                                 {"change", change.change},
                                 {"records_before", change.records_before},
                                 {"records_after", change.records_after},
                                 {"bytes_before", change.bytes_before},
                                 {"bytes_after", change.bytes_after}});
  }
  const std::int64_t before = from.empty() ? 0 : versions.at(from).records;
  return json::object{{"dataset", query.dataset},
                      {"from", from},
                      {"to", to},
                      {"files_added", added},
                      {"files_removed", removed},
                      {"files_changed", changed},
                      {"records_before", before},
                      {"records_after", versions.at(to).records},
                      {"records_change", versions.at(to).records - before},
                      {"files", std::move(files)}};
}

base::Result<json::value> answer(const State&, const ListQuality& query,
                                 const ledger::TableReader& tables) {
  ledger::Select select{.table = "data_quality", .order = {"-seq"}, .limit = query.limit};
  if (!query.dataset.empty()) select.where.push_back({.column = "dataset", .value = query.dataset});
  TRY(const auto rows, tables.select(select));
  json::array records;
  for (const auto& row : rows)
    records.push_back(ledger::row_as_json(*tables.spec(select.table), row));
  return json::object{{"records", std::move(records)}};
}

}  // namespace fulcrum::data

// Sources, dataset versions and their quality.
#include <fmt/format.h>

#include "base/codec.h"
#include "data/decide.h"
#include "data/manifest.h"

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
          {"quality", base::encode(version.quality)},
          {"note", version.note},
          {"simulated", version.simulated}};
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
  if (command.files.empty())
    return base::usage("dataset.empty", "a version needs at least one file", "files");
  if (const std::string expected = version_of(command.files); command.version != expected)
    return base::usage("dataset.hash", "the version is not the hash of its files", "version",
                       "it would be " + expected);
  CHECK_OK(check_quality(command.quality));
  std::string parent = command.parent;
  if (const auto found = state.datasets.find(command.dataset); found != state.datasets.end()) {
    if (found->second.head == command.version) return NewEvents{};  // it is there already
    if (parent.empty()) parent = found->second.head;
    if (!found->second.versions.contains(parent))
      return base::not_found("dataset.parent", "there is no version " + parent);
  } else if (!parent.empty()) {
    return base::not_found("dataset.parent", "the dataset has no versions yet");
  }
  DatasetCommitted committed{command.dataset, command.version, parent,
                             command.files,   command.records, 0,
                             command.quality, command.note,    command.simulated};
  for (const auto& file : command.files) committed.bytes += file.bytes;
  return NewEvents{event("dataset/" + command.dataset, committed)};
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
    version = {committed.parent, committed.records,  committed.bytes,
               meta.time_us,     committed.files,    {},
               committed.note,   committed.simulated};
  merge(version.quality, committed.quality, committed.simulated);
  dataset.head = committed.version;
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
    entry["files"] = dataset.versions.at(dataset.head).files.size();
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

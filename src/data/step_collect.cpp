// data.collect: runs a source, then describes what it left in raw/manifest.json. Where that came
// from is written beside it, in provenance.json: the same rows from another address are the same
// rows, and what is made of them need not be made again.
#include <fmt/format.h>

#include <fstream>

#include "base/files.h"
#include "base/hash.h"
#include "base/text_reader.h"
#include "data/file_list.h"
#include "data/source.h"
#include "data/steps.h"

namespace fulcrum::data {

namespace json = base::json;
namespace fs = std::filesystem;

namespace {

constexpr const char* kManifest = "manifest.json";
constexpr const char* kProvenance = "provenance.json";

base::Result<json::object> describe_file(const ListedFile& file) {
  base::Sha256 hash;
  std::ifstream in(file.path, std::ios::binary);
  std::string block(1U << 20, '\0');
  std::int64_t bytes = 0, lines = 0;
  while (in) {
    in.read(block.data(), static_cast<std::streamsize>(block.size()));
    hash.update(std::string_view(block).substr(0, static_cast<std::size_t>(in.gcount())));
    bytes += in.gcount();
  }
  TRY(base::LineReader reader, base::LineReader::open(file.path));
  for (std::string line; reader.next(line);)
    if (!line.empty()) ++lines;
  json::object described{{"path", file.name},
                         {"bytes", bytes},
                         {"sha256", base::to_hex(hash.finish())},
                         {"lines", lines}};
  if (!reader.damaged().empty()) described["damaged"] = reader.damaged();
  return described;
}

const SourceKind* find_kind(const std::string& name) {
  for (const auto& kind : source_kinds())
    if (kind.kind == name) return &kind;
  return nullptr;
}

std::string source_name(const json::value& source) {
  for (const char* key : {"url", "path"})
    if (std::string name = base::get_string(source, key); !name.empty()) return name;
  return base::get_string(source, "kind");
}

}  // namespace

const std::vector<SourceKind>& source_kinds() {
  static const std::vector<SourceKind> kinds = {
#define SOURCE(function, kind, summary) {kind, summary, function},
#include "data/sources.def"
#undef SOURCE
  };
  return kinds;
}

base::Result<exec::StepResult> collect(const exec::StepSpec& spec, exec::StepProgress& progress,
                                       Fetcher& fetcher, Waiter& waiter) {
  const auto* source = base::find_path(spec.settings, "source");
  const std::string name = source ? base::get_string(*source, "kind") : "";
  const SourceKind* kind = find_kind(name);
  if (!kind) {
    std::vector<std::string_view> kinds;
    for (const auto& known : source_kinds()) kinds.push_back(known.kind);
    return base::usage("source.kind", fmt::format("there is no source kind \"{}\"", name),
                       "source.kind", fmt::format("use one of: {}", fmt::join(kinds, ", ")));
  }
  const fs::path work = spec.work_folder, raw = work / "raw";
  CHECK_OK(base::make_folder(raw));
  fs::remove(raw / kManifest);
  SourceContext context{*source, work, raw, fetcher, waiter, progress, spec.seed};
  TRY(Collected collected, kind->collect(context));
  TRY(const auto files, list_files(raw.string()));
  json::array described;
  std::int64_t bytes = 0, lines = 0;
  base::Sha256 all;
  for (const auto& file : files) {
    TRY(json::object entry, describe_file(file));
    bytes += entry["bytes"].as_int64();
    lines += entry["lines"].as_int64();
    all.update(fmt::format("{}\n{}\n", file.name, std::string_view(entry["sha256"].as_string())));
    described.push_back(std::move(entry));
  }
  if (collected.records == 0) collected.records = lines;
  const std::string sha256 = base::to_hex(all.finish());
  CHECK_OK(base::write_file(raw / kManifest,
                            base::to_pretty_text(json::object{{"kind", name},
                                                              {"records", collected.records},
                                                              {"bytes", bytes},
                                                              {"sha256", sha256},
                                                              {"files", std::move(described)}}) +
                                "\n"));
  CHECK_OK(base::write_file(work / kProvenance,
                            base::to_pretty_text(json::object{{"source", source_name(*source)},
                                                              {"kind", name},
                                                              {"cursor", collected.cursor},
                                                              {"sha256", sha256}}) +
                                "\n"));
  exec::StepResult result;
  result.outputs["rows"] = "raw";
  result.outputs["provenance"] = kProvenance;
  result.report = {{"records", collected.records}, {"bytes", bytes}, {"sha256", sha256}};
  for (const auto& counter : collected.counters) result.report[counter.key()] = counter.value();
  result.commands.push_back({"source.record", json::object{{"source", source_name(*source)},
                                                           {"kind", name},
                                                           {"cursor", collected.cursor},
                                                           {"records", collected.records},
                                                           {"bytes", bytes},
                                                           {"sha256", sha256}}});
  progress.at(collected.records, collected.records, "records");
  return result;
}

base::Result<exec::StepResult> step_collect(const exec::StepSpec& spec,
                                            exec::StepProgress& progress) {
  const auto fetcher = open_curl_fetcher();
  const auto waiter = system_waiter();
  return collect(spec, progress, *fetcher, *waiter);
}

}  // namespace fulcrum::data

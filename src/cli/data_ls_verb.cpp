// fulcrum data ls DATASET[@REF] [PATH]: what is in a version. A million entries are written as they
// are read, page by page.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <iterator>
#include <memory>

#include "base/hash.h"
#include "base/text.h"
#include "cli/data_verbs.h"
#include "cli/version_home.h"
#include "data/versions/parallel.h"

namespace fulcrum::cli {

namespace {

namespace json = base::json;
using namespace data::versions;

struct Options {
  std::string dataset, below;
};

std::string_view kind_name(EntryKind kind) {
  return kind == EntryKind::kFile ? "file" : kind == EntryKind::kLink ? "link" : "folder";
}

bool is_plain(std::string_view text) {
  for (const char c : text)
    if (c < 0x20 || c > 0x7e || c == '"' || c == '\\') return false;
  return true;
}

void append_json(std::string& out, const Entry& entry) {
  out += "{\"path\":";
  if (is_plain(entry.path))
    out.append("\"").append(entry.path).append("\"");
  else
    out += base::to_text(json::string(shown_path(entry.path)));
  if (shown_path(entry.path) != entry.path)
    out.append(",\"path_hex\":\"").append(base::to_hex(entry.path)).append("\"");
  fmt::format_to(std::back_inserter(out),
                 ",\"kind\":\"{}\",\"bytes\":{},\"records\":{},\"sha256\":\"{}\"",
                 kind_name(entry.kind), entry.bytes, entry.records, base::to_hex(entry.hash));
  if (entry.is_executable) out += ",\"executable\":true";
  if (entry.kind == EntryKind::kLink)
    out += ",\"target\":" + base::to_text(json::string(shown_path(entry.link)));
  if (!entry.table.empty()) out += ",\"table\":" + entry.table;
  out += '}';
}

void append(std::string& out, const Entry& entry, OutputMode mode, bool is_first) {
  if (mode == OutputMode::kJson) {
    if (!is_first) out += ',';
    append_json(out, entry);
  } else if (mode == OutputMode::kQuiet) {
    out.append(entry.path).append("\n");
  } else {
    fmt::format_to(std::back_inserter(out), "{:>14} {:>12}  {}{}\n", entry.bytes, entry.records,
                   shown_path(entry.path),
                   entry.kind == EntryKind::kLink     ? " -> " + shown_path(entry.link)
                   : entry.kind == EntryKind::kFolder ? "/"
                                                      : "");
  }
}

bool is_below(const std::string& path, const std::string& below) {
  return below.empty() || path == below ||
         (path.starts_with(below) && (below.back() == '/' || path[below.size()] == '/'));
}

base::Status list(const Options& options, const Session& session) {
  TRY(const auto repository, open_versions(session));
  const DatasetAt at = parse_dataset_at(options.dataset);
  TRY(const Version version, repository->resolve(at.dataset, at.what));
  TRY(const auto pages, leaf_pages(repository->chunks(), version.record.tree));
  const OutputMode mode = session.output.mode;
  if (mode == OutputMode::kJson) {
    std::string head = base::to_text(json::object{{"dataset", at.dataset},
                                                  {"version", version.name},
                                                  {"files", version.record.files},
                                                  {"records", version.record.records},
                                                  {"bytes", version.record.bytes}});
    head.back() = ',';
    fmt::print("{}\"entries\":[", head);
  }
  // A few pages at a time, on all cores; written in order.
  constexpr std::size_t kPages = 64;
  bool is_first = true;
  for (std::size_t begin = 0; begin < pages.size(); begin += kPages) {
    std::vector<std::string> texts(std::min(kPages, pages.size() - begin));
    CHECK_OK(for_each_in_parallel(
        texts.size(), repository->options().threads, [&](std::size_t i) -> base::Status {
          TRY(const auto entries, read_page(repository->chunks(), pages[begin + i].page));
          for (const auto& entry : entries)
            if (is_below(entry.path, options.below))
              append(texts[i], entry, mode, texts[i].empty());
          return {};
        }));
    for (const auto& text : texts) {
      if (text.empty()) continue;
      if (!is_first && mode == OutputMode::kJson) std::fputc(',', stdout);
      is_first = false;
      std::fwrite(text.data(), 1, text.size(), stdout);
    }
  }
  if (mode == OutputMode::kJson) std::fputs("]}\n", stdout);
  std::fflush(stdout);
  return {};
}

}  // namespace

Action data_ls_verb(CLI::App& app, const AlsoRegister&) {
  auto options = std::make_shared<Options>();
  app.add_option("dataset", options->dataset, base::text("data.dataset_at"))
      ->type_name("DATASET[@REF]")
      ->required();
  app.add_option("path", options->below, base::text("data.below"))->type_name("PATH");
  return [options](const Session& session) {
    const auto done = list(*options, session);
    return done ? 0 : session.output.error(done.error());
  };
}

}  // namespace fulcrum::cli

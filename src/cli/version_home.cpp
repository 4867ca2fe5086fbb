#include "cli/version_home.h"

#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/files.h"
#include "base/text.h"
#include "base/text_reader.h"
#include "data/commit_command.h"

namespace fulcrum::cli {

namespace json = base::json;
using namespace data::versions;

base::Result<std::unique_ptr<Repository>> open_versions(const Session& session) {
  const auto home = session.paths().root;
  CHECK_OK(base::make_folder(home, true));
  CHECK_OK(base::make_folder(home / "versions", true));
  TRY(auto blobs, objects::open_local_blobs(home / "versions"));
  RepositoryOptions options;
  options.cache = home / "versions/.cache";
  options.clock = &base::system_clock();
  return Repository::open(std::move(blobs), std::move(options));
}

DatasetAt parse_dataset_at(const std::string& text) {
  const auto at = text.find('@');
  if (at != std::string::npos) return {text.substr(0, at), text.substr(at + 1)};
  const auto tilde = text.rfind('~');
  if (tilde != std::string::npos) return {text.substr(0, tilde), text.substr(tilde)};
  return {text, {}};
}

base::Result<Version> resolve(const Repository& repository, const std::string& text) {
  const DatasetAt at = parse_dataset_at(text);
  return repository.resolve(at.dataset, at.what);
}

namespace {

/// Whether the ledger has the version, as of the newest ones of its dataset.
base::Result<std::set<std::string>> known_versions(Backend& backend, const std::string& dataset) {
  std::set<std::string> known;
  const auto log =
      backend.query("dataset.log", json::object{{"dataset", dataset}, {"limit", 100'000}});
  if (!log) {
    if (log.error().code == "dataset.unknown") return known;
    return base::Failure(log.error());
  }
  for (const auto& version : log->at("versions").as_array())
    known.insert(base::get_string(version, "version"));
  return known;
}

base::Status send_commit(Backend& backend, const Repository& repository, const std::string& branch,
                         const Version& version) {
  std::vector<Entry> entries;
  if (version.record.files <= 200) {
    TRY(entries, repository.entries(version));
  }
  json::object body = data::commit_command(branch, version.name, version.record, entries);
  TRY([[maybe_unused]] const auto reply, backend.command("dataset.commit", body, ""));
  return {};
}

}  // namespace

base::Status tell_ledger(const Session& session, const Repository& repository,
                         const std::string& branch, const Version& version) {
  TRY(const auto backend, connect(session));
  TRY(const auto known, known_versions(*backend, version.record.dataset));
  std::vector<Version> missing;
  Version at = version;
  while (!at.record.parents.empty() && !known.contains(at.record.parents.front())) {
    const std::string name = at.record.parents.front();
    TRY(VersionRecord record, repository.version(name));
    at = Version{name, std::move(record)};
    if (at.record.dataset == version.record.dataset) missing.push_back(at);
  }
  for (auto one = missing.rbegin(); one != missing.rend(); ++one)
    CHECK_OK(send_commit(*backend, repository, branch, *one));
  return send_commit(*backend, repository, branch, version);
}

base::Status record_read(const Session& session, const std::string& what,
                         const std::string& dataset) {
  TRY(const auto backend, connect(session));
  TRY([[maybe_unused]] const auto reply,
      backend->command("access.record",
                       json::object{{"what", what}, {"subject", "dataset/" + dataset}}, ""));
  return {};
}

std::string default_author() {
  const passwd* user = ::getpwuid(::getuid());
  return user && user->pw_name ? std::string("user/") + user->pw_name : std::string("user");
}

json::object version_json(const Version& version) {
  json::array parents;
  for (const auto& parent : version.record.parents) parents.push_back(json::string(parent));
  json::object object{{"version", version.name},          {"time_us", version.record.time_us},
                      {"author", version.record.author},  {"message", version.record.message},
                      {"files", version.record.files},    {"records", version.record.records},
                      {"bytes", version.record.bytes},    {"parents", std::move(parents)},
                      {"content", version.record.content}};
  if (auto made_by = base::parse_json(version.record.made_by, "made_by"))
    object["made_by"] = std::move(*made_by);
  return object;
}

json::object key_json(const std::vector<std::string>& columns, const std::string& key) {
  if (!key.empty() && key.front() == kWholeRecord) return {{"row", shown_path(key.substr(1))}};
  json::object object;
  std::string_view rest = key;
  for (const auto& column : columns) {
    const auto end = std::min(rest.find(kKeySeparator), rest.size());
    object[column] = shown_path(std::string(rest.substr(0, end)));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return object;
}

json::value cell_json(const std::optional<std::string>& cell) {
  if (!cell) return nullptr;
  return json::string(shown_path(*cell));
}

std::string shown_path(const std::string& path) {
  std::string shown;
  std::string_view rest = path;
  for (auto bad = base::invalid_utf8(rest); bad; bad = base::invalid_utf8(rest)) {
    shown += rest.substr(0, *bad);
    shown += "\xEF\xBF\xBD";
    rest.remove_prefix(*bad + 1);
  }
  shown += rest;
  return shown;
}

VersionProgress::VersionProgress(const Session& session)
    : is_shown_(session.output.mode == OutputMode::kTable && ::isatty(2) != 0),
      began_us_(base::system_clock().now_us()) {}

VersionProgress::~VersionProgress() {
  if (has_line_) fmt::print(stderr, "\r\033[K");
}

void VersionProgress::at(std::uint64_t files, std::uint64_t all_files, std::uint64_t bytes,
                         std::uint64_t all_bytes) {
  if (!is_shown_) return;
  const std::int64_t now_us = base::system_clock().now_us();
  if (now_us - began_us_ < 1'000'000 || now_us - last_us_ < 200'000) return;
  last_us_ = now_us;
  has_line_ = true;
  fmt::print(stderr, "\r\033[K{}",
             base::text("data.version.progress", files, all_files, bytes >> 20, all_bytes >> 20));
  std::fflush(stderr);
}

}  // namespace fulcrum::cli

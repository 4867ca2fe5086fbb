#include "data/versions/commit.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/files.h"
#include "base/text_reader.h"

namespace fulcrum::data::versions {

namespace {

/// No file may stand where another needs a folder.
base::Status check_shape(const std::vector<Entry>& entries) {
  const auto has = [&](std::string_view path) {
    const auto found = std::lower_bound(
        entries.begin(), entries.end(), path,
        [](const Entry& entry, std::string_view wanted) { return entry.path < wanted; });
    return found != entries.end() && found->path == path;
  };
  std::string_view last;
  for (const auto& entry : entries) {
    const auto slash = entry.path.rfind('/');
    if (slash == std::string::npos) continue;
    std::string_view folder = std::string_view(entry.path).substr(0, slash);
    if (folder == last) continue;
    last = folder;
    for (auto end = folder.size(); end != std::string_view::npos; end = folder.rfind('/')) {
      folder = folder.substr(0, end);
      if (has(folder))
        return base::usage("version.shape",
                           fmt::format("{} is a file and a folder at once", folder), "path",
                           "rename one of the two");
    }
  }
  return {};
}

VersionRecord record_of(const std::vector<Entry>& entries, const Root& tree) {
  VersionRecord record;
  record.tree = tree;
  ContentHash content;
  for (const auto& entry : entries) {
    if (entry.kind == EntryKind::kFolder) continue;
    ++record.files;
    content.add(entry.path, base::to_hex(entry.hash));
  }
  record.bytes = static_cast<std::int64_t>(tree.bytes);
  record.records = static_cast<std::int64_t>(tree.records);
  record.content = content.finish();
  return record;
}

std::filesystem::path known_file(const Repository& repository, const CommitRequest& request) {
  if (repository.options().cache.empty() || request.source.empty()) return {};
  std::error_code error;
  const auto source = std::filesystem::canonical(request.source, error);
  if (error) return {};
  const std::string name = base::sha256_hex(request.dataset + '\0' + source.string());
  return repository.options().cache / (name.substr(0, 32) + ".seen");
}

}  // namespace

base::Result<CommitResult> commit_entries(Repository& repository, const RefState& before,
                                          std::vector<std::string> parents,
                                          std::vector<Entry> entries, const Signature& signature,
                                          const RecordCounter& count_records) {
  if (entries.empty())
    return base::usage("version.empty", "a version needs at least one file", "path",
                       "name a file or a folder with something in it");
  for (const std::string* text : {&signature.author, &signature.message})
    if (base::invalid_utf8(*text))
      return base::usage("version.text", "author and message are UTF-8 text", "message");
  CHECK_OK(check_shape(entries));
  TRY(const Root tree, write_tree(repository.chunks(), entries));
  CommitResult result;
  result.record = record_of(entries, tree);
  if (count_records) result.record.records = count_records(entries);
  result.record.dataset = before.dataset;
  result.entries = std::move(entries);
  if (!before.version.empty() && parents == std::vector<std::string>{before.version}) {
    TRY(const VersionRecord head, repository.version(before.version));
    if (head.tree == tree && head.dataset == before.dataset) {
      result.version = before.version;
      result.record = head;
      result.figures = repository.chunks().figures();
      return result;
    }
  }
  result.record.parents = std::move(parents);
  result.record.author = signature.author;
  result.record.message = signature.message;
  result.record.time_us = signature.time_us;
  result.record.made_by = signature.made_by;
  const std::string text = encode_record(result.record);
  result.version = version_name(text);
  CHECK_OK(repository.chunks().put(text));
  CHECK_OK(repository.publish(before, result.version, signature.time_us, signature.author));
  result.is_new = true;
  result.figures = repository.chunks().figures();
  return result;
}

base::Result<CommitResult> commit(Repository& repository, const CommitRequest& request) {
  CHECK_OK(check_name(request.dataset, "dataset"));
  CHECK_OK(check_name(request.branch, "branch"));
  const unsigned threads = repository.options().threads;
  TRY(const RefState before,
      repository.refs().get(request.dataset, RefKind::kBranch, request.branch));
  IngestRequest work;
  TRY(work.files, scan(request.files, threads));
  const auto remembered = known_file(repository, request);
  if (!remembered.empty() && base::make_folder(remembered.parent_path())) {
    work.reading_began_ns = file_system_now_ns(remembered.parent_path());
    work.known = load_known(remembered);
  }
  std::vector<std::string> parents;
  if (!before.version.empty()) {
    parents = {before.version};
    TRY(const VersionRecord head, repository.version(before.version));
    TRY(work.before, read_tree(repository.chunks(), head.tree, threads));
  }
  work.key = request.key;
  work.on_progress = request.on_progress;
  TRY(IngestResult found, ingest(repository.chunks(), std::move(work), threads));
  TRY(CommitResult result,
      commit_entries(repository, before, std::move(parents), std::move(found.entries),
                     {request.author, request.message, request.time_us, request.made_by},
                     request.count_records));
  result.files_read = found.files_read;
  result.bytes_read = found.bytes_read;
  if (!remembered.empty()) save_known(remembered, found.known);
  return result;
}

}  // namespace fulcrum::data::versions

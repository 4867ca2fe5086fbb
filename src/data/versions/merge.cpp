#include "data/versions/merge.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <set>

#include "base/files.h"
#include "data/versions/file_chunks.h"
#include "data/versions/table_merge.h"

namespace fulcrum::data::versions {

namespace {

namespace fs = std::filesystem;

bool is_same(const std::optional<Entry>& a, const std::optional<Entry>& b) {
  if (!a || !b) return a.has_value() == b.has_value();
  return a->kind == b->kind && a->hash == b->hash && a->is_executable == b->is_executable;
}

std::optional<std::string> text_of(const std::optional<Entry>& entry) {
  if (!entry) return std::nullopt;
  return base::to_hex(entry->hash);
}

/// A file that is written and then taken in; removed at the end.
class Scratch {
 public:
  explicit Scratch(const fs::path& folder)
      : path_(folder / fmt::format("merge-{}.part", static_cast<long>(::getpid()))),
        file_(std::fopen(path_.c_str(), "wbe")) {}
  ~Scratch() {
    (void)close().has_value();
    std::error_code ignored;
    fs::remove(path_, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  base::Status write(std::string_view bytes) {
    if (file_ && std::fwrite(bytes.data(), 1, bytes.size(), file_) == bytes.size()) return {};
    return base::failed("file.write", "cannot write " + path_.string(), "check free space");
  }
  base::Status close() {
    std::FILE* file = std::exchange(file_, nullptr);
    if (!file || std::fclose(file) == 0) return {};
    return base::failed("file.write", "cannot write " + path_.string(), "check free space");
  }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
  std::FILE* file_;
};

class TreeMerge {
 public:
  TreeMerge(Repository& repository, const MergeRequest& request, MergeResult& result)
      : repository_(repository), request_(request), result_(result) {}

  /// The merged entries; conflicts are in the result.
  base::Result<std::vector<Entry>> run(const Root& base, const Root& ours, const Root& theirs) {
    TRY(auto mine, read_tree(repository_.chunks(), ours, repository_.options().threads));
    std::map<std::string, Entry> merged;
    for (auto& entry : mine) merged.emplace_hint(merged.end(), entry.path, std::move(entry));
    TRY(const auto changes, differing_entries(repository_.chunks(), base, theirs));
    for (const auto& [path, pair] : changes) {
      const auto at = merged.find(path);
      const auto ours_entry =
          at == merged.end() ? std::optional<Entry>() : std::optional<Entry>(at->second);
      TRY(auto chosen, merge_entry(path, pair.before, ours_entry, pair.after));
      if (chosen)
        merged[path] = std::move(*chosen);
      else
        merged.erase(path);
    }
    std::vector<Entry> entries;
    for (auto& [path, entry] : merged) entries.push_back(std::move(entry));
    drop_filled_folders(entries);
    return entries;
  }

 private:
  using Slot = std::optional<Entry>;

  base::Result<Slot> merge_entry(const std::string& path, const Slot& base, const Slot& ours,
                                 const Slot& theirs) {
    if (is_same(ours, theirs)) return ours;
    if (is_same(ours, base)) {
      ++result_.files_taken;
      return theirs;
    }
    if (base && ours && theirs)
      if (const auto key = merge_key(*base, *ours, *theirs, request_.key))
        return merge_table(*base, *ours, *theirs, *key);
    if (request_.prefer == Prefer::kNeither)
      result_.conflicts.push_back(
          {path, "file", {}, {}, text_of(base), text_of(ours), text_of(theirs)});
    else
      ++result_.conflicts_resolved;
    return request_.prefer == Prefer::kTheirs ? theirs : ours;
  }

  base::Result<Slot> merge_table(const Entry& base, const Entry& ours, const Entry& theirs,
                                 const std::vector<std::string>& key) {
    std::error_code ignored;
    const fs::path folder = repository_.options().cache.empty() ? fs::temp_directory_path(ignored)
                                                                : repository_.options().cache;
    CHECK_OK(base::make_folder(folder));
    Scratch scratch(folder);
    TRY(TableMerge table,
        merge_tables(repository_.chunks(), base, ours, theirs, key, request_.prefer,
                     [&](std::string_view bytes) { return scratch.write(bytes); }));
    CHECK_OK(scratch.close());
    result_.rows_taken += table.rows_taken;
    result_.conflicts_resolved += table.conflicts_resolved;
    ++result_.tables_merged;
    const bool is_clean = table.conflicts.empty();
    std::move(table.conflicts.begin(), table.conflicts.end(),
              std::back_inserter(result_.conflicts));
    if (!is_clean) return Slot(ours);
    Entry entry;
    entry.path = ours.path;
    entry.is_executable = ours.is_executable;
    TRY(auto file, SourceFile::open(scratch.path()));
    CHECK_OK(store_large_file(repository_.chunks(), file, repository_.options().threads, entry,
                              [](std::uint64_t) {}));
    if (auto info = decode_table(entry.table)) {
      info->key = key;
      entry.table = encode_table(*info);
    }
    return Slot(std::move(entry));
  }

  /// An empty folder of one side that the other filled.
  static void drop_filled_folders(std::vector<Entry>& entries) {
    std::set<std::string> filled;
    for (const auto& entry : entries)
      for (auto slash = entry.path.rfind('/'); slash != std::string::npos && slash > 0;
           slash = entry.path.rfind('/', slash - 1))
        if (!filled.insert(entry.path.substr(0, slash)).second) break;
    std::erase_if(entries, [&](const Entry& entry) {
      return entry.kind == EntryKind::kFolder && filled.contains(entry.path);
    });
  }

  Repository& repository_;
  const MergeRequest& request_;
  MergeResult& result_;
};

}  // namespace

base::Result<std::string> merge_base(const Repository& repository, const std::string& ours,
                                     const std::string& theirs) {
  TRY(const auto mine, repository.history(ours));
  TRY(const auto others, repository.history(theirs));
  std::set<std::string> names;
  for (const auto& version : mine) names.insert(version.name);
  for (const auto& version : others)  // newest first
    if (names.contains(version.name)) return version.name;
  return std::string();
}

base::Result<MergeResult> merge(Repository& repository, const MergeRequest& request) {
  MergeResult result;
  TRY(const RefState before,
      repository.refs().get(request.dataset, RefKind::kBranch, request.into));
  TRY(const Version theirs, repository.resolve(request.dataset, request.from));
  if (before.version.empty())
    return base::not_found("version.unknown",
                           fmt::format("{} has no branch {}", request.dataset, request.into),
                           "`fulcrum data branch` makes one");
  TRY(const VersionRecord ours, repository.version(before.version));
  result.ours = before.version;
  result.theirs = theirs.name;
  TRY(result.base, merge_base(repository, before.version, theirs.name));
  if (result.base.empty())
    return base::refused("version.unrelated",
                         "the two have no version in common, so what each changed cannot be told",
                         "commit one's files onto the other's branch");
  if (result.base == theirs.name) {
    result.outcome = "up_to_date";
    result.version = before.version;
    return result;
  }
  if (result.base == before.version) {
    CHECK_OK(repository.publish(before, theirs.name, request.time_us, request.author));
    result.outcome = "fast_forward";
    result.version = theirs.name;
    return result;
  }
  TRY(const VersionRecord base, repository.version(result.base));
  TRY(auto entries,
      TreeMerge(repository, request, result).run(base.tree, ours.tree, theirs.record.tree));
  if (!result.conflicts.empty()) {
    result.outcome = "conflicts";
    return result;
  }
  std::string message = request.message;
  if (message.empty()) message = fmt::format("Merge {} into {}", request.from, request.into);
  TRY(const CommitResult done,
      commit_entries(repository, before, {before.version, theirs.name}, std::move(entries),
                     {request.author, message, request.time_us}));
  result.outcome = "merged";
  result.version = done.version;
  return result;
}

}  // namespace fulcrum::data::versions

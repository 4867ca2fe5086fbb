#include "data/versions/ingest.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <mutex>

#include "data/versions/file_chunks.h"
#include "data/versions/parallel.h"

namespace fulcrum::data::versions {

namespace {

constexpr std::size_t kGroupBytes = 64U << 10, kMaxGroupBytes = 128U << 10, kMaxGroupFiles = 4096;
constexpr std::uint64_t kLargeFileBytes = 4U << 20;  // gets all threads for itself
constexpr std::size_t kSmallReadBytes = 8U << 20;

/// Whether a group of small files ends behind this one: about once in kGroupBytes, and depending on
/// nothing but this file, so that groups find each other again behind a new or lost file.
bool ends_group(const ScannedFile& file) {
  std::uint64_t hash = 0x9ae16a3b2f90404fULL;
  for (const char c : file.file.name)
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  hash ^= hash >> 32;
  return hash % kGroupBytes < file.sign.bytes + 64;
}

class Ingest {
 public:
  Ingest(ChunkStore& chunks, IngestRequest request, unsigned threads)
      : chunks_(chunks), request_(std::move(request)), threads_(threads) {}

  base::Result<IngestResult> run() {
    plan();
    const std::size_t jobs = groups_.size() + medium_.size();
    CHECK_OK(for_each_in_parallel(jobs, threads_, [&](std::size_t i) {
      return i < groups_.size() ? store_group(groups_[i])
                                : store_file(medium_[i - groups_.size()], 1);
    }));
    for (const std::size_t file : large_) CHECK_OK(store_file(file, threads_));
    return finish();
  }

 private:
  using Group = std::vector<std::size_t>;  // indexes of files

  const Entry* before(const std::string& path) const {
    const auto& all = request_.before;
    const auto found = std::lower_bound(
        all.begin(), all.end(), path,
        [](const Entry& entry, const std::string& wanted) { return entry.path < wanted; });
    return found != all.end() && found->path == path ? &*found : nullptr;
  }

  /// The parent's entry of a file that is as it was when that entry was made.
  const Entry* unchanged(const ScannedFile& file) const {
    const auto& all = request_.known;
    const auto found = std::lower_bound(
        all.begin(), all.end(), file.file.name,
        [](const KnownFile& known, const std::string& wanted) { return known.name < wanted; });
    if (found == all.end() || found->name != file.file.name || found->sign != file.sign)
      return nullptr;
    const Entry* entry = before(file.file.name);
    return entry && entry->kind == EntryKind::kFile && entry->hash == found->hash ? entry : nullptr;
  }

  void plan() {
    const auto& files = request_.files;
    entries_.resize(files.size());
    signs_.resize(files.size());
    progress_.all_files = files.size();
    Group group;
    std::size_t group_bytes = 0;
    const auto end_group = [&] {
      if (!group.empty()) groups_.push_back(std::move(group));
      group.clear();
      group_bytes = 0;
    };
    for (std::size_t i = 0; i < files.size(); ++i) {
      const auto& file = files[i];
      progress_.all_bytes += file.kind == EntryKind::kFile ? file.sign.bytes : 0;
      entries_[i].path = file.file.name;
      entries_[i].kind = file.kind;
      entries_[i].is_executable = file.is_executable;
      if (file.kind == EntryKind::kLink) {
        entries_[i].link = file.link;
        entries_[i].bytes = file.link.size();
        entries_[i].hash = base::sha256(file.link);
      } else if (file.kind == EntryKind::kFile && file.sign.bytes < kSmallFileBytes) {
        group.push_back(i);
        group_bytes += file.sign.bytes;
        if (ends_group(file) || group_bytes >= kMaxGroupBytes || group.size() >= kMaxGroupFiles)
          end_group();
      } else if (file.kind == EntryKind::kFile) {
        (file.sign.bytes < kLargeFileBytes ? medium_ : large_).push_back(i);
      }
    }
    end_group();
  }

  /// A group stays as it is only when all of it, and nothing else, shared a chunk before.
  bool keep_group(const Group& group) {
    std::vector<const Entry*> kept;
    std::uint64_t skip = 0;
    Digest shared{};
    for (const std::size_t i : group) {
      const Entry* entry = unchanged(request_.files[i]);
      if (!entry) return false;
      kept.push_back(entry);
      if (entry->bytes == 0) continue;
      if (entry->content.level != 0 || entry->content.refs.size() != 1 ||
          entry->content.skip != skip || (skip > 0 && entry->content.refs[0].id != shared))
        return false;
      shared = entry->content.refs[0].id;
      skip += entry->bytes;
    }
    for (const Entry* entry : kept)
      if (entry->bytes > 0 && entry->content.refs[0].bytes != skip) return false;
    for (std::size_t n = 0; n < group.size(); ++n) keep(group[n], *kept[n]);
    return true;
  }

  void keep(std::size_t i, const Entry& entry) {
    const bool is_executable = entries_[i].is_executable;
    entries_[i] = entry;
    entries_[i].is_executable = is_executable;
    signs_[i] = request_.files[i].sign;
    step(entry.bytes);
  }

  base::Status store_group(const Group& group) {
    if (keep_group(group)) {
      told(group.size());
      return {};
    }
    std::string shared;
    for (const std::size_t i : group) {
      const auto& scanned = request_.files[i].file;
      TRY(auto file, SourceFile::open(scanned.path));
      const std::size_t begin = shared.size();
      for (std::size_t wanted = request_.files[i].sign.bytes + 1;;) {
        TRY(const std::size_t got, file.read(shared, wanted));
        if (got == 0) break;
        wanted = 64U << 10;
        if (shared.size() - begin > kSmallReadBytes)
          return base::conflict("version.changing",
                                fmt::format("{} grows while it is read", scanned.path.string()),
                                "commit again when it is finished");
      }
      Entry& entry = entries_[i];
      const std::string_view content = std::string_view(shared).substr(begin);
      entry.bytes = content.size();
      entry.hash = base::sha256(content);
      entry.content.skip = content.empty() ? 0 : begin;
      describe_small_table(content, entry);
      remember(i, file);
      bytes_read_ += content.size();
      step(content.size());
    }
    files_read_ += group.size();
    CHECK_OK(store_shared(group, shared));
    told(group.size());
    return {};
  }

  base::Status store_shared(const Group& group, std::string_view shared) {
    if (shared.empty()) return {};
    if (shared.size() > kMaxChunkBytes)
      return base::conflict("version.changing", "small files grow while they are read",
                            "commit again when they are finished");
    std::uint64_t records = 0;
    for (const std::size_t i : group) records += entries_[i].records;
    TRY(const Digest id, chunks_.put(shared));
    for (const std::size_t i : group)
      if (entries_[i].bytes > 0) entries_[i].content.refs = {{id, shared.size(), records}};
    return {};
  }

  base::Status store_file(std::size_t i, unsigned threads) {
    if (const Entry* entry = unchanged(request_.files[i])) {
      keep(i, *entry);
      told(1);
      return {};
    }
    TRY(auto file, SourceFile::open(request_.files[i].file.path));
    std::uint64_t seen = 0;
    CHECK_OK(store_large_file(chunks_, file, threads, entries_[i], [&](std::uint64_t bytes) {
      step(bytes - seen);
      seen = bytes;
      told(0);
    }));
    remember(i, file);
    ++files_read_;
    bytes_read_ += entries_[i].bytes;
    told(1);
    return {};
  }

  /// Only what did not change between the look at it and the end of its reading is remembered.
  void remember(std::size_t i, const SourceFile& file) {
    const FileSign sign = file.sign();
    if (sign == request_.files[i].sign && is_settled(sign, request_.reading_began_ns))
      signs_[i] = sign;
  }

  void step(std::uint64_t bytes) { bytes_ += bytes; }
  void told(std::size_t files) {
    files_ += files;
    if (!request_.on_progress) return;
    const std::lock_guard lock(mutex_);
    progress_.files = files_;
    progress_.bytes = bytes_;
    request_.on_progress(progress_);
  }

  /// The key that was handed in, else the parent's, where the table has such columns.
  void set_key(Entry& entry) const {
    if (entry.table.empty()) return;
    auto info = decode_table(entry.table);
    if (!info) return;
    std::vector<std::string> key = request_.key;
    if (const Entry* parent = key.empty() ? before(entry.path) : nullptr)
      if (const auto known = decode_table(parent->table)) key = known->key;
    for (const auto& name : key)
      if (std::none_of(info->columns.begin(), info->columns.end(),
                       [&](const TableColumn& column) { return column.name == name; }))
        key.clear();
    if (key.empty() && !request_.key.empty()) key = info->key;
    info->key = key;
    entry.table = encode_table(*info);
  }

  base::Result<IngestResult> finish() {
    IngestResult result;
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      set_key(entries_[i]);
      if (signs_[i] != FileSign{})
        result.known.push_back({entries_[i].path, signs_[i], entries_[i].hash});
    }
    result.entries = std::move(entries_);
    result.files_read = files_read_;
    result.bytes_read = bytes_read_;
    return result;
  }

  ChunkStore& chunks_;
  IngestRequest request_;
  unsigned threads_;
  std::vector<Entry> entries_;
  std::vector<FileSign> signs_;
  std::vector<Group> groups_;
  std::vector<std::size_t> medium_, large_;
  std::atomic<std::uint64_t> files_{0}, bytes_{0}, files_read_{0}, bytes_read_{0};
  std::mutex mutex_;
  IngestProgress progress_;
};

}  // namespace

base::Result<IngestResult> ingest(ChunkStore& chunks, IngestRequest request, unsigned threads) {
  return Ingest(chunks, std::move(request), threads).run();
}

}  // namespace fulcrum::data::versions

#include "data/versions/checkout.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <mutex>
#include <set>

#include "base/files.h"
#include "data/versions/parallel.h"

namespace fulcrum::data::versions {

namespace fs = std::filesystem;

namespace {

base::Failure write_failure(const fs::path& path, int reason) {
  return base::failed("file.write",
                      fmt::format("cannot write {}: {}", path.string(), std::strerror(reason)),
                      "check free space and permissions of the target folder");
}

/// A file under another name until place().
class Draft {
 public:
  Draft(fs::path target, unsigned mode)
      : target_(std::move(target)),
        path_(target_.string() + fmt::format(".{}.part", static_cast<long>(::getpid()))),
        file_(::open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode)) {}
  ~Draft() {
    if (file_ >= 0) ::close(file_);
    if (!placed_ && file_ >= 0) ::unlink(path_.c_str());
  }
  Draft(const Draft&) = delete;
  Draft& operator=(const Draft&) = delete;
  base::Status write(std::string_view bytes) {
    if (file_ < 0) return write_failure(path_, errno);
    while (!bytes.empty()) {
      const ssize_t written = ::write(file_, bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) return write_failure(path_, written < 0 ? errno : EIO);
      bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
  }
  base::Status place() {
    if (file_ < 0 || ::rename(path_.c_str(), target_.c_str()) != 0)
      return write_failure(target_, errno);
    placed_ = true;
    return {};
  }

 private:
  fs::path target_, path_;
  int file_;
  bool placed_ = false;
};

std::string_view parent_of(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

/// Makes the folder; what stands in the way on overwriting (a link, a file) is removed, so that
/// nothing is ever written through a link.
base::Status make_real_folder(const fs::path& root, std::string_view folder,
                              std::set<std::string>& made) {
  if (folder.empty() || made.contains(std::string(folder))) return {};
  CHECK_OK(make_real_folder(root, parent_of(folder), made));
  const fs::path path = root / folder;
  std::error_code error;
  const auto status = fs::symlink_status(path, error);
  if (fs::exists(status) && !fs::is_directory(status)) fs::remove(path, error);
  if (::mkdir(path.c_str(), 0755) != 0 && errno != EEXIST) return write_failure(path, errno);
  made.emplace(folder);
  return {};
}

base::Status check_target(const CheckoutRequest& request) {
  std::error_code error;
  if (!fs::exists(request.folder, error)) return base::make_folder(request.folder);
  if (!fs::is_directory(request.folder, error))
    return base::conflict("version.folder", request.folder.string() + " is not a folder");
  if (request.overwrite || fs::is_empty(request.folder, error)) return {};
  return base::conflict("version.folder", request.folder.string() + " is not empty",
                        "name another folder, or give --overwrite");
}

/// Chunks that several neighbouring small files share are read once a thread.
class ChunkMemory {
 public:
  explicit ChunkMemory(const ChunkStore& chunks) : chunks_(chunks) {}
  base::Status read(const Entry& entry,
                    const std::function<base::Status(std::string_view)>& visit) {
    if (entry.content.level != 0 || entry.content.refs.size() != 1)
      return read_content(chunks_, entry, visit);
    if (const Digest& id = entry.content.refs[0].id; id != id_ || bytes_.empty()) {
      TRY(bytes_, chunks_.get(id));
      id_ = id;
    }
    if (bytes_.size() != entry.content.refs[0].bytes) return read_content(chunks_, entry, visit);
    return visit(std::string_view(bytes_).substr(entry.content.skip, entry.bytes));
  }

 private:
  const ChunkStore& chunks_;
  Digest id_{};
  std::string bytes_;
};

base::Failure damaged(const Entry& entry) {
  return base::failed("version.damaged", entry.path + " does not hold the bytes of its name",
                      "restore its pack from a copy; `fulcrum data verify` lists what is damaged");
}

base::Status read_verified(ChunkMemory& memory, const Entry& entry,
                           const std::function<base::Status(std::string_view)>& visit) {
  base::Sha256 hash;
  CHECK_OK(memory.read(entry, [&](std::string_view part) {
    hash.update(part);
    return visit(part);
  }));
  if (hash.finish() != entry.hash) return damaged(entry);
  return {};
}

base::Status write_entry(ChunkMemory& memory, const Entry& entry, const fs::path& target) {
  std::error_code error;
  if (fs::is_directory(fs::symlink_status(target, error)))
    return base::conflict("version.folder",
                          target.string() + " is a folder where the version has a file",
                          "move it away");
  Draft draft(target, entry.is_executable ? 0755 : 0644);
  CHECK_OK(draft.write({}));
  CHECK_OK(read_verified(memory, entry, [&](std::string_view part) { return draft.write(part); }));
  return draft.place();
}

base::Status write_link(const Entry& entry, const fs::path& target) {
  if (base::sha256(entry.link) != entry.hash) return damaged(entry);
  ::unlink(target.c_str());
  if (::symlink(entry.link.c_str(), target.c_str()) != 0) return write_failure(target, errno);
  return {};
}

}  // namespace

base::Result<CheckoutResult> checkout(const Repository& repository, const Version& version,
                                      const CheckoutRequest& request) {
  TRY(std::vector<Entry> entries, repository.entries(version));
  if (!request.below.empty()) {
    std::erase_if(entries, [&](const Entry& entry) {
      return entry.path != request.below && !entry.path.starts_with(request.below + "/");
    });
    if (entries.empty())
      return base::not_found("version.nothing",
                             fmt::format("the version has nothing called {}", request.below),
                             "`fulcrum data ls` lists what it has");
  }
  CHECK_OK(check_target(request));
  std::set<std::string> made;
  for (const auto& entry : entries) {
    CHECK_OK(make_real_folder(request.folder, parent_of(entry.path), made));
    if (entry.kind == EntryKind::kFolder)
      CHECK_OK(make_real_folder(request.folder, entry.path, made));
  }
  CheckoutResult result;
  std::atomic<std::uint64_t> files{0}, bytes{0};
  std::mutex mutex;
  constexpr std::size_t kBlock = 64;
  const auto work = [&](std::size_t block) -> base::Status {
    ChunkMemory memory(repository.chunks());
    const auto end = std::min(entries.size(), (block + 1) * kBlock);
    for (std::size_t i = block * kBlock; i < end; ++i) {
      if (entries[i].kind != EntryKind::kFile) continue;
      CHECK_OK(write_entry(memory, entries[i], request.folder / entries[i].path));
      ++files;
      bytes += entries[i].bytes;
    }
    const std::lock_guard lock(mutex);
    if (request.on_progress) request.on_progress(files, entries.size());
    return {};
  };
  CHECK_OK(for_each_in_parallel((entries.size() + kBlock - 1) / kBlock,
                                repository.options().threads, work));
  for (const auto& entry : entries)
    if (entry.kind == EntryKind::kLink) {
      CHECK_OK(write_link(entry, request.folder / entry.path));
      ++files;
    }
  result.files = files;
  result.bytes = bytes;
  return result;
}

base::Status cat(const Repository& repository, const Version& version, const std::string& path,
                 const std::function<base::Status(std::string_view)>& visit) {
  TRY(const auto entry, find_entry(repository.chunks(), version.record.tree, path));
  if (!entry || entry->kind != EntryKind::kFile)
    return base::not_found("version.nothing", fmt::format("the version has no file {}", path),
                           "`fulcrum data ls` lists what it has");
  ChunkMemory memory(repository.chunks());
  return read_verified(memory, *entry, visit);
}

}  // namespace fulcrum::data::versions

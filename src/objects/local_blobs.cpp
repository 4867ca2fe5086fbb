// Blobs as files: written under root/.drafts and linked into place, which fails when the name is
// taken; a reader or a crash sees a whole blob or none.
#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <cstring>

#include "base/files.h"
#include "objects/blob_errors.h"
#include "objects/blobs.h"

namespace fulcrum::objects {

namespace {

namespace fs = std::filesystem;

base::Failure write_failure(const fs::path& path, int reason) {
  return base::failed("object.write",
                      fmt::format("cannot write {}: {}", path.string(), std::strerror(reason)),
                      "check free space and permissions of the object folder");
}

base::Failure read_failure(const fs::path& path, int reason) {
  return base::failed("object.read",
                      fmt::format("cannot read {}: {}", path.string(), std::strerror(reason)),
                      "check the permissions of the object folder");
}

class File {
 public:
  File(const fs::path& path, int flags) : file_(::open(path.c_str(), flags | O_CLOEXEC, 0644)) {}
  ~File() {
    if (file_ >= 0) ::close(file_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int get() const { return file_; }

 private:
  int file_;
};

int sync_folder(const fs::path& folder) {
  const File directory(folder, O_RDONLY | O_DIRECTORY);
  return directory.get() < 0 || ::fsync(directory.get()) != 0 ? errno : 0;
}

/// 0 or the reason.
int write_whole(const fs::path& path, std::string_view bytes) {
  const File file(path, O_WRONLY | O_CREAT | O_TRUNC);
  if (file.get() < 0) return errno;
  while (!bytes.empty()) {
    const ssize_t written = ::write(file.get(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return written < 0 ? errno : EIO;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return ::fsync(file.get()) != 0 ? errno : 0;
}

class LocalBlobs final : public Blobs {
 public:
  explicit LocalBlobs(fs::path root) : root_(std::move(root)) {}

  base::Status create(const std::string& name, std::string_view content) override {
    if (!is_blob_name(name)) return bad_blob_name(name);
    static std::atomic<std::uint64_t> drafts{0};
    const fs::path target = root_ / name;
    const fs::path draft =
        root_ / ".drafts" / fmt::format("{}-{}", static_cast<long>(::getpid()), drafts++);
    int reason = write_whole(draft, content);
    if (reason == 0) reason = place(draft, target);
    ::unlink(draft.c_str());
    if (reason == EEXIST) return blob_exists(name);
    if (reason != 0) return write_failure(target, reason);
    return {};
  }
  base::Result<std::string> get(const std::string& name) const override {
    return read(name, 0, UINT64_MAX);
  }
  base::Result<std::string> get_range(const std::string& name, std::uint64_t offset,
                                      std::uint64_t bytes) const override {
    return read(name, offset, bytes);
  }
  base::Result<std::vector<BlobInfo>> list(const std::string& prefix) const override {
    const auto slash = prefix.rfind('/');
    const fs::path folder = slash == std::string::npos ? root_ : root_ / prefix.substr(0, slash);
    std::vector<BlobInfo> all;
    std::error_code error;
    if (!fs::exists(folder, error) && !error) return all;
    fs::recursive_directory_iterator entry(folder, error), end;
    // Stepping on may fail too, and a range-for would throw then.
    for (; !error && entry != end; entry.increment(error)) {
      if (entry->path().filename().string().starts_with('.')) {
        entry.disable_recursion_pending();
        continue;
      }
      std::string name = entry->path().lexically_relative(root_).generic_string();
      std::error_code gone;  // it may have been removed meanwhile
      if (!name.starts_with(prefix) || !entry->is_regular_file(gone)) continue;
      const auto bytes = entry->file_size(gone);
      if (!gone) all.push_back({std::move(name), bytes});
    }
    if (error && error != std::errc::no_such_file_or_directory)
      return base::failed("object.list",
                          fmt::format("cannot list {}: {}", folder.string(), error.message()),
                          "check the permissions of the object folder");
    std::sort(all.begin(), all.end(),
              [](const BlobInfo& a, const BlobInfo& b) { return a.name < b.name; });
    return all;
  }
  base::Status remove(const std::string& name) override {
    if (!is_blob_name(name)) return bad_blob_name(name);
    const fs::path path = root_ / name;
    if (::unlink(path.c_str()) != 0 && errno != ENOENT && errno != ENOTDIR)
      return write_failure(path, errno);
    return {};
  }

 private:
  /// 0 or the reason; EEXIST when somebody was first.
  int place(const fs::path& draft, const fs::path& target) const {
    if (::link(draft.c_str(), target.c_str()) != 0) {
      if (errno != ENOENT) return errno;
      if (!base::make_folder(target.parent_path())) return errno != 0 ? errno : EIO;
      for (fs::path folder = target.parent_path(); folder != root_; folder = folder.parent_path())
        if (const int reason = sync_folder(folder.parent_path())) return reason;
      if (::link(draft.c_str(), target.c_str()) != 0) return errno;
    }
    return sync_folder(target.parent_path());
  }
  /// `bytes` UINT64_MAX: to the end.
  base::Result<std::string> read(const std::string& name, std::uint64_t offset,
                                 std::uint64_t bytes) const {
    if (!is_blob_name(name)) return blob_missing(name);
    const fs::path path = root_ / name;
    const File file(path, O_RDONLY);
    struct stat facts {};
    if (file.get() < 0 || ::fstat(file.get(), &facts) != 0)
      return errno == ENOENT || errno == ENOTDIR ? blob_missing(name) : read_failure(path, errno);
    if (!S_ISREG(facts.st_mode)) return blob_missing(name);
    const auto size = static_cast<std::uint64_t>(facts.st_size);
    if (bytes == UINT64_MAX) bytes = size;
    if (offset > size || bytes > size - offset) return blob_range(name);
    std::string content(bytes, '\0');
    for (std::size_t done = 0; done < bytes;) {
      const ssize_t got = ::pread(file.get(), content.data() + done, bytes - done,
                                  static_cast<off_t>(offset + done));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return read_failure(path, errno);
      if (got == 0) return blob_range(name);
      done += static_cast<std::size_t>(got);
    }
    return content;
  }
  fs::path root_;
};

/// Of processes that are gone: a draft's name begins with its writer's id.
void remove_drafts(const fs::path& folder) {
  std::error_code error;
  fs::directory_iterator draft(folder, error), end;
  for (; !error && draft != end; draft.increment(error)) {
    const std::string name = draft->path().filename().string();
    long process = 0;
    std::from_chars(name.data(), name.data() + name.size(), process);
    if (process > 0 && ::kill(static_cast<pid_t>(process), 0) != 0 && errno == ESRCH)
      ::unlink(draft->path().c_str());
  }
}

}  // namespace

base::Result<std::unique_ptr<Blobs>> open_local_blobs(const fs::path& root) {
  CHECK_OK(base::make_folder(root / ".drafts"));
  remove_drafts(root / ".drafts");
  return std::make_unique<LocalBlobs>(root);
}

}  // namespace fulcrum::objects

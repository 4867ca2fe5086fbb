// Objects as files: root/ab/cdef…, written under root/tmp and renamed, so that a reader or a crash
// sees a whole object or none.
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <functional>

#include "base/files.h"
#include "base/hash.h"
#include "objects/store.h"

namespace fulcrum::objects {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kBlockBytes = 1 << 20;

base::Failure write_failure(const fs::path& path, int reason) {
  return base::failed("object.write",
                      fmt::format("cannot write {}: {}", path.string(), std::strerror(reason)),
                      "check free space and permissions of the object folder");
}

bool is_id(std::string_view id) {
  return id.size() == 64 && id.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

/// What cannot be looked at is not there: reading or writing it says why.
bool is_there(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

/// Of this process and, by the count, of one thread of it.
std::string next_draft() {
  static std::atomic<std::uint64_t> drafts{0};
  return fmt::format("{}-{}", static_cast<long>(::getpid()), drafts++);
}

void sync_folder(const fs::path& folder) {
  const int directory = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0) return;
  ::fsync(directory);
  ::close(directory);
}

/// A file being written; removed again unless it was renamed into place.
class Draft {
 public:
  explicit Draft(fs::path path)
      : path_(std::move(path)),
        file_(::open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644)) {
    if (file_ < 0) reason_ = errno;
  }
  ~Draft() {
    if (file_ >= 0) ::close(file_);
    if (!placed_) ::unlink(path_.c_str());
  }
  Draft(const Draft&) = delete;
  Draft& operator=(const Draft&) = delete;

  bool write(std::string_view bytes) {
    while (!bytes.empty() && reason_ == 0) {
      const ssize_t written = ::write(file_, bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) reason_ = written < 0 ? errno : EIO;
      if (written > 0) bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return reason_ == 0;
  }
  base::Status place(const fs::path& target) {
    if (reason_ == 0 && ::fsync(file_) != 0) reason_ = errno;
    if (reason_ != 0) return write_failure(path_, reason_);
    CHECK_OK(make_parent(target));
    if (::rename(path_.c_str(), target.c_str()) != 0) return write_failure(target, errno);
    placed_ = true;
    sync_folder(target.parent_path());
    return {};
  }

 private:
  static base::Status make_parent(const fs::path& target) {
    if (is_there(target.parent_path())) return {};
    CHECK_OK(base::make_folder(target.parent_path()));
    sync_folder(target.parent_path().parent_path());
    return {};
  }
  fs::path path_;
  int file_ = -1;
  int reason_ = 0;
  bool placed_ = false;
};

/// Visits a file's blocks; false when it cannot be read to the end.
bool read_blocks(const fs::path& path, const std::function<bool(std::string_view)>& visit) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return false;
  std::string block(kBlockBytes, '\0');
  while (file) {
    file.read(block.data(), static_cast<std::streamsize>(block.size()));
    const auto got = static_cast<std::size_t>(file.gcount());
    if (got > 0 && !visit(std::string_view(block).substr(0, got))) return false;
  }
  return file.eof();
}

class LocalStore final : public Store {
 public:
  explicit LocalStore(fs::path root) : root_(std::move(root)) {}

  base::Result<ObjectId> put(std::string_view content) override {
    ObjectId id = base::sha256_hex(content);
    if (is_there(path_of(id))) return id;
    Draft draft(draft_path());
    draft.write(content);
    CHECK_OK(draft.place(path_of(id)));
    return id;
  }
  base::Result<ObjectId> put_file(const fs::path& path) override {
    // Hashes what it copies: the name is right even while somebody changes the file.
    Draft draft(draft_path());
    base::Sha256 hash;
    bool stored = true;
    const bool read = read_blocks(path, [&](std::string_view block) {
      hash.update(block);
      return stored = draft.write(block);
    });
    if (stored && !read)
      return base::failed("file.read", fmt::format("cannot read {}", path.string()));
    ObjectId id = base::to_hex(hash.finish());
    if (stored && is_there(path_of(id))) return id;
    CHECK_OK(draft.place(path_of(id)));
    return id;
  }
  base::Result<std::string> get(const ObjectId& id) const override {
    CHECK_OK(check(id));
    TRY(std::string content, base::read_file(path_of(id)));
    if (base::sha256_hex(content) != id) return damaged(id);
    return content;
  }
  base::Status get_file(const ObjectId& id, const fs::path& path) const override {
    CHECK_OK(check(id));
    Draft draft(path.string() + "." + next_draft() + ".part");
    base::Sha256 hash;
    bool stored = true;
    const bool read = read_blocks(path_of(id), [&](std::string_view block) {
      hash.update(block);
      return stored = draft.write(block);
    });
    if (stored && (!read || base::to_hex(hash.finish()) != id)) return damaged(id);
    auto placed = draft.place(path);
    if (!placed)
      return base::failed("file.write", placed.error().message, "check the target folder");
    return {};
  }
  bool contains(const ObjectId& id) const override { return is_id(id) && is_there(path_of(id)); }
  base::Result<std::vector<ObjectId>> list() const override {
    std::vector<ObjectId> ids;
    std::error_code error;
    // Stepping on may fail too, and a range-for would throw then.
    fs::directory_iterator folder(root_, error), end;
    for (; !error && folder != end; folder.increment(error)) {
      const std::string prefix = folder->path().filename().string();
      if (prefix.size() != 2 || !folder->is_directory(error)) continue;
      fs::directory_iterator file(folder->path(), error);
      for (; !error && file != end; file.increment(error))
        if (is_id(prefix + file->path().filename().string()))
          ids.push_back(prefix + file->path().filename().string());
      if (error) break;
    }
    if (error)
      return base::failed("object.list",
                          fmt::format("cannot list {}: {}", root_.string(), error.message()),
                          "check the permissions of the object folder");
    std::sort(ids.begin(), ids.end());
    return ids;
  }

 private:
  fs::path path_of(const ObjectId& id) const { return root_ / id.substr(0, 2) / id.substr(2); }
  fs::path draft_path() const { return root_ / "tmp" / next_draft(); }
  base::Status check(const ObjectId& id) const {
    if (!contains(id)) return base::not_found("object.missing", "no object " + id);
    return {};
  }
  static base::Failure damaged(const ObjectId& id) {
    return base::failed("object.damaged", "the content of object " + id + " is not its id's",
                        "restore it from a copy, or remove the file and run the step again");
  }

  fs::path root_;
};

}  // namespace

base::Result<std::unique_ptr<Store>> open_local_store(const fs::path& root) {
  CHECK_OK(base::make_folder(root / "tmp"));
  return std::make_unique<LocalStore>(root);
}

}  // namespace fulcrum::objects

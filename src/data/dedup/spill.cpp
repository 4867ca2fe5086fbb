#include "data/dedup/spill.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "base/files.h"

namespace fulcrum::data::dedup {

namespace {
constexpr std::size_t kWaitingBytes = 256U << 10;
}

SpillFile::SpillFile(SpillFile&& other) noexcept
    : path_(std::move(other.path_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      bytes_(other.bytes_),
      waiting_(std::move(other.waiting_)) {}

SpillFile& SpillFile::operator=(SpillFile&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(descriptor_, other.descriptor_);
  std::swap(bytes_, other.bytes_);
  std::swap(waiting_, other.waiting_);
  return *this;
}

SpillFile::~SpillFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

base::Failure SpillFile::failure(const char* code, const char* what) const {
  return base::failed(code,
                      fmt::format("cannot {} {}: {}", what, path_.string(), std::strerror(errno)),
                      "make room or check the permissions, then run the same command");
}

base::Result<SpillFile> SpillFile::create(const std::filesystem::path& path) {
  SpillFile file;
  file.path_ = path;
  file.descriptor_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file.descriptor_ < 0) return file.failure("file.write", "write");
  return file;
}

base::Result<SpillFile> SpillFile::extend(const std::filesystem::path& path,
                                          std::uint64_t keep_bytes) {
  SpillFile file;
  file.path_ = path;
  file.descriptor_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file.descriptor_ < 0) return file.failure("file.write", "write");
  TRY(const std::uint64_t there, base::file_bytes(path));
  if (there < keep_bytes) {
    errno = EIO;
    return file.failure("file.read", "find all bytes of");
  }
  if (::ftruncate(file.descriptor_, static_cast<off_t>(keep_bytes)) != 0 ||
      ::lseek(file.descriptor_, 0, SEEK_END) < 0)
    return file.failure("file.write", "write");
  file.bytes_ = keep_bytes;
  return file;
}

base::Result<SpillFile> SpillFile::open(const std::filesystem::path& path) {
  SpillFile file;
  file.path_ = path;
  file.descriptor_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file.descriptor_ < 0) return file.failure("file.read", "read");
  TRY(file.bytes_, base::file_bytes(path));
  return file;
}

base::Status SpillFile::append(const void* bytes, std::size_t size) {
  waiting_.append(static_cast<const char*>(bytes), size);
  bytes_ += size;
  if (waiting_.size() >= kWaitingBytes) return flush();
  return {};
}

base::Status SpillFile::flush() {
  std::string_view rest = waiting_;
  while (!rest.empty()) {
    const ssize_t n = ::write(descriptor_, rest.data(), rest.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return failure("file.write", "write");
    rest.remove_prefix(static_cast<std::size_t>(n));
  }
  waiting_.clear();
  return {};
}

base::Status SpillFile::sync() {
  CHECK_OK(flush());
  if (::fdatasync(descriptor_) != 0) return failure("file.write", "sync");
  return {};
}

base::Status SpillFile::read_at(std::uint64_t offset, void* into, std::size_t size) const {
  auto* at = static_cast<char*>(into);
  while (size > 0) {
    const ssize_t n = ::pread(descriptor_, at, size, static_cast<off_t>(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n == 0) errno = EIO;
    if (n <= 0) return failure("file.read", "read");
    at += n;
    offset += static_cast<std::uint64_t>(n);
    size -= static_cast<std::size_t>(n);
  }
  return {};
}

SpillFolder::SpillFolder(SpillFolder&& other) noexcept
    : spilled_bytes(other.spilled_bytes),
      path_(std::exchange(other.path_, {})),
      files_(other.files_) {}

SpillFolder& SpillFolder::operator=(SpillFolder&& other) noexcept {
  std::swap(spilled_bytes, other.spilled_bytes);
  std::swap(path_, other.path_);
  std::swap(files_, other.files_);
  return *this;
}

SpillFolder::~SpillFolder() {
  std::error_code ignored;
  if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

base::Result<SpillFolder> SpillFolder::create(const std::filesystem::path& parent) {
  CHECK_OK(base::make_folder(parent));
  std::string name = (parent / ".dedup-XXXXXX").string();
  if (!::mkdtemp(name.data()))
    return base::failed(
        "file.folder",
        fmt::format("cannot make a folder in {}: {}", parent.string(), std::strerror(errno)),
        "make room or check the permissions");
  SpillFolder folder;
  folder.path_ = name;
  return folder;
}

base::Result<SpillFile> SpillFolder::new_file() {
  return SpillFile::create(path_ / std::to_string(files_++));
}

}  // namespace fulcrum::data::dedup

#include "base/files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>

namespace fulcrum::base {

namespace {

Failure system_failure(std::string code, const char* verb, const std::filesystem::path& path) {
  return failed(std::move(code),
                fmt::format("cannot {} {}: {}", verb, path.string(), std::strerror(errno)));
}

bool write_all(int file, std::string_view content) {
  while (!content.empty()) {
    const ssize_t written = ::write(file, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace

Result<std::string> read_file(const std::filesystem::path& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return system_failure("file.read", "read", path);
  std::string content;
  std::array<char, 1 << 16> block;
  for (;;) {
    const ssize_t size = ::read(file, block.data(), block.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) {
      auto failure = system_failure("file.read", "read", path);
      ::close(file);
      return failure;
    }
    if (size == 0) break;
    content.append(block.data(), static_cast<std::size_t>(size));
  }
  ::close(file);
  return content;
}

Status write_file(const std::filesystem::path& path, std::string_view content, unsigned mode) {
  // Two threads, or two processes, that write the same file must not share a temporary one.
  static std::atomic<unsigned> writes{0};
  const std::filesystem::path temporary =
      path.string() + fmt::format(".{}-{}.part", static_cast<long>(::getpid()), writes++);
  const int file = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
                          static_cast<mode_t>(mode));
  if (file < 0) return system_failure("file.write", "create", temporary);
  const bool written = write_all(file, content) && ::fsync(file) == 0;
  const int reason = errno;
  ::close(file);
  if (!written || ::rename(temporary.c_str(), path.c_str()) != 0) {
    if (!written) errno = reason;
    auto failure = system_failure("file.write", "write", path);
    ::unlink(temporary.c_str());
    return failure;
  }
  const auto folder = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
  const int directory = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory >= 0) {
    ::fsync(directory);
    ::close(directory);
  }
  return {};
}

Status make_folder(const std::filesystem::path& path, bool is_private) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  const bool is_empty = !error && std::filesystem::is_empty(path, error);
  if (error)
    return failed("file.folder",
                  fmt::format("cannot create folder {}: {}", path.string(), error.message()));
  // A folder that holds something already is its owner's to open or close: it may not be ours.
  if (is_private && is_empty && ::chmod(path.c_str(), 0700) != 0)
    return system_failure("file.folder", "close to others", path);
  return {};
}

Result<std::uint64_t> file_bytes(const std::filesystem::path& path) {
  std::error_code error;
  const auto bytes = std::filesystem::file_size(path, error);
  if (error)
    return failed("file.read", fmt::format("cannot read {}: {}", path.string(), error.message()),
                  "check that the file is still there and may be read");
  return static_cast<std::uint64_t>(bytes);
}

bool file_exists(const std::filesystem::path& path) {
  std::error_code ignored;
  return std::filesystem::exists(path, ignored);
}

bool folder_exists(const std::filesystem::path& path) {
  std::error_code ignored;
  return std::filesystem::is_directory(path, ignored);
}

}  // namespace fulcrum::base

#include "data/pipeline/output_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace fulcrum::data {

std::filesystem::path partial_path(const std::filesystem::path& path) {
  return path.string() + ".partial";
}

OutputFile::OutputFile(OutputFile&& other) noexcept
    : path_(std::move(other.path_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      bytes_(other.bytes_) {}

OutputFile& OutputFile::operator=(OutputFile&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(descriptor_, other.descriptor_);
  std::swap(bytes_, other.bytes_);
  return *this;
}

OutputFile::~OutputFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

base::Failure OutputFile::failure(const char* what) const {
  return base::failed("file.write",
                      fmt::format("cannot {} {}: {}", what, path_.string(), std::strerror(errno)),
                      "make room or check the permissions, then run the same command: it goes on "
                      "where it stopped");
}

base::Result<OutputFile> OutputFile::open(const std::filesystem::path& path,
                                          std::uint64_t keep_bytes) {
  OutputFile file;
  file.path_ = path;
  file.descriptor_ = ::open(partial_path(path).c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
  if (file.descriptor_ < 0) return file.failure("write");
  if (::ftruncate(file.descriptor_, static_cast<off_t>(keep_bytes)) != 0 ||
      ::lseek(file.descriptor_, 0, SEEK_END) < 0)
    return file.failure("write");
  file.bytes_ = keep_bytes;
  return file;
}

base::Status OutputFile::append(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(descriptor_, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return failure("write");
    bytes.remove_prefix(static_cast<std::size_t>(n));
    bytes_ += static_cast<std::uint64_t>(n);
  }
  return {};
}

base::Status OutputFile::sync() {
  if (::fdatasync(descriptor_) != 0) return failure("sync");
  return {};
}

base::Status OutputFile::finish() {
  CHECK_OK(sync());
  ::close(std::exchange(descriptor_, -1));
  std::error_code code;
  std::filesystem::rename(partial_path(path_), path_, code);
  if (code) {
    errno = code.value();
    return failure("rename to");
  }
  return {};
}

}  // namespace fulcrum::data

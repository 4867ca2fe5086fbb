#include "data/records/byte_source.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "data/packed/unpacked.h"

namespace fulcrum::data {

namespace {

class PlainSource final : public ByteSource {
 public:
  PlainSource(int descriptor, std::string name) : descriptor_(descriptor), name_(std::move(name)) {}
  ~PlainSource() override { ::close(descriptor_); }

  base::Result<bool> read(std::string& into, std::size_t most) override {
    const std::size_t before = into.size();
    into.resize(before + most);
    ssize_t n = 0;
    do n = ::read(descriptor_, into.data() + before, most);
    while (n < 0 && errno == EINTR);
    into.resize(before + static_cast<std::size_t>(std::max<ssize_t>(n, 0)));
    if (n < 0) return failure("read");
    return n > 0;
  }
  base::Status skip(std::uint64_t bytes) override {
    if (::lseek(descriptor_, static_cast<off_t>(bytes), SEEK_CUR) < 0) return failure("seek in");
    return {};
  }

 private:
  base::Failure failure(const char* what) const {
    return base::failed("file.read",
                        fmt::format("cannot {} {}: {}", what, name_, std::strerror(errno)));
  }
  int descriptor_;
  std::string name_;
};

class PackedSource final : public ByteSource {
 public:
  PackedSource(RawBytes raw, std::string name)
      : unpacked_(std::move(raw)), name_(std::move(name)) {}

  base::Result<bool> read(std::string& into, std::size_t most) override {
    const std::size_t before = into.size();
    into.resize(before + most);
    std::size_t made = 0;
    while (made < most) {
      auto n = unpacked_.read(into.data() + before + made, most - made);
      if (!n) {
        into.resize(before + made);
        base::Error error = std::move(n).error();
        error.field = fmt::format("{}:byte {}", name_, unpacked_.member_offset());
        if (error.fix.empty()) error.fix = "fetch the file again";
        return base::Failure(std::move(error));
      }
      if (*n == 0) break;
      made += *n;
    }
    into.resize(before + made);
    return made > 0;
  }

 private:
  Unpacked unpacked_;
  std::string name_;
};

}  // namespace

base::Status ByteSource::skip(std::uint64_t bytes) {
  std::string scratch;
  while (bytes > 0) {
    scratch.clear();
    TRY(const bool any, read(scratch, std::min<std::uint64_t>(bytes, 1U << 20)));
    if (!any) return {};
    bytes -= scratch.size();
  }
  return {};
}

base::Result<std::unique_ptr<ByteSource>> open_bytes(const std::filesystem::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0)
    return base::failed("file.read",
                        fmt::format("cannot open {}: {}", path.string(), std::strerror(errno)),
                        "check the path and its permissions");
  unsigned char head[4] = {};
  const ssize_t n = ::pread(descriptor, head, sizeof head, 0);
  const bool gzip = n >= 2 && head[0] == 0x1F && head[1] == 0x8B;
  const bool zstd =
      n == 4 && head[0] == 0x28 && head[1] == 0xB5 && head[2] == 0x2F && head[3] == 0xFD;
  if (!gzip && !zstd) return std::make_unique<PlainSource>(descriptor, path.string());
  ::close(descriptor);
  TRY(RawBytes raw, file_source(path));
  return std::make_unique<PackedSource>(std::move(raw), path.string());
}

}  // namespace fulcrum::data

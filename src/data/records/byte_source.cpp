#include "data/records/byte_source.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace fulcrum::data {

namespace {

constexpr std::size_t kBlockBytes = 256U << 10;

/// The file's own bytes, in blocks.
class FileBytes {
 public:
  FileBytes(int descriptor, std::string name) : descriptor_(descriptor), name_(std::move(name)) {}
  FileBytes(FileBytes&& other) noexcept
      : descriptor_(std::exchange(other.descriptor_, -1)), name_(std::move(other.name_)) {}
  FileBytes& operator=(FileBytes&&) = delete;
  ~FileBytes() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }

  /// Bytes read; 0 at the end.
  base::Result<std::size_t> read(char* into, std::size_t most) {
    for (;;) {
      const ssize_t n = ::read(descriptor_, into, most);
      if (n >= 0) {
        at_ += static_cast<std::uint64_t>(n);
        return static_cast<std::size_t>(n);
      }
      if (errno != EINTR)
        return base::failed("file.read",
                            fmt::format("cannot read {}: {}", name_, std::strerror(errno)));
    }
  }
  base::Status skip(std::uint64_t bytes) {
    if (::lseek(descriptor_, static_cast<off_t>(bytes), SEEK_CUR) >= 0) return {};
    return base::failed("file.read",
                        fmt::format("cannot seek in {}: {}", name_, std::strerror(errno)));
  }
  /// "FILE:byte N": N bytes of the file were taken, less what is still unread of the block.
  std::string where(std::size_t unread) const {
    return fmt::format("{}:byte {}", name_, at_ - unread);
  }
  const std::string& name() const { return name_; }

 private:
  int descriptor_;
  std::string name_;
  std::uint64_t at_ = 0;
};

base::Failure stream_error(const char* code, std::string message, std::string where) {
  return base::Failure(base::Error{base::ErrorKind::kFailed, code, std::move(message),
                                   std::move(where), "fetch the file again"});
}

class PlainSource final : public ByteSource {
 public:
  explicit PlainSource(FileBytes file) : file_(std::move(file)) {}
  base::Result<bool> read(std::string& into, std::size_t most) override {
    const std::size_t before = into.size();
    into.resize(before + most);
    auto n = file_.read(into.data() + before, most);
    into.resize(before + (n ? *n : 0));
    if (!n) return base::Failure(std::move(n).error());
    return *n > 0;
  }
  base::Status skip(std::uint64_t bytes) override { return file_.skip(bytes); }

 private:
  FileBytes file_;
};

/// What gzip and Zstandard share: blocks of the file in, decompressed bytes out.
class CompressedSource : public ByteSource {
 public:
  explicit CompressedSource(FileBytes file) : file_(std::move(file)), block_(kBlockBytes, '\0') {}

  base::Result<bool> read(std::string& into, std::size_t most) final {
    const std::size_t before = into.size();
    into.resize(before + most);
    std::size_t made = 0;
    while (made < most) {
      if (at_ == filled_) {
        auto n = file_.read(block_.data(), block_.size());
        if (!n) return give_up(into, before + made, n.error());
        at_ = 0;
        filled_ = *n;
        if (filled_ == 0) {
          if (!between_streams())
            return give_up(into, before + made,
                           stream_error("file.truncated",
                                        file_.name() + " breaks off inside its compressed stream",
                                        file_.where(0))
                               .value());
          break;
        }
      }
      auto n = step(into.data() + before + made, most - made);
      if (!n) return give_up(into, before + made, n.error());
      made += *n;
    }
    into.resize(before + made);
    return made > 0;
  }

 protected:
  /// Decompresses from input(), which it consumes, into the room given; bytes made.
  virtual base::Result<std::size_t> step(char* into, std::size_t room) = 0;
  virtual bool between_streams() const = 0;

  std::string_view input() const { return {block_.data() + at_, filled_ - at_}; }
  void consumed(std::size_t bytes) { at_ += bytes; }
  base::Failure damaged(const char* kind, const char* reason) const {
    return stream_error("file.damaged",
                        fmt::format("{} is no valid {} stream: {}", file_.name(), kind, reason),
                        file_.where(filled_ - at_));
  }

 private:
  /// What was made before the error stays in `into`.
  base::Result<bool> give_up(std::string& into, std::size_t size, const base::Error& error) {
    into.resize(size);
    return base::Failure(error);
  }

  FileBytes file_;
  std::string block_;
  std::size_t at_ = 0, filled_ = 0;
};

class GzipSource final : public CompressedSource {
 public:
  explicit GzipSource(FileBytes file) : CompressedSource(std::move(file)) {
    inflateInit2(&stream_, 15 + 16);
  }
  ~GzipSource() override { inflateEnd(&stream_); }

 private:
  base::Result<std::size_t> step(char* into, std::size_t room) override {
    if (ended_) {  // the next member, or zeros that pad a tape
      if (input().front() == '\0') {
        consumed(std::min(input().find_first_not_of('\0'), input().size()));
        return 0;
      }
      inflateReset(&stream_);
      ended_ = false;
    }
    const std::string_view in = input();
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(in.data()));
    stream_.avail_in = static_cast<uInt>(in.size());
    stream_.next_out = reinterpret_cast<Bytef*>(into);
    stream_.avail_out = static_cast<uInt>(std::min<std::size_t>(room, 1U << 30));
    const std::size_t offered = stream_.avail_out;
    const int status = inflate(&stream_, Z_NO_FLUSH);
    consumed(in.size() - stream_.avail_in);
    if (status == Z_STREAM_END)
      ended_ = true;
    else if (status != Z_OK && status != Z_BUF_ERROR)
      return damaged("gzip", stream_.msg ? stream_.msg : "unknown reason");
    return offered - stream_.avail_out;
  }
  bool between_streams() const override { return ended_; }

  z_stream stream_{};
  bool ended_ = false;
};

class ZstdSource final : public CompressedSource {
 public:
  explicit ZstdSource(FileBytes file)
      : CompressedSource(std::move(file)), stream_(ZSTD_createDStream()) {
    ZSTD_DCtx_setParameter(stream_, ZSTD_d_windowLogMax, 27);
  }
  ~ZstdSource() override { ZSTD_freeDStream(stream_); }

 private:
  base::Result<std::size_t> step(char* into, std::size_t room) override {
    ZSTD_inBuffer in{input().data(), input().size(), 0};
    ZSTD_outBuffer out{into, room, 0};
    const std::size_t status = ZSTD_decompressStream(stream_, &out, &in);
    consumed(in.pos);
    if (ZSTD_isError(status)) return damaged("Zstandard", ZSTD_getErrorName(status));
    between_ = status == 0;
    return out.pos;
  }
  bool between_streams() const override { return between_; }

  ZSTD_DStream* stream_;
  bool between_ = true;
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
                        fmt::format("cannot open {}: {}", path.string(), std::strerror(errno)));
  FileBytes file(descriptor, path.string());
  unsigned char head[4] = {};
  const ssize_t n = ::pread(descriptor, head, sizeof head, 0);
  if (n >= 2 && head[0] == 0x1F && head[1] == 0x8B)
    return std::make_unique<GzipSource>(std::move(file));
  if (n == 4 && head[0] == 0x28 && head[1] == 0xB5 && head[2] == 0x2F && head[3] == 0xFD)
    return std::make_unique<ZstdSource>(std::move(file));
  return std::make_unique<PlainSource>(std::move(file));
}

}  // namespace fulcrum::data

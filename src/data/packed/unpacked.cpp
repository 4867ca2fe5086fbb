#include "data/packed/unpacked.h"

#include <fmt/format.h>
#include <zlib.h>
#include <zstd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string_view>
#include <vector>

#include "base/files.h"

namespace fulcrum::data {

namespace {

constexpr std::size_t kBufferBytes = 256U << 10;
constexpr std::string_view kGzip("\x1f\x8b\x08", 3);
constexpr std::string_view kZstd("\x28\xb5\x2f\xfd", 4);

enum class Packing { kUnknown, kPlain, kGzip, kZstd };

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

}  // namespace

base::Result<RawBytes> file_source(const std::filesystem::path& path) {
  errno = 0;
  std::shared_ptr<std::FILE> file(
      base::folder_exists(path) ? nullptr : std::fopen(path.c_str(), "rb"), [](std::FILE* open) {
        if (open) CloseFile{}(open);
      });
  if (!file)
    return base::failed("file.read",
                        fmt::format("cannot read {}: {}", path.string(),
                                    errno != 0 ? std::strerror(errno) : "not a file"),
                        "check the path and its permissions");
  std::setvbuf(file.get(), nullptr, _IONBF, 0);
  return RawBytes([file, path](char* out, std::size_t capacity) -> base::Result<std::size_t> {
    const std::size_t size = std::fread(out, 1, capacity, file.get());
    if (size == 0 && std::ferror(file.get()) != 0)
      return base::failed("file.read",
                          fmt::format("cannot read {}: {}", path.string(), std::strerror(errno)));
    return size;
  });
}

struct Unpacked::Impl {
  RawBytes source;
  std::vector<char> buffer = std::vector<char>(kBufferBytes);
  std::size_t at = 0, size = 0;     // what of the buffer is not consumed
  std::uint64_t buffer_offset = 0;  // in the source
  Packing packing = Packing::kUnknown;
  bool is_inside = false;  // a member
  std::uint64_t member = 0;
  z_stream gzip{};
  bool has_gzip = false;
  ZSTD_DStream* zstd = nullptr;

  ~Impl() {
    if (has_gzip) inflateEnd(&gzip);
    ZSTD_freeDStream(zstd);
  }
  std::uint64_t offset() const { return buffer_offset + at; }
  std::string_view rest() const { return {buffer.data() + at, size - at}; }

  /// At least `wanted` bytes in the buffer, unless the source ends before.
  base::Status fill(std::size_t wanted) {
    if (size - at >= wanted) return {};
    std::memmove(buffer.data(), buffer.data() + at, size - at);
    buffer_offset += at;
    size -= at;
    at = 0;
    while (size < wanted) {
      TRY(const std::size_t got, source(buffer.data() + size, buffer.size() - size));
      if (got == 0) break;
      size += got;
    }
    return {};
  }

  base::Failure damaged(std::string_view what) const {
    return base::failed("packed.damaged", fmt::format("{} (member at byte {}, read up to byte {})",
                                                      what, member, offset()));
  }

  base::Result<bool> begin_member();
  base::Result<std::size_t> read_gzip(char* out, std::size_t capacity);
  base::Result<std::size_t> read_zstd(char* out, std::size_t capacity);
};

/// False at the end of the source.
base::Result<bool> Unpacked::Impl::begin_member() {
  CHECK_OK(fill(kZstd.size()));
  if (rest().empty()) return false;
  member = offset();
  if (rest().starts_with(kGzip)) {
    packing = Packing::kGzip;
    const int code = has_gzip ? inflateReset2(&gzip, 15 + 16) : inflateInit2(&gzip, 15 + 16);
    has_gzip = true;
    if (code != Z_OK) return damaged("gzip cannot be read");
  } else if (rest().starts_with(kZstd)) {
    packing = Packing::kZstd;
    if (!zstd) zstd = ZSTD_createDStream();
    ZSTD_initDStream(zstd);
  } else if (packing == Packing::kUnknown && (rest()[0] & 0xF0) == 0x50 &&
             rest().substr(1, 3) == "\x2A\x4D\x18") {
    return base::failed("packed.unsupported", "zstd with a dictionary in the file cannot be read",
                        "unpack it with zstd first");
  } else if (packing == Packing::kUnknown || packing == Packing::kPlain) {
    packing = Packing::kPlain;
  } else {
    return damaged("after a packed member comes something else");
  }
  is_inside = packing != Packing::kPlain;
  return true;
}

base::Result<std::size_t> Unpacked::Impl::read_gzip(char* out, std::size_t capacity) {
  gzip.next_out = reinterpret_cast<Bytef*>(out);
  gzip.avail_out = static_cast<uInt>(capacity);
  while (gzip.avail_out == capacity && is_inside) {
    CHECK_OK(fill(1));
    if (rest().empty()) return damaged("gzip breaks off");
    gzip.next_in = reinterpret_cast<Bytef*>(buffer.data() + at);
    gzip.avail_in = static_cast<uInt>(size - at);
    const int code = inflate(&gzip, Z_NO_FLUSH);
    at = size - gzip.avail_in;
    if (code == Z_STREAM_END)
      is_inside = false;
    else if (code != Z_OK && code != Z_BUF_ERROR && gzip.avail_out == capacity)
      return damaged(gzip.msg ? gzip.msg : "gzip cannot be read");  // else the next time
  }
  return capacity - gzip.avail_out;
}

base::Result<std::size_t> Unpacked::Impl::read_zstd(char* out, std::size_t capacity) {
  ZSTD_outBuffer to{out, capacity, 0};
  while (to.pos == 0 && is_inside) {
    CHECK_OK(fill(1));
    ZSTD_inBuffer from{buffer.data(), size, at};
    const bool is_over = rest().empty();
    const std::size_t code = ZSTD_decompressStream(zstd, &to, &from);
    at = from.pos;
    if (ZSTD_isError(code) != 0) return damaged(ZSTD_getErrorName(code));
    if (code == 0)
      is_inside = false;
    else if (is_over && to.pos == 0)
      return damaged("zstd breaks off");
  }
  return to.pos;
}

Unpacked::Unpacked(RawBytes source) : impl_(std::make_unique<Impl>()) {
  impl_->source = std::move(source);
}
Unpacked::Unpacked(Unpacked&&) noexcept = default;
Unpacked& Unpacked::operator=(Unpacked&&) noexcept = default;
Unpacked::~Unpacked() = default;

base::Result<std::size_t> Unpacked::read(char* out, std::size_t capacity) {
  capacity = std::min<std::size_t>(capacity, 1U << 30);
  for (;;) {
    if (!impl_->is_inside) {
      TRY(const bool begun, impl_->begin_member());
      if (!begun) return std::size_t{0};
    }
    if (impl_->packing == Packing::kPlain) {
      const std::size_t size = std::min(capacity, impl_->rest().size());
      std::memcpy(out, impl_->rest().data(), size);
      impl_->at += size;
      return size;
    }
    TRY(const std::size_t size, impl_->packing == Packing::kGzip ? impl_->read_gzip(out, capacity)
                                                                 : impl_->read_zstd(out, capacity));
    if (size > 0) return size;  // else an empty member
  }
}

base::Result<bool> Unpacked::skip_to_next_member() {
  if (impl_->packing != Packing::kGzip && impl_->packing != Packing::kZstd) return false;
  const std::string_view magic = impl_->packing == Packing::kGzip ? kGzip : kZstd;
  impl_->is_inside = false;
  if (impl_->offset() == impl_->member) ++impl_->at;  // not the same one again
  for (;;) {
    CHECK_OK(impl_->fill(magic.size()));
    if (impl_->rest().size() < magic.size()) {
      impl_->at = impl_->size;
      return false;
    }
    const std::size_t found = impl_->rest().find(magic);
    if (found != std::string_view::npos) {
      impl_->at += found;
      return true;
    }
    impl_->at = impl_->size - (magic.size() - 1);
  }
}

bool Unpacked::is_plain() const {
  return impl_->packing == Packing::kPlain;
}
std::uint64_t Unpacked::member_offset() const {
  return impl_->member;
}

}  // namespace fulcrum::data

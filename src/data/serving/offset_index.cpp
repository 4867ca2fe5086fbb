#include "data/serving/offset_index.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>
#include <xxhash.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <vector>

namespace fulcrum::data::serving {

namespace {

constexpr std::size_t kPieceBytes = 4 << 20, kBufferedOffsets = 1 << 16;

base::Status write_all(int descriptor, const void* bytes, std::size_t size, off_t at) {
  const char* from = static_cast<const char*>(bytes);
  while (size > 0) {
    const ssize_t written = ::pwrite(descriptor, from, size, at);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0)
      return base::failed("serving.index",
                          fmt::format("the index cannot be written: {}", std::strerror(errno)));
    from += written, at += written, size -= static_cast<std::size_t>(written);
  }
  return {};
}

/// Appends offsets behind the header.
class OffsetWriter {
 public:
  explicit OffsetWriter(int descriptor) : descriptor_(descriptor) {}
  base::Status add(std::uint64_t offset) {
    buffer_.push_back(offset);
    return buffer_.size() < kBufferedOffsets ? base::Status{} : flush();
  }
  base::Status flush() {
    const std::size_t size = buffer_.size() * sizeof(std::uint64_t);
    CHECK_OK(write_all(descriptor_, buffer_.data(), size, at_));
    at_ += static_cast<off_t>(size);
    buffer_.clear();
    return {};
  }

 private:
  int descriptor_;
  off_t at_ = sizeof(IndexHeader);
  std::vector<std::uint64_t> buffer_;
};

/// Told the file piece by piece, finds where records begin.
class Scanner {
 public:
  Scanner(const std::filesystem::path& name, std::uint64_t max_record_bytes, int index_descriptor)
      : name_(name), max_record_bytes_(max_record_bytes), out_(index_descriptor) {}

  base::Status lines(std::string_view piece) {
    const char* const end = piece.data() + piece.size();
    for (const char* at = piece.data(); at < end;) {
      if (!in_line_) {
        while (at < end && (*at == '\n' || *at == '\r' || *at == ' ' || *at == '\t')) ++at;
        if (at == end) break;
        in_line_ = true;
        CHECK_OK(begin_record(offset_ + static_cast<std::uint64_t>(at - piece.data())));
      }
      const auto* line_break =
          static_cast<const char*>(std::memchr(at, '\n', static_cast<std::size_t>(end - at)));
      const char* const until = line_break == nullptr ? end : line_break;
      const auto length = offset_ + static_cast<std::uint64_t>(until - piece.data()) - begin_;
      if (length > max_record_bytes_) return too_long(length);
      if (line_break != nullptr) in_line_ = false;
      at = line_break == nullptr ? end : line_break + 1;
    }
    offset_ += piece.size();
    return {};
  }

  base::Status prefixed(std::string_view piece) {
    const std::uint64_t end = offset_ + piece.size();
    while (true) {
      if (prefix_bytes_ < 4) {  // a prefix may lie across two pieces
        if (next_ + prefix_bytes_ >= end) break;
        prefix_[prefix_bytes_] = static_cast<unsigned char>(piece[next_ + prefix_bytes_ - offset_]);
        if (prefix_bytes_++ == 0) CHECK_OK(begin_record(next_));
        continue;
      }
      const std::uint64_t length = prefix_[0] | prefix_[1] << 8 | prefix_[2] << 16 |
                                   static_cast<std::uint64_t>(prefix_[3]) << 24;
      if (length > max_record_bytes_) return too_long(length);
      next_ += 4 + length;
      prefix_bytes_ = 0;
    }
    offset_ = end;
    return {};
  }

  /// `size` is the file's; the last record must end there.
  base::Status finish(std::uint64_t size, RecordFormat format) {
    if (offset_ != size)
      return truncated(fmt::format("{} bytes were read of {}", offset_, size), offset_);
    if (format == RecordFormat::kPrefixed && (prefix_bytes_ > 0 || next_ != size))
      return truncated("the last record is not whole", begin_);
    CHECK_OK(out_.add(size));
    return out_.flush();
  }
  std::uint64_t count() const { return count_; }

 private:
  base::Status begin_record(std::uint64_t offset) {
    begin_ = offset;
    ++count_;
    return out_.add(offset);
  }
  base::Status too_long(std::uint64_t length) const {
    return base::failed(
        "serving.too_long",
        fmt::format("{}, offset {}: a record of {} bytes or more; at most {} can be "
                    "served",
                    name_.string(), begin_, length, max_record_bytes_));
  }
  base::Status truncated(std::string_view what, std::uint64_t offset) const {
    return base::failed("serving.truncated",
                        fmt::format("{}, offset {}: {}", name_.string(), offset, what));
  }

  const std::filesystem::path& name_;
  std::uint64_t max_record_bytes_;
  OffsetWriter out_;
  std::uint64_t offset_ = 0, begin_ = 0, count_ = 0;
  bool in_line_ = false;
  std::uint64_t next_ = 0;  // where the coming record's prefix begins
  unsigned prefix_bytes_ = 0;
  std::uint32_t prefix_[4] = {};
};

}  // namespace

base::Status write_index(int data_descriptor, const std::filesystem::path& name, IndexHeader known,
                         std::uint64_t max_record_bytes, int index_descriptor) {
  const auto format = static_cast<RecordFormat>(known.format);
  Scanner scanner(name, max_record_bytes, index_descriptor);
  const auto piece = std::make_unique<char[]>(kPieceBytes);
  const std::unique_ptr<XXH3_state_t, decltype(&XXH3_freeState)> hash(XXH3_createState(),
                                                                      &XXH3_freeState);
  XXH3_128bits_reset(hash.get());
  for (std::uint64_t at = 0;;) {
    const ssize_t read = ::pread(data_descriptor, piece.get(), kPieceBytes, static_cast<off_t>(at));
    if (read < 0 && errno == EINTR) continue;
    if (read < 0)
      return base::failed(
          "file.read", fmt::format("{}, offset {}: {}", name.string(), at, std::strerror(errno)));
    if (read == 0) break;
    const std::string_view bytes(piece.get(), static_cast<std::size_t>(read));
    XXH3_128bits_update(hash.get(), bytes.data(), bytes.size());
    CHECK_OK(format == RecordFormat::kJsonl ? scanner.lines(bytes) : scanner.prefixed(bytes));
    at += bytes.size();
  }
  CHECK_OK(scanner.finish(known.data_bytes, format));
  const XXH128_hash_t digest = XXH3_128bits_digest(hash.get());
  known.hash_high = digest.high64;
  known.hash_low = digest.low64;
  known.count = scanner.count();
  return write_all(index_descriptor, &known, sizeof known, 0);
}

}  // namespace fulcrum::data::serving

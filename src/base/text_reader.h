#pragma once
// Reading text files of any size, plain or gzip, in bounded memory.
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace fulcrum::base {

/// Position of the first byte that is not UTF-8 (RFC 3629), if any.
std::optional<std::size_t> invalid_utf8(std::string_view text);

/// Decompressed bytes of a file; plain files pass through. Not thread-safe.
class ByteReader {
 public:
  /// Fails with `file.read`.
  static Result<ByteReader> open(const std::filesystem::path& path);
  ByteReader(ByteReader&&) noexcept;
  ByteReader& operator=(ByteReader&&) noexcept;
  ~ByteReader();

  /// The next byte, or -1 at the end (also where a gzip file breaks off: see damaged()).
  int get() { return at_ < size_ ? static_cast<unsigned char>(block_[at_++]) : refill(); }
  int peek() {
    const int c = get();
    if (c >= 0) --at_;
    return c;
  }
  /// Why reading ended early; empty when it did not.
  const std::string& damaged() const { return damaged_; }

 private:
  ByteReader() = default;
  int refill();
  void* file_ = nullptr;
  std::string block_;
  std::size_t at_ = 0, size_ = 0;
  std::string damaged_;
};

/// Lines ending in LF or CRLF; the last may lack its end.
class LineReader {
 public:
  static constexpr std::size_t kMaxLineBytes = 16U << 20;
  static Result<LineReader> open(const std::filesystem::path& path);
  /// False at the end. A longer line than kMaxLineBytes comes cut, with is_cut() true. A byte
  /// order mark before the first line is removed.
  bool next(std::string& line);
  std::int64_t line_number() const { return line_number_; }  // of the last line, from 1
  bool is_cut() const { return cut_; }
  const std::string& damaged() const { return bytes_.damaged(); }

 private:
  explicit LineReader(ByteReader bytes) : bytes_(std::move(bytes)) {}
  ByteReader bytes_;
  std::int64_t line_number_ = 0;
  bool cut_ = false;
};

/// RFC 4180 records: quoted fields may hold the delimiter, quotes ("") and line breaks.
class CsvReader {
 public:
  static constexpr std::size_t kMaxRecordBytes = 16U << 20;
  static Result<CsvReader> open(const std::filesystem::path& path, char delimiter = ',');
  /// False at the end. Fails with `csv.quote`, `csv.encoding`, `csv.too_large`, field
  /// "file:line:column"; the next call goes on with the line after the mistake.
  Result<bool> next(std::vector<std::string>& fields);
  std::int64_t line_number() const { return record_line_; }  // where the last record began
  const std::string& damaged() const { return bytes_.damaged(); }

 private:
  CsvReader(ByteReader bytes, std::string name, char delimiter)
      : bytes_(std::move(bytes)), name_(std::move(name)), delimiter_(delimiter) {}
  int take();
  bool take_line_end(int c);
  void skip_line();
  Result<bool> take_quoted(std::string& field);
  Failure mistake(std::string code, std::string message, std::string fix);
  ByteReader bytes_;
  std::string name_;
  char delimiter_;
  std::int64_t line_ = 1, column_ = 0, record_line_ = 0;
  bool started_ = false;
};

/// The delimiter that the first line holds most often outside quotes: ',', ';' or tab.
Result<char> guess_delimiter(const std::filesystem::path& path);

}  // namespace fulcrum::base

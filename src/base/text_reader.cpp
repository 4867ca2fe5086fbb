#include "base/text_reader.h"

#include <fmt/format.h>
#include <zlib.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "base/files.h"

namespace fulcrum::base {

namespace {

constexpr std::size_t kBlockBytes = 256U << 10;

/// Bytes of the sequence that `lead` begins and the range of its second byte (RFC 3629 section 4).
struct Sequence {
  int size;
  unsigned char low, high;
};
Sequence sequence_of(unsigned char lead) {
  if (lead < 0x80) return {1, 0, 0};
  if (lead >= 0xC2 && lead <= 0xDF) return {2, 0x80, 0xBF};
  if (lead == 0xE0) return {3, 0xA0, 0xBF};
  if (lead == 0xED) return {3, 0x80, 0x9F};
  if (lead >= 0xE1 && lead <= 0xEF) return {3, 0x80, 0xBF};
  if (lead == 0xF0) return {4, 0x90, 0xBF};
  if (lead >= 0xF1 && lead <= 0xF3) return {4, 0x80, 0xBF};
  if (lead == 0xF4) return {4, 0x80, 0x8F};
  return {0, 0, 0};
}

}  // namespace

std::optional<std::size_t> invalid_utf8(std::string_view text) {
  std::size_t i = 0;
  while (i < text.size()) {
    const Sequence sequence = sequence_of(static_cast<unsigned char>(text[i]));
    if (sequence.size == 0 || i + static_cast<std::size_t>(sequence.size) > text.size()) return i;
    for (int k = 1; k < sequence.size; ++k) {
      const auto c = static_cast<unsigned char>(text[i + static_cast<std::size_t>(k)]);
      const auto low = k == 1 ? sequence.low : 0x80, high = k == 1 ? sequence.high : 0xBF;
      if (c < low || c > high) return i;
    }
    i += static_cast<std::size_t>(sequence.size);
  }
  return std::nullopt;
}

Result<ByteReader> ByteReader::open(const std::filesystem::path& path) {
  errno = 0;
  gzFile file = folder_exists(path) ? nullptr : gzopen(path.c_str(), "rb");
  if (!file)
    return failed("file.read",
                  fmt::format("cannot read {}: {}", path.string(),
                              errno != 0 ? std::strerror(errno) : "not a file"),
                  "check the path and its permissions");
  gzbuffer(file, kBlockBytes);
  ByteReader reader;
  reader.file_ = file;
  reader.block_.resize(kBlockBytes);
  return reader;
}

ByteReader::ByteReader(ByteReader&& other) noexcept {
  *this = std::move(other);
}
ByteReader& ByteReader::operator=(ByteReader&& other) noexcept {
  std::swap(file_, other.file_);
  std::swap(block_, other.block_);
  std::swap(at_, other.at_);
  std::swap(size_, other.size_);
  std::swap(damaged_, other.damaged_);
  return *this;
}
ByteReader::~ByteReader() {
  if (file_) gzclose(static_cast<gzFile>(file_));
}

int ByteReader::refill() {
  if (!file_ || !damaged_.empty()) return -1;
  const int got =
      gzread(static_cast<gzFile>(file_), block_.data(), static_cast<unsigned>(block_.size()));
  int code = Z_OK;
  const char* reason = gzerror(static_cast<gzFile>(file_), &code);
  if (code != Z_OK && code != Z_STREAM_END) damaged_ = *reason ? reason : "damaged gzip data";
  at_ = 0;
  size_ = got > 0 ? static_cast<std::size_t>(got) : 0;
  return size_ > 0 ? static_cast<unsigned char>(block_[at_++]) : -1;
}

Result<LineReader> LineReader::open(const std::filesystem::path& path) {
  TRY(ByteReader bytes, ByteReader::open(path));
  return LineReader(std::move(bytes));
}

bool LineReader::next(std::string& line) {
  line.clear();
  cut_ = false;
  int c = bytes_.get();
  if (c < 0) return false;
  ++line_number_;
  for (; c >= 0 && c != '\n'; c = bytes_.get()) {
    if (line.size() < kMaxLineBytes) {
      line += static_cast<char>(c);
    } else {
      cut_ = true;
    }
  }
  if (line.ends_with('\r')) line.pop_back();
  if (line_number_ == 1 && line.starts_with("\xEF\xBB\xBF")) line.erase(0, 3);
  return true;
}

Result<CsvReader> CsvReader::open(const std::filesystem::path& path, char delimiter) {
  TRY(ByteReader bytes, ByteReader::open(path));
  return CsvReader(std::move(bytes), path.filename().string(), delimiter);
}

int CsvReader::take() {
  const int c = bytes_.get();
  if (c == '\n') {
    ++line_;
    column_ = 0;
  } else {
    ++column_;
  }
  return c;
}

/// LF, CRLF or a lone CR; takes what is left of it.
bool CsvReader::take_line_end(int c) {
  if (c != '\r') return c == '\n';
  if (bytes_.peek() == '\n') {
    take();
  } else {
    ++line_;
    column_ = 0;
  }
  return true;
}

void CsvReader::skip_line() {
  for (int c = take(); c >= 0 && !take_line_end(c); c = take()) {
  }
}

Failure CsvReader::mistake(std::string code, std::string message, std::string fix) {
  return usage(std::move(code), std::move(message), fmt::format("{}:{}:{}", name_, line_, column_),
               std::move(fix));
}

/// The rest of a field after its opening quote. False when the file ended inside it.
Result<bool> CsvReader::take_quoted(std::string& field) {
  for (;;) {
    const int c = take();
    if (c < 0) return false;
    if (c == '"' && bytes_.peek() != '"') return true;
    if (c == '"') take();
    if (field.size() >= kMaxRecordBytes) {
      skip_line();
      return mistake("csv.too_large", "a field is larger than 16 MiB",
                     "is a closing quote missing?");
    }
    field += static_cast<char>(c);
  }
}

Result<bool> CsvReader::next(std::vector<std::string>& fields) {
  fields.clear();
  if (!started_) {
    started_ = true;
    if (bytes_.peek() == 0xFF || bytes_.peek() == 0xFE)
      return mistake("csv.encoding", "this looks like UTF-16, not UTF-8",
                     "save it as UTF-8 (iconv -f UTF-16 -t UTF-8)");
    if (bytes_.peek() == 0xEF) {
      bytes_.get();
      if (bytes_.get() != 0xBB || bytes_.get() != 0xBF)
        return mistake("csv.encoding", "not UTF-8", "save it as UTF-8");
    }
  }
  if (bytes_.peek() < 0) return false;
  record_line_ = line_;
  std::size_t size = 0;
  for (bool more = true; more;) {
    std::string field;
    int c = take();
    if (c == '"') {
      TRY(const bool closed, take_quoted(field));
      if (!closed)
        return mistake(
            "csv.quote",
            fmt::format("the quote opened in the record of line {} is never closed", record_line_),
            "close it, or double a quote that belongs to the text");
      c = take();
      if (c >= 0 && c != delimiter_ && c != '\n' && c != '\r') {
        auto failure = mistake("csv.quote", "text after a closing quote",
                               "double a quote that belongs to the text");
        skip_line();
        return failure;
      }
    } else {
      while (c >= 0 && c != delimiter_ && c != '\n' && c != '\r') {
        if (field.size() < kMaxRecordBytes) field += static_cast<char>(c);
        c = take();
      }
    }
    size += field.size();
    if (size > kMaxRecordBytes)
      return mistake("csv.too_large", "a record is larger than 16 MiB", "is this a CSV file?");
    fields.push_back(std::move(field));
    more = c == delimiter_;
    if (!more && c >= 0) take_line_end(c);
  }
  for (std::size_t i = 0; i < fields.size(); ++i)
    if (invalid_utf8(fields[i]))
      return usage("csv.encoding", fmt::format("field {} is not UTF-8", i + 1),
                   fmt::format("{}:{}:{}", name_, record_line_, i + 1),
                   "save the file as UTF-8 (iconv -f GB18030 -t UTF-8 for Chinese Windows)");
  return true;
}

Result<char> guess_delimiter(const std::filesystem::path& path) {
  TRY(LineReader lines, LineReader::open(path));
  std::string line;
  lines.next(line);
  std::array<std::size_t, 3> counts{};
  constexpr std::string_view kDelimiters = ",;\t";
  bool quoted = false;
  for (const char c : line) {
    if (c == '"') quoted = !quoted;
    const auto which = kDelimiters.find(c);
    if (!quoted && which != std::string_view::npos) ++counts[which];
  }
  std::size_t best = 0;
  for (std::size_t i = 1; i < counts.size(); ++i)
    if (counts[i] > counts[best]) best = i;
  return kDelimiters[best];
}

}  // namespace fulcrum::base

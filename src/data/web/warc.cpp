#include "data/web/warc.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstring>

#include "data/web/warc_digest.h"

namespace fulcrum::data::web {

namespace {

constexpr std::size_t kBufferBytes = 128U << 10;

bool equal_folded(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
    const auto fold = [](char c) { return c >= 'A' && c <= 'Z' ? c | 0x20 : c; };
    return fold(x) == fold(y);
  });
}

std::string_view trimmed(std::string_view text) {
  const auto is_space = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

/// "WARC/1.0", "WARC/1.1", and the drafts before them.
bool is_version(std::string_view line) {
  return line.starts_with("WARC/") && line.size() >= 8 && line.size() <= 10 &&
         line.find_first_not_of("0123456789.", 5) == std::string_view::npos;
}

}  // namespace

std::string_view WarcRecord::header(std::string_view name) const {
  for (const auto& [known, value] : headers)
    if (equal_folded(known, name)) return value;
  return {};
}

std::string_view WarcRecord::target_uri() const {
  std::string_view uri = header("WARC-Target-URI");
  if (uri.starts_with('<') && uri.ends_with('>')) uri = uri.substr(1, uri.size() - 2);
  return uri;
}

struct WarcReader::Impl {
  Unpacked unpacked;
  std::string name;
  WarcLimits limits;
  std::string buffer = std::string(kBufferBytes, '\0');
  std::size_t at = 0, size = 0;
  bool needs_resync = false, skips_member = false;
  std::string found;  // a record's first line, by resync
  std::uint64_t found_offset = 0;

  Impl(RawBytes source, std::string file, WarcLimits given)
      : unpacked(std::move(source)), name(std::move(file)), limits(given) {}

  std::uint64_t offset() const { return unpacked.member_offset() + (unpacked.is_plain() ? at : 0); }
  base::Failure warc_error(std::string code, std::string message, std::uint64_t where) const {
    return base::Failure(base::Error{base::ErrorKind::kFailed,
                                     std::move(code),
                                     std::move(message),
                                     fmt::format("{}:{}", name, where),
                                     {}});
  }

  /// False at the end.
  base::Result<bool> refill() {
    auto got = unpacked.read(buffer.data(), buffer.size());
    at = size = 0;
    if (!got) {
      base::Error error = std::move(got.error());
      if (error.field.empty()) error.field = fmt::format("{}:{}", name, unpacked.member_offset());
      return base::Failure(std::move(error));
    }
    size = *got;
    return size > 0;
  }

  base::Result<bool> take_line(std::string& line, std::size_t most);
  base::Result<bool> skip_to_record();
  base::Result<bool> resync(bool skips_member);
  base::Status take_headers(WarcRecord& record);
  base::Status take_block(WarcRecord& record);
  base::Result<bool> next(WarcRecord& record);
};

/// A line without its end; false at the end of the file.
base::Result<bool> WarcReader::Impl::take_line(std::string& line, std::size_t most) {
  line.clear();
  for (;;) {
    if (at == size) {
      TRY(const bool more, refill());
      if (!more) return !line.empty();
    }
    const std::string_view rest(buffer.data() + at, size - at);
    const std::size_t end = rest.find('\n');
    const std::size_t taken = end == std::string_view::npos ? rest.size() : end + 1;
    if (line.size() + taken > most)
      return warc_error("warc.syntax", "a header is longer than any record's", offset());
    line.append(rest.substr(0, taken));
    at += taken;
    if (end == std::string_view::npos) continue;
    line.pop_back();
    if (line.ends_with('\r')) line.pop_back();
    return true;
  }
}

/// Over the line ends between records; false at the end of the file.
base::Result<bool> WarcReader::Impl::skip_to_record() {
  if (!found.empty()) return true;
  for (;;) {
    if (at == size) {
      TRY(const bool more, refill());
      if (!more) return false;
    }
    if (buffer[at] != '\r' && buffer[at] != '\n') return true;
    ++at;
  }
}

/// To the next packed member after damage or a record that is not worth unpacking, else to the next
/// line that begins a record.
base::Result<bool> WarcReader::Impl::resync(bool skips_member) {
  std::string line;
  for (std::uint64_t passed = 0; !skips_member || unpacked.is_plain();) {
    if (at == size) {
      TRY(const bool more, refill());
      if (!more) return false;
    }
    if (line.empty()) found_offset = offset();
    const std::string_view rest(buffer.data() + at, size - at);
    const std::size_t end = rest.find('\n');
    const std::size_t taken = end == std::string_view::npos ? rest.size() : end + 1;
    if (line.size() < 16) line.append(rest.substr(0, std::min<std::size_t>(taken, 16)));
    at += taken;
    passed += taken;
    if (passed > limits.record_bytes && !unpacked.is_plain()) break;
    if (end == std::string_view::npos) continue;
    if (is_version(trimmed(line))) {
      found = trimmed(line);
      return true;
    }
    line.clear();
  }
  at = size = 0;
  return unpacked.skip_to_next_member();
}

base::Status WarcReader::Impl::take_headers(WarcRecord& record) {
  std::string line = std::move(found);
  found.clear();
  if (line.empty()) CHECK_OK(take_line(line, limits.header_bytes));
  if (!is_version(line))
    return warc_error("warc.syntax", fmt::format("no record begins here: \"{:.40}\"", line),
                      record.offset);
  record.version = line.substr(5);
  std::size_t bytes = 0;
  for (;;) {
    TRY(const bool more, take_line(line, limits.header_bytes));
    if (!more) return warc_error("warc.truncated", "the file ends in a header", record.offset);
    if (line.empty()) return {};
    bytes += line.size();
    if (bytes > limits.header_bytes)
      return warc_error("warc.syntax", "a header is longer than any record's", record.offset);
    if ((line[0] == ' ' || line[0] == '\t') && !record.headers.empty()) {
      record.headers.back().second += ' ' + std::string(trimmed(line));
      continue;
    }
    const std::size_t colon = line.find(':');
    if (colon == std::string::npos) continue;  // as other readers do
    record.headers.emplace_back(trimmed(std::string_view(line).substr(0, colon)),
                                trimmed(std::string_view(line).substr(colon + 1)));
  }
}

base::Status WarcReader::Impl::take_block(WarcRecord& record) {
  const std::string_view length = record.header("Content-Length");
  const auto [end, error] =
      std::from_chars(length.data(), length.data() + length.size(), record.content_bytes);
  if (length.empty() || error != std::errc() || end != length.data() + length.size())
    return warc_error("warc.syntax", fmt::format("Content-Length is \"{:.40}\"", length),
                      record.offset);
  if (record.content_bytes > limits.record_bytes)
    return warc_error("warc.large",
                      fmt::format("a record of {} bytes, more than {}", record.content_bytes,
                                  limits.record_bytes),
                      record.offset);
  for (std::uint64_t left = record.content_bytes; left > 0;) {
    if (at == size) {
      TRY(const bool more, refill());
      if (!more)
        return warc_error("warc.truncated",
                          fmt::format("the file ends {} bytes before its last record", left),
                          record.offset);
    }
    const auto taken = static_cast<std::size_t>(std::min<std::uint64_t>(left, size - at));
    const std::size_t kept = std::min(taken, limits.block_bytes - record.block.size());
    record.block.append(buffer, at, kept);
    record.is_cut |= kept < taken;
    at += taken;
    left -= taken;
  }
  if (limits.checks_digests && !record.is_cut &&
      has_digest(record.block, record.header("WARC-Block-Digest")) == false)
    return warc_error("warc.digest", "a record's content is not what its digest says",
                      record.offset);
  return {};
}

base::Result<bool> WarcReader::Impl::next(WarcRecord& record) {
  if (needs_resync) {
    needs_resync = false;
    TRY(const bool more, resync(skips_member));
    if (!more) return false;
  }
  record.headers.clear();
  record.block.clear();
  record.is_cut = false;
  record.content_bytes = 0;
  TRY(const bool more, skip_to_record());
  if (!more) return false;
  record.offset = found.empty() ? offset() : found_offset;
  CHECK_OK(take_headers(record));
  CHECK_OK(take_block(record));
  return true;
}

base::Result<WarcReader> WarcReader::open(const std::filesystem::path& path, WarcLimits limits) {
  TRY(RawBytes source, file_source(path));
  return WarcReader(std::move(source), path.string(), limits);
}

WarcReader::WarcReader(RawBytes source, std::string name, WarcLimits limits)
    : impl_(std::make_unique<Impl>(std::move(source), std::move(name), limits)) {}
WarcReader::WarcReader(WarcReader&&) noexcept = default;
WarcReader& WarcReader::operator=(WarcReader&&) noexcept = default;
WarcReader::~WarcReader() = default;

base::Result<bool> WarcReader::next(WarcRecord& record) {
  auto result = impl_->next(record);
  if (!result && result.error().code != "warc.digest") {
    const std::string& code = result.error().code;
    impl_->needs_resync = true;
    impl_->skips_member = code != "warc.syntax";
    // What the buffer holds lies before the mistake.
    if (code == "packed.damaged") impl_->at = impl_->size = 0;
  }
  return result;
}

}  // namespace fulcrum::data::web

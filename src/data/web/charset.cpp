#include "data/web/charset.h"

#include <unicode/ucnv.h>
#include <unicode/ucsdet.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>

#include "data/web/html_tokens.h"

namespace fulcrum::data::web {

namespace {

constexpr std::size_t kHeadBytes = 4096;     // where <meta charset> must stand
constexpr std::size_t kSampleBytes = 65536;  // what a detector looks at
constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; });
  return out;
}

/// Bytes of the sequence at p; 0 where none is.
std::size_t sequence_at(const unsigned char* p, const unsigned char* end) {
  const unsigned c = *p;
  if (c < 0x80) return 1;
  const std::size_t size = c >= 0xC2 && c < 0xE0   ? 2
                           : c >= 0xE0 && c < 0xF0 ? 3
                           : c >= 0xF0 && c < 0xF5 ? 4
                                                   : 0;
  if (size == 0 || static_cast<std::size_t>(end - p) < size) return 0;
  const unsigned low = c == 0xE0 ? 0xA0 : c == 0xF0 ? 0x90 : 0x80;
  const unsigned high = c == 0xED ? 0x9F : c == 0xF4 ? 0x8F : 0xBF;
  if (p[1] < low || p[1] > high) return 0;
  for (std::size_t i = 2; i < size; ++i)
    if ((p[i] & 0xC0) != 0x80) return 0;
  return size;
}

/// The first byte that begins no UTF-8 sequence, or the end.
const unsigned char* first_invalid(const unsigned char* p, const unsigned char* end) {
  constexpr std::uint64_t kHigh = 0x8080808080808080ULL;
  while (p < end) {
    while (end - p >= 32) {
      std::uint64_t words[4];
      std::memcpy(words, p, 32);
      if (((words[0] | words[1] | words[2] | words[3]) & kHigh) != 0) break;
      p += 32;
    }
    for (const auto* const stop = p + std::min<std::ptrdiff_t>(end - p, 32); p < stop;) {
      const std::size_t size = sequence_at(p, end);
      if (size == 0) return p;
      p += size;
    }
  }
  return end;
}

struct Repair {
  std::string text;
  std::size_t invalid = 0, sequences = 0;  // bytes that are none, sequences beyond ASCII
};

Repair repaired(std::string_view bytes) {
  Repair repair;
  repair.text.reserve(bytes.size() + bytes.size() / 16);
  const auto* p = reinterpret_cast<const unsigned char*>(bytes.data());
  const auto* const end = p + bytes.size();
  while (p < end) {
    const auto* const bad = first_invalid(p, end);
    for (const auto* at = p; at < bad; ++at) repair.sequences += *at >= 0xC0;
    repair.text.append(reinterpret_cast<const char*>(p), static_cast<std::size_t>(bad - p));
    p = bad;
    if (p == end) break;
    repair.text += kReplacement;
    ++repair.invalid;
    ++p;
    while (p < end && (*p & 0xC0) == 0x80) ++p;
  }
  return repair;
}

/// What browsers read for a label (the WHATWG Encoding standard), by ICU's names.
std::string reader_of(std::string_view label) {
  const std::string name = lower(label);
  struct Alias {
    std::string_view label, reader;
  };
  static constexpr Alias kAliases[] = {{"iso-8859-1", "windows-1252"},
                                       {"iso8859-1", "windows-1252"},
                                       {"latin1", "windows-1252"},
                                       {"us-ascii", "windows-1252"},
                                       {"ascii", "windows-1252"},
                                       {"iso-8859-9", "windows-1254"},
                                       {"gb2312", "GB18030"},
                                       {"gbk", "GB18030"},
                                       {"gb_2312-80", "GB18030"},
                                       {"x-gbk", "GB18030"},
                                       {"cp936", "GB18030"},
                                       {"hz-gb-2312", "HZ-GB-2312"},
                                       {"shift_jis", "windows-31j"},
                                       {"shift-jis", "windows-31j"},
                                       {"x-sjis", "windows-31j"},
                                       {"sjis", "windows-31j"},
                                       {"euc-kr", "windows-949"},
                                       {"ks_c_5601-1987", "windows-949"},
                                       {"big5", "Big5-HKSCS"},
                                       {"x-x-big5", "Big5-HKSCS"},
                                       {"tis-620", "windows-874"},
                                       {"gb18030", "GB18030"},
                                       {"utf8", "UTF-8"},
                                       {"utf-8", "UTF-8"},
                                       {"utf-16", "UTF-8"},
                                       {"utf-16le", "UTF-8"},
                                       {"utf-16be", "UTF-8"},
                                       {"cp1251", "windows-1251"},
                                       {"x-cp1251", "windows-1251"}};
  for (const Alias& alias : kAliases)
    if (name == alias.label) return std::string(alias.reader);
  return name;
}

struct CloseConverter {
  void operator()(UConverter* converter) const { ucnv_close(converter); }
};

/// Fails for an unknown charset.
bool convert(std::string_view bytes, const std::string& charset, std::string& out) {
  UErrorCode error = U_ZERO_ERROR;
  const std::unique_ptr<UConverter, CloseConverter> converter(ucnv_open(charset.c_str(), &error));
  if (U_FAILURE(error) || bytes.size() > (std::size_t{1} << 29)) return false;
  out.resize(bytes.size() * 3 + 16);
  const auto size =
      ucnv_toAlgorithmic(UCNV_UTF8, converter.get(), out.data(), static_cast<int32_t>(out.size()),
                         bytes.data(), static_cast<int32_t>(bytes.size()), &error);
  if (U_FAILURE(error)) return false;
  out.resize(static_cast<std::size_t>(size));
  return is_utf8(out);
}

/// Characters that were not readable, as a share of those beyond ASCII.
double unreadable_share(std::string_view text) {
  std::size_t beyond = 0, lost = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (static_cast<unsigned char>(text[i]) < 0xC0) continue;
    ++beyond;
    lost += text.compare(i, 3, kReplacement) == 0;
  }
  return beyond == 0 ? 0 : static_cast<double>(lost) / static_cast<double>(beyond);
}

std::string_view declared_in(std::string_view head) {
  if (head.starts_with("<?xml")) {
    const std::string_view line = head.substr(0, head.find('>'));
    const std::size_t at = line.find("encoding=");
    if (at != std::string_view::npos && at + 10 < line.size()) {
      const std::string_view rest = line.substr(at + 10);
      return rest.substr(0, rest.find_first_of("\"'"));
    }
  }
  Tokens tokens(head);
  for (Token token = tokens.next(); token.kind != TokenKind::kEndOfPage; token = tokens.next()) {
    if (token.kind != TokenKind::kStart || token.tag != Tag::t_meta) continue;
    const Attributes& attributes = tokens.attributes();
    if (attributes.has(Attribute::kCharset)) return attributes[Attribute::kCharset];
    if (lower(attributes[Attribute::kHttpEquiv]) != "content-type") continue;
    const auto charset = charset_of_content_type(attributes[Attribute::kContent]);
    if (!charset.empty()) return charset;
  }
  return {};
}

struct CloseDetector {
  void operator()(UCharsetDetector* detector) const { ucsdet_close(detector); }
};

std::string detected(std::string_view bytes) {
  constexpr int kSure = 15;  // of 100
  const std::string_view sample = bytes.substr(0, kSampleBytes);
  UErrorCode error = U_ZERO_ERROR;
  const std::unique_ptr<UCharsetDetector, CloseDetector> detector(ucsdet_open(&error));
  if (U_FAILURE(error)) return "windows-1252";
  ucsdet_enableInputFilter(detector.get(), true);
  ucsdet_setText(detector.get(), sample.data(), static_cast<int32_t>(sample.size()), &error);
  const UCharsetMatch* match = ucsdet_detect(detector.get(), &error);
  if (U_FAILURE(error) || match == nullptr) return "windows-1252";
  const int confidence = ucsdet_getConfidence(match, &error);
  const char* name = ucsdet_getName(match, &error);
  if (U_FAILURE(error) || confidence < kSure || std::string_view(name).starts_with("UTF-"))
    return "windows-1252";
  return reader_of(name);
}

void read_as(std::string_view bytes, const std::string& charset, Decoded& out) {
  out.charset = charset;
  if (!convert(bytes, charset, out.storage)) {
    out.charset = "UTF-8";
    out.storage = repaired(bytes).text;
  }
  out.text = out.storage;
}

/// Declared as UTF-8 and not quite: a stray byte is no reason to doubt.
bool read_as_broken_utf8(std::string_view bytes, Decoded& out) {
  Repair repair = repaired(bytes);
  if (repair.invalid * 8 > repair.sequences + 16) return false;
  out.charset = "UTF-8";
  out.storage = std::move(repair.text);
  out.text = out.storage;
  return true;
}

}  // namespace

bool is_utf8(std::string_view bytes) {
  const auto* p = reinterpret_cast<const unsigned char*>(bytes.data());
  return first_invalid(p, p + bytes.size()) == p + bytes.size();
}

std::string_view charset_of_content_type(std::string_view content_type) {
  const std::size_t at = lower(content_type).find("charset=");
  if (at == std::string::npos) return {};
  std::string_view rest = content_type.substr(at + 8);
  if (rest.starts_with('"') || rest.starts_with('\'')) {
    const std::size_t end = rest.find(rest[0], 1);
    return end == std::string_view::npos ? std::string_view{} : rest.substr(1, end - 1);
  }
  return rest.substr(0, rest.find_first_of("; \t\r\n"));
}

void decode(std::string_view bytes, std::string_view http_charset, Decoded& out) {
  out = {};
  if (bytes.starts_with("\xEF\xBB\xBF")) {
    bytes.remove_prefix(3);
    out.is_declared = true;
  } else if (bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF")) {
    out.is_declared = true;
    return read_as(bytes.substr(2), bytes[0] == '\xFF' ? "UTF-16LE" : "UTF-16BE", out);
  }
  std::string_view label = http_charset;
  if (label.empty()) label = declared_in(bytes.substr(0, kHeadBytes));
  const std::string reader = label.empty() ? std::string() : reader_of(label);
  out.is_declared |= !label.empty();
  const bool is_shifted = lower(reader).starts_with("iso-2022") || reader == "HZ-GB-2312";
  if (!is_shifted && is_utf8(bytes)) {
    out.charset = "UTF-8";
    out.text = bytes;
    return;
  }
  if (reader == "UTF-8" || reader.empty()) {
    if (read_as_broken_utf8(bytes, out)) return;
  } else if (convert(bytes, reader, out.storage) && unreadable_share(out.storage) < 0.05) {
    out.charset = reader;
    out.text = out.storage;
    return;
  }
  out.is_declared = false;
  read_as(bytes, detected(bytes), out);
}

}  // namespace fulcrum::data::web

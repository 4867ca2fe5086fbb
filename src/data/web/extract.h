#pragma once
// The main text of a web page: its article without navigation, advertisements, comments and the
// like.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace fulcrum::data::web {

struct ExtractSettings {
  std::size_t max_bytes = 32U << 20;  // of the page; what lies behind is not read
  std::uint32_t max_depth = 512;      // of open elements; deeper ones become siblings
  std::string http_charset = {};      // of the Content-Type header, empty when unknown
};

struct Extraction {
  std::string title;      // empty when the page has none
  std::string text;       // blocks (paragraphs, items, headings, lines) separated by '\n'
  std::string author;     // as the page's metadata say it; often empty
  std::string published;  // likewise; as written
  std::string language;   // likewise: "en", "zh-CN"
  std::string charset;    // what the bytes were read as, a name of IANA
  bool is_charset_declared = false;  // by a byte order mark, HTTP or the page
  bool is_cut = false;               // longer than max_bytes
};

/// Accepts any bytes; every string is valid UTF-8. A page without an article gives little or no
/// text. Pure and thread-safe; time and memory grow linearly with the page.
Extraction extract(std::string_view html, const ExtractSettings& settings = {});

}  // namespace fulcrum::data::web

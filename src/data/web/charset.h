#pragma once
// Bytes of a page to UTF-8: what was declared, checked against what the bytes are.
#include <string>
#include <string_view>

namespace fulcrum::data::web {

struct Decoded {
  std::string_view text;  // valid UTF-8: the bytes themselves, or `storage`
  std::string storage;
  std::string charset;       // "UTF-8", "GB18030", "windows-1252", …
  bool is_declared = false;  // by a byte order mark, HTTP or the page
};

/// Bytes that are UTF-8 are taken for it whatever they are said to be; else a byte order mark,
/// HTTP's charset, <meta> or an XML declaration count, if the bytes bear them out; else the bytes
/// decide (ICU's detector), windows-1252 in doubt. What cannot be read becomes U+FFFD. `bytes` must
/// outlive the result, which must not be moved or copied while `text` is used.
void decode(std::string_view bytes, std::string_view http_charset, Decoded& out);

/// Whether the bytes are UTF-8 (RFC 3629).
bool is_utf8(std::string_view bytes);

/// "gb2312" in `text/html; charset="gb2312"`; empty without one.
std::string_view charset_of_content_type(std::string_view content_type);

}  // namespace fulcrum::data::web

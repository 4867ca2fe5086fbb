#include <fmt/format.h>

#include <algorithm>

#include "base/hash.h"
#include "objects/blobs.h"

namespace fulcrum::objects {

namespace {

bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_';
}

}  // namespace

bool is_blob_name(std::string_view name) {
  bool at_start = true;
  for (const char c : name) {
    if (c == '/' ? at_start : !(is_plain(c) || c == '=' || (c == '.' && !at_start))) return false;
    at_start = c == '/';
  }
  return !at_start;  // neither empty nor ending in '/'
}

std::string blob_part(std::string_view text) {
  std::string part;
  for (const char c : text)
    if (is_plain(c))
      part += c;
    else
      part += fmt::format("={:02x}", static_cast<unsigned char>(c));
  return part.empty() ? "=" : part;
}

base::Result<std::string> text_of_blob_part(std::string_view part) {
  std::string text;
  if (part == "=") return text;
  for (std::size_t at = 0; at < part.size(); ++at) {
    if (is_plain(part[at])) {
      text += part[at];
      continue;
    }
    const auto byte = part[at] == '=' && at + 3 <= part.size()
                          ? base::from_hex(part.substr(at + 1, 2))
                          : base::Result<std::string>(std::string());
    if (!byte || byte->size() != 1)
      return base::usage("blob.name", fmt::format("\"{}\" is no part of a blob's name", part));
    text += *byte;
    at += 2;
  }
  return text;
}

}  // namespace fulcrum::objects

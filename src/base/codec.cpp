#include "base/codec.h"

#include <fmt/format.h>
#include <cctype>

namespace fulcrum::base::codec_detail {

Failure mismatch(std::string_view path, std::string_view expected, const json::value& got) {
  std::string shown = to_text(got);
  if (shown.size() > 60) shown = shown.substr(0, 57) + "...";
  return usage("value.type", fmt::format("expected {}, got {}", expected, shown),
               std::string(path));
}

Failure unknown_member(std::string_view path, std::string_view key,
                       const std::vector<std::string_view>& valid) {
  const std::string near = nearest(key, valid);
  std::string field = path.empty() ? std::string(key) : fmt::format("{}.{}", path, key);
  std::string fix = near.empty() ? fmt::format("valid names: {}", fmt::join(valid, ", "))
                                 : fmt::format("did you mean {}?", near);
  return usage("value.unknown_name", "unknown name", std::move(field), std::move(fix));
}

Failure missing_member(std::string_view path, std::string_view key) {
  return usage("value.missing", "required, but missing",
               path.empty() ? std::string(key) : fmt::format("{}.{}", path, key));
}

Result<std::int64_t> decode_signed(const json::value& value, std::string_view path,
                                   std::int64_t low, std::int64_t high) {
  std::int64_t number = 0;
  if (value.is_int64()) {
    number = value.get_int64();
  } else if (value.is_uint64() &&
             value.get_uint64() <= static_cast<std::uint64_t>(INT64_MAX)) {  // made in C++
    number = static_cast<std::int64_t>(value.get_uint64());
  } else {
    return mismatch(path, "integer", value);
  }
  if (number < low || number > high)
    return mismatch(path, fmt::format("integer from {} to {}", low, high), value);
  return number;
}

Result<std::uint64_t> decode_unsigned(const json::value& value, std::string_view path,
                                      std::uint64_t high) {
  std::uint64_t number = 0;
  if (value.is_uint64()) {
    number = value.get_uint64();
  } else if (value.is_int64() && value.get_int64() >= 0) {
    number = static_cast<std::uint64_t>(value.get_int64());
  } else {
    return mismatch(path, "integer \u2265 0", value);
  }
  if (number > high) return mismatch(path, fmt::format("integer from 0 to {}", high), value);
  return number;
}

Result<double> decode_double(const json::value& value, std::string_view path) {
  if (!value.is_number()) return mismatch(path, "number", value);
  return value.to_number<double>();
}

std::string enumerator_text(std::string_view name) {
  std::string text;
  if (name.size() > 1 && name[0] == 'k' && std::isupper(static_cast<unsigned char>(name[1])))
    name.remove_prefix(1);
  for (char c : name) {
    if (std::isupper(static_cast<unsigned char>(c))) {
      if (!text.empty()) text += '_';
      text += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    } else {
      text += c;
    }
  }
  return text;
}

}  // namespace fulcrum::base::codec_detail

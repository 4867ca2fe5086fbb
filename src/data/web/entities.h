#pragma once
// Character references of HTML (WHATWG 13.2.5.72 and following): named, decimal, hexadecimal.
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace fulcrum::data::web {

/// What a reference at the start of a text stands for.
struct Reference {
  std::array<char, 8> bytes{};  // UTF-8
  std::uint8_t size = 0;
  std::size_t consumed = 0;  // 0: the '&' is only a '&'
};

/// `text` begins with '&'. In an attribute a name without ';' before '=' or a letter or digit is
/// none. Never longer than 6/5 of what it consumes.
Reference reference_at(std::string_view text, bool in_attribute);

/// UTF-8 of a code point; U+FFFD for surrogates and what lies past U+10FFFF.
Reference utf8_of(std::uint32_t code_point);

/// An attribute's value or a title: references resolved, runs of white space one space, trimmed.
std::string plain_text(std::string_view text, bool in_attribute);

}  // namespace fulcrum::data::web

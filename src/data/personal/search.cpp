#include "data/personal/search.h"

#include <cctype>

namespace fulcrum::data {

namespace {

bool is_word(std::string_view text, std::size_t at) {
  return at < text.size() && std::isalnum(static_cast<unsigned char>(text[at]));
}

}  // namespace

std::vector<Finding> find_matches(std::string_view text, const RE2& pattern, const Check& check) {
  std::vector<Finding> findings;
  std::size_t from = 0;
  while (from < text.size()) {
    re2::StringPiece groups[2];
    if (!pattern.Match(re2::StringPiece(text.data(), text.size()), from, text.size(),
                       RE2::UNANCHORED, groups, 2))
      break;
    const auto begin = static_cast<std::size_t>(groups[1].data() - text.data());
    const std::size_t size = groups[1].size();
    const std::string_view found = text.substr(begin, size);
    const bool alone = !(begin > 0 && is_word(text, begin - 1) && is_word(text, begin)) &&
                       !is_word(text, begin + size);
    if (size > 0 && alone && check(found)) {
      findings.push_back({begin, size});
      from = begin + size;
    } else {
      // On to the next word: a longer run may hide a match that begins later.
      from = begin + 1;
      while (from < text.size() && is_word(text, from) && is_word(text, from - 1)) ++from;
    }
  }
  return findings;
}

std::string digits_of(std::string_view text) {
  std::string digits;
  for (const char c : text)
    if (c >= '0' && c <= '9') digits += c;
  return digits;
}

bool any_match(std::string_view) {
  return true;
}

}  // namespace fulcrum::data

// E-mail addresses (RFC 5322 without comments and quoted parts).
#include "data/personal/search.h"

namespace fulcrum::data {

std::vector<Finding> find_email(std::string_view text) {
  // ASCII on purpose: in Chinese text the words around an address are letters too.
  static const RE2 kPattern(
      R"(([A-Za-z0-9._%+\-]+@[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)*\.[A-Za-z]{2,24}))");
  return find_matches(text, kPattern, any_match);
}

}  // namespace fulcrum::data

// International bank account numbers: ISO 13616.
#include "data/personal/search.h"

namespace fulcrum::data {

bool is_iban(std::string_view text) {
  if (text.size() < 15 || text.size() > 34) return false;
  int remainder = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[(i + 4) % text.size()];
    if (c >= '0' && c <= '9') {
      remainder = (remainder * 10 + (c - '0')) % 97;
    } else if (c >= 'A' && c <= 'Z') {
      remainder = (remainder * 100 + (c - 'A' + 10)) % 97;
    } else {
      return false;
    }
  }
  return remainder == 1;
}

std::vector<Finding> find_iban(std::string_view text) {
  static const RE2 kPattern(R"(([A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?))");
  return find_matches(text, kPattern, [](std::string_view found) {
    std::string compact(found);
    std::erase(compact, ' ');
    return is_iban(compact);
  });
}

}  // namespace fulcrum::data

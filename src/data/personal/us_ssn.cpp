// US social security numbers, as the Social Security Administration gives them out.
#include "data/personal/search.h"

namespace fulcrum::data {

std::vector<Finding> find_ssn(std::string_view text) {
  static const RE2 kPattern(R"((\d{3}-\d{2}-\d{4}))");
  return find_matches(text, kPattern, [](std::string_view found) {
    return found.substr(0, 3) != "000" && found.substr(0, 3) != "666" && found[0] != '9' &&
           found.substr(4, 2) != "00" && found.substr(7) != "0000";
  });
}

}  // namespace fulcrum::data

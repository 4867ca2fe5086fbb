// Phone numbers.
#include "data/personal/search.h"

namespace fulcrum::data {

std::vector<Finding> find_phone(std::string_view text) {
  // China: mobile 1[3-9]…, landline 0xx-xxxxxxxx; US: (xxx) xxx-xxxx; international: +, 8-15
  // digits.
  static const RE2 kPattern(
      R"(((?:\+|00)[1-9]\d{0,2}[ .\-]?(?:\(\d{1,4}\)[ .\-]?)?\d(?:[ .\-]?\d){6,12}|)"
      R"((?:86[ \-]?)?1[3-9]\d[ .\-]?\d{4}[ .\-]?\d{4}|)"
      R"((?:1[ .\-])?\(\d{3}\) ?\d{3}[ .\-]?\d{4}|)"
      R"((?:1[ .\-])?[2-9]\d{2}[.\- ][2-9]\d{2}[.\- ]\d{4}|)"
      R"(0\d{2,3}[ \-]\d{7,8}|)"
      R"(\(0\d{2,3}\) ?\d{7,8}))");
  return find_matches(text, kPattern, [](std::string_view found) {
    const auto digits = digits_of(found).size();
    return digits >= 8 && digits <= 16;
  });
}

}  // namespace fulcrum::data

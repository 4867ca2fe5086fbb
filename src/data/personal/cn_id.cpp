// Chinese resident ids: GB 11643-1999, eighteen characters.
#include "data/personal/search.h"

#include <array>
#include <cctype>
#include <chrono>

namespace fulcrum::data {

bool is_cn_resident_id(std::string_view text) {
  static constexpr std::array<int, 17> kWeights = {7, 9, 10, 5,  8, 4, 2, 1, 6,
                                                   3, 7, 9,  10, 5, 8, 4, 2};
  static constexpr std::string_view kCheck = "10X98765432";  // by remainder; GB 11643-1999
  if (text.size() != 18) return false;
  int sum = 0;
  for (std::size_t i = 0; i < 17; ++i) {
    if (text[i] < '0' || text[i] > '9') return false;
    sum += (text[i] - '0') * kWeights[i];
  }
  const auto number = [&](std::size_t from, std::size_t size) {
    return std::stoi(std::string(text.substr(from, size)));
  };
  const int region = number(0, 2), year = number(6, 4);
  const bool province = (region >= 11 && region <= 15) || (region >= 21 && region <= 23) ||
                        (region >= 31 && region <= 37) || (region >= 41 && region <= 46) ||
                        (region >= 50 && region <= 54) || (region >= 61 && region <= 65) ||
                        region == 71 || region == 81 || region == 82 || region == 83;
  const std::chrono::year_month_day born{std::chrono::year{year},
                                         std::chrono::month{static_cast<unsigned>(number(10, 2))},
                                         std::chrono::day{static_cast<unsigned>(number(12, 2))}};
  const char check = static_cast<char>(std::toupper(static_cast<unsigned char>(text[17])));
  return province && year >= 1880 && year <= 2100 && born.ok() &&
         kCheck[static_cast<std::size_t>(sum % 11)] == check;
}

std::vector<Finding> find_cn_id(std::string_view text) {
  static const RE2 kPattern(R"(([1-8]\d{5}[ \-]?(?:18|19|20)\d{6}[ \-]?\d{3}[\dXx]))");
  return find_matches(text, kPattern, [](std::string_view found) {
    std::string id;
    for (const char c : found)
      if (c != ' ' && c != '-') id += c;
    return is_cn_resident_id(id);
  });
}

}  // namespace fulcrum::data

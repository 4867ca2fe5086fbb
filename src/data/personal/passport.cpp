// Passports. Their numbers have no check digits, so that only those count which stand behind the
// word; the machine-readable second line (ICAO 9303-4) has five check digits and counts anywhere.
#include <algorithm>

#include "data/personal/search.h"

namespace fulcrum::data {

namespace {

int value_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'Z') return c - 'A' + 10;
  return c == '<' ? 0 : -1;
}

/// Weights 7 3 1, modulo 10 (ICAO 9303-3, 4.9).
bool is_checked(std::string_view text, char check) {
  static constexpr int kWeights[] = {7, 3, 1};
  int sum = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int value = value_of(text[i]);
    if (value < 0) return false;
    sum += value * kWeights[i % 3];
  }
  return check == '0' + sum % 10 || (check == '<' && sum == 0);
}

}  // namespace

bool is_passport_line(std::string_view text) {
  if (text.size() != 44) return false;
  std::string all(text.substr(0, 10));
  all += text.substr(13, 7);
  all += text.substr(21, 22);
  return is_checked(text.substr(0, 9), text[9]) && is_checked(text.substr(13, 6), text[19]) &&
         is_checked(text.substr(21, 6), text[27]) && is_checked(text.substr(28, 14), text[42]) &&
         is_checked(all, text[43]);
}

std::vector<Finding> find_passport(std::string_view text) {
  static const RE2 kNumber(
      R"((?:(?i:passport)|护照)(?i:[ \t]*(?:no|number|num|id|号码|号|编号)?)[^0-9A-Za-z\n]{0,12})"
      R"(([A-Z]{1,2}[0-9]{7,8}|[A-Z][0-9]{6}|[0-9]{9}))");
  static const RE2 kLine(R"(([A-Z0-9<]{9}\d[A-Z<]{3}\d{6}\d[MFX<]\d{6}\d[A-Z0-9<]{15}\d))");
  auto findings = find_matches(text, kNumber, any_match);
  for (const Finding& line : find_matches(text, kLine, is_passport_line)) findings.push_back(line);
  std::sort(findings.begin(), findings.end(),
            [](const Finding& a, const Finding& b) { return a.begin < b.begin; });
  return findings;
}

}  // namespace fulcrum::data

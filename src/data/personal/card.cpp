// Bank cards: ISO/IEC 7812, with the prefixes and lengths that issuers use. A number of any other
// form passes Luhn one time in ten, so Luhn alone would take order numbers for cards.
#include <algorithm>

#include "data/personal/search.h"

namespace fulcrum::data {

namespace {

struct Issuer {
  int low, high, digits;  // the first so many digits lie in [low, high]
  std::size_t shortest, longest;
};
constexpr Issuer kIssuers[] = {
    {4, 4, 1, 13, 19},        // Visa
    {51, 55, 2, 16, 16},      // Mastercard
    {2221, 2720, 4, 16, 16},  // Mastercard
    {34, 34, 2, 15, 15},      // American Express
    {37, 37, 2, 15, 15},      // American Express
    {300, 305, 3, 14, 19},    // Diners Club
    {36, 36, 2, 14, 19},      // Diners Club
    {38, 39, 2, 14, 19},      // Diners Club
    {3528, 3589, 4, 16, 19},  // JCB
    {6011, 6011, 4, 16, 19},  // Discover
    {644, 659, 3, 16, 19},    // Discover
    {62, 62, 2, 16, 19},      // UnionPay
    {81, 81, 2, 16, 19},      // UnionPay
    {60, 60, 2, 16, 19},      // older cards of Chinese banks, RuPay
    {9400, 9599, 4, 16, 19},  // older cards of Chinese banks
    {2200, 2204, 4, 16, 19},  // Mir
    {50, 50, 2, 13, 19},      // Maestro
    {56, 58, 2, 13, 19},      // Maestro
    {63, 63, 2, 13, 19},      // Maestro
    {67, 67, 2, 13, 19},      // Maestro
};

bool has_issuer(std::string_view digits) {
  return std::any_of(std::begin(kIssuers), std::end(kIssuers), [&](const Issuer& issuer) {
    if (digits.size() < issuer.shortest || digits.size() > issuer.longest) return false;
    int prefix = 0;
    for (int i = 0; i < issuer.digits; ++i)
      prefix = prefix * 10 + (digits[static_cast<std::size_t>(i)] - '0');
    return prefix >= issuer.low && prefix <= issuer.high;
  });
}

}  // namespace

bool passes_luhn(std::string_view digits) {
  int sum = 0;
  bool twice = false;
  for (std::size_t i = digits.size(); i-- > 0; twice = !twice) {
    if (digits[i] < '0' || digits[i] > '9') return false;
    int value = (digits[i] - '0') * (twice ? 2 : 1);
    sum += value > 9 ? value - 9 : value;
  }
  return digits.size() > 1 && sum % 10 == 0;
}

bool is_card_number(std::string_view digits) {
  return digits.size() >= 13 && digits.size() <= 19 && passes_luhn(digits) && has_issuer(digits) &&
         digits.find_first_not_of(digits[0]) != std::string_view::npos;
}

std::vector<Finding> find_card(std::string_view text) {
  static const RE2 kPattern(R"(([2-9](?:[ \-]?\d){12,18}))");
  return find_matches(text, kPattern,
                      [](std::string_view found) { return is_card_number(digits_of(found)); });
}

}  // namespace fulcrum::data

#include "data/personal_text.h"

#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <chrono>
#include <functional>

namespace fulcrum::data {

namespace {

using Check = std::function<bool(std::string_view)>;

bool is_word(std::string_view text, std::size_t at) {
  return at < text.size() && std::isalnum(static_cast<unsigned char>(text[at]));
}

/// Matches of `pattern`'s first group that stand alone (no letter or digit beside) and pass.
std::vector<Finding> find(std::string_view text, const RE2& pattern, const Check& check) {
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

bool any(std::string_view) {
  return true;
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

std::vector<Finding> find_email(std::string_view text) {
  // ASCII on purpose: in Chinese text the words around an address are letters too.
  static const RE2 kPattern(
      R"(([A-Za-z0-9._%+\-]+@[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)*\.[A-Za-z]{2,24}))");
  return find(text, kPattern, any);
}

std::vector<Finding> find_cn_id(std::string_view text) {
  static const RE2 kPattern(R"(([1-8]\d{5}[ \-]?(?:18|19|20)\d{6}[ \-]?\d{3}[\dXx]))");
  return find(text, kPattern, [](std::string_view found) {
    std::string id;
    for (const char c : found)
      if (c != ' ' && c != '-') id += c;
    return is_cn_resident_id(id);
  });
}

std::vector<Finding> find_iban(std::string_view text) {
  static const RE2 kPattern(R"(([A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?))");
  return find(text, kPattern, [](std::string_view found) {
    std::string compact(found);
    std::erase(compact, ' ');
    return is_iban(compact);
  });
}

std::vector<Finding> find_card(std::string_view text) {
  static const RE2 kPattern(R"(([2-9](?:[ \-]?\d){12,18}))");
  return find(text, kPattern, [](std::string_view found) {
    const std::string digits = digits_of(found);
    return passes_luhn(digits) && digits.find_first_not_of(digits[0]) != std::string::npos;
  });
}

std::vector<Finding> find_ssn(std::string_view text) {
  static const RE2 kPattern(R"((\d{3}-\d{2}-\d{4}))");
  return find(text, kPattern, [](std::string_view found) {
    return found.substr(0, 3) != "000" && found.substr(0, 3) != "666" && found[0] != '9' &&
           found.substr(4, 2) != "00" && found.substr(7) != "0000";
  });
}

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
  return find(text, kPattern, [](std::string_view found) {
    const auto digits = digits_of(found).size();
    return digits >= 8 && digits <= 16;
  });
}

std::vector<Finding> find_ip(std::string_view text) {
  static const RE2 kPattern(R"((\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}))");
  return find(text, kPattern, [](std::string_view found) {
    int part = 0, parts[4] = {}, digits = 0;
    for (const char c : found) {
      if (c == '.') {
        ++part;
        digits = 0;
        continue;
      }
      if (digits++ == 1 && parts[part] == 0) return false;  // leading zero: a version number
      parts[part] = parts[part] * 10 + (c - '0');
      if (parts[part] > 255) return false;
    }
    return parts[0] != 0 && parts[0] != 127 && parts[0] < 224;
  });
}

Redaction redact(std::string_view text) {
  struct Recogniser {
    std::string_view name;
    std::vector<Finding> (*find)(std::string_view);
  };
  static constexpr Recogniser kRecognisers[] = {
#define RECOGNISER(function, name, summary) {name, function},
#include "data/recognisers.def"
#undef RECOGNISER
  };
  Redaction redaction{std::string(text), {}};
  // Most texts hold neither: a look at the bytes is cheaper than seven automata.
  if (text.find_first_of("0123456789@") == std::string_view::npos) return redaction;
  // Until nothing is found: a card taken out may uncover the phone number before it.
  for (bool is_changed = true; is_changed;) {
    is_changed = false;
    for (const auto& recogniser : kRecognisers) {
      const auto findings = recogniser.find(redaction.text);
      is_changed = is_changed || !findings.empty();
      for (std::size_t i = findings.size(); i-- > 0;) {
        redaction.text.replace(findings[i].begin, findings[i].size,
                               "[" + std::string(recogniser.name) + "]");
        redaction.kinds.push_back(recogniser.name);
      }
    }
  }
  return redaction;
}

}  // namespace fulcrum::data

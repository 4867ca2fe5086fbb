// Dates and times as people write them.
#include <algorithm>
#include <array>
#include <cctype>
#include <chrono>
#include <vector>

#include "data/column_profile.h"
#include "data/tables/values.h"

namespace fulcrum::data::tables {

namespace {

struct Token {
  enum class Kind { kDigits, kWord, kSign } kind = Kind::kSign;
  std::string text;
  int number = 0;
};

/// At most 24 tokens; empty when there are more or a byte that no date has.
std::vector<Token> tokens_of(std::string_view text) {
  std::vector<Token> tokens;
  for (std::size_t i = 0; i < text.size();) {
    const auto byte = static_cast<unsigned char>(text[i]);
    Token token;
    std::size_t end = i + 1;
    if (std::isdigit(byte)) {
      token.kind = Token::Kind::kDigits;
      while (end < text.size() && std::isdigit(static_cast<unsigned char>(text[end]))) ++end;
      if (end - i > 9) return {};
      for (std::size_t j = i; j < end; ++j) token.number = token.number * 10 + (text[j] - '0');
    } else if (std::isalpha(byte)) {
      token.kind = Token::Kind::kWord;
      while (end < text.size() && std::isalpha(static_cast<unsigned char>(text[end]))) ++end;
    } else if (std::string_view(" -/.:,+").find(text[i]) == std::string_view::npos) {
      return {};
    }
    token.text = lower_ascii(text.substr(i, end - i));
    i = end;
    tokens.push_back(std::move(token));
    if (tokens.size() > 24) return {};
  }
  return tokens;
}

int month_of(std::string_view word) {
  static constexpr std::array<std::string_view, 12> kMonths = {
      "january", "february", "march",     "april",   "may",      "june",
      "july",    "august",   "september", "october", "november", "december"};
  if (word.size() < 3) return 0;
  for (std::size_t i = 0; i < kMonths.size(); ++i)
    if (kMonths[i].starts_with(word)) return static_cast<int>(i) + 1;
  return word == "sept" ? 9 : 0;
}

bool is_filler(std::string_view word) {
  static constexpr std::array<std::string_view, 24> kWords = {
      "t",   "z",      "utc",     "gmt",       "st",       "nd",     "rd",       "th",
      "of",  "at",     "mon",     "tue",       "wed",      "thu",    "fri",      "sat",
      "sun", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"};
  return std::find(kWords.begin(), kWords.end(), word) != kWords.end();
}

struct Parts {
  std::vector<int> numbers;  // of the date, in order
  std::vector<std::size_t> widths;
  int month = 0;             // named
  std::size_t month_at = 0;  // numbers before it
  std::optional<int> second_of_day;
  bool is_good = true;
};

bool is(const std::vector<Token>& tokens, std::size_t at, std::string_view text) {
  return at < tokens.size() && tokens[at].text == text;
}
bool digits(const std::vector<Token>& tokens, std::size_t at) {
  return at < tokens.size() && tokens[at].kind == Token::Kind::kDigits;
}

/// "7:10", "07:10:33.5", "7:10 a.m." from `at` on; moves `at` behind it.
void take_time(const std::vector<Token>& tokens, std::size_t& at, Parts& parts) {
  int hour = tokens[at].number;
  const int minute = tokens[at + 2].number;
  int second = 0;
  at += 3;
  if (is(tokens, at, ":") && digits(tokens, at + 1)) {
    second = tokens[at + 1].number;
    at += 2;
    if (is(tokens, at, ".") && digits(tokens, at + 1)) at += 2;
  }
  std::size_t next = at;
  while (is(tokens, next, " ")) ++next;
  const bool dotted = (is(tokens, next, "a") || is(tokens, next, "p")) &&
                      is(tokens, next + 1, ".") && is(tokens, next + 2, "m");
  if (dotted || is(tokens, next, "am") || is(tokens, next, "pm")) {
    if (hour == 12) hour = 0;
    if (tokens[next].text.starts_with('p')) hour += 12;
    at = next + (dotted ? 3 : 1);
    if (dotted && is(tokens, at, ".")) ++at;
  } else if ((is(tokens, next, "+") || is(tokens, next, "-")) && digits(tokens, next + 1)) {
    at = next + 2;  // an offset; the second is kept as written
    if (is(tokens, at, ":") && digits(tokens, at + 1)) at += 2;
  }
  parts.is_good = parts.is_good && !parts.second_of_day && hour < 24 && minute < 60 && second < 61;
  parts.second_of_day = hour * 3600 + minute * 60 + second;
}

Parts parts_of(const std::vector<Token>& tokens) {
  Parts parts;
  for (std::size_t at = 0; at < tokens.size() && parts.is_good;) {
    const Token& token = tokens[at];
    if (token.kind == Token::Kind::kDigits && is(tokens, at + 1, ":") && digits(tokens, at + 2)) {
      take_time(tokens, at, parts);
      continue;
    }
    if (token.kind == Token::Kind::kDigits) {
      parts.numbers.push_back(token.number);
      parts.widths.push_back(token.text.size());
    } else if (token.kind == Token::Kind::kWord) {
      const int month = month_of(token.text);
      parts.is_good = (month > 0 && parts.month == 0) || is_filler(token.text);
      if (month > 0 && parts.month == 0) {
        parts.month = month;
        parts.month_at = parts.numbers.size();
      }
    }
    ++at;
  }
  return parts;
}

std::optional<double> seconds_of(int year, int month, int day) {
  using namespace std::chrono;
  const year_month_day date{std::chrono::year(year),
                            std::chrono::month(static_cast<unsigned>(month)),
                            std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok()) return std::nullopt;
  return static_cast<double>(sys_days(date).time_since_epoch().count()) * 86400.0;
}

bool is_day(int number) {
  return number >= 1 && number <= 31;
}
bool is_month(int number) {
  return number >= 1 && number <= 12;
}
bool is_year(int number, std::size_t width) {
  return width == 4 && number >= 1000 && number <= 2999;
}

/// Is this a date, and which? The outer optional: a date at all.
std::optional<std::optional<double>> date_of(const Parts& parts) {
  const auto& n = parts.numbers;
  const auto& w = parts.widths;
  if (parts.month > 0) {
    if (n.size() == 1 && is_day(n[0])) return std::optional<double>();  // "Dec 02"
    if (n.size() == 1 && is_year(n[0], w[0])) return seconds_of(n[0], parts.month, 1);
    if (n.size() != 2) return std::nullopt;
    if (is_day(n[0]) && is_year(n[1], w[1])) return seconds_of(n[1], parts.month, n[0]);
    if (is_day(n[1]) && is_year(n[0], w[0])) return seconds_of(n[0], parts.month, n[1]);
    if (is_day(n[0]) && w[1] == 2) return std::optional<double>();
    return std::nullopt;
  }
  if (n.size() == 1 && w[0] == 8) {
    const int year = n[0] / 10000, month = n[0] / 100 % 100, day = n[0] % 100;
    if (year < 1900 || year > 2099 || !is_month(month) || !is_day(day)) return std::nullopt;
    return seconds_of(year, month, day);
  }
  if (n.size() != 3) return std::nullopt;
  if (is_year(n[0], w[0]) && is_month(n[1]) && is_day(n[2])) return seconds_of(n[0], n[1], n[2]);
  if (w[0] > 2 || w[1] > 2 || !is_day(n[0]) || !is_day(n[1]) ||
      (!is_month(n[0]) && !is_month(n[1])))
    return std::nullopt;
  if (!is_year(n[2], w[2]))
    return w[2] == 2 ? std::optional(std::optional<double>()) : std::nullopt;
  if (n[0] > 12) return seconds_of(n[2], n[1], n[0]);
  if (n[1] > 12 || n[0] == n[1]) return seconds_of(n[2], n[0], n[1]);
  return std::optional<double>();  // day or month first?
}

}  // namespace

std::optional<Moment> parse_moment(std::string_view text) {
  if (text.size() < 4 || text.size() > 40) return std::nullopt;
  const auto tokens = tokens_of(text);
  if (tokens.empty()) return std::nullopt;
  const Parts parts = parts_of(tokens);
  if (!parts.is_good) return std::nullopt;
  if (parts.numbers.empty() && parts.month == 0 && parts.second_of_day)
    return Moment{MomentKind::kTime, *parts.second_of_day};
  const auto date = date_of(parts);
  if (!date) return std::nullopt;
  // Eight digits alone, and numbers that only points or spaces part, are rather something else.
  if (parts.month == 0 && !parts.second_of_day && text.find_first_of("-/.") == std::string::npos)
    return std::nullopt;
  Moment moment{parts.second_of_day ? MomentKind::kDateTime : MomentKind::kDate, *date};
  if (moment.seconds && parts.second_of_day) *moment.seconds += *parts.second_of_day;
  return moment;
}

}  // namespace fulcrum::data::tables

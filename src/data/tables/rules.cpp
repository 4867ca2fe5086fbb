#include "data/tables/rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "data/column_profile.h"

namespace fulcrum::data::tables {

namespace {

constexpr std::array<std::pair<std::string_view, Compare>, 7> kCompares = {
    {{"EQ", Compare::kEqual},
     {"IQ", Compare::kUnequal},
     {"NEQ", Compare::kUnequal},
     {"LT", Compare::kLess},
     {"LTE", Compare::kLessEqual},
     {"GT", Compare::kGreater},
     {"GTE", Compare::kGreaterEqual}}};
constexpr std::array<std::string_view, 4> kArrows = {"⇒", "→", "->", "=>"};
constexpr std::size_t kMaxPredicates = 64;

/// Where a mistake is.
struct Place {
  std::string_view what;
  std::size_t line = 0;
  base::Failure mistake(std::string message) const {
    return base::usage("table.rule", std::move(message), fmt::format("{}:{}", what, line),
                       "write A, B ⇒ C or t1&t2&EQ(t1.A,t2.A)&IQ(t1.C,t2.C)");
  }
};

base::Result<Operand> parse_operand(std::string_view text, const Place& place) {
  text = trim_unicode(text);
  Operand operand;
  if (text.starts_with("t1.") || text.starts_with("t2.")) {
    operand.tuple = text[1] - '0';
    operand.text = text.substr(3);
    if (operand.text.empty()) return place.mistake("a column has no name");
    return operand;
  }
  if (text.size() >= 2 && (text.front() == '"' || text.front() == '\'') &&
      text.back() == text.front()) {
    operand.text = text.substr(1, text.size() - 2);
    return operand;
  }
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc() || end != text.data() + text.size())
    return place.mistake(
        fmt::format("{} is neither t1.COLUMN, t2.COLUMN, a quoted text nor a number", text));
  operand.text = text;
  return operand;
}

/// The end of an operand: `stop` outside quotes.
std::size_t operand_end(std::string_view text, char stop) {
  char quote = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (quote != 0) {
      if (text[i] == quote) quote = 0;
    } else if (i == 0 && (text[i] == '"' || text[i] == '\'')) {
      quote = text[i];
    } else if (text[i] == stop) {
      return i;
    }
  }
  return std::string_view::npos;
}

/// One predicate off the front of `text`.
base::Result<Predicate> take_predicate(std::string_view& text, const Place& place) {
  const auto open = text.find('(');
  if (open == std::string_view::npos) return place.mistake(fmt::format("{} is no predicate", text));
  const std::string_view name = trim_unicode(text.substr(0, open));
  const auto found = std::find_if(kCompares.begin(), kCompares.end(),
                                  [&](const auto& one) { return one.first == name; });
  if (found == kCompares.end())
    return place.mistake(fmt::format("{} is none of EQ, IQ, LT, LTE, GT, GTE", name));
  text.remove_prefix(open + 1);
  const auto comma = operand_end(text, ',');
  if (comma == std::string_view::npos) return place.mistake("a predicate compares two values");
  TRY(Operand left, parse_operand(text.substr(0, comma), place));
  text.remove_prefix(comma + 1);
  const auto close = operand_end(text, ')');
  if (close == std::string_view::npos) return place.mistake("a closing parenthesis is missing");
  TRY(Operand right, parse_operand(text.substr(0, close), place));
  text.remove_prefix(close + 1);
  if (left.tuple == 0 && right.tuple == 0) return place.mistake("a predicate needs a column");
  return Predicate{found->second, std::move(left), std::move(right)};
}

base::Result<Rule> parse_denial(std::string_view text, const Place& place) {
  Rule rule;
  bool first = true;
  while (!(text = trim_unicode(text)).empty()) {
    if (!first) {
      if (!text.starts_with('&')) return place.mistake("& is missing between two parts");
      text = trim_unicode(text.substr(1));
    }
    first = false;
    const std::string_view word = text.substr(0, 2);
    if ((word == "t1" || word == "t2") && (text.size() == 2 || text[2] == '&' || text[2] == ' ')) {
      text.remove_prefix(2);
      continue;
    }
    TRY(Predicate predicate, take_predicate(text, place));
    rule.of_pairs = rule.of_pairs || predicate.left.tuple == 2 || predicate.right.tuple == 2;
    rule.predicates.push_back(std::move(predicate));
    if (rule.predicates.size() > kMaxPredicates) return place.mistake("too many predicates");
  }
  if (rule.predicates.empty()) return place.mistake("the rule has no predicate");
  return rule;
}

base::Result<Rule> parse_arrow(std::string_view left, std::string_view right, const Place& place) {
  Rule rule;
  rule.of_pairs = true;
  const auto add = [&](std::string_view name, Compare compare) {
    name = trim_unicode(name);
    rule.predicates.push_back({compare, {1, std::string(name), 0}, {2, std::string(name), 0}});
    return !name.empty();
  };
  for (std::size_t begin = 0; begin <= left.size();) {
    const auto end = std::min(left.find(',', begin), left.size());
    if (!add(left.substr(begin, end - begin), Compare::kEqual))
      return place.mistake("a column has no name");
    if (rule.predicates.size() > kMaxPredicates) return place.mistake("too many columns");
    begin = end + 1;
  }
  if (!add(right, Compare::kUnequal)) return place.mistake("nothing stands behind the arrow");
  return rule;
}

base::Result<Rule> parse_rule(std::string_view line, const Place& place) {
  if (!line.starts_with("t1&") && !line.starts_with("t1 &"))
    for (const auto arrow : kArrows)
      if (const auto at = line.find(arrow); at != std::string_view::npos)
        return parse_arrow(line.substr(0, at), line.substr(at + arrow.size()), place);
  return parse_denial(line, place);
}

std::string text_of(const Operand& operand) {
  if (operand.tuple > 0) return fmt::format("t{}.{}", operand.tuple, operand.text);
  return operand.text.find('"') == std::string::npos ? '"' + operand.text + '"'
                                                     : '\'' + operand.text + '\'';
}

}  // namespace

base::Result<std::vector<Rule>> parse_rules(std::string_view text, std::string_view what) {
  std::vector<Rule> rules;
  Place place{what, 0};
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  for (std::size_t begin = 0; begin < text.size();) {
    const auto end = std::min(text.find('\n', begin), text.size());
    ++place.line;
    const std::string_view line = trim_unicode(text.substr(begin, end - begin));
    begin = end + 1;
    if (line.empty() || line.starts_with('#')) continue;
    TRY(Rule rule, parse_rule(line, place));
    rule.text = line;
    rule.line = place.line;
    rules.push_back(std::move(rule));
  }
  return rules;
}

base::Status bind_rules(std::vector<Rule>& rules, const Table& table, std::string_view what) {
  for (Rule& rule : rules)
    for (Predicate& predicate : rule.predicates)
      for (Operand* operand : {&predicate.left, &predicate.right}) {
        if (operand->tuple == 0) continue;
        TRY(operand->column,
            need_column(table, operand->text, fmt::format("{}:{}", what, rule.line)));
      }
  return {};
}

std::optional<Dependency> dependency_of(const Rule& rule) {
  Dependency dependency;
  dependency.given = true;
  std::size_t unequal = 0;
  for (const Predicate& predicate : rule.predicates) {
    const auto& [compare, left, right] = predicate;
    if (left.tuple == 0 || right.tuple == 0 || left.tuple == right.tuple ||
        left.column != right.column)
      return std::nullopt;
    if (compare == Compare::kEqual) {
      dependency.lhs.push_back(left.column);
    } else if (compare == Compare::kUnequal) {
      dependency.rhs = left.column;
      ++unequal;
    } else {
      return std::nullopt;
    }
  }
  if (unequal != 1 || dependency.lhs.empty()) return std::nullopt;
  std::sort(dependency.lhs.begin(), dependency.lhs.end());
  dependency.lhs.erase(std::unique(dependency.lhs.begin(), dependency.lhs.end()),
                       dependency.lhs.end());
  if (std::find(dependency.lhs.begin(), dependency.lhs.end(), dependency.rhs) !=
      dependency.lhs.end())
    return std::nullopt;
  return dependency;
}

std::string text_of(const Dependency& dependency, const Table& table) {
  std::string text;
  for (const std::size_t column : dependency.lhs) {
    if (!text.empty()) text += ", ";
    text += table.columns[column].name;
  }
  return text + " -> " + table.columns[dependency.rhs].name;
}

std::string text_of(const Rule& rule) {
  static constexpr std::array<std::string_view, 6> kNames = {"EQ", "IQ", "LT", "LTE", "GT", "GTE"};
  std::string text = rule.of_pairs ? "t1&t2" : "t1";
  for (const Predicate& predicate : rule.predicates)
    text += fmt::format("&{}({},{})", kNames[static_cast<std::size_t>(predicate.compare)],
                        text_of(predicate.left), text_of(predicate.right));
  return text;
}

}  // namespace fulcrum::data::tables

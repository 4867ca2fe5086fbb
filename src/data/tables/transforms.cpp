#include "data/tables/transforms.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <set>

#include "data/column_profile.h"
#include "data/tables/values.h"

namespace fulcrum::data::tables {

namespace {

using Step = std::function<std::optional<std::string>(std::string_view)>;
struct Named {
  std::string name;
  int cost = 0;
  Step step;
};

bool is_digit(char c) {
  return std::isdigit(static_cast<unsigned char>(c));
}

/// The k-th number in the text, as written.
std::optional<std::string> number_at(std::string_view text, int k) {
  for (std::size_t i = 0; i < text.size();) {
    if (!is_digit(text[i])) {
      ++i;
      continue;
    }
    std::size_t begin = i;
    if (begin > 0 && text[begin - 1] == '-' && (begin == 1 || text[begin - 2] == ' ')) --begin;
    while (i < text.size() && (is_digit(text[i]) || ((text[i] == '.' || text[i] == ',') &&
                                                     i + 1 < text.size() && is_digit(text[i + 1]))))
      ++i;
    if (k-- == 0) return std::string(text.substr(begin, i - begin));
  }
  return std::nullopt;
}

std::vector<std::string_view> split(std::string_view text, char mark) {
  std::vector<std::string_view> parts;
  for (std::size_t begin = 0; begin <= text.size();) {
    const auto end = std::min(text.find(mark, begin), text.size());
    parts.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

std::optional<std::string> joined(const std::vector<std::string_view>& parts, std::size_t from,
                                  std::size_t to, char mark) {
  if (parts.size() < 2 || from >= to || to > parts.size()) return std::nullopt;
  std::string text(trim_unicode(parts[from]));
  for (std::size_t i = from + 1; i < to; ++i) text += mark + std::string(parts[i]);
  return std::string(trim_unicode(text));
}

void add_words(std::vector<Named>& steps) {
  for (const char mark : {' ', ',', '-', '/', ':', ';', '(', '|', '.', '_', '@'}) {
    const std::string of = fmt::format(" at '{}'", mark);
    steps.push_back({"first part" + of, 3, [mark](std::string_view text) {
                       return joined(split(text, mark), 0, 1, mark);
                     }});
    steps.push_back({"last part" + of, 3, [mark](std::string_view text) {
                       const auto parts = split(text, mark);
                       return joined(parts, parts.size() - 1, parts.size(), mark);
                     }});
    steps.push_back({"without the last part" + of, 4, [mark](std::string_view text) {
                       const auto parts = split(text, mark);
                       return joined(parts, 0, parts.size() - 1, mark);
                     }});
    steps.push_back({"without the first part" + of, 4, [mark](std::string_view text) {
                       const auto parts = split(text, mark);
                       return joined(parts, 1, parts.size(), mark);
                     }});
  }
}

std::string without(std::string_view text, const std::function<bool(char)>& is_out) {
  std::string rest;
  for (const char c : text)
    if (!is_out(c)) rest += c;
  return rest;
}

/// Extractions that need no example.
std::vector<Named> extractions() {
  std::vector<Named> steps;
  steps.push_back({"", 0, [](std::string_view text) { return std::optional(std::string(text)); }});
  for (int k = 0; k < 3; ++k)
    steps.push_back({fmt::format("number {}", k + 1), 2 + k,
                     [k](std::string_view text) { return number_at(text, k); }});
  add_words(steps);
  steps.push_back({"without spaces around", 1, [](std::string_view text) {
                     return std::optional(std::string(trim_unicode(text)));
                   }});
  steps.push_back({"letters alone", 4, [](std::string_view text) {
                     return std::optional(without(text, [](char c) {
                       return !std::isalpha(static_cast<unsigned char>(c));
                     }));
                   }});
  steps.push_back({"digits alone", 4, [](std::string_view text) {
                     return std::optional(without(text, [](char c) { return !is_digit(c); }));
                   }});
  return steps;
}

/// Extractions that an example suggests: characters that went, ends that went or came, one
/// character for another, a fixed answer.
std::vector<Named> suggested(const Example& example) {
  std::vector<Named> steps;
  const std::string &from = example.from, &to = example.to;
  const std::set<char> kept(to.begin(), to.end());
  std::string gone;
  for (const char c : std::set<char>(from.begin(), from.end()))
    if (kept.count(c) == 0) gone += c;
  if (!gone.empty() && gone.size() <= 4)
    steps.push_back({fmt::format("without '{}'", gone), 3, [gone](std::string_view text) {
                       return std::optional(without(
                           text, [&](char c) { return gone.find(c) != std::string::npos; }));
                     }});
  if (from.size() > to.size() && from.starts_with(to)) {
    const std::string end = from.substr(to.size());
    steps.push_back({fmt::format("without '{}' behind", end), 3,
                     [end](std::string_view text) -> std::optional<std::string> {
                       if (!text.ends_with(end)) return std::nullopt;
                       return std::string(text.substr(0, text.size() - end.size()));
                     }});
  }
  if (from.size() > to.size() && from.ends_with(to)) {
    const std::string front = from.substr(0, from.size() - to.size());
    steps.push_back({fmt::format("without '{}' before", front), 3,
                     [front](std::string_view text) -> std::optional<std::string> {
                       if (!text.starts_with(front)) return std::nullopt;
                       return std::string(text.substr(front.size()));
                     }});
  }
  if (to.size() > from.size() && to.starts_with(from) && !from.empty()) {
    const std::string end = to.substr(from.size());
    steps.push_back({fmt::format("with '{}' behind", end), 4, [end](std::string_view text) {
                       return std::optional(std::string(text) + end);
                     }});
  }
  if (to.size() > from.size() && to.ends_with(from) && !from.empty()) {
    const std::string front = to.substr(0, to.size() - from.size());
    steps.push_back({fmt::format("with '{}' before", front), 4, [front](std::string_view text) {
                       return std::optional(front + std::string(text));
                     }});
  }
  const auto differ = std::mismatch(from.begin(), from.end(), to.begin(), to.end());
  if (from.size() == to.size() && differ.first != from.end()) {
    const char a = *differ.first, b = *differ.second;
    steps.push_back({fmt::format("'{}' for '{}'", b, a), 3, [a, b](std::string_view text) {
                       std::string changed(text);
                       std::replace(changed.begin(), changed.end(), a, b);
                       return std::optional(changed);
                     }});
  }
  steps.push_back(
      {fmt::format("always '{}'", to), 7, [to](std::string_view) { return std::optional(to); }});
  steps.push_back({fmt::format("'{}' is '{}'", from, to), 6,
                   [from, to](std::string_view text) -> std::optional<std::string> {
                     if (text != from) return std::nullopt;
                     return to;
                   }});
  return steps;
}

std::string map_case(std::string_view text, bool upper) {
  std::string changed(text);
  for (char& c : changed)
    c = static_cast<char>(upper ? std::toupper(static_cast<unsigned char>(c))
                                : std::tolower(static_cast<unsigned char>(c)));
  return changed;
}

std::optional<std::string> scaled(std::string_view text, double factor) {
  const auto quantity = parse_quantity(text);
  if (!quantity || !quantity->unit().empty()) return std::nullopt;
  return fmt::format("{:.10g}", quantity->number * factor);
}

std::vector<Named> finishes() {
  std::vector<Named> steps;
  steps.push_back({"", 0, [](std::string_view text) { return std::optional(std::string(text)); }});
  steps.push_back({"lower case", 2,
                   [](std::string_view text) { return std::optional(map_case(text, false)); }});
  steps.push_back(
      {"upper case", 2, [](std::string_view text) { return std::optional(map_case(text, true)); }});
  steps.push_back({"capitals", 2, [](std::string_view text) {
                     std::string changed = map_case(text, false);
                     for (std::size_t i = 0; i < changed.size(); ++i)
                       if (i == 0 || changed[i - 1] == ' ')
                         changed[i] = static_cast<char>(
                             std::toupper(static_cast<unsigned char>(changed[i])));
                     return std::optional(changed);
                   }});
  steps.push_back(
      {"without trailing zeros", 1, [](std::string_view text) -> std::optional<std::string> {
         if (text.find('.') == std::string_view::npos || !parse_quantity(text))
           return std::string(text);
         while (text.ends_with('0')) text.remove_suffix(1);
         if (text.ends_with('.')) text.remove_suffix(1);
         return std::string(text);
       }});
  steps.push_back({"without commas", 1, [](std::string_view text) {
                     return std::optional(without(text, [](char c) { return c == ','; }));
                   }});
  for (const double factor : {100.0, 0.01, 1000.0, 0.001})
    steps.push_back({fmt::format("times {}", factor), 3,
                     [factor](std::string_view text) { return scaled(text, factor); }});
  return steps;
}

Transform joined(const Named& extraction, const Named& finish) {
  Transform transform;
  transform.name = extraction.name;
  if (!finish.name.empty()) transform.name += (transform.name.empty() ? "" : ", ") + finish.name;
  transform.cost = extraction.cost + finish.cost;
  transform.apply = [first = extraction.step,
                     second = finish.step](std::string_view text) -> std::optional<std::string> {
    const auto middle = first(text);
    return middle ? second(*middle) : std::nullopt;
  };
  return transform;
}

}  // namespace

std::vector<Transform> learn_transforms(const std::vector<Example>& examples) {
  std::map<std::string, Named> first;
  for (auto& one : extractions()) first.emplace(one.name, std::move(one));
  for (const Example& example : examples)
    for (auto& one : suggested(example)) first.emplace(one.name, std::move(one));
  std::map<std::pair<std::string, std::string>, std::size_t> distinct;
  for (const Example& example : examples) ++distinct[{example.from, example.to}];
  std::vector<Transform> learnt;
  const auto last = finishes();
  for (const auto& [name, extraction] : first)
    for (const Named& finish : last) {
      Transform transform = joined(extraction, finish);
      if (transform.name.empty()) continue;
      std::size_t kinds = 0;
      for (const auto& [example, count] : distinct) {
        const auto made = transform.apply(example.first);
        if (made == example.second) {
          transform.right += count;
          ++kinds;
        } else if (made && *made != example.first) {
          transform.wrong += count;
        }
      }
      // A fixed answer to one text alone is that example and nothing learnt; it stays the last.
      if (kinds < 2) transform.cost += 2;
      if (transform.right > transform.wrong) learnt.push_back(std::move(transform));
    }
  std::stable_sort(learnt.begin(), learnt.end(), [](const Transform& a, const Transform& b) {
    const auto worth = [](const Transform& one) {
      return static_cast<double>(one.right) - 2.0 * static_cast<double>(one.wrong) - 0.1 * one.cost;
    };
    return worth(a) > worth(b);
  });
  if (learnt.size() > 12) learnt.resize(12);
  return learnt;
}

std::optional<Corrected> correct(std::string_view text, const std::vector<Transform>& transforms) {
  for (const Transform& one : transforms) {
    const auto made = one.apply(text);
    if (!made || *made == text) continue;
    const auto right = static_cast<double>(one.right), wrong = static_cast<double>(one.wrong);
    return Corrected{*made, (right + 0.5) / (right + wrong + 1)};
  }
  return std::nullopt;
}

}  // namespace fulcrum::data::tables

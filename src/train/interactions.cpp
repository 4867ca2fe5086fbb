#include "train/interactions.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <unordered_map>

#include "base/files.h"

namespace fulcrum::train {

namespace {

struct Row {
  std::string user;
  std::string item;
  std::int64_t time_us = 0;
};

/// Takes one field off the front; false when a quote stays open or text follows a closing quote.
bool take_field(std::string_view& rest, std::string& field) {
  field.clear();
  if (rest.empty() || rest.front() != '"') {
    const std::size_t end = rest.find(',');
    field = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
    return field.find('"') == std::string::npos;
  }
  rest.remove_prefix(1);
  while (true) {
    const std::size_t quote = rest.find('"');
    if (quote == std::string_view::npos) return false;
    field += rest.substr(0, quote);
    rest.remove_prefix(quote + 1);
    if (rest.empty()) return true;
    if (rest.front() == ',') {
      rest.remove_prefix(1);
      return true;
    }
    if (rest.front() != '"') return false;
    field += '"';
    rest.remove_prefix(1);
  }
}

base::Failure bad_row(std::string_view what, std::size_t line, std::string message) {
  return base::usage("interactions.row", std::move(message), fmt::format("{}:{}", what, line),
                     "a row is user,item,time_us with the time in microseconds since 1970");
}

base::Result<Row> parse_row(std::string_view line, std::string_view what, std::size_t number) {
  Row row;
  std::string time;
  std::string_view rest = line;
  const auto commas = std::count(line.begin(), line.end(), ',');
  if (commas < 2) return bad_row(what, number, "expected three fields");
  if (!take_field(rest, row.user) || !take_field(rest, row.item) || !take_field(rest, time))
    return bad_row(what, number, "unbalanced quotes");
  if (!rest.empty()) return bad_row(what, number, "expected three fields, got more");
  if (row.user.empty()) return bad_row(what, number, "the user is empty");
  if (row.item.empty()) return bad_row(what, number, "the item is empty");
  const auto [end, error] = std::from_chars(time.data(), time.data() + time.size(), row.time_us);
  if (error != std::errc{} || end != time.data() + time.size())
    return bad_row(what, number, fmt::format("expected an integer time, got \"{}\"", time));
  return row;
}

base::Result<std::vector<Row>> parse_rows(std::string_view text, std::string_view what) {
  std::vector<Row> rows;
  std::size_t number = 0;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    ++number;
    if (number == 1) {
      if (line != "user,item,time_us")
        return base::usage(
            "interactions.header",
            fmt::format("expected the header user,item,time_us, got \"{}\"", line.substr(0, 80)),
            fmt::format("{}:1", what));
      continue;
    }
    if (line.empty()) continue;
    TRY(auto row, parse_row(line, what, number));
    rows.push_back(std::move(row));
  }
  if (rows.empty())
    return base::usage("interactions.empty", "no interactions to learn from", std::string(what));
  return rows;
}

std::unordered_map<std::string_view, Item> number_sorted(const std::vector<Row>& rows,
                                                         std::string Row::*member,
                                                         std::vector<std::string>& names) {
  for (const auto& row : rows) names.push_back(row.*member);
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  std::unordered_map<std::string_view, Item> numbers;
  for (std::size_t i = 0; i < names.size(); ++i) numbers[names[i]] = static_cast<Item>(i);
  return numbers;
}

}  // namespace

base::Result<Interactions> parse_interactions(std::string_view text, std::string_view what) {
  TRY(auto rows, parse_rows(text, what));
  Interactions result;
  result.rows = rows.size();
  std::stable_sort(rows.begin(), rows.end(),
                   [](const Row& a, const Row& b) { return a.time_us < b.time_us; });
  const auto items = number_sorted(rows, &Row::item, result.items);
  const auto users = number_sorted(rows, &Row::user, result.users);
  result.histories.resize(result.users.size());
  for (const auto& row : rows) {
    History& history = result.histories[static_cast<std::size_t>(users.at(row.user))];
    const Item item = items.at(row.item);
    if (!history.empty() && history.back() == item) {
      ++result.repeats;
    } else {
      history.push_back(item);
    }
  }
  return result;
}

std::filesystem::path interactions_file(const std::filesystem::path& path) {
  std::error_code ignored;
  return std::filesystem::is_directory(path, ignored) ? path / "interactions.csv" : path;
}

base::Result<Interactions> read_interactions(const std::filesystem::path& path) {
  const auto file = interactions_file(path);
  TRY(const std::string text, base::read_file(file));
  return parse_interactions(text, file.filename().string());
}

}  // namespace fulcrum::train

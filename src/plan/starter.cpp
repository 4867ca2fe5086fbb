#include "plan/starter.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <initializer_list>

#include "base/json.h"

namespace fulcrum::plan {

namespace {

std::string plain(std::string_view name) {
  std::string result;
  for (const char c : name)
    if (std::isalnum(static_cast<unsigned char>(c)))
      result += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return result;
}

/// Exact names first, then names that contain one of the words.
std::string pick(const std::vector<std::string>& header,
                 std::initializer_list<std::string_view> words) {
  for (const auto word : words)
    for (const auto& name : header)
      if (plain(name) == word || plain(name) == std::string(word) + "id") return name;
  for (const auto word : words)
    for (const auto& name : header)
      if (plain(name).find(word) != std::string::npos) return name;
  return {};
}

/// A text as YAML: plain where that is unmistakable, else in JSON's quotes, which YAML shares.
std::string word(const std::string& text) {
  const bool plain_word = !text.empty() && std::isalpha(static_cast<unsigned char>(text.front())) &&
                          std::all_of(text.begin(), text.end(), [](unsigned char c) {
                            return std::isalnum(c) || c == '_' || c == '-' || c == '.' || c == '/';
                          });
  const bool reserved = text == "true" || text == "false" || text == "null";
  return plain_word && !reserved ? text : base::to_text(base::json::string(text));
}

}  // namespace

std::vector<std::string> header_names(std::string_view line) {
  if (line.starts_with("\xef\xbb\xbf")) line.remove_prefix(3);
  while (!line.empty() && (line.back() == '\r' || line.back() == '\n')) line.remove_suffix(1);
  char separator = ',';
  for (const char candidate : {'\t', ';', ','})
    if (line.find(candidate) != std::string_view::npos) {
      separator = candidate;
      break;
    }
  std::vector<std::string> names;
  for (;;) {
    const auto end = line.find(separator);
    std::string name(line.substr(0, end));
    std::erase(name, '"');
    names.push_back(std::move(name));
    if (end == std::string_view::npos) return names;
    line.remove_prefix(end + 1);
  }
}

base::Result<StarterColumns> guess_columns(const std::vector<std::string>& header) {
  StarterColumns columns{
      .user = pick(header, {"user", "customer", "client", "visitor", "member"}),
      .item = pick(header, {"item", "movie", "product", "article", "sku", "song"}),
      .time = pick(header, {"time", "timestamp", "date", "at", "ts"}),
      .value = pick(header, {"rating", "score", "stars"})};
  std::string missing;
  if (columns.user.empty()) missing = "a user";
  if (columns.item.empty()) missing = "an item";
  if (columns.time.empty()) missing = "a time";
  if (!missing.empty())
    return base::usage(
        "init.columns",
        fmt::format("no column looks like {} (columns: {})", missing, fmt::join(header, ", ")), {},
        "rename the column, or write the plan's sources.columns by hand");
  return columns;
}

std::string starter_plan(const std::string& name, const std::string& data_path,
                         const StarterColumns& columns) {
  const std::string value = columns.value.empty() ? "" : ", value: " + word(columns.value);
  return fmt::format(
      R"(# Written by `fulcrum init`. `fulcrum run plan.yaml --dry-run` lists its steps.
fulcrum: 1
plan: {0}

settings:
  seed: 1
  data: {1}

product:
  name: {0}
  goal: What should be better for whom?

requirements:
  - {{id: R1, title: Recommendations beat the popular items, gate: beats-popularity}}

sources:
  interactions:
    kind: table
    path: "${{data}}"
    columns: {{user: {2}, item: {3}, time: {4}{5}}}

dataset: {{name: {0}}}

training:
  holdout_users: 0.3      # kept for the canary alone
  recipe: {{}}

evaluation:
  gates:
    - {{id: beats-popularity, metric: ndcg_at_10, above: popularity}}

release:
  model: {0}
  stable: item_knn
  first_release: true     # nothing runs yet
  traffic: {{offline_replay: true}}
)",
      word(name), word(data_path), word(columns.user), word(columns.item), word(columns.time),
      value);
}

}  // namespace fulcrum::plan

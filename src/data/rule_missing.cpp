// Rows without a value that they need. Needed: what the plan requires; keys; and every column that
// nearly all rows (of the same event type) have.
#include <algorithm>

#include "data/column_profile.h"

namespace fulcrum::data {

namespace {

constexpr double kNearlyAll = 0.90;  // a tenth of gaps may be dirt; more is how the data is

bool names(const std::vector<std::string>& list, const std::string& name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

/// Placeholders become nulls, unless the word is common enough to mean something here.
void blank_placeholders(CleanWork& work, Column& cells) {
  std::unordered_map<std::uint32_t, std::size_t> counts;
  std::size_t texts = 0;
  for (std::size_t row = 0; row < work.table.rows(); ++row) {
    if (cells.kinds[row] != CellKind::kText) continue;
    ++texts;
    if (is_placeholder(work.table.texts[cells.texts[row]])) ++counts[cells.texts[row]];
  }
  for (std::size_t row = 0; row < work.table.rows(); ++row) {
    if (cells.kinds[row] != CellKind::kText) continue;
    const auto found = counts.find(cells.texts[row]);
    if (found == counts.end()) continue;
    const bool empty = trim_unicode(work.table.texts[cells.texts[row]]).empty();
    if (empty || found->second * 5 < texts) cells.kinds[row] = CellKind::kNull;
  }
}

/// Share of present values per event type; a column without types has one.
std::unordered_map<std::uint32_t, double> presence(const CleanWork& work, const Column& cells) {
  std::unordered_map<std::uint32_t, std::pair<double, double>> counts;
  for (std::size_t row = 0; row < work.table.rows(); ++row) {
    if (work.judgement.dropped(row)) continue;
    const auto event = work.table.text(work.table.event, row);
    auto& count = counts[event.empty() ? 0 : work.table.columns[static_cast<std::size_t>(
                                                                 work.table.event)].texts[row] + 1];
    count.second += 1;
    count.first += cells.is_missing(row) ? 0 : 1;
  }
  std::unordered_map<std::uint32_t, double> shares;
  for (const auto& [event, count] : counts) shares[event] = count.first / count.second;
  return shares;
}

}  // namespace

base::Status rule_missing(CleanWork& work) {
  auto& table = work.table;
  for (auto& cells : table.columns) blank_placeholders(work, cells);
  for (std::size_t index = 0; index < table.columns.size(); ++index) {
    const Column& cells = table.columns[index];
    const int column = static_cast<int>(index);
    if (names(work.settings.optional, cells.name)) continue;
    const bool key = column == table.user || column == table.item || column == table.time;
    const bool must = key || names(work.settings.required, cells.name);
    if (!must && !work.settings.required.empty()) continue;
    const auto shares = must ? std::unordered_map<std::uint32_t, double>{} : presence(work, cells);
    for (std::size_t row = 0; row < table.rows(); ++row) {
      if (work.judgement.dropped(row) || !cells.is_missing(row)) continue;
      const auto event = table.text(table.event, row);
      const auto group = event.empty() ? 0 : table.columns[static_cast<std::size_t>(table.event)].texts[row] + 1;
      // The row's own type decides; an unknown type is judged by the whole.
      if (must || shares.at(group) >= kNearlyAll || (event.empty() && table.event >= 0))
        work.judgement.drop(row, "no " + cells.name);
    }
  }
  return {};
}

}  // namespace fulcrum::data

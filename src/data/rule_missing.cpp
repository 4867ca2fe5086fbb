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

/// The row's event type, by which a need may differ; 0 for none.
std::uint32_t group_of(const CleanWork& work, const Column& cells, std::size_t row) {
  if (work.table.event < 0) return 0;
  const Column& events = work.table.columns[static_cast<std::size_t>(work.table.event)];
  if (&events == &cells || events.kinds[row] != CellKind::kText) return 0;
  return events.texts[row] + 1;
}

/// Share of present values per event type.
std::unordered_map<std::uint32_t, double> presence(const CleanWork& work, const Column& cells) {
  std::unordered_map<std::uint32_t, std::pair<double, double>> counts;
  for (std::size_t row = 0; row < work.table.rows(); ++row) {
    if (work.judgement.dropped(row)) continue;
    auto& count = counts[group_of(work, cells, row)];
    count.second += 1;
    count.first += cells.is_missing(row) ? 0 : 1;
  }
  std::unordered_map<std::uint32_t, double> shares;
  for (const auto& [event, count] : counts) shares[event] = count.first / count.second;
  return shares;
}

/// For each session its last row: the last click of a visit has no dwell time by nature.
std::vector<bool> last_of_session(const CleanWork& work) {
  const auto& table = work.table;
  std::vector<bool> last(table.rows(), false);
  if (table.session < 0) return last;
  const Column& sessions = table.columns[static_cast<std::size_t>(table.session)];
  std::unordered_map<std::uint32_t, std::size_t> latest;
  for (std::size_t row = 0; row < table.rows(); ++row) {
    if (sessions.kinds[row] != CellKind::kText || table.time_us[row] == EventTable::kNoTime)
      continue;
    const auto [found, fresh] = latest.try_emplace(sessions.texts[row], row);
    if (!fresh && table.time_us[row] >= table.time_us[found->second]) found->second = row;
  }
  for (const auto& [session, row] : latest) last[row] = true;
  return last;
}

/// Do most gaps of this column stand at the ends of sessions?
bool ends_lack(const CleanWork& work, const Column& cells, const std::vector<bool>& last) {
  std::size_t gaps = 0, at_end = 0;
  for (std::size_t row = 0; row < work.table.rows(); ++row) {
    if (work.judgement.dropped(row) || !cells.is_missing(row)) continue;
    ++gaps;
    at_end += last[row];
  }
  return gaps >= 20 && at_end * 10 >= gaps * 6;
}

}  // namespace

base::Status rule_missing(CleanWork& work) {
  auto& table = work.table;
  for (auto& cells : table.columns) blank_placeholders(work, cells);
  const auto last = last_of_session(work);
  for (std::size_t index = 0; index < table.columns.size(); ++index) {
    const Column& cells = table.columns[index];
    const int column = static_cast<int>(index);
    if (names(work.settings.optional, cells.name)) continue;
    const bool key = column == table.user || column == table.item || column == table.time;
    const bool must = key || names(work.settings.required, cells.name);
    if (!must && !work.settings.required.empty()) continue;
    const auto shares = must ? std::unordered_map<std::uint32_t, double>{} : presence(work, cells);
    const bool spare_ends = !must && ends_lack(work, cells, last);
    for (std::size_t row = 0; row < table.rows(); ++row) {
      if (work.judgement.dropped(row) || !cells.is_missing(row)) continue;
      if (spare_ends && last[row]) continue;
      if (must || shares.at(group_of(work, cells, row)) >= kNearlyAll)
        work.judgement.drop(row, "no " + cells.name);
    }
  }
  return {};
}

}  // namespace fulcrum::data

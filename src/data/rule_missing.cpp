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

/// Rows after which their session has no value of this column any more: the last click of a visit
/// has no dwell time by nature, nor has a copy of it. A value far later belongs to a wrong time.
std::vector<bool> ends_without(const CleanWork& work, const Column& cells) {
  constexpr std::int64_t kFar_us = 6 * 3'600'000'000LL;
  const auto& table = work.table;
  std::vector<bool> ends(table.rows(), false);
  if (table.session < 0) return ends;
  const Column& sessions = table.columns[static_cast<std::size_t>(table.session)];
  std::unordered_map<std::uint32_t, std::vector<std::int64_t>> valued_us;
  const auto counts = [&](std::size_t row) {
    return sessions.kinds[row] == CellKind::kText && table.time_us[row] != EventTable::kNoTime;
  };
  for (std::size_t row = 0; row < table.rows(); ++row)
    if (counts(row) && !cells.is_missing(row))
      valued_us[sessions.texts[row]].push_back(table.time_us[row]);
  for (auto& [session, times] : valued_us) std::sort(times.begin(), times.end());
  for (std::size_t row = 0; row < table.rows(); ++row) {
    if (!counts(row) || !cells.is_missing(row)) continue;
    const auto& times = valued_us[sessions.texts[row]];
    const auto later = std::upper_bound(times.begin(), times.end(), table.time_us[row]);
    ends[row] = later == times.end() || *later - table.time_us[row] > kFar_us;
  }
  return ends;
}

/// Do most gaps of this column stand at the ends of sessions?
bool ends_lack(const CleanWork& work, const Column& cells, const std::vector<bool>& ends) {
  std::size_t gaps = 0, at_end = 0;
  for (std::size_t row = 0; row < work.table.rows(); ++row) {
    if (work.judgement.dropped(row) || !cells.is_missing(row)) continue;
    ++gaps;
    at_end += ends[row];
  }
  return gaps >= 20 && at_end * 10 >= gaps * 6;
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
    const auto ends = must ? std::vector<bool>{} : ends_without(work, cells);
    const bool spare_ends = !must && ends_lack(work, cells, ends);
    for (std::size_t row = 0; row < table.rows(); ++row) {
      if (work.judgement.dropped(row) || !cells.is_missing(row)) continue;
      if (spare_ends && ends[row]) continue;
      if (must || shares.at(group_of(work, cells, row)) >= kNearlyAll)
        work.judgement.drop(row, "no " + cells.name);
    }
  }
  return {};
}

}  // namespace fulcrum::data

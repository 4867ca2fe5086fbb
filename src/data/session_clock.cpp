#include "data/session_clock.h"

#include <algorithm>

namespace fulcrum::data {

namespace {
constexpr double kRounding_s = 0.1;  // durations are often written with one digit
constexpr double kPause = 2.0;  // a next click later than so many times the duration proves nothing
}  // namespace

ClockSays clock_says(double dwell_s, double until_next_s) {
  if (until_next_s + kRounding_s < dwell_s) return ClockSays::kContradicted;
  return until_next_s <= kPause * dwell_s ? ClockSays::kBorneOut : ClockSays::kNothing;
}

std::vector<ClockSays> session_clock(const CleanWork& work) {
  const auto& table = work.table;
  std::vector<ClockSays> says(table.rows(), ClockSays::kNothing);
  if (table.session < 0 || table.dwell_s < 0) return says;
  const Column& sessions = table.columns[static_cast<std::size_t>(table.session)];
  std::unordered_map<std::uint32_t, std::vector<std::size_t>> groups;
  for (std::size_t row = 0; row < table.rows(); ++row)
    if (!work.judgement.dropped(row) && sessions.kinds[row] == CellKind::kText &&
        table.time_us[row] != EventTable::kNoTime)
      groups[sessions.texts[row]].push_back(row);
  for (auto& [session, rows] : groups) {
    std::sort(rows.begin(), rows.end(),
              [&](std::size_t a, std::size_t b) { return table.time_us[a] < table.time_us[b]; });
    // Backwards, so that rows of one moment (a copy and its original) share their next click.
    std::int64_t next_us = EventTable::kNoTime;
    for (std::size_t i = rows.size(); i-- > 0;) {
      const std::int64_t time_us = table.time_us[rows[i]];
      if (i + 1 < rows.size() && table.time_us[rows[i + 1]] > time_us)
        next_us = table.time_us[rows[i + 1]];
      const auto dwell_s = table.number(table.dwell_s, rows[i]);
      if (next_us != EventTable::kNoTime && dwell_s)
        says[rows[i]] = clock_says(*dwell_s, static_cast<double>(next_us - time_us) / 1e6);
    }
  }
  return says;
}

}  // namespace fulcrum::data

// Times: readable, inside the declared window or the data's own, near the rest of their session
// and of their file.
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "base/clock.h"
#include "data/clean_rules.h"
#include "data/robust.h"

namespace fulcrum::data {

namespace {

constexpr double kHour_us = 3.6e9;

struct Span {
  double low = 0, high = 0;
};

/// From the tenth to the ninetieth percentile, and as much again as that on both sides.
Span plausible_span(std::vector<double> times, double least_us) {
  const double low = quantile(times, 0.1), high = quantile(times, 0.9);
  const double reach = std::max(high - low, least_us);
  return {low - reach, high + reach};
}

std::vector<double> kept_times(const CleanWork& work) {
  std::vector<double> times;
  for (std::size_t row = 0; row < work.table.rows(); ++row)
    if (!work.judgement.dropped(row)) times.push_back(static_cast<double>(work.table.time_us[row]));
  return times;
}

base::Result<Span> window_of(const CleanWork& work) {
  Span span = plausible_span(kept_times(work), 24 * kHour_us);
  if (!work.settings.window.from.empty()) {
    TRY(const auto from_us, base::parse_iso_time(work.settings.window.from));
    span.low = static_cast<double>(from_us);
  }
  if (!work.settings.window.to.empty()) {
    TRY(const auto to_us, base::parse_iso_time(work.settings.window.to));
    span.high = static_cast<double>(to_us);
  }
  return span;
}

/// Groups of rows (by session, by file): the group's median time, and how far rows stray from it.
/// `key` gives a group's number, negative for none.
/// `spared` rows are left alone.
template <class Key, class Spared>
void drop_strays(CleanWork& work, const Key& key, const Spared& spared, std::size_t least_rows,
                 double least_us, double spans_wide, const char* what) {
  std::unordered_map<std::int64_t, std::vector<double>> groups;
  for (std::size_t row = 0; row < work.table.rows(); ++row)
    if (!work.judgement.dropped(row) && key(row) >= 0)
      groups[key(row)].push_back(static_cast<double>(work.table.time_us[row]));
  struct Place {
    double centre = 0, span = 0;
  };
  std::unordered_map<std::int64_t, Place> places;
  std::vector<double> spans;  // of the middle four fifths of each group
  for (auto& [group, times] : groups) {
    if (times.size() < least_rows) continue;
    const double low = quantile(times, 0.1), high = quantile(times, 0.9);
    spans.push_back(high - low);
    places[group] = {median(times), high - low};
  }
  if (spans.empty()) return;
  // Wide enough for the longest natural group; a stray is far beyond. The median span, since strays
  // lengthen the spans of short groups.
  const double reach = std::max(least_us, spans_wide * median(spans));
  for (std::size_t row = 0; row < work.table.rows(); ++row) {
    if (work.judgement.dropped(row) || spared(row)) continue;
    const auto place = places.find(key(row));
    if (place == places.end()) continue;
    // A group that is long by itself (a file of late rows) has as much room as it takes.
    if (std::abs(static_cast<double>(work.table.time_us[row]) - place->second.centre) >
        std::max(reach, 5 * place->second.span))
      work.judgement.drop(row, fmt::format("{} is far from the times of its {}",
                                           base::iso_time(work.table.time_us[row]), what));
  }
}

/// Rows that arrived late come with their session: a row is believed when another of its session is
/// near, or when it is alone and nothing can speak against it.
std::vector<bool> believed_by_sessions(const CleanWork& work) {
  const auto& table = work.table;
  std::vector<bool> believed(table.rows(), false);
  if (table.session < 0) return believed;
  const Column& sessions = table.columns[static_cast<std::size_t>(table.session)];
  std::unordered_map<std::uint32_t, std::vector<std::size_t>> groups;
  for (std::size_t row = 0; row < table.rows(); ++row)
    if (!work.judgement.dropped(row) && sessions.kinds[row] == CellKind::kText)
      groups[sessions.texts[row]].push_back(row);
  for (auto& [session, rows] : groups) {
    std::sort(rows.begin(), rows.end(),
              [&](std::size_t a, std::size_t b) { return table.time_us[a] < table.time_us[b]; });
    const auto near = [&](std::size_t i, std::size_t j) {
      return static_cast<double>(table.time_us[rows[j]] - table.time_us[rows[i]]) < 6 * kHour_us;
    };
    for (std::size_t i = 0; i < rows.size(); ++i)
      believed[rows[i]] =
          rows.size() == 1 || (i > 0 && near(i - 1, i)) || (i + 1 < rows.size() && near(i, i + 1));
  }
  return believed;
}

}  // namespace

base::Status rule_times(CleanWork& work) {
  auto& table = work.table;
  for (std::size_t row = 0; row < table.rows(); ++row)
    if (table.time_us[row] == EventTable::kNoTime && !work.judgement.dropped(row))
      work.judgement.drop(row, "its time cannot be read");
  TRY(const Span window, window_of(work));
  for (std::size_t row = 0; row < table.rows(); ++row) {
    if (work.judgement.dropped(row)) continue;
    const auto time = static_cast<double>(table.time_us[row]);
    if (time < window.low || time > window.high)
      work.judgement.drop(row, base::iso_time(table.time_us[row]) + " is outside the window");
  }
  if (table.session >= 0) {
    const Column& sessions = table.columns[static_cast<std::size_t>(table.session)];
    drop_strays(
        work,
        [&](std::size_t row) {
          return sessions.kinds[row] == CellKind::kText ? std::int64_t{sessions.texts[row]} : -1;
        },
        [](std::size_t) { return false; }, 3, 3 * kHour_us, 40, "session");
  }
  if (table.files.size() < 3) return {};  // no rotated logs
  const auto believed = believed_by_sessions(work);
  drop_strays(
      work, [&](std::size_t row) { return std::int64_t{table.file[row]}; },
      [&](std::size_t row) { return believed[row]; }, 50, 24 * kHour_us, 8, "file");
  return {};
}

}  // namespace fulcrum::data

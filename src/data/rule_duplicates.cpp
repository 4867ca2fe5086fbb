// Rows that repeat another: the same event id; the same content under another id; and the same
// content again within seconds, sooner than the first one's own dwell time allows.
#include <fmt/format.h>

#include <algorithm>

#include "base/hash.h"
#include "data/column_profile.h"

namespace fulcrum::data {

namespace {

constexpr std::int64_t kEcho_us = 5'000'000;

struct Content {
  std::uint64_t high = 0, low = 0;  // 128 bits of SHA-256: no two contents meet by chance
  bool operator==(const Content&) const = default;
};
struct ContentHash {
  std::size_t operator()(const Content& content) const { return content.high; }
};

/// All that a row says, but for its id (and its time), however it is spelt.
Content content_of(const EventTable& table, std::size_t row, bool with_time) {
  std::string text = with_time ? fmt::format("{}\x1f", table.time_us[row] / 1000) : std::string();
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    const int column = static_cast<int>(i);
    if (column == table.event_id || column == table.time || table.columns[i].is_missing(row))
      continue;
    const auto words = table.text(column, row);
    text += fmt::format(
        "{}\x1e{}\x1f", i,
        words.empty() ? base::to_text(table.cell(i, row)) : lower_ascii(trim_unicode(words)));
  }
  const auto digest = base::sha256(text);
  Content content;
  for (int i = 0; i < 8; ++i) {
    content.high = content.high << 8 | digest[static_cast<std::size_t>(i)];
    content.low = content.low << 8 | digest[static_cast<std::size_t>(i + 8)];
  }
  return content;
}

std::string place(const EventTable& table, std::size_t row) {
  return fmt::format("{}:{}", table.files[table.file[row]], table.line[row]);
}

void drop_same_ids(CleanWork& work) {
  const auto& table = work.table;
  if (table.event_id < 0) return;
  const Column& ids = table.columns[static_cast<std::size_t>(table.event_id)];
  std::unordered_map<std::uint32_t, std::size_t> first;
  std::vector<std::pair<std::size_t, std::size_t>> repeats;
  std::size_t values = 0;
  for (std::size_t row = 0; row < table.rows(); ++row) {
    if (work.judgement.dropped(row) || ids.kinds[row] != CellKind::kText) continue;
    ++values;
    const auto [found, fresh] = first.try_emplace(ids.texts[row], row);
    if (!fresh) repeats.emplace_back(row, found->second);
  }
  if (repeats.size() * 2 > values)
    return work.judgement.note(
        fmt::format("column {} repeats in most rows: it is not an event's id, "
                    "and was not used for duplicates",
                    ids.name));
  for (const auto& [row, earlier] : repeats)
    work.judgement.drop(row, "same event id as " + place(table, earlier));
}

void drop_same_content(CleanWork& work) {
  std::unordered_map<Content, std::size_t, ContentHash> first;
  for (std::size_t row = 0; row < work.table.rows(); ++row) {
    if (work.judgement.dropped(row)) continue;
    const auto [found, fresh] = first.try_emplace(content_of(work.table, row, true), row);
    if (!fresh) work.judgement.drop(row, "same content as " + place(work.table, found->second));
  }
}

/// A click sent twice. A person cannot dwell for a minute on a page twice within seconds, so equal
/// dwell times above the distance tell an echo from an eager reader.
void drop_echoes(CleanWork& work) {
  const auto& table = work.table;
  if (table.session < 0 || table.dwell_s < 0) return;
  std::vector<std::size_t> order;
  for (std::size_t row = 0; row < table.rows(); ++row)
    if (!work.judgement.dropped(row)) order.push_back(row);
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return table.time_us[a] < table.time_us[b];
  });
  std::unordered_map<Content, std::size_t, ContentHash> last;
  for (const std::size_t row : order) {
    const auto [found, fresh] = last.try_emplace(content_of(table, row, false), row);
    if (fresh) continue;
    const std::int64_t apart_us = table.time_us[row] - table.time_us[found->second];
    const double dwell_s = table.number(table.dwell_s, row).value_or(0);
    if (apart_us <= kEcho_us && static_cast<double>(apart_us) < dwell_s * 1e6) {
      work.judgement.drop(row, "sent again after " + place(table, found->second));
    } else {
      found->second = row;
    }
  }
}

}  // namespace

base::Status rule_duplicates(CleanWork& work) {
  drop_same_ids(work);
  drop_same_content(work);
  drop_echoes(work);
  return {};
}

}  // namespace fulcrum::data

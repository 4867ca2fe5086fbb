// Personal data in free text is replaced, not the row dropped. Samples never show what was found.
#include <algorithm>

#include <fmt/format.h>

#include "data/column_profile.h"
#include "data/personal/personal_text.h"

namespace fulcrum::data {

namespace {

/// Free text: named by the plan, else every text column that is no id, time, agent or enumeration.
bool is_free_text(const CleanWork& work, std::size_t index) {
  const auto& table = work.table;
  const auto& named = work.settings.free_text;
  if (!named.empty())
    return std::find(named.begin(), named.end(), table.columns[index].name) != named.end();
  const int column = static_cast<int>(index);
  for (const int role : {table.user, table.item, table.time, table.event_id, table.session,
                         table.event, table.dwell_s, table.price, table.agent})
    if (column == role) return false;
  return true;
}

}  // namespace

base::Status rule_personal(CleanWork& work) {
  auto& table = work.table;
  for (std::size_t index = 0; index < table.columns.size(); ++index) {
    if (!is_free_text(work, index)) continue;
    Column& cells = table.columns[index];
    std::unordered_map<std::uint32_t, std::pair<std::uint32_t, std::string>> known;  // per text
    for (std::size_t row = 0; row < table.rows(); ++row) {
      if (work.judgement.dropped(row) || cells.kinds[row] != CellKind::kText) continue;
      const std::uint32_t before = cells.texts[row];
      auto found = known.find(before);
      if (found == known.end()) {
        const Redaction redaction = redact(table.texts[before]);
        const auto after = redaction.kinds.empty() ? before : table.texts.intern(redaction.text);
        found = known
                    .emplace(before,
                             std::pair(after, fmt::format("{}", fmt::join(redaction.kinds, ","))))
                    .first;
      }
      if (found->second.first == before) continue;
      cells.texts[row] = found->second.first;
      work.judgement.change(row, cells.name, "(" + found->second.second + ")",
                            table.texts[found->second.first]);
    }
  }
  return {};
}

}  // namespace fulcrum::data

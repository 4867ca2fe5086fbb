// A sender (one build of an app, one kiosk) most of whose rows were found wrong by themselves is
// broken: what it sends cannot be believed where it merely looks right. Runs after the rules that
// judge single rows, before those that compare rows.
#include <fmt/format.h>

#include "data/clean_rules.h"

namespace fulcrum::data {

namespace {

constexpr std::size_t kLeastRows = 10;
constexpr double kBroken = 0.60;     // of a sender's rows
constexpr double kElsewhere = 0.20;  // of all other rows at most: else it is no matter of senders

struct Count {
  std::size_t dropped = 0, rows = 0;
  double share() const {
    return rows == 0 ? 0 : static_cast<double>(dropped) / static_cast<double>(rows);
  }
};

}  // namespace

base::Status rule_senders(CleanWork& work) {
  const auto& table = work.table;
  if (table.agent < 0) return {};
  const Column& agents = table.columns[static_cast<std::size_t>(table.agent)];
  std::unordered_map<std::uint32_t, Count> counts;
  for (std::size_t row = 0; row < table.rows(); ++row) {
    if (agents.kinds[row] != CellKind::kText) continue;
    auto& count = counts[agents.texts[row]];
    ++count.rows;
    count.dropped += work.judgement.dropped(row);
  }
  const auto broken = [](const Count& count) {
    return count.rows >= kLeastRows && count.share() >= kBroken;
  };
  Count others;
  for (const auto& [agent, count] : counts)
    if (!broken(count)) {
      others.rows += count.rows;
      others.dropped += count.dropped;
    }
  if (others.rows < kLeastRows || others.share() > kElsewhere) return {};
  for (std::size_t row = 0; row < table.rows(); ++row) {
    if (work.judgement.dropped(row) || agents.kinds[row] != CellKind::kText) continue;
    const Count& count = counts.at(agents.texts[row]);
    if (broken(count))
      work.judgement.drop(
          row, fmt::format("{} of {} rows of sender \"{}\" are wrong", count.dropped, count.rows,
                           table.texts[agents.texts[row]].substr(0, 60)));
  }
  return {};
}

}  // namespace fulcrum::data

#include "train/held_out.h"

#include <fmt/format.h>

namespace fulcrum::train {

std::string held_out_csv(const Interactions& interactions, const Split& split,
                         const RankingMetrics& metrics) {
  std::string text = "user,rank\n";
  std::size_t row = 0;
  for (const auto& one : split.held_out) {
    if (asks_for_a_repeat(one)) continue;
    text += fmt::format("{},{}\n", interactions.users[one.user], metrics.ranks[row]);
    ++row;
  }
  return text;
}

}  // namespace fulcrum::train

#include "train/split.h"

#include <utility>

#include "base/hash.h"
#include "base/random.h"

namespace fulcrum::train {

bool is_held_out(std::string_view user, double share) {
  const base::Digest digest = base::sha256(std::string("fulcrum/holdout/") + std::string(user));
  std::uint64_t high = 0;
  for (int i = 0; i < 8; ++i) high = high << 8 | digest[static_cast<std::size_t>(i)];
  return static_cast<double>(high >> 11) * 0x1p-53 < share;
}

Split split_leave_last_out(const Interactions& interactions, double holdout_users) {
  Split split;
  for (std::size_t u = 0; u < interactions.histories.size(); ++u) {
    const History& all = interactions.histories[u];
    if (is_held_out(interactions.users[u], holdout_users)) {
      ++split.held_out_users;
      if (all.size() >= 2) split.held_out.push_back({u, {all.begin(), all.end() - 1}, all.back()});
      continue;
    }
    if (all.size() < 3) {
      split.training.push_back(all);
      continue;
    }
    split.training.emplace_back(all.begin(), all.end() - 2);
    split.validation.push_back({u, split.training.back(), all[all.size() - 2]});
    split.test.push_back({u, {all.begin(), all.end() - 1}, all.back()});
  }
  return split;
}

void shuffle_items(std::vector<History>& sequences, std::uint64_t seed) {
  std::vector<Item*> places;
  for (auto& sequence : sequences)
    for (auto& item : sequence) places.push_back(&item);
  base::Random random(seed);
  for (std::size_t i = places.size(); i > 1; --i)
    std::swap(*places[i - 1], *places[random.below(i)]);
}

}  // namespace fulcrum::train

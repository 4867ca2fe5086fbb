// Prints what the release test's verdicts are worth, for releases whose truth is known.
//   release_characteristics_bench [--table] [repetitions]
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "release/characteristics.h"

using fulcrum::release::Policy;
using fulcrum::release::Scenario;
using fulcrum::release::simulate_releases;

namespace {

constexpr std::uint64_t kSeed = 2017;
constexpr std::int64_t kLookEvery = 50;
constexpr auto kTableRow =
    "| {} | {:.1f} % | {:.1f} % | {:.1f} % | {} | {:.1f} % | {:.1f} % | {:.1f} % |\n";
constexpr auto kJsonRow =
    "{{\"bench\":\"release.characteristics\",\"truth\":\"{}\",\"promoted_percent\":{:.1f},"
    "\"rolled_back_percent\":{:.1f},\"undecided_percent\":{:.1f},\"median_samples\":{},"
    "\"interval_held_percent\":{:.1f},\"z_promoted_percent\":{:.1f},"
    "\"z_rolled_back_percent\":{:.1f}}}\n";

struct Row {
  std::string name;
  Scenario scenario;
  Policy policy;
};

std::vector<Row> rows() {
  const Policy plain{.minimum_detectable_effect = 0.03};
  const Policy narrow{.candidate_share = 0.1, .minimum_detectable_effect = 0.03};
  Policy margin = plain;
  margin.non_inferiority_margin = 0.02;
  const Scenario returning{.base_rate = 0.3, .users = 1000, .user_spread = 0.15};
  Scenario unknown = returning;
  unknown.users_known = false;
  const auto with = [](Scenario scenario, double effect) {
    scenario.effect = effect;
    return scenario;
  };
  return {
      {"equal", {}, plain},
      {"equal, 10 % of users", {}, narrow},
      {"equal, rare rewards (2 %)", {.base_rate = 0.02}, {.minimum_detectable_effect = 0.01}},
      {"equal, rare rewards, 10 % of users",
       {.base_rate = 0.02},
       {.candidate_share = 0.1, .minimum_detectable_effect = 0.01}},
      {"equal, users return", returning, plain},
      {"the same, users not counted", unknown, plain},
      {"equal, margin 0.02", {}, margin},
      {"worse by 0.02, margin 0.02", with({}, -0.02), margin},
      {"better by 0.03", with({}, 0.03), plain},
      {"better by 0.03, 10 % of users", with({}, 0.03), narrow},
      {"better by 0.03, users return", with(returning, 0.03), plain},
      {"better by 0.015", with({}, 0.015), plain},
      {"worse by 0.03", with({}, -0.03), plain},
      {"equal, errors 0.4 % both",
       {.stable_error_rate = 0.004, .candidate_error_rate = 0.004},
       plain},
      {"equal, errors 0.4 % to 0.8 %",
       {.stable_error_rate = 0.004, .candidate_error_rate = 0.008},
       plain},
      {"equal, errors 0.4 % to 25 %",
       {.stable_error_rate = 0.004, .candidate_error_rate = 0.25},
       plain},
  };
}

}  // namespace

int main(int argc, char** argv) {
  bool as_table = false;
  int repetitions = 1000;
  for (int i = 1; i < argc; ++i) {
    if (std::string_view(argv[i]) == "--table")
      as_table = true;
    else
      repetitions = std::max(1, std::atoi(argv[i]));
  }
  if (as_table)
    fmt::print(
        "| truth | promoted | rolled back | undecided | median samples | interval held "
        "| z-test promoted | z-test rolled back |\n|---|---|---|---|---|---|---|---|\n");
  for (const Row& row : rows()) {
    const auto result = simulate_releases(row.policy, row.scenario, repetitions, kLookEvery, kSeed);
    fmt::print(fmt::runtime(as_table ? kTableRow : kJsonRow), row.name, 100 * result.promoted,
               100 * result.rolled_back, 100 * result.undecided, result.median_samples,
               100 * result.covered, 100 * result.naive_promoted, 100 * result.naive_rolled_back);
  }
  return 0;
}

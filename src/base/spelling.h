#pragma once
// "Did you mean …?": the nearest of the valid names by edit distance.
#include <string>
#include <string_view>
#include <vector>

namespace fulcrum::base {

/// Optimal string alignment distance: insertions, deletions, substitutions, adjacent swaps.
std::size_t edit_distance(std::string_view a, std::string_view b);
/// Empty when nothing is near (more than a third of the longer name would have to change).
std::string nearest(std::string_view name, const std::vector<std::string_view>& valid);

}  // namespace fulcrum::base

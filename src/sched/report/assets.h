#pragma once
// Files compiled in.
#include <string_view>
#include <vector>

namespace fulcrum::sched {

struct Asset {
  std::string_view name;
  std::string_view content;
};
const std::vector<Asset>& assets();

}  // namespace fulcrum::sched

#pragma once
#include <algorithm>
#include <string_view>

namespace fulcrum::cli {

/// Commands that only make sense while a server lives: it would place and watch what they start.
inline constexpr std::string_view kNeedsServer[] = {"job.submit"};

inline bool needs_server(std::string_view command) {
  return std::find(std::begin(kNeedsServer), std::end(kNeedsServer), command) !=
         std::end(kNeedsServer);
}

}  // namespace fulcrum::cli

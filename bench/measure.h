#pragma once
// What benchmarks have in common.
#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <type_traits>
#include <utility>

#include "base/result.h"

namespace fulcrum::bench {

using Clock = std::chrono::steady_clock;

inline double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

/// A benchmark without its parts says nothing: the error is printed, and it ends.
template <class T>
T must(base::Result<T> result) {
  if (!result) {
    fmt::print(stderr, "{}\n", base::describe(result.error()));
    std::exit(1);
  }
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

}  // namespace fulcrum::bench

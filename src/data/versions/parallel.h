#pragma once
// The same work over many items, on a few threads.
#include <atomic>
#include <cstddef>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "base/result.h"

namespace fulcrum::data::versions {

/// Calls work(i) for 0 <= i < count, in no order; the first failure ends it and is returned.
inline base::Status for_each_in_parallel(std::size_t count, unsigned threads,
                                         const std::function<base::Status(std::size_t)>& work) {
  std::atomic<std::size_t> next{0};
  std::atomic<bool> stopped{false};
  std::mutex mutex;
  base::Status result;
  const auto run = [&] {
    for (std::size_t i = next++; i < count && !stopped; i = next++) {
      auto done = work(i);
      if (done) continue;
      const std::lock_guard lock(mutex);
      if (!stopped.exchange(true)) result = std::move(done);
    }
  };
  std::vector<std::jthread> others;
  for (std::size_t t = 1; t < threads && t < count; ++t) others.emplace_back(run);
  run();
  others.clear();
  return result;
}

}  // namespace fulcrum::data::versions

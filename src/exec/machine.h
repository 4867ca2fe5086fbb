#pragma once
// What this machine has, and what it can do.
#include <cstdint>
#include <string>
#include <vector>

#include "exec/shim/nvml.h"

namespace fulcrum::exec {

struct Machine {
  std::string name;        // host name, letters, digits, '-' and '.'
  std::int64_t cores = 1;  // that this process may use
  std::int64_t memory_bytes = 0;
  std::vector<GpuInfo> gpus;
};
Machine inspect_machine();

struct Speed {
  double one_thread_gflop_per_s = 0;  // double precision, a multiply and an add count two
  double all_threads_gflop_per_s = 0;
  double memory_gb_per_s = 0;  // triad a = b + s·c over arrays beyond the caches, 10^9 bytes
};
/// Keeps all cores busy for about three times `seconds`.
Speed measure_speed(std::int64_t cores, double seconds = 0.3);

}  // namespace fulcrum::exec

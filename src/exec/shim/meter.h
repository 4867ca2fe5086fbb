#pragma once
// What a job uses, sample by sample.
#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "exec/shim/job_folder.h"
#include "exec/shim/nvml.h"

namespace fulcrum::exec::shim {

class Meter {
 public:
  Meter(const Launch& launch, std::string folder);
  /// Measures everything below this process and appends one line to usage.jsonl.
  void sample();
  /// CPU time of the whole tree so far, waited-for processes included.
  std::int64_t cpu_us() const { return cpu_us_; }
  /// Largest sum of resident memory that a sample saw, or the largest single process.
  std::int64_t peak_memory_bytes() const { return peak_memory_bytes_; }

 private:
  /// 0…1; -1 where nothing can measure them.
  double device_busy(double cpu_cores);

  std::vector<std::uint32_t> devices_;
  bool devices_are_cores_;
  std::string path_;
  std::unique_ptr<Nvml> nvml_;
  bool nvml_tried_ = false;
  std::int64_t last_us_;
  std::int64_t cpu_us_ = 0;
  std::int64_t peak_memory_bytes_ = 0;
};

}  // namespace fulcrum::exec::shim

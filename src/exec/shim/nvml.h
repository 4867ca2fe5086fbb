#pragma once
// NVIDIA's management library, opened at run time when the machine has it
// (docs.nvidia.com/deploy/nvml-api). No build-time dependency.
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace fulcrum::exec {

struct GpuInfo {
  std::uint32_t index = 0;
  std::string model;  // "NVIDIA H100 80GB HBM3"
  std::string uuid;
  std::int64_t memory_bytes = 0;
};

/// Not thread-safe.
class Nvml {
 public:
  /// Null where there is no driver or no library.
  static std::unique_ptr<Nvml> open();
  ~Nvml();
  Nvml(const Nvml&) = delete;
  Nvml& operator=(const Nvml&) = delete;

  std::vector<GpuInfo> devices();
  /// Share of the last sampling period in which a kernel ran, 0…1; negative when unknown.
  double busy(std::uint32_t index);

 private:
  Nvml() = default;
  void* library_ = nullptr;
};

}  // namespace fulcrum::exec

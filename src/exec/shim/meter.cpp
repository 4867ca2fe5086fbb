#include "exec/shim/meter.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "exec/shim/process_tree.h"

namespace fulcrum::exec::shim {

namespace {

std::int64_t to_us(const timeval& time) {
  return static_cast<std::int64_t>(time.tv_sec) * 1'000'000 + time.tv_usec;
}

void append_line(const std::string& path, const char* line, int size) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (file < 0) return;
  (void)!::write(file, line, static_cast<std::size_t>(size));
  ::close(file);
}

}  // namespace

Meter::Meter(const Launch& launch, std::string folder)
    : devices_(launch.devices),
      devices_are_cores_(launch.devices_are_cores),
      path_(std::move(folder) + "/" + std::string(kUsageFile)),
      last_us_(boot_us()) {}

double Meter::device_busy(double cpu_cores) {
  if (devices_.empty()) return -1;
  if (devices_are_cores_) return std::min(1.0, cpu_cores / static_cast<double>(devices_.size()));
  if (!nvml_tried_) nvml_ = Nvml::open();
  nvml_tried_ = true;
  if (!nvml_) return -1;
  double sum = 0;
  for (const auto device : devices_) {
    const double busy = nvml_->busy(device);
    if (busy < 0) return -1;
    sum += busy;
  }
  return sum / static_cast<double>(devices_.size());
}

void Meter::sample() {
  rusage waited{};
  ::getrusage(RUSAGE_CHILDREN, &waited);
  std::int64_t cpu_us = to_us(waited.ru_utime) + to_us(waited.ru_stime);
  std::int64_t memory_bytes = 0;
  for (const auto& process : descendants(::getpid())) {
    cpu_us += process.cpu_us;
    memory_bytes += process.memory_bytes;
  }
  const std::int64_t now_us = boot_us();
  const double passed_us = static_cast<double>(std::max<std::int64_t>(1, now_us - last_us_));
  const double cores = static_cast<double>(std::max<std::int64_t>(0, cpu_us - cpu_us_)) / passed_us;
  last_us_ = now_us;
  cpu_us_ = std::max(cpu_us_, cpu_us);
  peak_memory_bytes_ = std::max(
      {peak_memory_bytes_, memory_bytes, static_cast<std::int64_t>(waited.ru_maxrss) * 1024});
  char line[256];
  const int size = std::snprintf(
      line, sizeof line,
      "{\"time_us\":%lld,\"cpu_cores\":%.4f,\"memory_bytes\":%lld,\"device_busy\":%.4f}\n",
      static_cast<long long>(wall_us()), cores, static_cast<long long>(memory_bytes),
      device_busy(cores));
  append_line(path_, line, size);
}

}  // namespace fulcrum::exec::shim

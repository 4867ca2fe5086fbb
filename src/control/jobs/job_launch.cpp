#include "control/jobs/job_launch.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

namespace fulcrum::control {

namespace {

std::string joined(const std::vector<std::uint32_t>& numbers) {
  return fmt::format("{}", fmt::join(numbers, ","));
}

}  // namespace

std::string run_id(const std::string& job, std::uint32_t attempt) {
  return attempt <= 1 ? job : fmt::format("{}.{}", job, attempt);
}

exec::LaunchSpec launch_spec(const sched::OpenJob& job, const sched::Node& node,
                             const std::map<std::string, std::string>& base,
                             const std::string& home) {
  exec::LaunchSpec launch;
  launch.job_id = run_id(job.id, job.attempt);
  launch.command = job.spec.command;
  if (launch.command.empty()) launch.command = {"simulated"};
  launch.working_folder = job.spec.working_folder;
  launch.time_limit_us = static_cast<std::int64_t>(job.spec.time_limit_s * 1e6);
  launch.memory_limit_bytes = job.spec.resources.memory_bytes;
  for (const auto position : job.taken.devices)
    if (position < node.devices.size()) launch.devices.push_back(node.devices[position].index);
  const bool cores = node.device_kind == sched::DeviceKind::kCore;
  const std::int64_t by_devices =
      static_cast<std::int64_t>(job.taken.devices.size()) * job.taken.device_milli_each;
  // A job that also asked for more cpu than its devices are is not confined to them.
  launch.devices_are_cores = cores && job.taken.cpu_milli <= by_devices;

  auto& environment = launch.environment;
  environment = job.spec.environment;
  for (const auto& name : job.spec.pass_environment)
    if (const char* value = std::getenv(name.c_str())) environment[name] = value;
  environment.insert(base.begin(), base.end());
  environment["FULCRUM_DEVICES"] = joined(launch.devices);
  environment["FULCRUM_DEVICE_KIND"] = sched::name_of(node.device_kind);
  if (node.device_kind == sched::DeviceKind::kGpu)
    environment["CUDA_VISIBLE_DEVICES"] = joined(launch.devices);
  if (node.device_kind == sched::DeviceKind::kTpu)
    environment["TPU_VISIBLE_CHIPS"] = joined(launch.devices);
  if (job.taken.cpu_milli > 0)
    environment.emplace("OMP_NUM_THREADS",
                        std::to_string(std::max<std::int64_t>(1, job.taken.cpu_milli / 1000)));
  if (!job.array.empty()) {
    environment["FULCRUM_ARRAY"] = job.array;
    environment["FULCRUM_ARRAY_INDEX"] = std::to_string(job.array_index);
  }
  environment["FULCRUM_ATTEMPT"] = std::to_string(job.attempt);
  if (job.preemptions > 0) environment["FULCRUM_PREEMPTED"] = "1";
  if (job.spec.with_home) environment["FULCRUM_HOME"] = home;
  if (job.spec.simulated)
    environment.emplace("FULCRUM_SIMULATED_S",
                        fmt::format("{:.6f}", left_s(job, job.spec.predicted_s)));
  if (cores && !launch.devices_are_cores) launch.devices.clear();
  return launch;
}

double useful_device_s(bool cores, double device_count, const exec::RunStatus& status,
                       const std::vector<exec::UsageSample>& samples) {
  if (cores) return status.cpu_s;
  double busy_s = 0;
  std::int64_t last_us = status.started_us;
  for (const auto& sample : samples) {
    busy_s += sample.device_busy *
              static_cast<double>(std::max<std::int64_t>(0, sample.time_us - last_us)) / 1e6;
    last_us = std::max(last_us, sample.time_us);
  }
  return busy_s * device_count;
}

}  // namespace fulcrum::control

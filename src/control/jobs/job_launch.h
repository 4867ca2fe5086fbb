#pragma once
// From a scheduled job to what an executor starts.
#include <map>
#include <string>

#include "exec/executor.h"
#include "sched/job.h"

namespace fulcrum::control {

/// The executor's name for one start of a job; a second start must not attach to the first.
std::string run_id(const std::string& job, std::uint32_t attempt);

/// `job` runs on `node`. `base` is every job's environment; what the job names itself wins, then
/// comes what it is given: FULCRUM_DEVICES, FULCRUM_DEVICE_KIND, CUDA_VISIBLE_DEVICES on a node
/// with GPUs, TPU_VISIBLE_CHIPS on one with TPUs, OMP_NUM_THREADS unless the job chose one,
/// FULCRUM_ATTEMPT (1 for the first start), FULCRUM_PREEMPTED=1 once it made room before,
/// FULCRUM_HOME when it asked.
exec::LaunchSpec launch_spec(const sched::OpenJob& job, const sched::Node& node,
                             const std::map<std::string, std::string>& base,
                             const std::string& home);

/// Device-seconds in which the devices were busy: CPU time where cores stand in, else the samples'
/// device_busy over time.
double useful_device_s(bool cores, double device_count, const exec::RunStatus& status,
                       const std::vector<exec::UsageSample>& samples);

}  // namespace fulcrum::control

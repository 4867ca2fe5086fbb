#pragma once
// The levels of least attained service (Gu et al., Tiresias, NSDI 2019): jobs that had less device
// time than the threshold are ahead of those that had more; within a level, first come.
#include "sched/core/stages.h"

namespace fulcrum::sched {

inline constexpr double kServedMuchDeviceS = 3600;

inline int served_level(double attained_device_s) {
  return attained_device_s < kServedMuchDeviceS ? 0 : 1;
}

}  // namespace fulcrum::sched

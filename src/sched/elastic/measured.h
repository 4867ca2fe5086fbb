#pragma once
// What was measured of an application beforehand: how long its steps take at which placement, and
// how noisy its gradients are at which batch size. The truth of a replay. Pure.
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "sched/elastic/goodput.h"
#include "sched/elastic/resize.h"

namespace fulcrum::sched {

struct StepTime {
  double step_s = 0;
  double sync_s = 0;  // of it; a pass that only accumulates takes step_s - sync_s
};

/// Step times by placement and local batch size.
class MeasuredSteps {
 public:
  /// A placement is written as the replicas of each node, "244"; it is the same as its rotations.
  void add_placement(const std::string& placement, double local, StepTime time);
  /// Of so many replicas on so many nodes, however they are spread.
  void add_size(std::uint32_t nodes, std::uint32_t replicas, double local, StepTime time);
  /// Linear between local batch sizes; a placement that was not measured takes what its nodes and
  /// replicas give: linear between replicas, and between numbers of nodes at the same replicas a
  /// node. Outside of what was measured: the nearest. Empty: 0.
  StepTime at(const Allocation& placement, double local) const;
  bool empty() const { return by_size_.empty(); }

 private:
  struct Sample {
    double local = 0;
    StepTime time;
    double count = 1;  // of measurements that were averaged
  };
  using Samples = std::vector<Sample>;  // by local
  static void add(Samples& samples, double local, StepTime time);
  static StepTime along(const Samples& samples, double local);
  StepTime of_row(const std::map<std::uint32_t, Samples>& row, double replicas, double local) const;
  std::map<std::string, Samples> by_placement_;
  std::map<std::uint32_t, std::map<std::uint32_t, Samples>> by_size_;  // nodes, replicas
};

/// The gradients' noise ratio (goodput.h) by epoch and batch size: geometric between epochs, and
/// between batch sizes linear in its inverse.
struct NoiseTable {
  std::vector<double> batches;                                 // increasing
  std::vector<std::pair<double, std::vector<double>>> epochs;  // epoch, ratio by batch
  double at(double epoch, double batch) const;
};

struct Application {
  std::string name;
  MeasuredSteps steps;
  NoiseTable noise;
  BatchLimits limits;
  std::uint32_t epochs = 1;
  double steps_per_epoch = 1;  // initial steps
};

}  // namespace fulcrum::sched

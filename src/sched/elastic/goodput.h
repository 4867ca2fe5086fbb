#pragma once
// Goodput of data-parallel training (Qiao et al., Pollux, OSDI 2021, section 3): steps per second
// times what a step of that batch size is worth. Work is counted in *initial steps*: what one step
// with the initial batch size learns. Pure.
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

namespace fulcrum::sched {

/// In examples. The initial batch size is the smallest that a job uses.
struct BatchLimits {
  double initial = 1;
  double largest = 1;
  double least_local = 1;    // of one replica's pass
  double largest_local = 1;  // what fits into a device
};

/// How a batch is cut: each replica makes `accumulated` passes that only add up gradients, then one
/// that also synchronises.
struct Cut {
  double local = 1;  // examples of one pass
  std::uint32_t accumulated = 0;
  double batch(std::uint32_t replicas) const { return replicas * local * (accumulated + 1); }
};

/// The cut of a given batch size over so many replicas; passes are as large as a device holds. With
/// one replica and more than the initial batch at least two passes: the gradient noise is estimated
/// from their difference.
Cut cut_of(const BatchLimits& limits, double batch, std::uint32_t replicas);

/// What was measured once at a size. `pass_s`: of a pass without synchronisation.
struct Observation {
  std::uint32_t nodes = 1;
  std::uint32_t replicas = 1;
  double local = 1;
  double pass_s = 0;
  double step_s = 0;
};

/// Pollux, equations 8-11: a pass takes a_c + b_c m; synchronising a + b (K - 2), with one pair of
/// constants within a node and one between nodes; the two overlap as their gamma-norm.
struct StepModel {
  double pass_base_s = 0, pass_per_example_s = 0;
  double local_base_s = 0, local_per_replica_s = 0;    // within a node
  double remote_base_s = 0, remote_per_replica_s = 0;  // between nodes
  double overlap = 1;                                  // gamma, 1: none

  double pass_s(double local) const { return pass_base_s + pass_per_example_s * local; }
  double sync_s(std::uint32_t nodes, std::uint32_t replicas) const;
  double step_s(std::uint32_t nodes, std::uint32_t replicas, const Cut& cut) const;
};

/// The model that fits what was seen best in relative error. What was never seen is taken to be
/// cheap (synchronising between nodes: at least 1.1 times that within one), so that a job that has
/// room tries it. `seen` is not empty.
StepModel fit_step_model(const std::vector<Observation>& seen);

/// Initial steps that one step of `scale` times the initial batch is worth: (r + 1) / (r / scale +
/// 1), r being the gradients' variance over their squared mean at the initial batch (McCandlish et
/// al. 2018; Pollux, equation 7).
double gain(double noise_ratio, double scale);

/// What a job knows of itself.
class Goodput {
 public:
  struct Best {
    double steps_per_s = 0;  // initial steps
    Cut cut;
  };
  Goodput(const StepModel& model, const BatchLimits& limits, double noise_ratio)
      : model_(model), limits_(limits), noise_ratio_(noise_ratio) {}
  /// With the batch size that suits these replicas best; 0 where none fits.
  const Best& best(std::uint32_t nodes, std::uint32_t replicas) const;
  /// With a given batch size.
  double fixed(std::uint32_t nodes, std::uint32_t replicas, double batch) const;

 private:
  StepModel model_;
  BatchLimits limits_;
  double noise_ratio_;
  mutable std::map<std::pair<std::uint32_t, std::uint32_t>, Best> known_;
};

}  // namespace fulcrum::sched

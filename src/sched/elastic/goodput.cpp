#include "sched/elastic/goodput.h"

#include <algorithm>
#include <cmath>

namespace fulcrum::sched {

namespace {
constexpr double kSlack = 1e-8;  // of rounding up
constexpr int kBatchSizes = 48;  // tried, geometrically apart

double up(double value) {
  return std::ceil(value - kSlack);
}
}  // namespace

Cut cut_of(const BatchLimits& limits, double batch, std::uint32_t replicas) {
  const double local = up(batch / replicas);
  double passes = up(local / limits.largest_local);
  if (replicas == 1 && batch > limits.initial + kSlack) passes = std::max(passes, 2.0);
  Cut cut;
  cut.accumulated = static_cast<std::uint32_t>(passes) - 1;
  cut.local = std::min(up(local / passes), std::floor(limits.largest / (replicas * passes)));
  return cut;
}

double StepModel::sync_s(std::uint32_t nodes, std::uint32_t replicas) const {
  if (replicas <= 1) return 0;
  const double more = replicas - 2.0;
  return nodes > 1 ? remote_base_s + remote_per_replica_s * more
                   : local_base_s + local_per_replica_s * more;
}

double StepModel::step_s(std::uint32_t nodes, std::uint32_t replicas, const Cut& cut) const {
  const double pass = pass_s(cut.local), sync = sync_s(nodes, replicas);
  double last = pass + sync;
  if (overlap > 1 && sync > 0 && pass > 0) {
    const double larger = std::max(pass, sync), part = std::min(pass, sync) / larger;
    last = larger * std::pow(1 + std::pow(part, overlap), 1 / overlap);
  }
  return last + cut.accumulated * pass;
}

double gain(double noise_ratio, double scale) {
  return (noise_ratio + 1) / (noise_ratio / scale + 1);
}

double Goodput::fixed(std::uint32_t nodes, std::uint32_t replicas, double batch) const {
  const Cut cut = cut_of(limits_, batch, replicas);
  return gain(noise_ratio_, cut.batch(replicas) / limits_.initial) /
         model_.step_s(nodes, replicas, cut);
}

const Goodput::Best& Goodput::best(std::uint32_t nodes, std::uint32_t replicas) const {
  const auto [found, is_new] = known_.try_emplace({nodes, replicas});
  Best& best = found->second;
  if (!is_new) return best;
  const double least = std::max(limits_.initial, limits_.least_local * replicas);
  if (least > limits_.largest) return best;
  const double ratio = std::pow(limits_.largest / least, 1.0 / (kBatchSizes - 1));
  double batch = least;
  for (int i = 0; i < kBatchSizes; ++i, batch *= ratio) {
    const Cut cut = cut_of(limits_, std::min(batch, limits_.largest), replicas);
    if (cut.local < limits_.least_local || cut.local > limits_.largest_local) continue;
    const double steps_per_s = gain(noise_ratio_, cut.batch(replicas) / limits_.initial) /
                               model_.step_s(nodes, replicas, cut);
    if (steps_per_s > best.steps_per_s) best = {steps_per_s, cut};
  }
  return best;
}

}  // namespace fulcrum::sched

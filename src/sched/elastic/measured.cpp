#include "sched/elastic/measured.h"

#include <algorithm>
#include <cmath>

namespace fulcrum::sched {

namespace {

std::string smallest_rotation(const std::string& placement) {
  std::string best = placement;
  for (std::size_t i = 1; i < placement.size(); ++i)
    best = std::min(best, placement.substr(i) + placement.substr(0, i));
  return best;
}

StepTime mix(StepTime low, StepTime high, double part) {
  return {low.step_s + part * (high.step_s - low.step_s),
          low.sync_s + part * (high.sync_s - low.sync_s)};
}

double part_between(double low, double high, double at) {
  return high > low ? std::clamp((at - low) / (high - low), 0.0, 1.0) : 0;
}

}  // namespace

void MeasuredSteps::add(Samples& samples, double local, StepTime time) {
  const auto at =
      std::lower_bound(samples.begin(), samples.end(), local,
                       [](const Sample& one, double value) { return one.local < value; });
  if (at == samples.end() || at->local != local) {
    samples.insert(at, {local, time, 1});
    return;
  }
  at->count += 1;
  at->time = mix(at->time, time, 1 / at->count);
}

void MeasuredSteps::add_placement(const std::string& placement, double local, StepTime time) {
  add(by_placement_[smallest_rotation(placement)], local, time);
  std::uint32_t replicas = 0;
  for (const char digit : placement) replicas += static_cast<std::uint32_t>(digit - '0');
  add_size(static_cast<std::uint32_t>(placement.size()), replicas, local, time);
}

void MeasuredSteps::add_size(std::uint32_t nodes, std::uint32_t replicas, double local,
                             StepTime time) {
  add(by_size_[nodes][replicas], local, time);
}

StepTime MeasuredSteps::along(const Samples& samples, double local) {
  std::size_t above = 0;
  while (above + 1 < samples.size() && samples[above].local < local) ++above;
  const Sample& high = samples[above];
  const Sample& low = samples[above > 0 ? above - 1 : 0];
  return mix(low.time, high.time, part_between(low.local, high.local, local));
}

StepTime MeasuredSteps::of_row(const std::map<std::uint32_t, Samples>& row, double replicas,
                               double local) const {
  auto high = row.begin();
  while (std::next(high) != row.end() && high->first < replicas) ++high;
  const auto low = high == row.begin() ? high : std::prev(high);
  return mix(along(low->second, local), along(high->second, local),
             part_between(low->first, high->first, replicas));
}

StepTime MeasuredSteps::at(const Allocation& placement, double local) const {
  if (by_size_.empty() || placement.empty()) return {};
  std::string text;
  for (const Part& part : placement) text += static_cast<char>('0' + std::min(9U, part.replicas));
  if (const auto found = by_placement_.find(smallest_rotation(text)); found != by_placement_.end())
    return along(found->second, local);
  const double nodes = static_cast<double>(placement.size());
  const double replicas = replicas_of(placement);
  auto high = by_size_.begin();
  while (std::next(high) != by_size_.end() && high->first < nodes) ++high;
  const auto low = high->first <= nodes || high == by_size_.begin() ? high : std::prev(high);
  if (low == high) return of_row(high->second, replicas, local);
  const double each = replicas / nodes;
  return mix(of_row(low->second, each * low->first, local),
             of_row(high->second, each * high->first, local),
             part_between(low->first, high->first, nodes));
}

double NoiseTable::at(double epoch, double batch) const {
  if (epochs.empty()) return 0;
  std::size_t after = 0;
  while (after + 1 < epochs.size() && epochs[after].first < epoch) ++after;
  const auto& [late, late_ratios] = epochs[after];
  const auto& [early, early_ratios] = epochs[after > 0 ? after - 1 : 0];
  const double passed = part_between(early, late, epoch);
  std::size_t above = 0;
  while (above + 1 < batches.size() && batches[above] < batch) ++above;
  const std::size_t below = above > 0 ? above - 1 : 0;
  const auto of = [&](std::size_t i) {
    return std::exp((1 - passed) * std::log(early_ratios[i]) + passed * std::log(late_ratios[i]));
  };
  const double part = part_between(batches[below], batches[above], batch);
  return 1 / ((1 - part) / of(below) + part / of(above));
}

}  // namespace fulcrum::sched

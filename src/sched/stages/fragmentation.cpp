#include "sched/stages/fragmentation.h"

#include <algorithm>

namespace fulcrum::sched::stages {

namespace {

constexpr std::size_t kMaxCpuBuckets = 4096;

template <class T>
void sort_unique(std::vector<T>& values) {
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
}

}  // namespace

Fragmentation::Fragmentation(const Cluster& cluster, const std::vector<TypicalShape>& typical)
    : kept_(cluster.size()) {
  std::uint16_t models = 1;
  std::int64_t most_cpu = 0;
  for (NodeIndex node = 0; node < cluster.size(); ++node) {
    models = std::max<std::uint16_t>(models, cluster.spec(node).model + 1);
    most_cpu = std::max(most_cpu, cluster.spec(node).cpu_milli);
  }
  for (const TypicalShape& one : typical) {
    const Shape& shape = cluster.shape_of(one.shape);
    if (shape.gpus == 0) continue;
    cpu_steps_.push_back(shape.cpu_milli);
    amounts_.push_back(shape.gpu_milli);
  }
  sort_unique(cpu_steps_);
  sort_unique(amounts_);
  for (std::size_t milli = 0; milli < step_of_.size(); ++milli)
    step_of_[milli] = static_cast<std::uint8_t>(
        std::upper_bound(amounts_.begin(), amounts_.end(), milli) - amounts_.begin());
  while (static_cast<std::size_t>(most_cpu >> cpu_shift_) >= kMaxCpuBuckets) ++cpu_shift_;
  for (std::int64_t bucket = 0; bucket <= most_cpu >> cpu_shift_; ++bucket)
    cpu_start_.push_back(static_cast<std::uint16_t>(
        std::upper_bound(cpu_steps_.begin(), cpu_steps_.end(), bucket << cpu_shift_) -
        cpu_steps_.begin()));
  row_doubles_ = amounts_.size() + 1 + kMaxDevices + 1;
  rows_.resize(models * (cpu_steps_.size() + 1) * row_doubles_);
  for (std::uint16_t model = 0; model < models; ++model)
    for (std::size_t step = 0; step <= cpu_steps_.size(); ++step)
      fill_row(cluster, typical, model, step);
}

void Fragmentation::fill_row(const Cluster& cluster, const std::vector<TypicalShape>& typical,
                             std::uint16_t model, std::size_t cpu_step) {
  double* unusable = &rows_[(model * (cpu_steps_.size() + 1) + cpu_step) * row_doubles_];
  double* several = unusable + amounts_.size() + 1;
  std::fill_n(unusable, amounts_.size() + 1, 1.0);
  std::fill_n(several, kMaxDevices + 1, 0.0);
  for (const TypicalShape& one : typical) {
    const Shape& shape = cluster.shape_of(one.shape);
    if (shape.gpus == 0 || (shape.models != 0 && (shape.models >> model & 1) == 0)) continue;
    if (cpu_step == 0 || shape.cpu_milli > cpu_steps_[cpu_step - 1]) continue;
    if (shape.gpus == 1) {
      for (std::size_t step = step_of_[shape.gpu_milli]; step <= amounts_.size(); ++step)
        unusable[step] -= one.share;
    } else {
      for (int whole = static_cast<int>(shape.gpus); whole <= kMaxDevices; ++whole)
        several[whole] -= one.share * kWhole * whole;
    }
  }
}

Fragmentation::Row Fragmentation::row(std::uint16_t model, std::int64_t cpu_milli) const {
  std::size_t step = cpu_start_[static_cast<std::size_t>(cpu_milli >> cpu_shift_)];
  while (step < cpu_steps_.size() && cpu_steps_[step] <= cpu_milli) ++step;
  Row row;
  row.unusable_ = &rows_[(model * (cpu_steps_.size() + 1) + step) * row_doubles_];
  row.several_ = row.unusable_ + amounts_.size() + 1;
  row.step_of_ = step_of_.data();
  return row;
}

void Fragmentation::look_at(const Cluster& cluster, NodeIndex node, NodeDevices& kept) const {
  const FreeNode& free = cluster.free(node);
  const NodeSpec& spec = cluster.spec(node);
  kept.as_of = cluster.last_change(node);
  kept.kinds = 0;
  for (std::size_t device = 0; device < spec.gpus; ++device) {
    const std::uint16_t milli = free.device_milli[device];
    if (milli == 0) continue;
    std::size_t kind = 0;
    while (kind < kept.kinds && kept.free_milli[kind] != milli) ++kind;
    if (kind == kept.kinds) {
      ++kept.kinds;
      kept.free_milli[kind] = milli;
      kept.count[kind] = 0;
      kept.first[kind] = static_cast<std::uint8_t>(device);
    }
    ++kept.count[kind];
  }
  kept.fragmentation_milli = of_node(row(spec.model, free.cpu_milli), kept, free.whole);
}

std::unique_ptr<PlaceTables> fragmentation(const Cluster& cluster,
                                           const std::vector<TypicalShape>& typical) {
  return std::make_unique<Fragmentation>(cluster, typical);
}

}  // namespace fulcrum::sched::stages

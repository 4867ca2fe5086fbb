#include "sched/core/cluster.h"

#include <algorithm>
#include <bit>

namespace fulcrum::sched {

namespace {

constexpr std::size_t kDevicesFrom = 2, kCustomFrom = 5;  // in Amounts

/// CPU that a shape takes on a node: where cores stand in, its devices are cores.
std::int64_t cpu_on(const NodeSpec& spec, const Shape& shape) {
  if (!spec.cores_stand_in) return shape.cpu_milli;
  return std::max(shape.cpu_milli, static_cast<std::int64_t>(shape.gpus) *
                                       static_cast<std::int64_t>(shape.gpu_milli));
}

bool allowed(std::uint64_t mask, std::uint16_t index) {
  return (mask >> index & 1) != 0;
}

/// In Amounts. Cores are no devices there.
std::size_t place_of(DeviceClass kind) {
  return kDevicesFrom + static_cast<std::size_t>(kind);
}

bool is_kind(const NodeSpec& spec, DeviceClass asked) {
  if (spec.cores_stand_in) return asked == DeviceClass::kGpu || asked == DeviceClass::kCore;
  return spec.kind == asked;
}

bool may_serve(const NodeSpec& spec, const Shape& shape) {
  if (!allowed(shape.realms, spec.realm)) return false;
  if (shape.gpus == 0) return true;
  return is_kind(spec, shape.kind) && (shape.models == 0 || allowed(shape.models, spec.model));
}

bool covers(const std::vector<std::int64_t>& free, const std::vector<std::int64_t>& need) {
  for (std::size_t i = 0; i < need.size(); ++i)
    if (need[i] > (i < free.size() ? free[i] : 0)) return false;
  return true;
}

}  // namespace

void add(Amounts& to, const Amounts& what) {
  if (to.size() < what.size()) to.resize(what.size(), 0);
  for (std::size_t i = 0; i < what.size(); ++i) to[i] += what[i];
}

double dominant_share(const Amounts& held, const Amounts& capacity) {
  double share = 0;
  for (std::size_t i = 0; i < std::min(held.size(), capacity.size()); ++i)
    if (capacity[i] > 0)
      share = std::max(share, static_cast<double>(held[i]) / static_cast<double>(capacity[i]));
  return share;
}

std::size_t Cluster::Hash::operator()(const Shape& shape) const {
  std::uint64_t hash = 0x9E3779B97F4A7C15;
  const auto mix = [&hash](std::uint64_t value) {
    hash = std::rotl((hash ^ value) * 0xFF51AFD7ED558CCD, 31);
  };
  mix(static_cast<std::uint64_t>(shape.cpu_milli));
  mix(static_cast<std::uint64_t>(shape.memory_bytes));
  mix(std::uint64_t{shape.gpus} << 32 | shape.gpu_milli);
  mix(static_cast<std::uint64_t>(shape.kind));
  mix(shape.models);
  mix(shape.realms);
  mix(shape.data);
  for (const auto amount : shape.custom) mix(static_cast<std::uint64_t>(amount));
  return hash;
}

NodeIndex Cluster::add_node(const NodeSpec& spec) {
  racks_ = std::max<std::uint16_t>(racks_, static_cast<std::uint16_t>(spec.rack + 1));
  const auto node = static_cast<NodeIndex>(specs_.size());
  specs_.push_back(spec);
  FreeNode free;
  free.cpu_milli = spec.cpu_milli;
  free.memory_bytes = spec.memory_bytes;
  std::fill_n(free.device_milli.begin(), spec.gpus, static_cast<std::uint16_t>(kWhole));
  free_.push_back(free);
  free_custom_.push_back(spec.custom);
  residents_.emplace_back();
  last_change_.push_back(0);
  gpu_milli_ += spec.gpus * kWhole;
  cpu_ += spec.cpu_milli;
  Amounts amounts{spec.cpu_milli, spec.memory_bytes, 0, 0, 0};
  if (spec.gpus > 0) amounts[place_of(spec.kind)] += spec.gpus * kWhole;
  amounts.insert(amounts.end(), spec.custom.begin(), spec.custom.end());
  add(capacity_, amounts);
  has_core_nodes_ = has_core_nodes_ || spec.cores_stand_in;
  free_gpu_milli_ += spec.gpus * kWhole;
  free_whole_ += spec.gpus;
  free_cpu_ += spec.cpu_milli;
  free_[node].gpu_milli = static_cast<std::uint32_t>(spec.gpus * kWhole);
  free_[node].whole = spec.gpus;
  free_[node].largest = spec.gpus > 0 ? static_cast<std::uint16_t>(kWhole) : 0;
  changed(node);
  return node;
}

ShapeIndex Cluster::shape(const Shape& shape) {
  const auto [at, is_new] =
      shape_index_.try_emplace(shape, static_cast<ShapeIndex>(shapes_.size()));
  if (is_new) shapes_.push_back(shape);
  return at->second;
}

bool Cluster::fits(NodeIndex node, const Shape& shape) const {
  const FreeNode& free = free_[node];
  const NodeSpec& spec = specs_[node];
  if (cpu_on(spec, shape) > free.cpu_milli || shape.memory_bytes > free.memory_bytes) return false;
  if (shape.gpus > 0 && !spec.cores_stand_in) {
    if (shape.gpu_milli >= kWhole) {
      if (shape.gpus > free.whole) return false;
    } else if (shape.gpus == 1) {
      if (shape.gpu_milli > free.largest) return false;
    } else {
      const auto fitting =
          std::count_if(free.device_milli.begin(), free.device_milli.begin() + spec.gpus,
                        [&](std::uint16_t milli) { return milli >= shape.gpu_milli; });
      if (fitting < static_cast<std::ptrdiff_t>(shape.gpus)) return false;
    }
  }
  return spec.up && may_serve(spec, shape) && covers(free_custom_[node], shape.custom);
}

bool Cluster::fits_ever(NodeIndex node, const Shape& shape) const {
  const NodeSpec& spec = specs_[node];
  return cpu_on(spec, shape) <= spec.cpu_milli && shape.memory_bytes <= spec.memory_bytes &&
         (spec.cores_stand_in || shape.gpus <= spec.gpus) && may_serve(spec, shape) &&
         covers(spec.custom, shape.custom);
}

DeviceMask Cluster::choose_devices(NodeIndex node, const Shape& shape) const {
  const NodeSpec& spec = specs_[node];
  if (shape.gpus == 0 || spec.cores_stand_in) return 0;
  const FreeNode& free = free_[node];
  DeviceMask mask = 0;
  for (std::uint32_t taken = 0; taken < shape.gpus; ++taken) {
    int best = -1;
    for (int i = 0; i < spec.gpus; ++i) {
      if ((mask >> i & 1) != 0 || free.device_milli[static_cast<std::size_t>(i)] < shape.gpu_milli)
        continue;
      if (best < 0 || free.device_milli[static_cast<std::size_t>(i)] <
                          free.device_milli[static_cast<std::size_t>(best)])
        best = i;
    }
    mask |= DeviceMask{1} << best;
  }
  return mask;
}

void Cluster::count(const Held& held, std::int64_t sign, Amounts& to) const {
  const Shape& shape = shapes_[held.shape];
  if (to.size() < kCustomFrom + shape.custom.size()) to.resize(kCustomFrom + shape.custom.size());
  to[0] += sign * cpu_on(specs_[held.node], shape);
  to[1] += sign * shape.memory_bytes;
  if (held.devices != 0)
    to[place_of(specs_[held.node].kind)] += sign * std::popcount(held.devices) * shape.gpu_milli;
  for (std::size_t i = 0; i < shape.custom.size(); ++i)
    to[kCustomFrom + i] += sign * shape.custom[i];
}

void Cluster::take(const Held& held) {
  const Shape& shape = shapes_[held.shape];
  const std::int64_t cpu = cpu_on(specs_[held.node], shape);
  FreeNode& free = free_[held.node];
  free.cpu_milli -= cpu;
  free_cpu_ -= cpu;
  free.memory_bytes -= shape.memory_bytes;
  for (DeviceMask rest = held.devices; rest != 0; rest &= rest - 1)
    free.device_milli[static_cast<std::size_t>(std::countr_zero(rest))] -=
        static_cast<std::uint16_t>(shape.gpu_milli);
  for (std::size_t i = 0; i < shape.custom.size(); ++i)
    free_custom_[held.node][i] -= shape.custom[i];
  if (held.devices != 0) {
    ++residents_like(held.node, shape);
    recount(held.node);
  }
  changed(held.node);
}

void Cluster::give_back(const Held& held) {
  const Shape& shape = shapes_[held.shape];
  const std::int64_t cpu = cpu_on(specs_[held.node], shape);
  FreeNode& free = free_[held.node];
  free.cpu_milli += cpu;
  free_cpu_ += cpu;
  free.memory_bytes += shape.memory_bytes;
  for (DeviceMask rest = held.devices; rest != 0; rest &= rest - 1)
    free.device_milli[static_cast<std::size_t>(std::countr_zero(rest))] +=
        static_cast<std::uint16_t>(shape.gpu_milli);
  for (std::size_t i = 0; i < shape.custom.size(); ++i)
    free_custom_[held.node][i] += shape.custom[i];
  if (held.devices != 0) {
    --residents_like(held.node, shape);
    recount(held.node);
  }
  changed(held.node);
}

std::uint16_t& Cluster::residents_like(NodeIndex node, const Shape& shape) {
  return residents_[node][shape.gpu_milli < kWhole ? 0 : shape.gpus];
}

void Cluster::set_up(NodeIndex node, bool up) {
  specs_[node].up = up;
  changed(node);
}

void Cluster::recount(NodeIndex node) {
  FreeNode& free = free_[node];
  free_gpu_milli_ -= free.gpu_milli;
  free_whole_ -= free.whole;
  free.gpu_milli = 0;
  free.whole = 0;
  free.largest = 0;
  for (std::size_t i = 0; i < specs_[node].gpus; ++i) {
    free.gpu_milli += free.device_milli[i];
    free.whole += free.device_milli[i] == kWhole ? 1 : 0;
    free.largest = std::max(free.largest, free.device_milli[i]);
  }
  free_gpu_milli_ += free.gpu_milli;
  free_whole_ += free.whole;
}

void Cluster::changed(NodeIndex node) {
  if (log_.size() >= 4 * specs_.size() + 64) {  // older readers look at all nodes instead
    const std::size_t forget = log_.size() / 2;
    log_.erase(log_.begin(), log_.begin() + static_cast<std::ptrdiff_t>(forget));
    log_begin_ += forget;
  }
  last_change_[node] = log_end();
  log_.push_back(node);
}

}  // namespace fulcrum::sched

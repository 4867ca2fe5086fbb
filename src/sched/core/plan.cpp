#include "sched/core/plan.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace fulcrum::sched {

namespace {

std::int64_t cpu_of(const NodeSpec& spec, const Shape& shape) {
  if (!spec.cores_stand_in) return shape.cpu_milli;
  return std::max(shape.cpu_milli, std::int64_t{shape.gpus} * shape.gpu_milli);
}

/// sign 1: takes; -1: gives back.
void change(const NodeSpec& spec, FreeNode& free, const Shape& shape, DeviceMask devices,
            int sign) {
  free.cpu_milli -= sign * cpu_of(spec, shape);
  free.memory_bytes -= sign * shape.memory_bytes;
  for (DeviceMask rest = devices; rest != 0; rest &= rest - 1) {
    auto& milli = free.device_milli[static_cast<std::size_t>(std::countr_zero(rest))];
    milli = static_cast<std::uint16_t>(milli - sign * static_cast<int>(shape.gpu_milli));
  }
}

/// The fullest devices that still fit; 0 where there are too few.
DeviceMask devices_for(const NodeSpec& spec, const FreeNode& free, const Shape& shape) {
  DeviceMask mask = 0;
  for (std::uint32_t taken = 0; taken < shape.gpus; ++taken) {
    int best = -1;
    for (int i = 0; i < spec.gpus; ++i) {
      const auto milli = free.device_milli[static_cast<std::size_t>(i)];
      if ((mask >> i & 1) != 0 || milli < shape.gpu_milli) continue;
      if (best < 0 || milli < free.device_milli[static_cast<std::size_t>(best)]) best = i;
    }
    if (best < 0) return 0;
    mask |= DeviceMask{1} << best;
  }
  return mask;
}

}  // namespace

Plan::Plan(const Cluster& cluster, const std::set<std::pair<double, JobIndex>>& ends,
           const std::vector<std::vector<Held>>& held, const Windows& windows, double now_s)
    : cluster_(cluster), windows_(windows), now_s_(now_s), nodes_(cluster.size()) {
  for (NodeIndex node = 0; node < cluster.size(); ++node)
    nodes_[node].push_back({now_s, cluster.free(node)});
  for (const auto& [end_s, job] : ends) {
    if (std::isinf(end_s)) break;
    for (const Held& one : held[job]) {
      auto& moments = nodes_[one.node];
      if (moments.back().at_s < end_s) moments.push_back({end_s, moments.back().free});
      change(cluster.spec(one.node), moments.back().free, cluster.shape_of(one.shape), one.devices,
             -1);
    }
  }
}

FreeNode Plan::least_free(NodeIndex node, double from_s, double to_s) const {
  const auto& moments = nodes_[node];
  auto at = std::upper_bound(moments.begin(), moments.end(), from_s,
                             [](double s, const Moment& moment) { return s < moment.at_s; });
  --at;  // the first moment is now
  FreeNode least = at->free;
  for (++at; at != moments.end() && at->at_s < to_s; ++at) {
    least.cpu_milli = std::min(least.cpu_milli, at->free.cpu_milli);
    least.memory_bytes = std::min(least.memory_bytes, at->free.memory_bytes);
    for (std::size_t i = 0; i < cluster_.spec(node).gpus; ++i)
      least.device_milli[i] = std::min(least.device_milli[i], at->free.device_milli[i]);
  }
  return least;
}

bool Plan::fits(NodeIndex node, const FreeNode& free, const Shape& shape) const {
  const NodeSpec& spec = cluster_.spec(node);
  if (!spec.up || !cluster_.fits_ever(node, shape)) return false;
  if (cpu_of(spec, shape) > free.cpu_milli || shape.memory_bytes > free.memory_bytes) return false;
  return shape.gpus == 0 || spec.cores_stand_in || devices_for(spec, free, shape) != 0;
}

bool Plan::find_at(const Job& job, double from_s, double to_s, std::vector<Held>& where) const {
  where.clear();
  const std::uint32_t count = job.tasks + (job.has_rest ? 1 : 0);
  const auto shape_at = [&](std::size_t i) { return i < job.tasks ? job.shape : job.rest_shape; };
  std::vector<char> closed(windows_.empty() ? 0 : nodes_.size(), 0);
  windows_.close(job, from_s, closed);
  const auto is_closed = [&](NodeIndex node) { return !closed.empty() && closed[node] != 0; };
  for (NodeIndex node = 0; node < nodes_.size() && where.size() < count; ++node) {
    if (is_closed(node)) continue;
    FreeNode free = least_free(node, from_s, to_s);
    while (where.size() < count) {
      const ShapeIndex shape = shape_at(where.size());
      if (!fits(node, free, cluster_.shape_of(shape))) break;
      const NodeSpec& spec = cluster_.spec(node);
      const DeviceMask devices =
          spec.cores_stand_in ? 0 : devices_for(spec, free, cluster_.shape_of(shape));
      change(spec, free, cluster_.shape_of(shape), devices, 1);
      where.push_back({node, shape, devices});
    }
  }
  if (where.size() == job.tasks && job.has_rest) {  // the rest may fit before the last node taken
    for (NodeIndex node = 0; node < where.back().node; ++node) {
      if (is_closed(node) || std::any_of(where.begin(), where.end(),
                                         [&](const Held& one) { return one.node == node; }))
        continue;
      const FreeNode free = least_free(node, from_s, to_s);
      const Shape& rest = cluster_.shape_of(job.rest_shape);
      if (!fits(node, free, rest)) continue;
      const NodeSpec& spec = cluster_.spec(node);
      where.push_back(
          {node, job.rest_shape, spec.cores_stand_in ? 0 : devices_for(spec, free, rest)});
      break;
    }
  }
  return where.size() == count;
}

bool Plan::earliest(const Job& job, double duration_s, double& at_s,
                    std::vector<Held>& where) const {
  if (find_at(job, now_s_, now_s_ + duration_s, where)) {
    at_s = now_s_;
    return true;
  }
  std::vector<double> moments;
  for (const auto& node : nodes_)
    for (std::size_t i = 1; i < node.size(); ++i) moments.push_back(node[i].at_s);
  for (const Window& window : windows_.all())
    if (window.until_s > now_s_) moments.push_back(window.until_s);
  std::sort(moments.begin(), moments.end());
  moments.erase(std::unique(moments.begin(), moments.end()), moments.end());
  for (const double moment_s : moments) {
    if (!find_at(job, moment_s, moment_s + duration_s, where)) continue;
    at_s = moment_s;
    return true;
  }
  return false;
}

std::size_t Plan::split(NodeIndex node, double at_s) {
  auto& moments = nodes_[node];
  const auto at = std::lower_bound(moments.begin(), moments.end(), at_s,
                                   [](const Moment& moment, double s) { return moment.at_s < s; });
  const auto index = static_cast<std::size_t>(at - moments.begin());
  if (at == moments.end() || at->at_s != at_s)
    moments.insert(at, Moment{at_s, moments[index - 1].free});
  return index;
}

void Plan::reserve(const std::vector<Held>& where, double from_s, double to_s) {
  for (const Held& one : where) {
    const std::size_t first = split(one.node, from_s);
    const std::size_t end = std::isinf(to_s) ? nodes_[one.node].size() : split(one.node, to_s);
    for (std::size_t i = first; i < end; ++i)
      change(cluster_.spec(one.node), nodes_[one.node][i].free, cluster_.shape_of(one.shape),
             one.devices, 1);
  }
}

}  // namespace fulcrum::sched

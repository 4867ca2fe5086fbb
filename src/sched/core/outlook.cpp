#include "sched/core/outlook.h"

#include <algorithm>
#include <cmath>

namespace fulcrum::sched {

namespace {

/// How many tasks of the shape fit on the node at once, given what is free; never more than do.
std::uint32_t room_in(const NodeSpec& spec, const FreeNode& free, const Shape& shape) {
  if (!shape.custom.empty()) return 1;
  std::int64_t room = std::numeric_limits<std::uint32_t>::max();
  const std::int64_t device_milli = std::int64_t{shape.gpus} * shape.gpu_milli;
  const std::int64_t cpu =
      spec.cores_stand_in ? std::max(shape.cpu_milli, device_milli) : shape.cpu_milli;
  if (cpu > 0) room = std::min(room, free.cpu_milli / cpu);
  if (shape.memory_bytes > 0) room = std::min(room, free.memory_bytes / shape.memory_bytes);
  if (shape.gpus > 0 && !spec.cores_stand_in) {
    if (shape.gpu_milli >= kWhole) {
      room = std::min<std::int64_t>(room, free.whole / shape.gpus);
    } else if (shape.gpus == 1) {
      std::int64_t shares = 0;
      for (std::size_t i = 0; i < spec.gpus; ++i) shares += free.device_milli[i] / shape.gpu_milli;
      room = std::min(room, shares);
    } else {
      room = std::min<std::int64_t>(room, 1);
    }
  }
  return static_cast<std::uint32_t>(room);
}

std::uint32_t room_on(const Cluster& cluster, NodeIndex node, const Shape& shape) {
  return cluster.fits(node, shape) ? room_in(cluster.spec(node), cluster.free(node), shape) : 0;
}

/// Wherever `large` fits, `small` does.
bool covers(const Shape& large, const Shape& small) {
  const auto demand = [](const Shape& shape) { return std::int64_t{shape.gpus} * shape.gpu_milli; };
  return small.cpu_milli <= large.cpu_milli && small.memory_bytes <= large.memory_bytes &&
         small.gpus <= large.gpus && small.gpu_milli <= large.gpu_milli &&
         demand(small) <= demand(large) && small.kind == large.kind &&
         small.models == large.models && small.realms == large.realms && small.custom.empty();
}

}  // namespace

std::uint32_t room_if_empty(const Cluster& cluster, NodeIndex node, const Shape& shape) {
  if (!cluster.fits_ever(node, shape)) return 0;
  const NodeSpec& spec = cluster.spec(node);
  FreeNode free;
  free.cpu_milli = spec.cpu_milli;
  free.memory_bytes = spec.memory_bytes;
  free.whole = spec.gpus;
  std::fill_n(free.device_milli.begin(), spec.gpus, static_cast<std::uint16_t>(kWhole));
  return room_in(spec, free, shape);
}

Outlook::Outlook(const Cluster& now, const std::vector<std::vector<Held>>& held)
    : now_(now), then_(now), held_(held), at_s_(-INFINITY) {}

void Outlook::started(JobIndex job, double end_s) {
  ends_.insert({end_s, job});
  if (end_s > at_s_) take(held_[job]);
}

void Outlook::ended(JobIndex job, double end_s, double now_s) {
  ends_.erase({end_s, job});
  if (end_s > at_s_) give_back(held_[job]);
  if (end_s != now_s) may_be_sooner_ = true;
}

void Outlook::end_moved(JobIndex job, double old_end_s, double new_end_s) {
  ends_.erase({old_end_s, job});
  ends_.insert({new_end_s, job});
  if (old_end_s <= at_s_ && new_end_s > at_s_) take(held_[job]);
  if (old_end_s > at_s_ && new_end_s <= at_s_) give_back(held_[job]);
  may_be_sooner_ = true;
}

void Outlook::nodes_changed() {
  for (NodeIndex node = 0; node < now_.size(); ++node)
    if (then_.spec(node).up != now_.spec(node).up) then_.set_up(node, now_.spec(node).up);
  may_be_sooner_ = true;
  if (aimed_) recount_all();
}

void Outlook::close(const std::vector<char>& closed) {
  for (NodeIndex node = 0; node < now_.size(); ++node) {
    const bool up = now_.spec(node).up && closed[node] == 0;
    if (then_.spec(node).up == up) continue;
    then_.set_up(node, up);
    may_be_sooner_ = true;
    if (aimed_) recount(node);
  }
}

void Outlook::take(const std::vector<Held>& held) {
  while (then_.shapes() < now_.shapes())
    then_.shape(now_.shape_of(static_cast<ShapeIndex>(then_.shapes())));
  for (const Held& one : held) then_.take(one);
  recount(held);
}

void Outlook::give_back(const std::vector<Held>& held) {
  for (const Held& one : held) then_.give_back(one);
  recount(held);
}

void Outlook::recount(const std::vector<Held>& held) {
  if (aimed_)
    for (const Held& one : held) recount(one.node);
}

void Outlook::recount(NodeIndex node) {
  const std::uint32_t room = room_on(then_, node, now_.shape_of(aim_.shape));
  room_total_ += room;
  room_total_ -= room_[node];
  room_[node] = room;
  if (!aim_.has_rest) return;
  const char rest = room == 0 && then_.fits(node, now_.shape_of(aim_.rest_shape)) ? 1 : 0;
  rest_only_total_ += static_cast<std::uint64_t>(rest);
  rest_only_total_ -= static_cast<std::uint64_t>(rest_only_[node]);
  rest_only_[node] = rest;
}

void Outlook::recount_all() {
  room_.assign(now_.size(), 0);
  rest_only_.assign(now_.size(), 0);
  room_total_ = rest_only_total_ = 0;
  rest_in_task_ =
      !aim_.has_rest || covers(now_.shape_of(aim_.shape), now_.shape_of(aim_.rest_shape));
  for (NodeIndex node = 0; node < now_.size(); ++node) recount(node);
}

bool Outlook::has_room() const {
  if (!aim_.has_rest) return room_total_ >= aim_.tasks;
  return room_total_ >= aim_.tasks &&
         (rest_only_total_ > 0 || (rest_in_task_ && room_total_ > aim_.tasks));
}

bool Outlook::aim(const Job& job) {
  const bool same = aimed_ && aim_.shape == job.shape && aim_.tasks == job.tasks &&
                    aim_.has_rest == job.has_rest &&
                    (!job.has_rest || aim_.rest_shape == job.rest_shape);
  const bool same_shapes = aimed_ && aim_.shape == job.shape && !aim_.has_rest && !job.has_rest;
  aim_ = job;
  if (!same) {
    aimed_ = true;
    may_be_sooner_ = true;
    if (!same_shapes) recount_all();
  }
  if (!has_room()) {
    may_be_sooner_ = false;
    return walk_forward();
  }
  if (may_be_sooner_) walk_back();
  may_be_sooner_ = false;
  return true;
}

bool Outlook::walk_forward() {
  auto next = ends_.upper_bound({at_s_, kNoJob});
  while (next != ends_.end() && std::isfinite(next->first)) {
    at_s_ = next->first;
    for (; next != ends_.end() && next->first == at_s_; ++next) give_back(held_[next->second]);
    if (has_room()) return true;
  }
  return false;
}

/// Undoes the last moment's ends as long as the job keeps its room.
void Outlook::walk_back() {
  auto first = ends_.upper_bound({at_s_, kNoJob});
  while (true) {
    if (first == ends_.begin()) {
      at_s_ = -INFINITY;
      return;
    }
    const auto tried_to = first;
    const double moment_s = std::prev(first)->first;
    at_s_ = moment_s;
    while (first != ends_.begin() && std::prev(first)->first == moment_s) {
      --first;
      take(held_[first->second]);
    }
    if (has_room()) continue;
    for (; first != tried_to; ++first) give_back(held_[first->second]);
    return;
  }
}

bool Outlook::leaves_room(const std::vector<Held>& more) {
  take(more);
  const bool room = has_room();
  give_back(more);
  return room;
}

}  // namespace fulcrum::sched

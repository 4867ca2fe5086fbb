#include "sched/core/brain.h"

#include <algorithm>
#include <cmath>

namespace fulcrum::sched {

Brain::Brain(Cluster& cluster, BrainOptions options)
    : cluster_(cluster),
      options_(std::move(options)),
      placer_(cluster, *options_.policy.place, options_.typical, options_.seed),
      queue_(*options_.policy.order) {}

JobIndex Brain::submit(const Job& job) {
  const auto index = static_cast<JobIndex>(jobs_.size());
  jobs_.push_back(job);
  held_.emplace_back();
  predicted_end_s_.push_back(0);
  group(job.group);
  queue_.add(index, job, index);
  return index;
}

void Brain::withdraw(JobIndex job) {
  queue_.remove(job, jobs_[job], job);
}

void Brain::end(JobIndex job, double now_s) {
  for (const Held& held : held_[job]) cluster_.give_back(held);
  held_[job].clear();
  ends_.erase({predicted_end_s_[job], job});
  charge(jobs_[job], now_s, -1);
}

GroupUse& Brain::group(std::uint32_t index) {
  if (groups_.size() <= index) groups_.resize(index + 1);
  return groups_[index];
}

/// Brings the group's decayed use up to now, then changes what it holds.
void Brain::charge(const Job& job, double now_s, double sign) {
  GroupUse& use = group(job.group);
  const double passed_s = now_s - use.updated_s;
  if (passed_s > 0) {
    const double rate = std::log(2) / kFairShareHalfLifeS;
    const double kept = std::exp(-rate * passed_s);
    use.decayed_device_s = use.decayed_device_s * kept + use.held_devices * (1 - kept) / rate;
    use.updated_s = now_s;
  }
  use.held_devices += sign * job.devices;
  const auto capacity =
      static_cast<double>(cluster_.gpu_milli() > 0 ? cluster_.gpu_milli() : cluster_.cpu_milli());
  use.dominant_share = capacity > 0 ? use.held_devices * kWhole / capacity : 0;
}

void Brain::start(JobIndex job, double now_s, std::vector<Held> held) {
  held_[job] = std::move(held);
  queue_.remove(job, jobs_[job], job);
  const double expected_s =
      jobs_[job].predicted_s > 0 ? jobs_[job].predicted_s : jobs_[job].limit_s;
  predicted_end_s_[job] = expected_s > 0 ? now_s + expected_s : INFINITY;
  ends_.insert({predicted_end_s_[job], job});
  charge(jobs_[job], now_s, 1);
  started_.push_back(job);
}

bool Brain::everywhere(const Job& job) const {
  const Shape& shape = cluster_.shape_of(job.shape);
  for (NodeIndex node = 0; node < cluster_.size(); ++node)
    if (!cluster_.fits_ever(node, shape)) return false;
  return true;
}

void Brain::close_nodes(const Job& job, std::vector<char>& closed) const {
  const Shape& shape = cluster_.shape_of(job.shape);
  for (NodeIndex node = 0; node < cluster_.size(); ++node)
    if (cluster_.fits_ever(node, shape)) closed[node] = 1;
}

/// Order is strict: once a job must wait, nothing behind it takes a node on which it could run.
/// With backfilling, the head's start is protected instead.
const std::vector<JobIndex>& Brain::pass(double now_s) {
  started_.clear();
  head_ = kNoJob;
  std::vector<char> blocked(queue_.buckets().size(), 0);
  std::vector<Held> held;
  while (true) {
    const auto bucket = queue_.next(blocked, groups_, now_s);
    if (bucket == Queue::kNoBucket) return started_;
    const JobIndex job = queue_.buckets()[bucket].jobs.begin()->job;
    if (placer_.place(jobs_[job], held)) {
      start(job, now_s, std::move(held));
      held = {};
      continue;
    }
    head_ = job;
    blocked[bucket] = 1;
    break;
  }
  if (options_.policy.backfill != Backfill::kNone)
    backfill(now_s);
  else
    go_on_elsewhere(now_s, blocked);
  return started_;
}

void Brain::go_on_elsewhere(double now_s, std::vector<char>& blocked) {
  if (everywhere(jobs_[head_])) return;
  std::vector<char> closed(cluster_.size(), 0);
  close_nodes(jobs_[head_], closed);
  std::vector<Held> held;
  while (std::find(closed.begin(), closed.end(), 0) != closed.end()) {
    const auto bucket = queue_.next(blocked, groups_, now_s);
    if (bucket == Queue::kNoBucket) return;
    const JobIndex job = queue_.buckets()[bucket].jobs.begin()->job;
    if (placer_.place_outside(jobs_[job], closed, held)) {
      start(job, now_s, std::move(held));
      held = {};
      continue;
    }
    blocked[bucket] = 1;
    close_nodes(jobs_[job], closed);
  }
}

/// The cluster as it is expected to be when the head starts.
struct Brain::Reservation {
  Cluster then;
  double at_s = INFINITY;
};

namespace {

/// How many tasks of the shape would fit on the node, up to `most`.
std::uint32_t room(Cluster& cluster, NodeIndex node, ShapeIndex shape, std::uint32_t most) {
  std::vector<Held> taken;
  while (taken.size() < most && cluster.fits(node, cluster.shape_of(shape))) {
    taken.push_back({node, shape, cluster.choose_devices(node, cluster.shape_of(shape))});
    cluster.take(taken.back());
  }
  for (const Held& held : taken) cluster.give_back(held);
  return static_cast<std::uint32_t>(taken.size());
}

bool fits_as_a_whole(Cluster& cluster, const Job& job) {
  std::uint32_t found = 0;
  const std::uint32_t need = job.tasks + (job.has_rest ? 1 : 0);
  for (NodeIndex node = 0; node < cluster.size() && found < need; ++node)
    found += room(cluster, node, job.shape, need - found);
  return found >= need;
}

}  // namespace

bool Brain::reserve(double now_s, Reservation& reservation) const {
  const Job& head = jobs_[head_];
  for (const auto& [end_s, job] : ends_) {
    if (std::isinf(end_s)) return false;
    for (const Held& held : held_[job]) reservation.then.give_back(held);
    reservation.at_s = std::max(end_s, now_s);
    if (fits_as_a_whole(reservation.then, head)) return true;
  }
  return false;
}

/// EASY (Lifka 1995): a job behind the head may start if it fits now and either ends before the
/// head's expected start or leaves the head its room then.
void Brain::backfill(double now_s) {
  Reservation reservation{cluster_, INFINITY};
  if (!reserve(now_s, reservation)) reservation.at_s = INFINITY;
  head_start_s_ = reservation.at_s;
  struct Cursor {
    std::set<Queue::Entry>::const_iterator at, end;
    double group;
  };
  std::vector<Queue::Entry> candidates;
  for (const auto& bucket : queue_.buckets())
    for (const auto& entry : bucket.jobs)
      if (entry.job != head_) candidates.push_back(entry);
  std::sort(candidates.begin(), candidates.end());
  std::vector<Held> held;
  for (const auto& candidate : candidates) {
    const Job& job = jobs_[candidate.job];
    if (!placer_.place(job, held)) continue;
    const double expected_s = job.predicted_s > 0 ? job.predicted_s : job.limit_s;
    const bool ends_before = expected_s > 0 && now_s + expected_s <= reservation.at_s;
    bool allowed = ends_before;
    if (!allowed && std::isfinite(reservation.at_s)) {
      bool fits = true;
      std::size_t taken = 0;
      for (; taken < held.size() && fits; ++taken) {
        fits = reservation.then.fits(held[taken].node, cluster_.shape_of(held[taken].shape));
        if (fits)
          reservation.then.take(held[taken]);
        else
          break;
      }
      allowed = fits && fits_as_a_whole(reservation.then, jobs_[head_]);
      if (!allowed)
        for (std::size_t i = 0; i < taken; ++i) reservation.then.give_back(held[i]);
    }
    if (allowed) {
      start(candidate.job, now_s, std::move(held));
      held = {};
    } else {
      for (const Held& taken : held) cluster_.give_back(taken);
    }
  }
}

}  // namespace fulcrum::sched

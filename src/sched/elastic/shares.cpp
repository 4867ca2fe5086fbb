#include "sched/elastic/shares.h"

#include <algorithm>
#include <cmath>

#include "sched/elastic/free_devices.h"

namespace fulcrum::sched {

std::vector<std::uint32_t> best_shares(const std::vector<std::vector<ShareOption>>& options,
                                       std::uint32_t devices) {
  const std::size_t width = devices + std::size_t{1};
  std::vector<double> best(width, 0), with(width);
  std::vector<std::uint16_t> picked(options.size() * width, 0);
  for (std::size_t job = 0; job < options.size(); ++job) {
    for (std::size_t room = 0; room < width; ++room) {
      with[room] = -INFINITY;
      for (std::size_t i = 0; i < options[job].size(); ++i) {
        const auto& [replicas, value] = options[job][i];
        if (replicas > room) break;
        if (best[room - replicas] + value <= with[room]) continue;
        with[room] = best[room - replicas] + value;
        picked[job * width + room] = static_cast<std::uint16_t>(i);
      }
    }
    std::swap(best, with);
  }
  std::vector<std::uint32_t> shares(options.size(), 0);
  std::size_t room = devices;
  for (std::size_t job = options.size(); job-- > 0;) {
    shares[job] = options[job][picked[job * width + room]].replicas;
    room -= shares[job];
  }
  return shares;
}

namespace {

class Packing {
 public:
  Packing(const ResizeRound& round, const std::vector<std::uint32_t>& replicas)
      : round_(round),
        replicas_(replicas),
        free_(round.devices),
        result_(replicas.size()),
        largest_(*std::max_element(round.devices.begin(), round.devices.end())) {}

  std::vector<Allocation> run() {
    keep();
    vacate();
    std::stable_sort(moved_.begin(), moved_.end(),
                     [&](std::size_t a, std::size_t b) { return replicas_[a] > replicas_[b]; });
    for (const std::size_t job : moved_) {
      Allocation& placed = result_[job];
      placed = replicas_[job] < largest_ ? free_.take_tightest(replicas_[job])
                                         : free_.take_from_fullest(replicas_[job]);
      std::sort(placed.begin(), placed.end(),
                [](const Part& a, const Part& b) { return a.node < b.node; });
    }
    return std::move(result_);
  }

 private:
  bool is_dense(const Allocation& held) const {
    return held.size() <= (replicas_of(held) + largest_ - 1) / largest_;
  }

  void keep() {
    for (std::size_t job = 0; job < replicas_.size(); ++job) {
      const Allocation& held = round_.jobs[job].held;
      if (replicas_[job] == 0) continue;
      if (replicas_of(held) == replicas_[job] && is_dense(held) && free_.take(held))
        result_[job] = held;
      else
        moved_.push_back(job);
    }
  }

  void vacate() {
    std::size_t wanted = 0;
    for (const std::size_t job : moved_) wanted += replicas_[job] / largest_;
    while (true) {
      std::size_t whole = 0;
      NodeIndex emptiest = kNoNode;
      for (NodeIndex node = 0; node < free_.nodes(); ++node) {
        const std::uint32_t left = free_.on(node);
        if (left == round_.devices[node])
          ++whole;
        else if (left > 0 && (emptiest == kNoNode || left > free_.on(emptiest)))
          emptiest = node;
      }
      if (whole >= wanted || emptiest == kNoNode) return;
      for (std::size_t job = 0; job < result_.size(); ++job)
        if (std::any_of(result_[job].begin(), result_[job].end(),
                        [&](const Part& part) { return part.node == emptiest; })) {
          free_.give(result_[job]);
          result_[job].clear();
          moved_.push_back(job);
        }
    }
  }

  const ResizeRound& round_;
  const std::vector<std::uint32_t>& replicas_;
  FreeDevices free_;
  std::vector<Allocation> result_;
  std::uint32_t largest_;
  std::vector<std::size_t> moved_;
};

}  // namespace

std::vector<Allocation> pack(const ResizeRound& round, const std::vector<std::uint32_t>& replicas) {
  return Packing(round, replicas).run();
}

std::vector<Allocation> run_in_order(const ResizeRound& round,
                                     const std::vector<std::size_t>& order) {
  std::uint32_t room = FreeDevices(round.devices).total();
  std::vector<std::uint32_t> replicas(round.jobs.size(), 0);
  for (const std::size_t job : order) {
    if (round.jobs[job].asked > room) continue;
    replicas[job] = round.jobs[job].asked;
    room -= replicas[job];
  }
  return pack(round, replicas);
}

}  // namespace fulcrum::sched

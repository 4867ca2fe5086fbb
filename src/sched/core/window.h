#pragma once
// Times to come in which nodes are kept for somebody (a reservation) or for nobody (maintenance).
#include <vector>

#include "sched/core/stages.h"

namespace fulcrum::sched {

/// What a job of unknown duration is taken to run.
inline constexpr double kUnknownRunS = 86400;

struct Window {
  std::vector<NodeIndex> nodes;
  double from_s = 0;
  double until_s = 0;                   // not included
  std::uint32_t reservation = kNobody;  // Job::reservation that may use it
};

/// Those that have not passed. Single-threaded.
class Windows {
 public:
  void set(std::vector<Window> windows) { windows_ = std::move(windows); }
  /// Did any pass?
  bool forget_passed(double now_s);
  bool empty() const { return windows_.empty(); }
  /// Marks the nodes on which the job, started now, would be expected to run into a window that is
  /// not its own.
  void close(const Job& job, double now_s, std::vector<char>& closed) const;
  /// The next moment after now at which what is closed may be another; infinity: none.
  double next_edge_s(double now_s) const;
  /// The longest time from now to a window's beginning that is less than `expected_s`: how long a
  /// job may take to go where one of `expected_s` may not. 0: there is none.
  double gap_below_s(double expected_s, double now_s) const;
  const std::vector<Window>& all() const { return windows_; }

 private:
  std::vector<Window> windows_;
};

}  // namespace fulcrum::sched

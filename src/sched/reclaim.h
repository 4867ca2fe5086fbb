#pragma once
// Devices that are held and not used: when their job is told, and what happens to it then.
#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>
#include <cstdint>
#include <string>
#include <vector>

namespace fulcrum::sched {

struct OpenJob;

/// Also the body of `reclaim.set`, which replaces what was set before.
struct Reclaim {
  double below = 0;                 // a mean device use under this is idle, 0…1; 0: nothing is
  double for_s = 1800;              // the mean is over so long
  double grace_s = 600;             // between the notice and the stop
  bool dry_run = true;              // only say what would be stopped
  bool stop_unpreemptible = false;  // cancel those that cannot be started again
  std::vector<std::string> except_classes;
  std::vector<std::string> except_projects;
  static constexpr std::string_view kRequired[] = {"below"};
  bool operator==(const Reclaim&) const = default;
};
BOOST_DESCRIBE_STRUCT(Reclaim, (),
                      (below, for_s, grace_s, dry_run, stop_unpreemptible, except_classes,
                       except_projects))

/// What idleness leads to.
enum class ReclaimAction { kNone, kPreempt, kCancel };
BOOST_DESCRIBE_ENUM(ReclaimAction, kNone, kPreempt, kCancel)

/// A job was told that it is idle.
struct IdleNotice {
  std::int64_t noticed_us = 0;  // 0: it was not
  double mean_use = 0;
  std::int64_t since_us = 0;     // the mean is from here on
  std::int64_t deadline_us = 0;  // it is stopped then if it is idle still; 0: a dry run
  ReclaimAction action = ReclaimAction::kNone;  // what then happens, or would
};
BOOST_DESCRIBE_STRUCT(IdleNotice, (), (noticed_us, mean_use, since_us, deadline_us, action))

/// Does the policy look at this job at all? It holds devices, runs, and is not left out.
bool is_watched(const Reclaim& policy, const OpenJob& job);
ReclaimAction reclaim_action(const Reclaim& policy, const OpenJob& job);

}  // namespace fulcrum::sched

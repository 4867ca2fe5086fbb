#pragma once
#include <boost/describe/class.hpp>

#include "sched/changes.h"
#include "sched/job.h"
#include "sched/orphan.h"
#include "sched/quota.h"
#include "sched/reclaim.h"
#include "sched/reservation.h"
#include "sched/resources.h"

namespace fulcrum::sched {

/// What an owner's jobs hold and held; fair share reads it.
struct OwnerUse {
  std::string quota;  // in which the jobs count; empty: none
  std::int64_t held_milli = 0;
  double decayed_device_s = 0;  // half-life of a week (core/stages.h), as of updated_us
  std::int64_t updated_us = 0;
};
BOOST_DESCRIBE_STRUCT(OwnerUse, (), (quota, held_milli, decayed_device_s, updated_us))

/// A job array of which some have not ended.
struct OpenArray {
  std::uint32_t limit = 0;            // queued or running at once; 0: none
  std::uint32_t active = 0;           // queued or running
  std::uint32_t open = 0;             // not ended
  bool failed = false;                // one ended without success
  std::vector<std::uint32_t> behind;  // indices that wait for the limit, the largest first
};
BOOST_DESCRIBE_STRUCT(OpenArray, (), (limit, active, open, failed, behind))

/// What scheduling decisions need: nodes, and the jobs that have not ended.
struct State {
  std::map<std::string, NodeState> nodes;
  std::map<std::string, OpenJob> jobs;
  std::map<std::string, OpenArray> arrays;  // by the id that the submission answered
  std::map<std::string, OwnerUse> use;      // by use_key(); real jobs
  std::map<std::string, OwnerUse> simulated_use;
  Quotas quotas;              // by name
  Reservations reservations;  // by name; past ones too, for a month
  Reclaim reclaim;
  Orphans orphans;
  std::map<std::string, std::vector<std::string>> dependents;  // by the open job that they wait for
  std::map<std::string, bool> recent_ends;  // did it succeed? The newest jobs only (kRecentEnds)
  std::string policy = "priority";
  std::string place = "tightest";
  std::string backfill = "none";
  std::string preempt = "none";
  std::int64_t last_us = 0;  // time of the newest event here
  ChangeLog changes;         // not saved: a restored state starts a new one
};
BOOST_DESCRIBE_STRUCT(State, (),
                      (nodes, jobs, arrays, use, simulated_use, quotas, reservations, reclaim,
                       orphans, dependents, recent_ends, policy, place, backfill, preempt, last_us))

/// A job may depend on one that ended, as long as it is remembered. Of an array only the whole is.
inline constexpr std::size_t kRecentEnds = 10'000;

}  // namespace fulcrum::sched

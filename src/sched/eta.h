#pragma once
// When will a waiting job start? The scheduler itself runs forward from the present state, many
// times (twin/forecast.h), and what it says is corrected by what the same forecast would have been
// worth in the home's own past (twin/calibrate.h). Pure.
#include <cstdint>
#include <map>
#include <string>

#include "base/json.h"
#include "sched/schedule.h"

namespace fulcrum::sched {

struct Eta {
  double p50_s = 0;  // from now; -1: in half of the draws it did not start
  double p90_s = 0;
  double plain_p50_s = 0;  // before the correction
  double plain_p90_s = 0;
  std::uint32_t draws = 0;
  std::uint32_t never = 0;        // draws in which it did not start
  std::uint64_t jobs_before = 0;  // median of starts before it
  std::uint64_t past_runs = 0;
  std::uint64_t corrected_by = 0;               // past jobs that had to wait; 0: not corrected
  bool foresees = false;                        // jobs that come later
  std::map<std::string, std::uint64_t> groups;  // drawn run times by the group they came from
};

struct EtaOptions {
  std::uint32_t draws = 200;  // at most: a draw costs as much as there are open jobs
  std::uint64_t seed = 1;
};

/// `job` waits (kQueued). `past`: jobs of the home that ran to their ends by themselves, as
/// `job.list` gives them. A run time comes from past runs of the same owner, project, name and
/// size, then, where few are known, of wider groups; what was said at a submission is believed
/// before other names' runs are. Deterministic in the seed.
Eta eta(const ClusterView& view, const OpenJob& job, const base::json::array& past,
        const EtaOptions& options);

}  // namespace fulcrum::sched

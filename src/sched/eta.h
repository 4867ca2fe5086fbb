#pragma once
// When will a waiting job start? The scheduler itself runs forward from the present state, many
// times, with run times drawn from history. Pure.
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "sched/schedule.h"

namespace fulcrum::sched {

/// How long past jobs ran, by who ran what; the narrowest group that knows enough is asked.
class RunTimes {
 public:
  void add(const std::string& owner, const std::string& project, const std::string& name,
           double run_s);
  /// Call once after the last add().
  void sort();

  enum class Group { kName, kProject, kOwner, kAll, kPrediction, kNothing };
  struct Draw {
    double run_s = 0;
    Group group = Group::kNothing;
  };
  /// `quantile` in [0, 1) of the run times longer than `elapsed_s`. Where no past job ran longer,
  /// a wider group is asked, then the job's own prediction and limit, and in the end it is taken
  /// to run as long again.
  Draw draw(const JobSpec& spec, double elapsed_s, double quantile) const;
  std::size_t size() const { return all_.size(); }

 private:
  using Times = std::vector<double>;
  std::map<std::string, Times> by_name_, by_project_, by_owner_;
  Times all_;
};
std::string_view group_name(RunTimes::Group group);

struct Eta {
  double p50_s = 0;  // from now; -1: in half of the draws it did not start
  double p90_s = 0;
  std::uint32_t draws = 0;
  std::uint32_t never = 0;                      // draws in which it did not start
  std::uint64_t jobs_before = 0;                // median of starts before it
  std::map<std::string, std::uint64_t> groups;  // drawn run times by the group they came from
};

/// `job` waits (kQueued). Jobs that come later are not foreseen. Deterministic in `seed`.
Eta eta(const ClusterView& view, const OpenJob& job, const RunTimes& history, std::uint32_t draws,
        std::uint64_t seed);

}  // namespace fulcrum::sched

#pragma once
// How long jobs ran, by whose they were, and how long one that runs or waits may still take. The
// forecast of live jobs and its calibration on traces read the same.
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace fulcrum::sched {

inline constexpr std::size_t kMostLevels = 6;

/// What a job is known by: a group at each level, and what was said of it at its submission.
struct RunsLike {
  std::array<std::uint32_t, kMostLevels> groups{};
  double said_s = 0;   // 0: nothing
  double limit_s = 0;  // 0: none
};

/// By what past jobs are told apart, from narrow to wide; at most kMostLevels, the last being
/// everybody.
struct RunLevels {
  std::vector<std::string> names;
  /// What a submitter said of a job is believed before the levels from here on are asked.
  std::size_t said_before = 0;
  /// From here on a group knows what part of their limits its jobs took, where they had one: limits
  /// differ within it, and who asks for longer mostly runs longer.
  std::size_t parts_from = 0;
};

class StillRunning;

/// Run times by groups. Of each group the newest kKept are kept.
class RunTimes {
 public:
  static constexpr std::size_t kKept = 300;

  explicit RunTimes(RunLevels levels);

  /// The group with this name at a level; makes it.
  std::uint32_t group(std::size_t level, std::string_view name);
  /// A job ended. In order of the ends.
  void add(const RunsLike& job, double run_s);
  std::size_t size() const { return count_; }

  struct Draw {
    double run_s = 0;
    std::size_t level = 0;  // levels(): what was said; one more: nothing is known
  };
  /// One run time longer than `elapsed_s`, at most the limit where that is still ahead. A group
  /// that knows n of them is believed with probability n / (n + 1), else a wider one is asked, so
  /// that few runs do not rule the others out (the predictive rule of a hierarchical Dirichlet
  /// process: Teh, Jordan, Beal, Blei 2006). `which` and `where` in [0, 1) decide between groups
  /// and within one. Where no past job ran that long, it runs for 1 / (1 - where) times as long as
  /// it has.
  /// `running` (null: not asked): those that run now are past runs, too, with what was drawn for
  /// them. Without them a group whose first jobs still run would seem to know the short ones alone
  /// (redistribution to the right: Efron, "The two sample problem with censored data", 1967).
  Draw draw(const RunsLike& job, double elapsed_s, double which, double where,
            const StillRunning* running) const;
  std::size_t levels() const { return levels_.names.size(); }
  /// "prediction" and "nothing" beside the levels' names.
  std::string_view level_name(std::size_t level) const;

 private:
  friend class StillRunning;
  struct Group {
    std::vector<double> newest;  // a ring
    std::size_t next = 0;
    std::vector<double> sorted;
  };
  /// Where the job belongs at a level, and what its group's numbers are multiplied by for it.
  struct Slot {
    std::size_t group = 0;
    double unit_s = 1;
  };
  Slot slot(const RunsLike& job, std::size_t level) const;

  RunLevels levels_;
  std::vector<std::unordered_map<std::string, std::uint32_t>> names_;  // by level
  /// By level; two to each name: of jobs without a limit, or below parts_from, and of the others.
  std::vector<std::vector<Group>> groups_;
  std::size_t count_ = 0;
};

/// What was drawn for jobs that run.
class StillRunning {
 public:
  explicit StillRunning(const RunTimes& history) : history_(history) {}
  void add(const RunsLike& job, double run_s);

 private:
  friend class RunTimes;
  std::span<const double> of(std::size_t level, std::size_t group) const;
  const RunTimes& history_;
  std::unordered_map<std::uint64_t, std::vector<double>> drawn_;
};

}  // namespace fulcrum::sched

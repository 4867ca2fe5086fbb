#pragma once
// Split conformal prediction (Papadopoulos, Proedrou, Vovk, Gammerman 2002; by classes: Vovk,
// Lindsay, Nouretdinov, Gammerman, "Mondrian confidence machine", 2003): what the forecasts of jobs
// whose starts are known were worth corrects those of jobs to come. Holds to the letter only where
// the jobs to come are like those known; waits of jobs that queue together are not independent. So
// what is promised is checked on later jobs (calibrate.h).
#include <array>
#include <cstdint>
#include <set>
#include <vector>

namespace fulcrum::sched {

inline constexpr std::array<double, 9> kShares{0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9};
inline constexpr std::size_t kP50 = 4;
inline constexpr std::size_t kP90 = 8;

/// Seconds from the submission to the start that are not exceeded in kShares of the cases;
/// infinity: it does not start.
using WaitQuantiles = std::array<double, kShares.size()>;

class Conformal {
 public:
  /// Classes by the forecast's P50: below the first bound, … Those with fewer than kLeast jobs are
  /// corrected by all jobs.
  static constexpr std::array<double, 3> kBoundsS{3600, 21600, 86400};
  static constexpr std::size_t kClasses = kBoundsS.size() + 1;
  static constexpr std::size_t kLeast = 50;
  static std::size_t class_of(const WaitQuantiles& forecast);

  /// A job that was to wait, when it came, and how long it waited.
  void learn(const WaitQuantiles& forecast, double submit_s, double waited_s);
  /// Jobs of one day share their queue: d days are d observations rather than as many as jobs. So
  /// the logarithm of the correction is taken times d / (d + kDays). The forecast itself where
  /// fewer than kLeast jobs are known, or where it starts at once in all draws.
  WaitQuantiles corrected(const WaitQuantiles& forecast) const;
  std::size_t known() const { return classes_[kClasses].scores[kP50].size(); }
  std::size_t days() const { return classes_[kClasses].days.size(); }
  static constexpr double kDays = 14;

 private:
  struct Class {
    std::array<std::vector<double>, kShares.size()> scores;  // waited / forecast, ascending
    std::set<std::int64_t> days;
  };
  std::array<Class, kClasses + 1> classes_;  // the last: of all classes
};

}  // namespace fulcrum::sched

#pragma once
// What a calibration came to: how often the forecasts held, and how sharp they were.
#include "base/json.h"
#include "sched/twin/calibrate.h"
#include "sched/twin/figures.h"
#include "sched/twin/scenario.h"

namespace fulcrum::sched {

/// Parts of `jobs`, all of which were to wait; of none, 0.
struct HeldRow {
  std::string by;  // "all", "wait" (by the forecast's P50), "devices"
  std::string of;
  std::uint64_t jobs = 0;
  double plain_p50 = 0, plain_p90 = 0;
  double fixed_p50 = 0, fixed_p90 = 0;
  double rolling_p50 = 0, rolling_p90 = 0;
};
BOOST_DESCRIBE_STRUCT(HeldRow, (),
                      (by, of, jobs, plain_p50, plain_p90, fixed_p50, fixed_p90, rolling_p50,
                       rolling_p90))

/// At each nominal share, the part of jobs that had started by then.
struct CurvePoint {
  double share = 0;
  double plain = 0, fixed = 0, rolling = 0;
};
BOOST_DESCRIBE_STRUCT(CurvePoint, (), (share, plain, fixed, rolling))

/// Medians over jobs that were to wait.
struct Sharpness {
  double waited_s = 0;
  double p50_s = 0, p90_s = 0;  // as corrected by the first part
  double p50_to_waited = 0;     // (P50 + 1 min) / (waited + 1 min)
  double p90_to_waited = 0;
  double off_by = 0;  // |P50 - waited| / (waited + 1 min)
};
BOOST_DESCRIBE_STRUCT(Sharpness, (), (waited_s, p50_s, p90_s, p50_to_waited, p90_to_waited, off_by))

struct CalibrationFigures {
  std::string policy;
  std::uint64_t asked = 0;        // in the test part
  std::uint64_t at_once = 0;      // of these, known to start at once
  std::uint64_t at_once_did = 0;  // and did
  std::uint64_t learnt_from = 0;  // jobs of the first part that were to wait
  std::uint64_t unfinished = 0;   // see Calibration
  HeldRow all;
  /// Of all.fixed_p90 and all.rolling_p90, 95 %: over days of submission drawn anew.
  Estimate fixed_p90_interval, rolling_p90_interval;
  std::vector<HeldRow> classes;
  std::vector<CurvePoint> curve;
  Sharpness sharpness;
};
BOOST_DESCRIBE_STRUCT(CalibrationFigures, (),
                      (policy, asked, at_once, at_once_did, learnt_from, unfinished, all,
                       fixed_p90_interval, rolling_p90_interval, classes, curve, sharpness))

CalibrationFigures figures_of(const std::string& policy, const Calibration& calibration);
/// A header and a line for each job asked about: what was forecast, and what came.
std::string asked_csv(const Calibration& calibration);

}  // namespace fulcrum::sched

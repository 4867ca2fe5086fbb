#include "sched/twin/calibration_figures.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "base/random.h"

namespace fulcrum::sched {

namespace {

using Jobs = std::vector<const AskedJob*>;
using Quantiles = WaitQuantiles AskedJob::*;

constexpr double kDayS = 86400;
constexpr double kMinuteS = 60;
constexpr int kDraws = 1000;

double held(const Jobs& jobs, Quantiles quantiles, std::size_t share) {
  if (jobs.empty()) return 0;
  const auto count = std::count_if(jobs.begin(), jobs.end(), [&](const AskedJob* job) {
    return job->waited_s <= (job->*quantiles)[share];
  });
  return static_cast<double>(count) / static_cast<double>(jobs.size());
}

HeldRow row_of(std::string by, std::string of, const Jobs& jobs) {
  return {std::move(by),
          std::move(of),
          jobs.size(),
          held(jobs, &AskedJob::plain, kP50),
          held(jobs, &AskedJob::plain, kP90),
          held(jobs, &AskedJob::fixed, kP50),
          held(jobs, &AskedJob::fixed, kP90),
          held(jobs, &AskedJob::rolling, kP50),
          held(jobs, &AskedJob::rolling, kP90)};
}

/// Jobs of one day share their queue, so whole days are drawn.
Estimate interval(const Jobs& jobs, Quantiles quantiles) {
  std::map<std::int64_t, std::pair<double, double>> by_day;  // held, all
  for (const AskedJob* job : jobs) {
    auto& day = by_day[static_cast<std::int64_t>(job->submit_s / kDayS)];
    day.first += job->waited_s <= (job->*quantiles)[kP90] ? 1 : 0;
    ++day.second;
  }
  std::vector<std::pair<double, double>> days;
  for (const auto& [day, counts] : by_day) days.push_back(counts);
  base::Random random(1);
  std::vector<double> parts;
  for (int i = 0; i < kDraws && !days.empty(); ++i) {
    double count = 0, all = 0;
    for (std::size_t k = 0; k < days.size(); ++k) {
      const auto& day = days[random.below(days.size())];
      count += day.first;
      all += day.second;
    }
    parts.push_back(count / all);
  }
  return estimate_of(std::move(parts));
}

double median(std::vector<double> values) {
  return spread_of(std::move(values)).p50;
}

Sharpness sharpness_of(const Jobs& jobs) {
  const auto over = [&](const auto& of) {
    std::vector<double> values;
    for (const AskedJob* job : jobs) values.push_back(of(*job));
    return median(std::move(values));
  };
  const auto to_waited = [](double forecast_s, const AskedJob& job) {
    return (forecast_s + kMinuteS) / (job.waited_s + kMinuteS);
  };
  return {over([](const AskedJob& job) { return job.waited_s; }),
          over([](const AskedJob& job) { return job.fixed[kP50]; }),
          over([](const AskedJob& job) { return job.fixed[kP90]; }),
          over([&](const AskedJob& job) { return to_waited(job.fixed[kP50], job); }),
          over([&](const AskedJob& job) { return to_waited(job.fixed[kP90], job); }),
          over([](const AskedJob& job) {
            return std::abs(job.fixed[kP50] - job.waited_s) / (job.waited_s + kMinuteS);
          })};
}

template <class Which>
Jobs those(const Jobs& jobs, const Which& which) {
  Jobs some;
  std::copy_if(jobs.begin(), jobs.end(), std::back_inserter(some), which);
  return some;
}

std::vector<HeldRow> classes_of(const Jobs& jobs) {
  std::vector<HeldRow> rows;
  constexpr std::string_view kWaits[] = {"under 1 h", "1 h to 6 h", "6 h to 1 day", "over 1 day"};
  static_assert(std::size(kWaits) == Conformal::kClasses);
  for (std::size_t one = 0; one < Conformal::kClasses; ++one)
    rows.push_back(row_of("wait", std::string(kWaits[one]), those(jobs, [&](const AskedJob* job) {
                            return Conformal::class_of(job->plain) == one;
                          })));
  double above = 0;
  for (const double most : {1.0, 8.0, 64.0, double(INFINITY)}) {
    const std::string name = most == 1          ? "1"
                             : std::isinf(most) ? fmt::format("over {:.0f}", above)
                                                : fmt::format("{:.0f} to {:.0f}", above + 1, most);
    rows.push_back(row_of("devices", name, those(jobs, [&](const AskedJob* job) {
                            return job->devices > above && job->devices <= most;
                          })));
    above = most;
  }
  std::erase_if(rows, [](const HeldRow& row) { return row.jobs == 0; });
  return rows;
}

}  // namespace

CalibrationFigures figures_of(const std::string& policy, const Calibration& calibration) {
  CalibrationFigures figures;
  figures.policy = policy;
  figures.learnt_from = calibration.learnt.known();
  figures.unfinished = calibration.unfinished;
  Jobs waiting;
  for (const AskedJob& job : calibration.tested) {
    ++figures.asked;
    if (!job.at_once()) {
      waiting.push_back(&job);
      continue;
    }
    ++figures.at_once;
    figures.at_once_did += job.waited_s == 0 ? 1 : 0;
  }
  figures.all = row_of("all", "all", waiting);
  figures.fixed_p90_interval = interval(waiting, &AskedJob::fixed);
  figures.rolling_p90_interval = interval(waiting, &AskedJob::rolling);
  figures.classes = classes_of(waiting);
  for (std::size_t i = 0; i < kShares.size(); ++i)
    figures.curve.push_back({kShares[i], held(waiting, &AskedJob::plain, i),
                             held(waiting, &AskedJob::fixed, i),
                             held(waiting, &AskedJob::rolling, i)});
  figures.sharpness = sharpness_of(waiting);
  return figures;
}

std::string asked_csv(const Calibration& calibration) {
  std::string text =
      "submit_s,devices,waited_s,plain_p50_s,plain_p90_s,fixed_p50_s,fixed_p90_s,rolling_p50_s,"
      "rolling_p90_s\n";
  for (const AskedJob& job : calibration.tested)
    text += fmt::format("{:.0f},{:g},{:.0f},{:.0f},{:.0f},{:.0f},{:.0f},{:.0f},{:.0f}\n",
                        job.submit_s, job.devices, job.waited_s, job.plain[kP50], job.plain[kP90],
                        job.fixed[kP50], job.fixed[kP90], job.rolling[kP50], job.rolling[kP90]);
  return text;
}

}  // namespace fulcrum::sched

#include "sched/twin/scenario.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <map>
#include <thread>

#include "sched/twin/portfolio.h"

namespace fulcrum::sched {

namespace {

constexpr double kShortestS = 10;  // of bounded slowdown (Feitelson 1998)

/// The nearest rank; reorders the values. 0 of none.
double percentile(std::vector<double>& values, double part) {
  if (values.empty()) return 0;
  const auto rank = static_cast<std::size_t>(std::ceil(part * static_cast<double>(values.size())));
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(std::max<std::size_t>(rank, 1) - 1);
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

double mean_of(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return values.empty() ? 0 : sum / static_cast<double>(values.size());
}

/// Between the two nearest values, of sorted ones.
double quantile(const std::vector<double>& sorted, double part) {
  const double at = part * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(at);
  if (below + 1 >= sorted.size()) return sorted.back();
  return sorted[below] + (at - std::floor(at)) * (sorted[below + 1] - sorted[below]);
}

double least_large(const Workload& workload) {
  std::vector<double> devices;
  devices.reserve(workload.jobs.size());
  for (const Job& job : workload.jobs) devices.push_back(job.devices);
  return std::max(2.0, percentile(devices, 0.9));
}

/// By job: did it come in the tenth of the quarters of a day in which most device time was asked
/// for?
std::vector<char> in_bursts(const Workload& workload) {
  constexpr double kBinS = 21600;
  std::map<std::int64_t, double> asked_s;
  const auto bin_of = [](const Job& job) {
    return static_cast<std::int64_t>(std::floor(job.submit_s / kBinS));
  };
  for (std::size_t i = 0; i < workload.jobs.size(); ++i)
    asked_s[bin_of(workload.jobs[i])] += workload.jobs[i].devices * workload.duration_s[i];
  std::vector<double> sums;
  for (const auto& [bin, sum] : asked_s) sums.push_back(sum);
  const double least = percentile(sums, 0.9);
  std::vector<char> burst;
  for (const Job& job : workload.jobs) burst.push_back(asked_s[bin_of(job)] >= least ? 1 : 0);
  return burst;
}

/// Do devices of different kinds of nodes cost differently?
bool prices_differ(const ClusterSize& size) {
  const auto of_device = [](const ClusterSize& kind) {
    return kind.price_usd_per_hour / kind.devices;
  };
  return std::any_of(size.more.begin(), size.more.end(),
                     [&](const ClusterSize& kind) { return of_device(kind) != of_device(size); });
}

/// What jobs hold costs, each at the price of the nodes that it last started on; what a
/// stop lost is not in it.
class Spending {
 public:
  explicit Spending(std::size_t jobs) : usd_per_hour_(jobs, 0) {}
  Watcher watcher() {
    return [this](const Brain& brain, JobIndex job, const std::vector<Held>& held) {
      double sum = 0;
      for (const Held& one : held) {
        const NodeSpec& node = brain.cluster().spec(one.node);
        if (node.price_usd_per_hour > 0)
          sum += node.price_usd_per_hour * share_of(node, brain.cluster().shape_of(one.shape));
      }
      usd_per_hour_[job] = sum;
    };
  }
  double usd(const Workload& workload) const {
    double sum = 0;
    for (std::size_t i = 0; i < usd_per_hour_.size(); ++i)
      sum += usd_per_hour_[i] * workload.duration_s[i] / 3600;
    return sum;
  }

 private:
  /// Of a node; its devices, or cores, carry the price in equal shares.
  static double share_of(const NodeSpec& node, const Shape& shape) {
    const double milli = static_cast<double>(shape.gpus) * shape.gpu_milli;
    if (node.gpus > 0) return milli / (static_cast<double>(node.gpus) * kWhole);
    return node.cpu_milli > 0
               ? std::max(milli, static_cast<double>(shape.cpu_milli)) / node.cpu_milli
               : 0;
  }
  std::vector<double> usd_per_hour_;  // by job
};

/// `of` over the resamples, or over the trace itself where there are none.
template <class Of>
Estimate estimate_over(const std::vector<std::vector<Outcome>>& outcomes, const Of& of) {
  std::vector<double> values;
  for (std::size_t i = outcomes.size() > 1 ? 1 : 0; i < outcomes.size(); ++i)
    values.push_back(of(outcomes[i]));
  return estimate_of(std::move(values));
}

}  // namespace

Estimate estimate_of(std::vector<double> values) {
  if (values.empty()) return {};
  const double mean = mean_of(values);
  std::sort(values.begin(), values.end());
  return {mean, quantile(values, 0.025), quantile(values, 0.975)};
}

Outcome outcome_of(const Workload& workload, const Replay& run, double devices,
                   double price_usd_per_hour) {
  Outcome outcome{};
  const auto set = [&](Measure measure, double value) {
    outcome[static_cast<std::size_t>(measure)] = value;
  };
  std::vector<double> wait_s, small_s, large_s;
  double first_s = INFINITY, last_s = -INFINITY;
  double burst_weights = 0, burst_s = 0, weights = 0, weighted_s = 0, jct_s = 0, slowdown = 0,
         held_s = 0, cost = 0, never = 0;
  for (std::size_t i = 0; i < workload.jobs.size(); ++i)
    if (!std::isnan(run.start_s[i])) first_s = std::min(first_s, workload.jobs[i].submit_s);
  const double large = least_large(workload);
  const std::vector<char> burst = in_bursts(workload);
  for (std::size_t i = 0; i < workload.jobs.size(); ++i) {
    const Job& job = workload.jobs[i];
    if (std::isnan(run.start_s[i])) {
      ++never;
      continue;
    }
    last_s = std::max(last_s, run.end_s[i]);
    const double waited_s = run.start_s[i] - job.submit_s, took_s = run.end_s[i] - job.submit_s;
    wait_s.push_back(waited_s);
    if (job.devices >= large) large_s.push_back(waited_s);
    if (job.devices <= 1) small_s.push_back(waited_s);
    if (burst[i] != 0) {
      burst_weights += job.priority * job.devices;
      burst_s += job.priority * job.devices * waited_s;
    }
    weights += job.priority * job.devices;
    weighted_s += job.priority * job.devices * waited_s;
    cost += job.priority * job.devices * (run.end_s[i] - first_s);
    jct_s += took_s;
    slowdown += std::max(1.0, took_s / std::max(workload.duration_s[i], kShortestS));
    held_s += job.devices * workload.duration_s[i];
  }
  set(Measure::never_started, never);
  if (wait_s.empty()) return outcome;
  const auto count = static_cast<double>(wait_s.size());
  const double makespan_s = last_s - first_s;
  set(Measure::weighted_wait, weighted_s / weights);
  set(Measure::burst_wait, burst_weights > 0 ? burst_s / burst_weights : 0);
  set(Measure::wait, mean_of(wait_s));
  set(Measure::wait_p90, percentile(wait_s, 0.9));
  set(Measure::wait_p99, percentile(wait_s, 0.99));
  set(Measure::small_wait_p99, percentile(small_s, 0.99));
  set(Measure::large_wait_p99, percentile(large_s, 0.99));
  set(Measure::jct, jct_s / count);
  set(Measure::slowdown, slowdown / count);
  set(Measure::makespan, makespan_s);
  set(Measure::utilization, makespan_s > 0 ? held_s / (devices * makespan_s) : 0);
  set(Measure::cost, cost);
  set(Measure::money_available, price_usd_per_hour * makespan_s / 3600);
  set(Measure::money_used, price_usd_per_hour * held_s / devices / 3600);
  return outcome;
}

Outcome run_scenario(const Scenario& scenario, const Trace& trace, Prediction prediction,
                     std::uint64_t seed) {
  Cluster cluster = make_cluster(scenario.size, trace);
  Workload workload;
  if (seed == 0 && !scenario.quotas) {
    workload = make_workload(trace, scenario.size, cluster, prediction);
  } else {
    Trace drawn = trace;
    if (scenario.quotas) drawn.quotas = *scenario.quotas;
    if (seed != 0) shuffle_ties(drawn, seed);
    workload = make_workload(drawn, scenario.size, cluster, prediction);
  }
  BrainOptions options;
  options.seed = seed;
  options.policy = scenario.policy;
  Replay run;
  Spending spending(workload.jobs.size());
  if (scenario.policy_name == kAdaptive) {
    Portfolio portfolio(default_portfolio());
    options.policy = portfolio.first();
    run = replay(cluster, workload, std::move(options), spending.watcher(), &portfolio);
  } else {
    run = replay(cluster, workload, std::move(options), spending.watcher());
  }
  Outcome outcome =
      outcome_of(workload, run, devices_of(scenario.size), usd_per_hour_of(scenario.size));
  if (prices_differ(scenario.size))
    outcome[static_cast<std::size_t>(Measure::money_used)] = spending.usd(workload);
  return outcome;
}

std::vector<std::vector<Outcome>> run_scenarios(const ScenarioPlan& plan) {
  const std::size_t numbers = plan.resamples + 1, worlds = plan.scenarios.size();
  std::vector<std::vector<Outcome>> outcomes(numbers, std::vector<Outcome>(worlds));
  const Blocks blocks = blocks_of(*plan.trace);
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    for (std::size_t i = next++; i < numbers * worlds; i = next++) {
      const std::size_t number = i / worlds, world = i % worlds;
      const Trace drawn = resample(*plan.trace, blocks, plan.seed, number);
      outcomes[number][world] = run_scenario(plan.scenarios[world], drawn, plan.prediction, number);
    }
  };
  std::vector<std::jthread> others;
  for (unsigned i = 1; i < plan.threads; ++i) others.emplace_back(work);
  work();
  others.clear();
  return outcomes;
}

Estimate level(const std::vector<std::vector<Outcome>>& outcomes, std::size_t scenario,
               Measure measure) {
  return estimate_over(outcomes, [&](const std::vector<Outcome>& worlds) {
    return value_of(worlds[scenario], measure);
  });
}

Estimate difference(const std::vector<std::vector<Outcome>>& outcomes, std::size_t scenario,
                    std::size_t base, Measure measure) {
  return estimate_over(outcomes, [&](const std::vector<Outcome>& worlds) {
    return value_of(worlds[scenario], measure) - value_of(worlds[base], measure);
  });
}

Estimate relative_difference(const std::vector<std::vector<Outcome>>& outcomes,
                             std::size_t scenario, std::size_t base, Measure measure) {
  return estimate_over(outcomes, [&](const std::vector<Outcome>& worlds) {
    const double whole = value_of(worlds[base], measure);
    return whole == 0 ? 0 : value_of(worlds[scenario], measure) / whole - 1;
  });
}

}  // namespace fulcrum::sched

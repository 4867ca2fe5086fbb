#include "sched/twin/elastic_simulation.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace fulcrum::sched {

namespace {

ElasticFigures elastic_figures(const Workload& workload, const ElasticRun& run, double devices) {
  ElasticFigures figures;
  figures.rounds = run.rounds;
  const double each = std::max(1.0, static_cast<double>(workload.jobs.size()) / devices);
  double count = 0;
  for (std::size_t i = 0; i < workload.jobs.size(); ++i) {
    if (std::isnan(run.end_s[i])) continue;
    const double rho = (run.end_s[i] - workload.jobs[i].submit_s) / (workload.duration_s[i] * each);
    figures.fixed_share_fairness.worst = std::max(figures.fixed_share_fairness.worst, rho);
    figures.fixed_share_fairness.mean += rho;
    figures.restarts_per_job += run.restarts[i];
    ++count;
  }
  if (count == 0) return figures;
  figures.fixed_share_fairness.mean /= count;
  figures.restarts_per_job /= count;
  return figures;
}

}  // namespace

ElasticWorkload make_elastic_workload(const ElasticTrace& trace, const ResizeStage& stage) {
  ElasticWorkload workload;
  for (const ElasticTraceJob& job : trace.jobs) {
    ElasticEntry entry{job.submit_s, job.priority, nullptr};
    if (job.duration_s > 0) {
      entry.work = make_rigid(job.duration_s, job.asked);
    } else {
      TrainingOptions options;
      options.asked = job.asked;
      options.batch = stage.tunes_batch && !job.fixed_batch ? 0 : job.batch;
      options.asked_batch = job.batch;
      options.most = job.most;
      options.whole_seconds = true;
      entry.work = make_training(trace.applications[job.application], options);
    }
    workload.push_back(std::move(entry));
  }
  return workload;
}

SimulationRun simulate_elastic(const ElasticTrace& trace, const Trace& as_asked,
                               const ClusterSize& size, const ResizeStage& stage,
                               double (*clock_s)()) {
  Cluster cluster = make_cluster(size);
  const Workload workload = make_workload(as_asked, size, cluster, Prediction::kPerfect);
  ElasticWorkload work = make_elastic_workload(trace, stage);
  ElasticOptions options;
  options.devices.assign(size.nodes, size.devices);
  options.round_s = trace.round_s;
  options.restart_s = trace.restart_s;
  SimulationRun run;
  run.policy = stage.name;
  const double from_s = clock_s();
  const ElasticRun result = elastic_replay(work, stage, options);
  run.seconds = clock_s() - from_s;
  Replay ran;
  ran.start_s = result.start_s;
  ran.end_s = result.end_s;
  for (std::size_t i = 0; i < ran.end_s.size(); ++i)
    if (std::isnan(ran.end_s[i])) ran.start_s[i] = NAN;
  const double devices = static_cast<double>(size.nodes) * size.devices;
  run.figures = figures_of(workload, ran, devices, size.price_usd_per_hour * size.nodes);
  const double held_s =
      std::accumulate(result.held_device_s.begin(), result.held_device_s.end(), 0.0);
  if (run.figures.makespan_s > 0) {
    run.figures.utilization = held_s / (devices * run.figures.makespan_s);
    run.figures.money_usd = run.figures.money_available_usd * run.figures.utilization;
  }
  if (!trace.applications.empty()) run.figures.cost_lower_bound = run.figures.gap = 0;
  run.elastic = elastic_figures(workload, result, devices);
  Workload held = workload;  // each job with what it held on average between start and end
  for (std::size_t i = 0; i < held.jobs.size(); ++i)
    if (ran.end_s[i] > ran.start_s[i])
      held.jobs[i].devices = result.held_device_s[i] / (ran.end_s[i] - ran.start_s[i]);
  run.timeline = timeline_of(held, ran, devices);
  Cluster none;  // no fragmentation: which nodes a job held is not one answer
  run.detail = detail_of(none, workload, ran, Holdings(workload.jobs.size()), {});
  const auto groups = figures_by_group(workload, ran);
  for (std::size_t group = 0; group < groups.size(); ++group)
    if (groups[group].jobs > 0) run.by_group[as_asked.groups[group]] = groups[group];
  return run;
}

}  // namespace fulcrum::sched

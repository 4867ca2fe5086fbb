#include "sched/trace/pollux_profiles.h"

#include <algorithm>

namespace fulcrum::sched {

namespace {

struct Known {
  std::string_view name;
  double samples;  // of an epoch, as the artifact's runs counted them
  std::uint32_t epochs;
  double largest_local;  // 0: the largest profiled
};
constexpr Known kApplications[] = {
    {"bert", 88644, 2, 0},        {"cifar10", 50004.5, 100, 0}, {"deepspeech2", 7134, 80, 0},
    {"imagenet", 1281169, 90, 0}, {"ncf", 4970854, 10, 0},      {"yolov3", 16551, 50, 8},
};

void fill_noise(std::string_view name, NoiseTable& table) {
#define NOISE_BATCHES(application, ...) \
  if (name == #application) table.batches = {__VA_ARGS__};
#define NOISE(application, epoch, ...) \
  if (name == #application) table.epochs.push_back({epoch, {__VA_ARGS__}});
#include "sched/trace/pollux_noise.def"
#undef NOISE
#undef NOISE_BATCHES
}

base::Status read_steps(const std::filesystem::path& folder, Application& application) {
  double least = 0, largest = 0;
  const auto time_of = [](Row& row) {
    const StepTime time{row.number("step_time", 1e-9, 1e6), row.number("sync_time", 0, 1e6)};
    if (time.sync_s >= time.step_s) row.refuse("sync_time", "not less than the step");
    return time;
  };
  TRY(const auto bad_placements,
      read_rows(folder / "placements.csv", {"placement", "local_bsz", "step_time", "sync_time"},
                false, [&](Row& row) {
                  const std::string placement(row.text("placement"));
                  const double local = row.number("local_bsz", 1, 1e9);
                  const StepTime time = time_of(row);
                  if (placement.empty() || placement.size() > 64 ||
                      placement.find_first_not_of("123456789") != std::string::npos)
                    row.refuse("placement", "not the replicas of each node, a digit each");
                  if (!row.is_good()) return;
                  application.steps.add_placement(placement, local, time);
                  least = least == 0 ? local : std::min(least, local);
                  largest = std::max(largest, local);
                }));
  TRY(const auto bad_sizes,
      read_rows(folder / "scalability.csv",
                {"num_nodes", "num_replicas", "local_bsz", "step_time", "sync_time"}, false,
                [&](Row& row) {
                  const auto nodes = row.integer("num_nodes", 1, 1024);
                  const auto replicas = row.integer("num_replicas", 1, 65536);
                  const double local = row.number("local_bsz", 1, 1e9);
                  const StepTime time = time_of(row);
                  if (row.is_good())
                    application.steps.add_size(static_cast<std::uint32_t>(nodes),
                                               static_cast<std::uint32_t>(replicas), local, time);
                }));
  (void)bad_placements;
  (void)bad_sizes;
  if (largest == 0)
    return base::failed("trace.empty", "the profile has no rows",
                        (folder / "placements.csv").string());
  application.limits.least_local = least;
  if (application.limits.largest_local == 0) application.limits.largest_local = largest;
  return {};
}

/// But for its steps.
Application application_of(const Known& known) {
  Application application;
  application.name = known.name;
  application.epochs = known.epochs;
  fill_noise(known.name, application.noise);
  application.limits.initial = known.name == "ncf" ? 256 : application.noise.batches.front();
  application.limits.largest = application.noise.batches.back();
  application.limits.largest_local = known.largest_local;
  application.steps_per_epoch = known.samples / application.limits.initial;
  return application;
}

}  // namespace

base::Result<PolluxWorkload> read_pollux_workload(const std::filesystem::path& path,
                                                  const ReadOptions& options) {
  PolluxWorkload workload;
  for (const Known& known : kApplications) workload.applications.push_back(application_of(known));
  TRY(const auto bad,
      read_rows(path, {"time", "application", "num_replicas", "batch_size"}, options.lenient,
                [&](Row& row) {
                  PolluxJob job;
                  const auto& all = workload.applications;
                  const auto found = std::find_if(
                      all.begin(), all.end(),
                      [&](const Application& one) { return one.name == row.text("application"); });
                  if (found == all.end())
                    return row.refuse("application", "no application of the artifact");
                  job.application = static_cast<std::size_t>(found - all.begin());
                  job.line = row.line();
                  job.submit_s = row.number("time", 0, 1e12);
                  job.replicas = static_cast<std::uint32_t>(row.integer("num_replicas", 1, 64));
                  job.batch =
                      row.number("batch_size", found->limits.initial, found->limits.largest);
                  if (row.is_good()) workload.jobs.push_back(job);
                }));
  workload.skipped = bad;
  for (Application& application : workload.applications)
    CHECK_OK(read_steps(path.parent_path() / "profiles" / application.name, application));
  return workload;
}

double pollux_iterations(const Application& application, double batch) {
  const double scale = batch / application.limits.initial;
  double iterations = 0;
  for (std::uint32_t epoch = 0; epoch < application.epochs; ++epoch)
    iterations += application.steps_per_epoch / gain(application.noise.at(epoch, batch), scale);
  return iterations;
}

}  // namespace fulcrum::sched

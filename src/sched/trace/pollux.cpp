// Pollux artifact (Qiao et al., OSDI 2021): name,time,application,num_replicas,batch_size. The file
// holds no run times. A job's is that of a rigid run with its own replicas and batch size:
// iterations x time of a step. Times of steps come from profiles/APPLICATION/placements.csv beside
// the workload (full nodes of four GPUs first, as the artifact places them; between two profiled
// local batch sizes linearly; a local batch above the largest profiled one is accumulated over
// several steps, of which only the last synchronises). Placements that were not profiled take the
// widest profiled one, so jobs over more than 16 GPUs come out somewhat short. Iterations are the
// artifact's where its validation runs have that batch size; elsewhere epochs x samples / batch,
// which does not count the slower learning of large batches: such jobs come out short. The group is
// the application. Every row is kept.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sched/trace/builder.h"

namespace fulcrum::sched {

namespace {

struct Application {
  std::string_view name;
  double samples;              // times epochs
  double largest_local_batch;  // 0: the largest profiled
  struct Known {
    double batch, iterations;
  } known[2];
};

constexpr Application kApplications[] = {
    {"bert", 2 * 88641.0, 0, {{384, 480}, {}}},
    {"cifar10", 100 * 50000.0, 0, {{2048, 3178}, {}}},
    {"deepspeech2", 80 * 3640.0, 0, {{320, 2264}, {640, 1423}}},
    {"imagenet", 90 * 1281167.0, 0, {}},
    {"ncf", 10 * 24851485.0, 0, {}},
    {"yolov3", 50 * 16551.0, 8, {{64, 14577}, {}}},
};

double iterations_of(const Application& application, double batch) {
  for (const auto& known : application.known)
    if (known.batch == batch) return known.iterations;
  return application.samples / batch;
}

struct Profiled {
  std::string placement;
  double local_batch, step_s, sync_s;
};

base::Result<std::vector<Profiled>> read_profile(const std::filesystem::path& path) {
  std::vector<Profiled> profile;
  TRY(const auto bad,
      read_rows(path, {"placement", "local_bsz", "step_time", "sync_time"}, false, [&](Row& row) {
        Profiled one{std::string(row.text("placement")), row.number("local_bsz", 1, 1e9),
                     row.number("step_time", 0, 1e6), row.number("sync_time", 0, 1e6)};
        if (row.is_good()) profile.push_back(std::move(one));
      }));
  (void)bad;
  return profile;
}

/// "244" for ten replicas on nodes of four: the artifact writes the smallest rotation.
std::string placement_of(std::uint32_t replicas) {
  std::string placement(replicas / 4, '4');
  if (replicas % 4 != 0) placement.insert(0, 1, static_cast<char>('0' + replicas % 4));
  return placement;
}

/// Seconds of one whole step; 0 where the profile knows nothing.
double step_s(std::vector<Profiled> profile, std::uint32_t replicas, double batch,
              double largest_local_batch) {
  std::string placement = placement_of(replicas);
  const auto is_profiled = [&] {
    return std::any_of(profile.begin(), profile.end(),
                       [&](const Profiled& one) { return one.placement == placement; });
  };
  while (!is_profiled() && placement.size() > 1) placement.pop_back();
  std::erase_if(profile, [&](const Profiled& one) { return one.placement != placement; });
  if (profile.empty()) return 0;
  std::sort(profile.begin(), profile.end(),
            [](const Profiled& a, const Profiled& b) { return a.local_batch < b.local_batch; });
  const double largest = largest_local_batch > 0
                             ? std::min(largest_local_batch, profile.back().local_batch)
                             : profile.back().local_batch;
  const double local = std::ceil(batch / replicas);
  const double passes = std::ceil(local / largest);
  const double at = std::clamp(std::ceil(local / passes), profile.front().local_batch, largest);
  std::size_t above = 0;
  while (above + 1 < profile.size() && profile[above].local_batch < at) ++above;
  const Profiled& high = profile[above];
  const Profiled& low = profile[above > 0 ? above - 1 : 0];
  const double width = high.local_batch - low.local_batch;
  const double part = width > 0 ? (at - low.local_batch) / width : 1;
  const double step = low.step_s + part * (high.step_s - low.step_s);
  const double sync = low.sync_s + part * (high.sync_s - low.sync_s);
  return step + (passes - 1) * (step - sync);
}

}  // namespace

base::Result<Trace> read_pollux(const std::filesystem::path& path, const ReadOptions& options) {
  std::map<std::string, std::vector<Profiled>> profiles;
  for (const auto& application : kApplications) {
    const std::string name(application.name);
    TRY(profiles[name], read_profile(path.parent_path() / "profiles" / name / "placements.csv"));
  }
  TraceBuilder rows(path.filename().string());
  TRY(const auto bad,
      read_rows(path, {"time", "application", "num_replicas", "batch_size"}, options.lenient,
                [&](Row& row) {
                  const auto* application = std::find_if(
                      std::begin(kApplications), std::end(kApplications),
                      [&](const Application& one) { return one.name == row.text("application"); });
                  if (application == std::end(kApplications))
                    return row.refuse("application", "no application of the artifact");
                  TraceJob job;
                  job.line = row.line();
                  job.submit_s = row.number("time", 0, 1e12);
                  job.devices = static_cast<std::uint32_t>(row.integer("num_replicas", 1, 64));
                  const double batch = row.number("batch_size", 1, 1e9);
                  if (!row.is_good()) return;
                  const std::string name(application->name);
                  job.duration_s =
                      iterations_of(*application, batch) *
                      step_s(profiles[name], job.devices, batch, application->largest_local_batch);
                  job.group = rows.group(name);
                  rows.keep(job);
                }));
  rows.skip(bad);
  return rows.finish();
}

}  // namespace fulcrum::sched

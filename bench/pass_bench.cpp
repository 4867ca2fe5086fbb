// One scheduling pass after a small change, on clusters of 10^2 to 10^5 nodes with ten times as
// many jobs waiting: a job ends, another comes, the pass runs. One JSON line a figure; the
// reference is the first pass, which looks at everything.
//   pass_bench [nodes]…
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "sched/core/brain.h"
#include "sched/stages/presets.h"

namespace {

using namespace fulcrum::sched;
using Clock = std::chrono::steady_clock;

constexpr int kChanges = 200;

double ms_since(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

/// Memory of this process now, MiB.
double resident_mib() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("VmRSS:")) return std::strtod(line.c_str() + 6, nullptr) / 1024;
  return 0;
}

Cluster cluster_of(int nodes) {
  Cluster cluster;
  for (int i = 0; i < nodes; ++i) {
    NodeSpec node;
    node.gpus = i % 4 == 0 ? 4 : 8;
    node.model = static_cast<std::uint16_t>(i % 3);
    node.cpu_milli = node.gpus * 12'000;
    node.memory_bytes = std::int64_t{node.gpus} << 36;
    cluster.add_node(node);
  }
  return cluster;
}

class Jobs {
 public:
  explicit Jobs(Cluster& cluster) {
    for (const std::uint32_t gpus : {1U, 2U, 4U, 8U})
      for (const std::uint32_t milli : {300U, 500U, 1000U})
        for (const std::uint64_t models : {0U, 1U, 6U}) {
          if (gpus > 1 && milli < 1000) continue;
          Shape shape;
          shape.gpus = gpus;
          shape.gpu_milli = milli;
          shape.models = models;
          shape.cpu_milli = gpus * 6000;
          shapes_.push_back(cluster.shape(shape));
          devices_.push_back(gpus * milli / 1000.0);
        }
  }

  Job next(double now_s) {
    const auto i = random_() % shapes_.size();
    Job job;
    job.shape = job.rest_shape = shapes_[i];
    job.devices = devices_[i];
    job.priority = 1.0 + static_cast<double>(random_() % 8);
    job.predicted_s = 60.0 + static_cast<double>(random_() % 86'400);
    job.submit_s = now_s;
    return job;
  }

 private:
  std::mt19937_64 random_{7};
  std::vector<ShapeIndex> shapes_;
  std::vector<double> devices_;
};

void measure(int nodes, const char* preset) {
  Cluster cluster = cluster_of(nodes);
  const auto policy = find_policy(preset);
  if (!policy) std::abort();
  Brain brain(cluster, {.policy = *policy, .typical = {}, .seed = 0, .incremental = true});
  Jobs jobs(cluster);
  const int submitted = 13 * nodes;  // about three a node start at once
  std::vector<JobIndex> running;
  for (int i = 0; i < submitted; ++i) brain.submit(jobs.next(0));
  const auto first = Clock::now();
  for (const JobIndex job : brain.pass(0)) running.push_back(job);
  const double first_ms = ms_since(first);
  std::vector<double> passes_ms;
  std::mt19937_64 random(11);
  for (int i = 1; i <= kChanges && !running.empty(); ++i) {
    const double now_s = i;
    const auto at = random() % running.size();
    brain.end(running[at], now_s);
    running[at] = running.back();
    running.pop_back();
    brain.submit(jobs.next(now_s));
    const auto start = Clock::now();
    const auto& started = brain.pass(now_s);
    passes_ms.push_back(ms_since(start));
    running.insert(running.end(), started.begin(), started.end());
  }
  std::sort(passes_ms.begin(), passes_ms.end());
  fmt::print(
      "{{\"bench\":\"sched.pass\",\"policy\":\"{}\",\"nodes\":{},\"waiting\":{},\"running\":{},"
      "\"pass_p50_ms\":{:.4f},\"pass_max_ms\":{:.3f},\"first_pass_ms\":{:.1f},\"ratio\":{:.0f},"
      "\"resident_mib\":{:.0f}}}\n",
      preset, nodes, brain.waiting(), running.size(), passes_ms[passes_ms.size() / 2],
      passes_ms.back(), first_ms, first_ms / passes_ms[passes_ms.size() / 2], resident_mib());
  std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<int> sizes;
  for (int i = 1; i < argc; ++i) sizes.push_back(std::atoi(argv[i]));
  if (sizes.empty()) sizes = {100, 1'000, 10'000, 100'000};
  for (const char* preset : {"priority", "easy_smith"})
    for (const int nodes : sizes) measure(nodes, preset);
}

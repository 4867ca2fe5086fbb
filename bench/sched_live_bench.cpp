// Figures of the live scheduler, one JSON line each. Usage: sched_live_bench [FOLDER] [PART]
//   FOLDER  where the home goes (default: the system's temporary folder); must be on a real disk
//   PART    submit, run, latency or pass alone (default: all)
// A home with every pillar, SQLite, and this machine's own executor with a shim for each job.
#include <fmt/format.h>
#include <stdlib.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <thread>

#include "base/clock.h"
#include "control/jobs/job_waiting.h"
#include "control/jobs/local_machine.h"
#include "measure.h"
#include "sched/schedule.h"

namespace {

using namespace fulcrum;
using bench::Clock;
using bench::must;
using bench::seconds_since;
namespace json = base::json;

void print_figure(const std::string& bench, double value, const char* unit, double target) {
  fmt::print("{}\n", base::to_text(json::object{
                         {"bench", bench}, {"value", value}, {"unit", unit}, {"target", target}}));
  std::fflush(stdout);
}

/// A home of its own, gone at the end.
class Live {
 public:
  explicit Live(const std::filesystem::path& parent) {
    std::string pattern = (parent / "sched-live-bench-XXXXXX").string();
    if (!::mkdtemp(pattern.data())) std::abort();
    folder_ = pattern;
    const control::HomePaths paths{folder_ / "home"};
    home_ = must(control::open_home(paths, must(control::lock_home(paths))));
    machine_ = must(control::open_local_machine(*home_));
  }
  ~Live() {
    machine_.reset();
    home_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  control::Engine& engine() { return home_->engine(); }
  exec::Executor& executor() { return machine_->executor(); }

  /// Submits `count` jobs at once; calls back when all are durable.
  double submit(int count, bool held) {
    std::atomic<int> done = 0;
    const auto begin = Clock::now();
    for (int i = 0; i < count; ++i)
      engine().submit_async({"job.submit", spec(held), "member/owner", ledger::Role::kOwner, {}},
                            [&](auto reply) {
                              (void)must(std::move(reply));
                              ++done;
                            });
    while (done < count) std::this_thread::sleep_for(std::chrono::microseconds(200));
    return seconds_since(begin);
  }
  /// Nobody waits or runs.
  bool is_idle() {
    const auto queue = must(engine().query("queue.show", json::object{{"limit", 1}}, "member/owner",
                                           ledger::Role::kOwner));
    return base::get_integer(queue, "running") + base::get_integer(queue, "queued") == 0;
  }
  static json::object spec(bool held) {
    return {{"name", "bench"}, {"command", {"/bin/true"}}, {"held", held}};
  }

 private:
  std::filesystem::path folder_;
  std::unique_ptr<control::Home> home_;
  std::unique_ptr<control::LocalMachine> machine_;
};

void submissions(const std::filesystem::path& parent) {
  Live live(parent);
  constexpr int kJobs = 10'000;
  print_figure("sched.live.submissions_per_s", kJobs / live.submit(kJobs, true), "1/s", 1000);
}

void short_jobs(const std::filesystem::path& parent) {
  Live live(parent);
  constexpr int kJobs = 1'000;
  const auto begin = Clock::now();
  live.submit(kJobs, false);
  std::uint64_t seen = 0;
  while (!live.is_idle()) seen = live.engine().wait_for_events(seen, 20'000);
  print_figure("sched.live.short_jobs_per_s", kJobs / seconds_since(begin), "1/s", 200);
}

void latency(const std::filesystem::path& parent) {
  Live live(parent);
  std::vector<double> ms;
  for (int i = 0; i < 300; ++i) {
    const std::int64_t begin_us = base::system_clock().now_us();
    const std::string job = must(control::submit_job(live.engine(), Live::spec(false),
                                                     {"member/owner", ledger::Role::kOwner}));
    (void)must(control::wait_job(live.engine(), job));
    const auto status = must(live.executor().status(job));
    ms.push_back(static_cast<double>(status.started_us - begin_us) / 1e3);
  }
  std::sort(ms.begin(), ms.end());
  print_figure("sched.live.submit_to_start_p50_ms", ms[ms.size() / 2], "ms", 0);
  print_figure("sched.live.submit_to_start_p99_ms", ms[ms.size() * 99 / 100], "ms", 50);
}

/// One pass after one job came and one ended, with a long queue.
void passes() {
  for (const int count : {1'000, 10'000, 100'000}) {
    sched::State state;
    for (int i = 0; i < 1'000; ++i) {
      sched::Node node;
      node.name = fmt::format("node-{:04}", i);
      node.cpu_milli = 64'000;
      for (std::uint32_t device = 0; device < 8; ++device) node.devices.push_back({device, "P100"});
      state.nodes[node.name] = sched::empty_node(node);
    }
    const auto add = [&](int i) {
      sched::OpenJob job;
      job.id = fmt::format("{:09}", i);
      job.order = static_cast<std::uint64_t>(i);
      job.spec.owner = fmt::format("owner-{}", i % 20);
      job.spec.resources.gpus = 1 + static_cast<std::uint32_t>(i % 8);
      job.spec.predicted_s = 60 + i % 3600;
      state.changes.add(sched::ChangeOf::kJob, job.id);
      state.jobs[job.id] = std::move(job);
    };
    for (int i = 0; i < count; ++i) add(i);
    sched::Cache cache;
    const auto pass = [&] {
      return sched::schedule(sched::view_of(state, 0),
                             {.changes = &state.changes, .reasons = false}, cache);
    };
    std::vector<std::string> running;
    for (const auto& placement : pass().placements) {  // the cluster is full from here on
      sched::OpenJob& job = state.jobs.at(placement.job);
      job.phase = sched::JobPhase::kRunning;
      job.attempt = 1;
      job.node = placement.node;
      job.taken = placement.taken;
      (void)sched::take(state.nodes.at(job.node), job.taken).has_value();
      state.changes.add(sched::ChangeOf::kJob, job.id);
      running.push_back(job.id);
    }
    (void)pass();
    constexpr int kPasses = 200;
    const auto begin = Clock::now();
    for (int i = 0; i < kPasses; ++i) {
      add(count + i);
      const std::string id = running[static_cast<std::size_t>(i)];
      sched::OpenJob& job = state.jobs.at(id);
      sched::give_back(state.nodes.at(job.node), job.taken);
      state.jobs.erase(id);
      state.changes.add(sched::ChangeOf::kJob, id);
      (void)pass();
    }
    print_figure(fmt::format("sched.live.pass_us.1000_nodes_{}_jobs", count),
                 seconds_since(begin) / kPasses * 1e6, "us", 0);
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::filesystem::path parent =
      argc > 1 ? argv[1] : std::filesystem::temp_directory_path().string();
  const std::string part = argc > 2 ? argv[2] : "";
  if (part.empty() || part == "pass") passes();
  if (part.empty() || part == "submit") submissions(parent);
  if (part.empty() || part == "run") short_jobs(parent);
  if (part.empty() || part == "latency") latency(parent);
}

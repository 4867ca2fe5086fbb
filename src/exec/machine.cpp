#include "exec/machine.h"

#include <sched.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>

namespace fulcrum::exec {

namespace {

using Seconds = std::chrono::duration<double>;

double now_s() {
  return Seconds(std::chrono::steady_clock::now().time_since_epoch()).count();
}

constexpr int kLanes = 64;  // independent sums, enough to fill the pipelines
constexpr int kRounds = 20'000;

// Clones are chosen before main, which a sanitizer's run-time does not survive.
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
#define FULCRUM_FUSED
#else
#define FULCRUM_FUSED \
  __attribute__((target_clones("avx512f", "avx2,fma", "default"), optimize("O3", "fast-math")))
#endif

/// 2·kLanes·kRounds floating-point operations, nothing of it in memory.
FULCRUM_FUSED double fused_block(double factor) {
  double sums[kLanes];
  for (int i = 0; i < kLanes; ++i) sums[i] = i;
  for (int round = 0; round < kRounds; ++round)
    for (int i = 0; i < kLanes; ++i) sums[i] = sums[i] * factor + 1e-9;
  double total = 0;
  for (const double sum : sums) total += sum;
  return total;
}

/// Runs `work` (which returns how much it did) on every thread for about `seconds`; per second.
template <class Work>
double rate_of(std::int64_t threads, double seconds, const Work& work) {
  std::atomic<bool> go = false, stop = false;
  std::atomic<std::int64_t> ready = 0;
  std::vector<double> done(static_cast<std::size_t>(threads), 0);
  std::vector<std::thread> crew;
  for (std::int64_t t = 0; t < threads; ++t)
    crew.emplace_back([&, t] {
      ++ready;
      while (!go) std::this_thread::yield();
      double amount = 0;
      while (!stop) amount += work(t);
      done[static_cast<std::size_t>(t)] = amount;
    });
  while (ready < threads) std::this_thread::yield();
  const double start_s = now_s();
  go = true;
  std::this_thread::sleep_for(Seconds(seconds));
  stop = true;
  for (auto& thread : crew) thread.join();
  double total = 0;
  for (const double amount : done) total += amount;
  return total / (now_s() - start_s);
}

double flop_rate(std::int64_t threads, double seconds) {
  std::atomic<double> sink = 0;
  return rate_of(threads, seconds, [&](std::int64_t t) {
    sink = fused_block(0.999 + 1e-9 * static_cast<double>(t));
    return 2.0 * kLanes * kRounds;
  });
}

double triad_rate(std::int64_t threads, double seconds) {
  // 3 × 16 MiB a thread, in blocks so that the end is noticed soon.
  constexpr std::size_t kWords = 2 << 20, kBlock = 1 << 17;
  struct Arrays {
    std::vector<double> a = std::vector<double>(kWords, 1), b = std::vector<double>(kWords, 2),
                        c = std::vector<double>(kWords, 3);
    std::size_t at = 0;
  };
  std::vector<Arrays> arrays(static_cast<std::size_t>(threads));
  return rate_of(threads, seconds, [&](std::int64_t t) {
    Arrays& mine = arrays[static_cast<std::size_t>(t)];
    for (std::size_t i = mine.at; i < mine.at + kBlock; ++i)
      mine.a[i] = mine.b[i] + 0.5 * mine.c[i];
    mine.at = (mine.at + kBlock) % kWords;
    return 3.0 * sizeof(double) * kBlock;
  });
}

}  // namespace

Machine inspect_machine() {
  Machine machine;
  char name[256] = "";
  if (::gethostname(name, sizeof name - 1) == 0) machine.name = name;
  for (char& c : machine.name)
    if (!std::isalnum(static_cast<unsigned char>(c)) && c != '.') c = '-';
  if (machine.name.empty()) machine.name = "local";
  cpu_set_t cores;
  if (::sched_getaffinity(0, sizeof cores, &cores) == 0)
    machine.cores = std::max(1, CPU_COUNT(&cores));
  struct sysinfo info {};
  if (::sysinfo(&info) == 0)
    machine.memory_bytes = static_cast<std::int64_t>(info.totalram) * info.mem_unit;
  if (auto nvml = Nvml::open()) machine.gpus = nvml->devices();
  return machine;
}

Speed measure_speed(std::int64_t cores, double seconds) {
  return {flop_rate(1, seconds) / 1e9, flop_rate(cores, seconds) / 1e9,
          triad_rate(cores, seconds) / 1e9};
}

}  // namespace fulcrum::exec

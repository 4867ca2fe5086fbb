#include "sched/twin/resample.h"

#include <algorithm>
#include <cmath>

#include "base/random.h"

namespace fulcrum::sched {

namespace {

constexpr double kDayS = 86400;
constexpr double kShortBlocks = 8;  // that a short trace is cut into

}  // namespace

Blocks blocks_of(const Trace& trace) {
  Blocks blocks;
  if (trace.jobs.empty()) return blocks;
  const double first_s = trace.jobs.front().submit_s, last_s = trace.jobs.back().submit_s;
  const double days = (last_s - first_s) / kDayS;
  if (days < 4) {
    blocks.begin_s = first_s;
    blocks.span_s = last_s - first_s + 1;
    blocks.block_s = std::max(1.0, blocks.span_s / kShortBlocks);
    blocks.grid_s = 1;
    return blocks;
  }
  blocks.begin_s = std::floor(first_s / kDayS) * kDayS;
  blocks.span_s = last_s - blocks.begin_s + 1;
  blocks.block_s = days >= 28 ? 7 * kDayS : kDayS;
  blocks.grid_s = kDayS;
  return blocks;
}

Trace resample(const Trace& trace, const Blocks& blocks, std::uint64_t seed, std::uint64_t number) {
  if (number == 0 || trace.jobs.empty()) return trace;
  base::Random random(seed * 0x9e3779b97f4a7c15U + number);
  const auto starts = static_cast<std::uint64_t>(
      1 + std::max(0.0, std::floor((blocks.span_s - blocks.block_s) / blocks.grid_s)));
  Trace drawn;
  drawn.groups = trace.groups;
  drawn.users = trace.users;
  drawn.models = trace.models;
  drawn.custom_names = trace.custom_names;
  drawn.customs = trace.customs;
  drawn.devices = trace.devices;
  drawn.assume = trace.assume;
  drawn.quotas = trace.quotas;
  const auto before = [](const TraceJob& job, double time_s) { return job.submit_s < time_s; };
  for (double to_s = 0; to_s < blocks.span_s; to_s += blocks.block_s) {
    const double from_s =
        blocks.begin_s + static_cast<double>(random.below(starts)) * blocks.grid_s;
    const double length_s = std::min(blocks.block_s, blocks.span_s - to_s);
    const auto& jobs = trace.jobs;
    auto at = std::lower_bound(jobs.begin(), jobs.end(), from_s, before);
    for (; at != jobs.end() && at->submit_s < from_s + length_s; ++at) {
      TraceJob job = *at;
      const double shift_s = blocks.begin_s + to_s - from_s;
      job.submit_s += shift_s;
      job.arrival = 0;  // of stretches that follow each other
      if (job.deadline_s > 0) job.deadline_s += shift_s;
      drawn.jobs.push_back(job);
    }
  }
  return drawn.jobs.empty() ? trace : drawn;
}

}  // namespace fulcrum::sched

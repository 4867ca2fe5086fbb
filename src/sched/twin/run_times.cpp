#include "sched/twin/run_times.h"

#include <algorithm>

namespace fulcrum::sched {

namespace {

constexpr double kUnknownS = 3600;  // of jobs of which nothing at all is known
constexpr double kLongest = 20;     // times what it has run

std::uint64_t key(std::size_t level, std::size_t group) {
  return std::uint64_t{level} << 48 | group;
}

}  // namespace

RunTimes::RunTimes(RunLevels levels)
    : levels_(std::move(levels)), names_(levels_.names.size()), groups_(levels_.names.size()) {}

std::uint32_t RunTimes::group(std::size_t level, std::string_view name) {
  auto& groups = groups_[level];
  const auto [at, is_new] =
      names_[level].try_emplace(std::string(name), static_cast<std::uint32_t>(groups.size() / 2));
  if (is_new) groups.resize(groups.size() + 2);
  return at->second;
}

RunTimes::Slot RunTimes::slot(const RunsLike& job, std::size_t level) const {
  const bool in_parts = level >= levels_.parts_from && job.limit_s > 0;
  return {2 * std::size_t{job.groups[level]} + (in_parts ? 1 : 0), in_parts ? job.limit_s : 1};
}

void RunTimes::add(const RunsLike& job, double run_s) {
  for (std::size_t level = 0; level < levels(); ++level) {
    const Slot at = slot(job, level);
    const double value = run_s / at.unit_s;
    Group& group = groups_[level][at.group];
    if (group.newest.size() < kKept) {
      group.newest.push_back(value);
    } else {
      double& oldest = group.newest[group.next];
      group.sorted.erase(std::lower_bound(group.sorted.begin(), group.sorted.end(), oldest));
      oldest = value;
      group.next = (group.next + 1) % kKept;
    }
    group.sorted.insert(std::upper_bound(group.sorted.begin(), group.sorted.end(), value), value);
  }
  ++count_;
}

RunTimes::Draw RunTimes::draw(const RunsLike& job, double elapsed_s, double which, double where,
                              const StillRunning* running) const {
  const bool limited = job.limit_s > elapsed_s;
  const auto cut = [&](double run_s) { return limited ? std::min(run_s, job.limit_s) : run_s; };
  for (std::size_t level = 0; level < levels(); ++level) {
    if (level == levels_.said_before && job.said_s > elapsed_s) return {cut(job.said_s), levels()};
    const Slot at = slot(job, level);
    const auto& times = groups_[level][at.group].sorted;
    const auto longer = std::upper_bound(times.begin(), times.end(), elapsed_s / at.unit_s);
    const auto ended = static_cast<std::size_t>(times.end() - longer);
    const auto others =
        running != nullptr ? running->of(level, at.group) : std::span<const double>();
    const auto count = static_cast<double>(ended + others.size());
    if (count == 0) continue;
    const double believed = level + 1 == levels() ? 1 : count / (count + 1);
    if (which < believed) {
      const auto one = static_cast<std::size_t>(where * count);
      const double value =
          one < ended ? longer[static_cast<std::ptrdiff_t>(one)] : others[one - ended];
      return {cut(value * at.unit_s), level};
    }
    which = (which - believed) / (1 - believed);
  }
  if (job.said_s > elapsed_s) return {cut(job.said_s), levels()};
  const double from_s = elapsed_s > 0 ? elapsed_s : limited ? job.limit_s / 2 : kUnknownS / 2;
  return {cut(from_s * std::min(kLongest, 1 / (1 - where))), levels() + 1};
}

std::string_view RunTimes::level_name(std::size_t level) const {
  if (level < levels()) return levels_.names[level];
  return level == levels() ? "prediction" : "nothing";
}

void StillRunning::add(const RunsLike& job, double run_s) {
  for (std::size_t level = 0; level < history_.levels(); ++level) {
    const auto at = history_.slot(job, level);
    drawn_[key(level, at.group)].push_back(run_s / at.unit_s);
  }
}

std::span<const double> StillRunning::of(std::size_t level, std::size_t group) const {
  const auto found = drawn_.find(key(level, group));
  if (found == drawn_.end()) return {};
  return found->second;
}

}  // namespace fulcrum::sched

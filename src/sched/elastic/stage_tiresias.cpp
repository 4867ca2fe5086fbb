// Tiresias (Gu et al., NSDI 2019), discretised two-dimensional least attained service: jobs that
// have held 16 device-hours go behind those that have not; within a queue first come, first served,
// by when they entered it. Who fits runs as asked; who does not is preempted or waits. Without the
// paper's promotion against starvation, as in the Pollux artifact.
#include <algorithm>
#include <map>

#include "sched/elastic/free_devices.h"
#include "sched/elastic/stages.h"

namespace fulcrum::sched::resize_stages {

namespace {

constexpr double kDemotedAtDeviceS = 16 * 3600.0;

class Tiresias final : public Resizer {
 public:
  std::vector<Allocation> resize(const ResizeRound& round) override {
    std::map<std::uint64_t, std::size_t> at;  // number -> place in the round
    for (std::size_t i = 0; i < round.jobs.size(); ++i) at[round.jobs[i].number] = i;
    const auto is_gone = [&](std::uint64_t number) { return !at.contains(number); };
    std::erase_if(first_, is_gone);
    std::erase_if(second_, is_gone);
    for (const ElasticJob& job : round.jobs) {
      if (known_.insert({job.number, 0}).second) first_.push_back(job.number);
      double& ran_device_s = known_[job.number];
      if (!job.held.empty()) ran_device_s += round.round_s * job.asked;
      const auto queued = std::find(first_.begin(), first_.end(), job.number);
      if (queued != first_.end() && ran_device_s >= kDemotedAtDeviceS) {
        first_.erase(queued);
        second_.push_back(job.number);
      }
    }
    return allocate(round, at);
  }

 private:
  std::vector<Allocation> allocate(const ResizeRound& round,
                                   const std::map<std::uint64_t, std::size_t>& at) const {
    std::uint32_t room = FreeDevices(round.devices).total();
    FreeDevices free(round.devices);
    std::vector<Allocation> result(round.jobs.size());
    std::vector<std::size_t> starting;
    for (const auto* queue : {&first_, &second_})
      for (const std::uint64_t number : *queue) {
        const std::size_t i = at.at(number);
        const ElasticJob& job = round.jobs[i];
        if (job.asked > room) continue;
        room -= job.asked;
        if (replicas_of(job.held) == job.asked && free.take(job.held))
          result[i] = job.held;
        else
          starting.push_back(i);
      }
    for (const std::size_t i : starting) result[i] = free.take_from_fullest(round.jobs[i].asked);
    return result;
  }

  std::vector<std::uint64_t> first_, second_;
  std::map<std::uint64_t, double> known_;
};

}  // namespace

const ResizeStage tiresias{
    "tiresias", []() -> std::unique_ptr<Resizer> { return std::make_unique<Tiresias>(); }};

}  // namespace fulcrum::sched::resize_stages

// Optimus (Peng et al., EuroSys 2018) with known run times, as the Pollux artifact has it: the
// fewest replicas of each job while there are devices, then each next device to the job that saves
// most seconds by it; batch sizes stay as submitted. A job whose number of replicas does not change
// stays where it is.
#include <algorithm>

#include "sched/elastic/free_devices.h"
#include "sched/elastic/stages.h"

namespace fulcrum::sched::resize_stages {

namespace {

class Optimus final : public Resizer {
 public:
  std::vector<Allocation> resize(const ResizeRound& round) override {
    const std::vector<std::uint32_t> replicas = shares(round);
    FreeDevices free(round.devices);
    std::vector<Allocation> result(round.jobs.size());
    std::vector<std::size_t> moved;
    for (std::size_t i = 0; i < round.jobs.size(); ++i) {
      if (replicas_of(round.jobs[i].held) == replicas[i] && free.take(round.jobs[i].held))
        result[i] = round.jobs[i].held;
      else
        moved.push_back(i);
    }
    std::stable_sort(moved.begin(), moved.end(),
                     [&](std::size_t a, std::size_t b) { return replicas[a] < replicas[b]; });
    for (const std::size_t i : moved) result[i] = free.take_from_fullest(replicas[i]);
    return result;
  }

 private:
  static std::vector<std::uint32_t> shares(const ResizeRound& round) {
    std::uint32_t room = FreeDevices(round.devices).total();
    std::vector<std::uint32_t> replicas(round.jobs.size(), 0);
    std::vector<double> gain(round.jobs.size(), 0);
    const auto gain_of = [&](std::size_t i) {
      const ElasticJob& job = round.jobs[i];
      if (job.future == nullptr || replicas[i] + 1 > job.most) return 0.0;
      return job.future->left_s(replicas[i]) - job.future->left_s(replicas[i] + 1);
    };
    for (std::size_t i = 0; i < round.jobs.size(); ++i) {
      if (round.jobs[i].least > room) continue;
      replicas[i] = round.jobs[i].least;
      room -= replicas[i];
      gain[i] = gain_of(i);
    }
    while (room > 0) {
      const auto most = std::max_element(gain.begin(), gain.end());
      if (most == gain.end() || *most <= 0) break;
      const auto i = static_cast<std::size_t>(most - gain.begin());
      ++replicas[i];
      --room;
      *most = gain_of(i);
    }
    return replicas;
  }
};

}  // namespace

const ResizeStage optimus{"optimus",
                          []() -> std::unique_ptr<Resizer> { return std::make_unique<Optimus>(); }};

}  // namespace fulcrum::sched::resize_stages

// Rigid gangs in order of submission: behind one that does not fit, nobody starts.
#include "sched/elastic/free_devices.h"
#include "sched/elastic/stages.h"

namespace fulcrum::sched::resize_stages {

namespace {

class None final : public Resizer {
 public:
  std::vector<Allocation> resize(const ResizeRound& round) override {
    FreeDevices free(round.devices);
    std::vector<Allocation> result;
    for (const ElasticJob& job : round.jobs) free.take(job.held);
    bool behind = false;
    for (const ElasticJob& job : round.jobs) {
      result.push_back(job.held);
      if (!job.held.empty() || behind) continue;
      behind = job.asked > free.total();
      if (!behind) result.back() = free.take_tightest(job.asked);
    }
    return result;
  }
};

}  // namespace

const ResizeStage none{"none",
                       []() -> std::unique_ptr<Resizer> { return std::make_unique<None>(); }};

}  // namespace fulcrum::sched::resize_stages

#include <algorithm>
#include <map>
#include <tuple>

#include "sched/policies.h"

namespace fulcrum::sched::policies {

void round_robin(const ClusterView& view, std::vector<const OpenJob*>& queued) {
  std::map<std::string, std::uint64_t> turns;  // by owner: what runs, then what was dealt
  for (const auto& [id, job] : view.jobs)
    if (job.phase == JobPhase::kRunning) ++turns[job.spec.owner];
  fifo(view, queued);
  std::map<const OpenJob*, std::uint64_t> round;
  for (const OpenJob* job : queued) round[job] = turns[job->spec.owner]++;
  std::sort(queued.begin(), queued.end(), [&](const OpenJob* a, const OpenJob* b) {
    return std::make_tuple(round[a], a->order) < std::make_tuple(round[b], b->order);
  });
}

}  // namespace fulcrum::sched::policies

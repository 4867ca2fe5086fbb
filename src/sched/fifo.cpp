#include <algorithm>

#include "sched/policies.h"

namespace fulcrum::sched::policies {

void fifo(const ClusterView&, std::vector<const OpenJob*>& queued) {
  std::sort(queued.begin(), queued.end(),
            [](const OpenJob* a, const OpenJob* b) { return a->order < b->order; });
}

}  // namespace fulcrum::sched::policies

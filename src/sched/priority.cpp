#include <algorithm>
#include <tuple>

#include "sched/policies.h"

namespace fulcrum::sched::policies {

void priority(const ClusterView&, std::vector<const OpenJob*>& queued) {
  std::sort(queued.begin(), queued.end(), [](const OpenJob* a, const OpenJob* b) {
    return std::make_tuple(-a->spec.priority, a->order) <
           std::make_tuple(-b->spec.priority, b->order);
  });
}

}  // namespace fulcrum::sched::policies

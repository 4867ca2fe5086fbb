// Smith's rule. The device count cancels: weight priority·g over area g·p (Smith 1956).
#include <algorithm>
#include <tuple>

#include "sched/policies.h"

namespace fulcrum::sched::policies {

namespace {

/// Zero where nothing is known of the duration: such a job goes last.
double index_of(const JobSpec& spec) {
  const double duration_s = spec.predicted_s > 0 ? spec.predicted_s : spec.time_limit_s;
  return duration_s > 0 ? spec.priority / duration_s : 0;
}

}  // namespace

void wspt(const ClusterView&, std::vector<const OpenJob*>& queued) {
  std::sort(queued.begin(), queued.end(), [](const OpenJob* a, const OpenJob* b) {
    return std::make_tuple(-index_of(a->spec), a->order) <
           std::make_tuple(-index_of(b->spec), b->order);
  });
}

}  // namespace fulcrum::sched::policies

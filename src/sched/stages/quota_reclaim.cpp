// What a quota is sure of comes back from those who borrowed it.
#include "sched/core/quota.h"
#include "sched/stages/stages.h"

namespace fulcrum::sched::stages {

const PreemptStage quota_reclaim{
    "quota_reclaim", summary_of("quota_reclaim"),
    [](const PreemptContext& context, const Job& waiting, const Job& running, double) -> double {
      return context.quotas.may_reclaim(waiting, running) ? -INFINITY : INFINITY;
    },
    false};

}  // namespace fulcrum::sched::stages

#include "sched/policies.h"

namespace fulcrum::sched::policies {

double first_fit(const NodeState&, const Demand&) {
  return 0;
}

}  // namespace fulcrum::sched::policies

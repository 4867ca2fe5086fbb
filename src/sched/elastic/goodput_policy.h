#pragma once
// What the goodput stages share.
#include <memory>

#include "sched/elastic/resize.h"

namespace fulcrum::sched {

enum class Weighing {
  kAttained,  // a job counts less, the more it has had already: run times need not be known
  kLeft,      // a job counts less, the longer it still takes at a fair share, where it says so
};

std::unique_ptr<Resizer> make_goodput_resizer(Weighing weighing);

}  // namespace fulcrum::sched

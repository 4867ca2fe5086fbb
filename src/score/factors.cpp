#include "score/factor_list.h"

namespace fulcrum::score {

const std::vector<FactorSpec>& factor_specs() {
  static const std::vector<FactorSpec> specs = {
#define FACTOR(score, factor, function, definition, query, raise) \
  {#score, #factor, definition, query, raise, function},
#include "score/factors.def"
#undef FACTOR
  };
  return specs;
}

}  // namespace fulcrum::score

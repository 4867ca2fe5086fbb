#include "data/tables/dependencies.h"
#include "data/tables/detector.h"

namespace fulcrum::data::tables {

void detect_loose_dependency(const DetectorInput& input, Evidence& evidence) {
  std::vector<Grouping> groupings;
  const auto found =
      find_dependencies(input.table, input.types, input.missing, groupings, Shown::kLoose);
  Votes votes(input.table, input.missing, input.texts);
  for (const DependencyFit& one : found) votes.add(one, groupings[one.dependency.lhs[0]]);
  votes.put(evidence);
}

}  // namespace fulcrum::data::tables

#include <algorithm>

#include "data/tables/dependencies.h"
#include "data/tables/detector.h"

namespace fulcrum::data::tables {

namespace {
/// A rule that the table keeps no better than this is not believed.
constexpr double kLeastStrength = 0.3;
}  // namespace

void detect_rule(const DetectorInput& input, Evidence& evidence) {
  std::vector<Dependency> dependencies;
  for (const Rule& rule : input.rules)
    if (const auto one = dependency_of(rule)) dependencies.push_back(*one);
  std::sort(dependencies.begin(), dependencies.end());
  dependencies.erase(std::unique(dependencies.begin(), dependencies.end()), dependencies.end());
  Votes votes(input.table, input.missing, input.texts);
  for (const Dependency& dependency : dependencies) {
    const Grouping grouping = group_rows(input.table, dependency.lhs, input.missing);
    const auto fitted = fit(dependency, grouping, input.table, input.missing[dependency.rhs]);
    const bool is_believed = fitted.base >= 0.9 || fitted.strength() >= kLeastStrength;
    if (fitted.support > 0 && is_believed) votes.add(fitted, grouping);
  }
  votes.put(evidence);
}

}  // namespace fulcrum::data::tables

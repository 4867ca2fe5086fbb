// Data quality: the data pillar measures the four factors when it cleans and versions; here they
// are looked up for one data set's newest version that has them.
#include <fmt/format.h>

#include "score/factor_list.h"

namespace fulcrum::score {

namespace {

Measured data_factor(const Evidence& evidence, const char* factor) {
  Measured measured;
  for (const bool simulated : {false, true}) {
    const auto found =
        evidence.rows({.table = "data_quality_factors",
                       .where = {{.column = "dataset", .value = evidence.dataset()},
                                 {.column = "factor", .value = std::string(factor)},
                                 {.column = "simulated", .value = std::int64_t{simulated}}},
                       .order = {"-seq"},
                       .limit = 1});
    if (found.empty()) continue;
    const RowView& row = found[0];
    auto& figure = simulated ? measured.simulated : measured.real;
    figure = figure_of(row, fmt::format("{}@{} {} = {:.4g} (n {})", row.text("dataset"),
                                        row.text("version").substr(0, 12), factor,
                                        row.real("value"), row.integer("n")));
  }
  measured.missing = fmt::format("measure the {} of a data set: quality.record", factor);
  if (!evidence.dataset().empty()) measured.beside["dataset"] = evidence.dataset();
  return newest_of(std::move(measured), recorded_factor(evidence, "data_quality", factor));
}

}  // namespace

Measured data_accuracy(const Evidence& evidence) {
  return data_factor(evidence, "accuracy");
}
Measured data_completeness(const Evidence& evidence) {
  return data_factor(evidence, "completeness");
}
Measured data_relevance(const Evidence& evidence) {
  return data_factor(evidence, "relevance");
}
Measured data_timeliness(const Evidence& evidence) {
  return data_factor(evidence, "timeliness");
}

}  // namespace fulcrum::score

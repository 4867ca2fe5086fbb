// Data quality: the data pillar measures the four factors when it cleans and versions; here they
// are looked up for one data set. Table data_quality: seq dataset version simulated, and for each
// factor F the columns F F_low F_high F_n F_simulated.
#include <fmt/format.h>

#include <algorithm>

#include "score/factor_list.h"

namespace fulcrum::score {

namespace {

/// The factor's columns of one row; without a stated interval, Wilson's for n.
Figure figure_in(const RowView& row, const std::string& factor) {
  Figure figure;
  figure.value = std::clamp(row.real(factor), 0.0, 1.0);
  figure.n = row.integer(factor + "_n");
  const double low = row.real(factor + "_low"), high = row.real(factor + "_high");
  const bool is_stated = low <= figure.value && figure.value <= high;
  figure.interval = is_stated ? Interval{std::max(low, 0.0), std::min(high, 1.0)}
                              : wilson(figure.value, static_cast<double>(figure.n));
  figure.method =
      is_stated ? "measured on the data set" : "measured on the data set; interval: Wilson";
  figure.evidence.push_back(
      {row.seq(), fmt::format("{}@{} {} = {:.4g} (n {})", row.text("dataset"),
                              row.text("version").substr(0, 12), factor, figure.value, figure.n)});
  return figure;
}

/// The newest row that assesses the factor, of each kind; a later row without it leaves it as it
/// was.
Measured data_factor(const Evidence& evidence, const std::string& factor) {
  Measured measured;
  for (const auto& row : evidence.rows({.table = "data_quality",
                         .where = {{.column = "dataset", .value = evidence.dataset()}},
                         .order = {"-seq"},
                         .limit = 1000})) {
    if (row.is_null(factor)) continue;
    const bool simulated = row.flag("simulated") || row.flag(factor + "_simulated");
    auto& figure = simulated ? measured.simulated : measured.real;
    if (!figure) figure = figure_in(row, factor);
    if (measured.real && measured.simulated) break;
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

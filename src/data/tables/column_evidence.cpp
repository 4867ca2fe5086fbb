#include "data/tables/column_evidence.h"

#include <algorithm>

namespace fulcrum::data::tables {

ColumnEvidence::ColumnEvidence(const Table& table, std::size_t column, const AllEvidence& all)
    : said_(all.size()) {
  const Column& cells = table.columns[column];
  for (std::size_t detector = 0; detector < all.size(); ++detector) {
    const auto& values = all[detector].values[column];
    const auto& marks = all[detector].cells[column];
    if (values.empty() && marks.empty()) continue;
    auto& said = said_[detector];
    said.assign(cells.rows(), 0);
    if (!values.empty()) {
      std::vector<float> of_code(cells.distinct(), 0);
      for (const Mark& mark : values) of_code[mark.at] = std::max(of_code[mark.at], mark.evidence);
      for (std::size_t row = 0; row < cells.rows(); ++row) said[row] = of_code[cells.codes[row]];
    }
    for (const Mark& mark : marks) {
      float& now = said[mark.at];
      now = now == 0 ? mark.evidence : std::max(now, mark.evidence);
    }
  }
}

double ColumnEvidence::combined(std::size_t row) const {
  constexpr std::size_t kFamilies = 7;
  std::array<double, kFamilies> most{}, sum{};
  double against = 0;
  for (std::size_t detector = 0; detector < said_.size(); ++detector) {
    const double said = of(detector, row);
    if (detectors()[detector].family == Family::kHint) continue;
    const auto family = static_cast<std::size_t>(detectors()[detector].family);
    if (said < 0) {
      against = std::min(against, said);
    } else {
      most[family] = std::max(most[family], said);
      sum[family] += said;
    }
  }
  double total = logit(kPriorError) + against;
  // Three ways of being far from the middle are one trait.
  sum[static_cast<std::size_t>(Family::kOutlier)] =
      most[static_cast<std::size_t>(Family::kOutlier)];
  for (std::size_t family = 0; family < kFamilies; ++family)
    total += most[family] + 0.5 * (sum[family] - most[family]);
  return total;
}

int ColumnEvidence::loudest(std::size_t row) const {
  int best = -1;
  float most = 0;
  for (std::size_t detector = 0; detector < said_.size(); ++detector)
    if (of(detector, row) > most) {
      most = of(detector, row);
      best = static_cast<int>(detector);
    }
  return best;
}

std::vector<Suggestion> suggestions_of(const Table& table, std::size_t column,
                                       const AllEvidence& all) {
  const Column& cells = table.columns[column];
  std::vector<Suggestion> best(cells.rows()), of_code(cells.distinct());
  std::vector<float> weight(cells.rows(), 0), code_weight(cells.distinct(), 0);
  for (const Evidence& evidence : all) {
    for (const Mark& mark : evidence.values[column]) {
      const float one = mark.evidence * mark.trust;
      if (mark.suggestion == kNoText || one <= code_weight[mark.at]) continue;
      code_weight[mark.at] = one;
      of_code[mark.at] = {mark.suggestion, mark.trust};
    }
    for (const Mark& mark : evidence.cells[column]) {
      const float one = mark.evidence * mark.trust;
      if (mark.suggestion == kNoText || one <= weight[mark.at]) continue;
      weight[mark.at] = one;
      best[mark.at] = {mark.suggestion, mark.trust};
    }
  }
  for (std::size_t row = 0; row < cells.rows(); ++row)
    if (code_weight[cells.codes[row]] > weight[row]) best[row] = of_code[cells.codes[row]];
  return best;
}

std::vector<TextId> details_of(const Table& table, std::size_t column, const Evidence& evidence) {
  const Column& cells = table.columns[column];
  std::vector<TextId> of_code(cells.distinct(), kNoText), details(cells.rows(), kNoText);
  for (const Mark& mark : evidence.values[column]) of_code[mark.at] = mark.detail;
  for (std::size_t row = 0; row < cells.rows(); ++row) details[row] = of_code[cells.codes[row]];
  for (const Mark& mark : evidence.cells[column])
    if (mark.evidence > 0 && mark.detail != kNoText) details[mark.at] = mark.detail;
  return details;
}

}  // namespace fulcrum::data::tables

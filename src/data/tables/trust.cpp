#include "data/tables/trust.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <set>

#include "data/column_profile.h"
#include "data/tables/similarity.h"

namespace fulcrum::data::tables {

namespace {

constexpr double kMostOffset = 5;
// Deviations of the weights' priors: of the table, of a column, of a value's trait.
constexpr double kShared = 0.5, kOwn = 1.5, kTrait = 1.2;
// The loss is a squared hinge: a cell that is judged rightly, by this much, teaches nothing, so
// that many right cells do not wear down what speaks against their misspelt neighbours.
constexpr double kMargin = 2, kSlope = 0.2;
constexpr std::size_t kMostTraits = 80;

std::set<std::string> traits_of_value(std::string_view value) {
  std::set<std::string> traits;
  if (trim_unicode(value).empty()) return {"empty"};
  if (is_missing_word(value)) traits.insert("placeholder");
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    const char kind = byte >= 0x80         ? 'w'
                      : std::isdigit(byte) ? '9'
                      : std::islower(byte) ? 'a'
                      : std::isupper(byte) ? 'A'
                                           : c;
    traits.insert(std::string("has:") + kind);
  }
  traits.insert("form:" + pattern_of(value));
  traits.insert("is:" + std::string(value.substr(0, 64)));
  for (const std::string& token : tokens_of(value))
    if (!std::isdigit(static_cast<unsigned char>(token[0]))) traits.insert("word:" + token);
  return traits;
}

}  // namespace

ValueTraits::ValueTraits(const Column& column) {
  std::unordered_map<std::string, std::size_t> rows;
  for (Code code = 0; code < column.distinct(); ++code)
    if (column.count(code) > 0)
      for (const std::string& trait : traits_of_value(column.value(code)))
        rows[trait] += column.count(code);
  std::vector<std::pair<std::size_t, std::string>> common;
  const std::size_t least = std::max<std::size_t>(2, column.rows() / 300);
  for (auto& [trait, count] : rows)
    if (count >= least && count < column.rows()) common.emplace_back(count, trait);
  std::sort(common.begin(), common.end(), [](const auto& a, const auto& b) {
    return a.first != b.first ? a.first > b.first : a.second < b.second;
  });
  if (common.size() > kMostTraits) common.resize(kMostTraits);
  for (auto& [count, trait] : common) ids_.emplace(std::move(trait), count_++);
}

std::vector<std::uint32_t> ValueTraits::of(std::string_view value) const {
  std::vector<std::uint32_t> found;
  for (const std::string& trait : traits_of_value(value))
    if (const auto at = ids_.find(trait); at != ids_.end()) found.push_back(at->second);
  return found;
}

Trust::Trust(const Table& table, const std::vector<Label>& labels)
    : table_(table),
      labels_(labels),
      traits_(table.columns.size()),
      bases_(table.columns.size()),
      labelled_(table.columns.size(), false) {
  for (const Label& label : labels) labelled_[label.column] = true;
  auto next = static_cast<std::uint32_t>(1 + detectors().size());
  for (std::size_t column = 0; column < table.columns.size(); ++column) {
    bases_[column] = next;
    if (!labelled_[column]) continue;
    traits_[column] = ValueTraits(table.columns[column]);
    next += static_cast<std::uint32_t>(1 + detectors().size() + traits_[column].size());
  }
  weights_.assign(next, 0);
}

void Trust::add_detectors(std::size_t column, const ColumnEvidence& evidence, std::size_t row,
                          std::vector<Feature>& features) const {
  const bool has_own = labelled_[column];
  if (has_own) features.push_back({base_of(column), static_cast<float>(kOwn)});
  for (std::uint32_t detector = 0; detector < detectors().size(); ++detector) {
    const double said = std::clamp<double>(evidence.of(detector, row) / 4.0, -1.5, 1.5);
    if (said == 0) continue;
    features.push_back({1 + detector, static_cast<float>(kShared * said)});
    if (has_own)
      features.push_back({base_of(column) + 1 + detector, static_cast<float>(kOwn * said)});
  }
}

void Trust::look_at(std::size_t column, const ColumnEvidence& evidence) {
  if (!labelled_[column]) return;
  const auto first = base_of(column) + 1 + static_cast<std::uint32_t>(detectors().size());
  for (const Label& label : labels_) {
    if (label.column != column) continue;
    Sample sample;
    sample.offset = std::clamp(evidence.combined(label.row), -kMostOffset, kMostOffset);
    sample.is_error = label.is_error;
    add_detectors(column, evidence, label.row, sample.features);
    for (const std::uint32_t trait : traits_[column].of(table_.columns[column].at(label.row)))
      sample.features.push_back({first + trait, static_cast<float>(kTrait)});
    samples_.push_back(std::move(sample));
  }
}

/// Nesterov's accelerated gradient on the penalised loss; the step is one over a bound of
/// its curvature.
void Trust::learn() {
  double curvature = 1;
  for (const Sample& sample : samples_) {
    double norm = 0;
    for (const Feature& feature : sample.features) norm += feature.value * feature.value;
    curvature += kSlope * norm;
  }
  const double step = 1 / curvature;
  std::vector<double> ahead = weights_, before = weights_, gradient(weights_.size());
  double momentum = 1;
  const int rounds = 2000;
  for (int round = 0; round < rounds; ++round) {
    for (std::size_t i = 0; i < ahead.size(); ++i) gradient[i] = ahead[i];
    for (const Sample& sample : samples_) {
      double total = sample.offset;
      for (const Feature& feature : sample.features) total += ahead[feature.index] * feature.value;
      const double side = sample.is_error ? 1 : -1;
      const double error = -side * kSlope * std::max(0.0, kMargin - side * total);
      if (error == 0) continue;
      for (const Feature& feature : sample.features)
        gradient[feature.index] += error * feature.value;
    }
    const double next = (1 + std::sqrt(1 + 4 * momentum * momentum)) / 2;
    double moved = 0;
    for (std::size_t i = 0; i < ahead.size(); ++i) {
      before[i] = weights_[i];
      weights_[i] = ahead[i] - step * gradient[i];
      ahead[i] = weights_[i] + (momentum - 1) / next * (weights_[i] - before[i]);
      moved = std::max(moved, std::abs(weights_[i] - before[i]));
    }
    momentum = next;
    if (moved < 1e-6) break;
  }
}

std::vector<float> Trust::judge(std::size_t column, const ColumnEvidence& evidence) const {
  const Column& cells = table_.columns[column];
  std::vector<float> of_code(cells.distinct(), 0), odds(cells.rows());
  if (labelled_[column]) {
    const auto first = base_of(column) + 1 + static_cast<std::uint32_t>(detectors().size());
    for (Code code = 0; code < cells.distinct(); ++code)
      for (const std::uint32_t trait : traits_[column].of(cells.value(code)))
        of_code[code] += static_cast<float>(kTrait * weights_[first + trait]);
  }
  std::vector<Feature> features;
  for (std::size_t row = 0; row < cells.rows(); ++row) {
    double total = evidence.combined(row);
    if (!is_empty()) {
      total = std::clamp(total, -kMostOffset, kMostOffset) + of_code[cells.codes[row]];
      features.clear();
      add_detectors(column, evidence, row, features);
      for (const Feature& feature : features) total += weights_[feature.index] * feature.value;
    }
    odds[row] = static_cast<float>(total);
  }
  return odds;
}

}  // namespace fulcrum::data::tables

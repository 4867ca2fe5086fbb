#pragma once
// Learning from a few judged cells which evidence to trust: one linear model of log odds over all
// labelled cells of the table. Its offset is what the detectors say together without labels; its
// features are each detector's evidence (shared by all columns, and again for each column by
// itself) and simple traits of the value (marks, character classes, patterns, words, exact values
// that are common in the column). Normal priors keep weights near zero, so that what no label
// speaks of stays as it was. The idea of learning per column from detectors' outputs is Raha's
// (Mahdavi et al., SIGMOD 2019).
#include <string>
#include <unordered_map>
#include <vector>

#include "data/tables/column_evidence.h"
#include "data/tables/labels.h"

namespace fulcrum::data::tables {

/// Traits that tell the values of one column apart.
class ValueTraits {
 public:
  ValueTraits() = default;
  explicit ValueTraits(const Column& column);
  std::size_t size() const { return count_; }
  /// Indices of the traits that the value has.
  std::vector<std::uint32_t> of(std::string_view value) const;

 private:
  std::unordered_map<std::string, std::uint32_t> ids_;
  std::uint32_t count_ = 0;
};

class Trust {
 public:
  Trust(const Table& table, const std::vector<Label>& labels);
  /// Notes what is known of the column's labelled cells; once for each column, before learn().
  void look_at(std::size_t column, const ColumnEvidence& evidence);
  void learn();
  /// Log odds that each cell of the column is wrong.
  std::vector<float> judge(std::size_t column, const ColumnEvidence& evidence) const;
  bool is_empty() const { return labels_.empty(); }

 private:
  struct Feature {
    std::uint32_t index = 0;
    float value = 0;
  };
  struct Sample {
    double offset = 0;
    bool is_error = false;
    std::vector<Feature> features;
  };
  void add_detectors(std::size_t column, const ColumnEvidence& evidence, std::size_t row,
                     std::vector<Feature>& features) const;
  std::uint32_t base_of(std::size_t column) const { return bases_[column]; }

  const Table& table_;
  const std::vector<Label>& labels_;
  std::vector<ValueTraits> traits_;   // by column; of those with labels
  std::vector<std::uint32_t> bases_;  // where a column's own weights begin
  std::vector<bool> labelled_;
  std::vector<Sample> samples_;
  std::vector<double> weights_;
};

}  // namespace fulcrum::data::tables

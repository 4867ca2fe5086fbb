#pragma once
// Which cells of a table are wrong, why, and what may stand there instead. Pure: the same input
// gives the same findings.
#include <map>
#include <memory>

#include "data/tables/detector.h"
#include "data/tables/labels.h"

namespace fulcrum::data::tables {

struct DetectOptions {
  std::vector<Rule> rules;  // bound
  std::vector<Label> labels;
  /// Cells that are more likely wrong than this are findings.
  double least_confidence = 0.5;
  unsigned threads = 2;
};

struct Finding {
  std::uint32_t row = 0, column = 0;
  float confidence = 0;     // that the cell is wrong
  TextId reason = kNoText;  // a detector's name, "label" or "learnt"
  TextId detail = kNoText;  // a rule, a neighbour's column; may be none
  TextId suggestion = kNoText;
  float trust = 0;  // that the suggestion is right, if the cell is wrong
};

struct Detection {
  std::vector<Finding> findings;  // by row, then column; one a cell
  std::vector<DuplicateRow> duplicates;
  std::map<std::string, std::size_t> by_reason;
  std::vector<double> expected_errors;  // by column: sum of all cells' confidences
  std::shared_ptr<TextPool> texts = std::make_shared<TextPool>();
  const std::string& text(TextId id) const {
    static const std::string kNothing;
    return id == kNoText ? kNothing : texts->text(id);
  }
};

/// With labels, what is trusted is learnt from them: see trust.h and transforms.h.
Detection detect(const Table& table, const DetectOptions& options);

/// row,column,reason,suggestion,confidence; a reason with its detail is "rule: A -> B".
std::string errors_csv(const Table& table, const Detection& detection);

/// The table with suggestions of at least `least_trust` (confidence times trust) put in; how many.
std::size_t apply_suggestions(Table& table, const Detection& detection, double least_trust);

}  // namespace fulcrum::data::tables

#pragma once
// Detectors: one file detect_NAME.cpp and one line in detectors.def each.
#include <string_view>

#include "data/tables/column_type.h"
#include "data/tables/evidence.h"
#include "data/tables/rules.h"

namespace fulcrum::data::tables {

/// Detectors of one family look at the same trait: of what they say of a cell the strongest counts
/// in full and the others half (those of outliers not at all). Hints count only where labels have
/// shown that they can be trusted.
enum class Family { kMissing, kForm, kSpelling, kDependency, kOutlier, kRow, kHint };

/// What all detectors may look at. Detectors are pure and run at the same time.
struct DetectorInput {
  const Table& table;
  const std::vector<ColumnType>& types;
  const std::vector<std::vector<bool>>& missing;  // by column and code
  const std::vector<Rule>& rules;                 // bound
  TextPool& texts;
};

struct Detector {
  std::string_view name;
  Family family;
  std::string_view summary;
  void (*run)(const DetectorInput&, Evidence&);
};
const std::vector<Detector>& detectors();

#define DETECTOR(function, name, family, summary) \
  void function(const DetectorInput& input, Evidence& evidence);
#include "data/tables/detectors.def"
#undef DETECTOR

}  // namespace fulcrum::data::tables

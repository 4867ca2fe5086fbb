#include "data/tables/detector.h"
#include "data/tables/numbers.h"

namespace fulcrum::data::tables {

void detect_forest(const DetectorInput& input, Evidence& evidence) {
  constexpr int kTrees = 100;
  constexpr std::size_t kSample = 256;
  for (std::size_t i = 0; i < input.table.columns.size(); ++i) {
    const auto numbers = numbers_of(input.table.columns[i], input.types[i]);
    const auto scores = forest_scores(numbers, kTrees, kSample, 17 + i);
    for (std::size_t k = 0; k < scores.size(); ++k)
      if (scores[k] > 0.7)
        evidence.values[i].push_back(
            {numbers[k].code, evidence_for(scores[k] > 0.8 ? 0.2 : 0.1), kNoText, 0, kNoText});
  }
}

}  // namespace fulcrum::data::tables
